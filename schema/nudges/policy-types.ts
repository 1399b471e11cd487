import { Field, Float, GraphQLISODateTime, ID, InputType, Int, ObjectType, registerEnumType } from "type-graphql";
import type { NudgeAction } from "../../drizzle/tables/nudges.ts";
import type { Policy } from "../../src/nudges/policy-queries.ts";
import type { PolicyAction } from "../../src/nudges/policy-rules.ts";
import { UserError } from "../errors/user-error.ts";
import type { Payload } from "../graphql/mutate.ts";
import { nodeId, readNodeId } from "../graphql/node-id.ts";

export enum NudgeActionEnum {
  NOTHING = "nothing",
  NUDGE = "nudge",
  GRANT_POINTS = "grant-points",
  GRANT_COUPON = "grant-coupon",
}
registerEnumType(NudgeActionEnum, {
  name: "NudgeAction",
  description: "What can be done to keep a member.",
  valuesConfig: {
    NOTHING: { description: "Leave them in peace." },
    NUDGE: { description: "Say a word." },
    GRANT_POINTS: { description: "Give coins." },
    GRANT_COUPON: { description: "Give a coupon." },
  },
});

@ObjectType("NudgePolicyAction", { description: "Something that a policy may do." })
@InputType("NudgePolicyActionInput", { description: "Something that a policy may do." })
export class NudgePolicyAction {
  @Field(() => NudgeActionEnum, { description: "What; each once, and not `NOTHING`, which always can be done." })
  action!: NudgeAction;

  @Field(() => Int, { description: "What it costs, in coins." })
  cost!: number;

  @Field(() => Float, {
    description: "By how much it is assumed to raise the chance that somebody undecided stays, 0 to 1.",
  })
  priorLift!: number;

  @Field(() => Int, { nullable: true, description: "For `GRANT_POINTS`: coins to give." })
  coins?: number | null;

  @Field(() => ID, { nullable: true, description: "For `GRANT_COUPON`: the campaign that gives the code." })
  campaignId?: string | null;
}

@ObjectType("NudgeFrequencyCap", { description: "How often a member is nudged at most." })
@InputType("NudgeFrequencyCapInput", { description: "How often a member is nudged at most." })
export class NudgeFrequencyCap {
  @Field(() => Int, { description: "So many times…" })
  max!: number;

  @Field(() => Int, { description: "… in so many days." })
  days!: number;
}

@ObjectType("QuietHours", { description: "When nothing is delivered, by the member's own clock; may span midnight." })
@InputType("QuietHoursInput", {
  description: "When nothing is delivered, by the member's own clock; may span midnight.",
})
export class QuietHours {
  @Field(() => Int, { description: "Minutes since midnight from which it is quiet, 0 to 1439." })
  from!: number;

  @Field(() => Int, { description: "Minutes since midnight until which it is; the same as `from` for no quiet hours." })
  until!: number;
}

@ObjectType("NudgePolicySettings", { description: "What a policy weighs and what it must respect." })
@InputType("NudgePolicySettingsInput", { description: "What a policy weighs and what it must respect." })
export class NudgePolicySettings {
  @Field(() => Float, { description: "Members whose churn probability is below this are left in peace, 0 to 1." })
  riskMin!: number;

  @Field(() => Float, { description: "What keeping a member is worth, in coins." })
  memberValue!: number;

  @Field(() => [NudgePolicyAction], { description: "What may be done." })
  actions!: NudgePolicyAction[];

  @Field(() => Float, {
    description: "What a coin must be expected to bring; above 1 keeps a scarce budget for where it pays most.",
  })
  returnMin!: number;

  @Field(() => Float, {
    description: "How often what is done is drawn at random, so that effects can be learnt, 0 to 1.",
  })
  explorationRate!: number;

  @Field(() => NudgeFrequencyCap, { description: "How often a member is nudged at most." })
  frequencyCap!: NudgeFrequencyCap;

  @Field(() => Int, { description: "Days that lie between two gifts to a member." })
  grantEveryDays!: number;

  @Field(() => QuietHours, { description: "When nothing is delivered." })
  quietHours!: QuietHours;

  @Field(() => Int, { description: "Coins to spend in a calendar month, by UTC." })
  monthlyBudget!: number;

  @Field(() => Float, { description: "Share of members to whom nothing is ever done, in percent, 1 to 50: the proof." })
  holdoutPercent!: number;

  @Field(() => Int, { description: "Days after a decision in which being active counts as having stayed." })
  outcomeDays!: number;
}

@ObjectType("NudgePolicy", {
  description: "A version of the policy. It is never changed: a change is another version.",
})
export class NudgePolicyNode {
  @Field(() => Int, { description: "From 1; decisions name the version that made them." })
  version!: number;

  @Field(() => GraphQLISODateTime, { description: "Since when it was in force." })
  publishedAt!: Date;

  @Field(() => NudgePolicySettings, { description: "What it weighs and respects." })
  settings!: NudgePolicySettings;
}

@InputType({ description: "The next version of the policy." })
export class NudgePolicyPublishInput {
  @Field(() => Int, { description: "The version that was changed into this one; 0 when there was none." })
  seenVersion!: number;

  @Field(() => NudgePolicySettings, { description: "All its settings." })
  settings!: NudgePolicySettings;
}

@ObjectType({ description: "The policy that is in force now." })
export class NudgePolicyPublishPayload implements Payload {
  @Field(() => NudgePolicyNode, { nullable: true, description: "The new version; null when refused." })
  nudgePolicy?: NudgePolicyNode | null;

  @Field(() => [UserError], { description: "Why it was refused; empty when it was done." })
  userErrors!: UserError[];
}

/** Presents a policy. */
export function toNudgePolicy({ version, publishedAt, settings }: Policy): NudgePolicyNode {
  return { version, publishedAt, settings: { ...settings, actions: settings.actions.map(toPolicyAction) } };
}

function toPolicyAction(action: PolicyAction): NudgePolicyAction {
  const { cost, priorLift } = action;
  return {
    action: action.action,
    cost,
    priorLift,
    coins: action.action === "grant-points" ? action.coins : null,
    campaignId: action.action === "grant-coupon" ? nodeId("CouponCampaign", action.campaignId) : null,
  };
}

/** The settings as plain data, which the policy's own rules then check. */
export function readSettings(settings: NudgePolicySettings): unknown {
  const { frequencyCap, quietHours } = settings;
  const actions = settings.actions.map(({ coins, campaignId, ...action }, position) => ({
    ...action,
    ...(coins == null ? {} : { coins }),
    ...(campaignId == null
      ? {}
      : { campaignId: readNodeId("CouponCampaign", campaignId, `settings.actions.${position}.campaignId`) }),
  }));
  return { ...settings, actions, frequencyCap: { ...frequencyCap }, quietHours: { ...quietHours } };
}
