import { ArgsType, Field, Float, GraphQLISODateTime, ID, Int, ObjectType, registerEnumType } from "type-graphql";
import type { DeliveryChannel, DeliveryState, GrantState, NudgeAction } from "../../drizzle/tables/nudges.ts";
import type { DecisionFilter, NudgeDecision } from "../../src/nudges/decided-queries.ts";
import type { LeftOutReason } from "../../src/nudges/decision-rules.ts";
import type { GrantObstacle } from "../../src/nudges/grant-rules.ts";
import { connectionType, PageArgs } from "../graphql/connection.ts";
import { Node } from "../graphql/node.ts";
import { nodeId, readNodeId } from "../graphql/node-id.ts";
import { NudgeActionEnum } from "./policy-types.ts";

export enum LeftOutReasonEnum {
  HOLDOUT = "holdout",
  NO_CONSENT = "no-consent",
  FREQUENCY_CAP = "frequency-cap",
  RECENT_GRANT = "recent-grant",
  NO_CODE = "no-code",
  COUPON_LIMIT = "coupon-limit",
  NO_BUDGET = "no-budget",
  NOT_WORTH_IT = "not-worth-it",
}
registerEnumType(LeftOutReasonEnum, {
  name: "NudgeLeftOutReason",
  description: "Why an action was not on the table.",
  valuesConfig: {
    HOLDOUT: { description: "The member is in the control group." },
    NO_CONSENT: { description: "The member does not want to be nudged." },
    FREQUENCY_CAP: { description: "The member was nudged often enough." },
    RECENT_GRANT: { description: "The member was given something not long ago." },
    NO_CODE: { description: "The campaign is not running, or has no code or no use left." },
    COUPON_LIMIT: { description: "The member has used or been given as many coupons as the campaign allows." },
    NO_BUDGET: { description: "The month's budget does not reach." },
    NOT_WORTH_IT: { description: "It costs more than it is expected to bring." },
  },
});

export enum GrantStateEnum {
  PROMISED = "promised",
  GIVEN = "given",
  WITHDRAWN = "withdrawn",
}
registerEnumType(GrantStateEnum, {
  name: "NudgeGrantState",
  description: "What became of something that was to be given.",
  valuesConfig: {
    PROMISED: { description: "Still to be given." },
    GIVEN: { description: "Given." },
    WITHDRAWN: { description: "It could not be given; what it cost came back to the month's budget." },
  },
});

export enum GrantObstacleEnum {
  NO_CONSENT = "no-consent",
  SUSPENDED = "suspended",
  CAMPAIGN_OVER = "campaign-over",
  CAMPAIGN_NOT_BEGUN = "campaign-not-begun",
  NO_CODES_LEFT = "no-codes-left",
  NO_USES_LEFT = "no-uses-left",
  MEMBER_LIMIT = "member-limit",
  OVERDUE = "overdue",
}
registerEnumType(GrantObstacleEnum, {
  name: "NudgeGrantObstacle",
  description: "Why something is not given, or not yet.",
  valuesConfig: {
    NO_CONSENT: { description: "The member does not want to be nudged any more." },
    SUSPENDED: { description: "The member is suspended." },
    CAMPAIGN_OVER: { description: "The campaign is over." },
    CAMPAIGN_NOT_BEGUN: { description: "The campaign has not begun." },
    NO_CODES_LEFT: { description: "The campaign has no code left." },
    NO_USES_LEFT: { description: "The campaign's uses are taken, or kept for others." },
    MEMBER_LIMIT: { description: "The member has used or been given as many coupons as the campaign allows." },
    OVERDUE: { description: "Nothing was tried for three days." },
  },
});

export enum DeliveryChannelEnum {
  IN_APP = "in-app",
  EMAIL = "email",
}
registerEnumType(DeliveryChannelEnum, { name: "NudgeDeliveryChannel", description: "How a member is told." });

export enum DeliveryStateEnum {
  QUEUED = "queued",
  CLAIMED = "claimed",
  SENT = "sent",
  FAILED = "failed",
  SKIPPED = "skipped",
}
registerEnumType(DeliveryStateEnum, {
  name: "NudgeDeliveryState",
  description: "How far telling a member has come.",
  valuesConfig: {
    QUEUED: { description: "Not sent, and waiting for it." },
    CLAIMED: { description: "Being sent." },
    SENT: { description: "Sent." },
    FAILED: { description: "Not sent, or it is not known whether it was; it is not tried again." },
    SKIPPED: { description: "Not wanted or not possible." },
  },
});

@ObjectType({ description: "Something that could have been done." })
export class NudgeOption {
  @Field(() => NudgeActionEnum, { description: "What." })
  action!: NudgeAction;

  @Field(() => Float, { description: "How likely it was to be chosen; the options of a decision sum to 1." })
  propensity!: number;
}

@ObjectType({ description: "Something that could not be done." })
export class NudgeLeftOut {
  @Field(() => NudgeActionEnum, { description: "What." })
  action!: NudgeAction;

  @Field(() => LeftOutReasonEnum, { description: "Why not." })
  reason!: LeftOutReason;
}

@ObjectType({ description: "How a member was told." })
export class NudgeDelivery {
  @Field(() => DeliveryChannelEnum, { description: "By which way." })
  channel!: DeliveryChannel;

  @Field(() => DeliveryStateEnum, { description: "How far it came." })
  state!: DeliveryState;

  @Field(() => String, { nullable: true, description: "Why it was skipped, failed or still waits, in a word." })
  reason!: string | null;

  @Field(() => GraphQLISODateTime, { nullable: true, description: "When it came to its end; null before." })
  settledAt!: Date | null;
}

@ObjectType({ description: "What became of the member." })
export class NudgeOutcome {
  @Field(() => Boolean, { description: "Whether they were active after the decision's day and up to `windowEnd`." })
  retained!: boolean;

  @Field(() => Int, { description: "On how many of those days." })
  activeDays!: number;

  @Field(() => String, { description: "The last day that counts, `YYYY-MM-DD`." })
  windowEnd!: string;
}

/** `member`, `deliveries` and `outcome` are loaded when asked for; see `NudgeDecisionFieldsResolver`. */
@ObjectType("NudgeDecision", {
  implements: Node,
  description: "What was decided about a member on a day, among what, and what was left out and why.",
})
export class NudgeDecisionNode {
  @Field(() => ID, { description: "Global id." })
  id!: string;

  @Field(() => String, { description: "The day that it stands for, in the community's zone, `YYYY-MM-DD`." })
  asOf!: string;

  @Field(() => Int, { description: "The version of the policy that decided." })
  policyVersion!: number;

  @Field(() => Int, { description: "The version of the model that gave the probability." })
  modelVersion!: number;

  @Field(() => Float, { description: "The probability of leaving that it was decided on." })
  probability!: number;

  @Field(() => Boolean, { description: "Whether the member is in the control group, to whom nothing is done." })
  holdout!: boolean;

  @Field(() => NudgeActionEnum, { description: "What was decided." })
  action!: NudgeAction;

  @Field(() => Int, { description: "What it costs, in coins." })
  cost!: number;

  @Field(() => GrantStateEnum, {
    nullable: true,
    description: "What became of what was to be given; null when nothing was.",
  })
  grantState!: GrantState | null;

  @Field(() => GrantObstacleEnum, { nullable: true, description: "Why it was withdrawn, or could not be given yet." })
  grantReason!: GrantObstacle | null;

  @Field(() => [NudgeOption], { description: "What could have been done, doing nothing included." })
  options!: readonly NudgeOption[];

  @Field(() => [NudgeLeftOut], { description: "What could not." })
  leftOut!: readonly NudgeLeftOut[];

  @Field(() => GraphQLISODateTime, { description: "When it was decided." })
  decidedAt!: Date;

  /** The keys, for field resolvers. */
  key!: string;
  memberKey!: string;
}

export const NudgeDecisionConnection = connectionType("NudgeDecision", () => NudgeDecisionNode);

@ArgsType()
export class NudgeDecisionsArgs extends PageArgs {
  @Field(() => NudgeActionEnum, { nullable: true, description: "Only decisions to do this." })
  action?: NudgeAction | null;

  @Field(() => Boolean, { nullable: true, description: "Only of the control group, or only of the others." })
  holdout?: boolean | null;

  @Field(() => ID, { nullable: true, description: "Only about this member." })
  memberId?: string | null;
}

/** Reads what is asked for. */
export function readFilter({ action, holdout, memberId }: NudgeDecisionsArgs): DecisionFilter {
  return {
    action: action ?? null,
    holdout: holdout ?? null,
    memberId: memberId == null ? null : readNodeId("Member", memberId, "memberId"),
  };
}

/** Presents a decision. */
export function toNudgeDecision(decision: NudgeDecision): NudgeDecisionNode {
  const { id, memberId, asOf, policyVersion, modelVersion, probability, holdout, action, cost, decidedAt } = decision;
  const { grantState, grantReason } = decision;
  return {
    id: nodeId("NudgeDecision", id),
    key: id,
    memberKey: memberId,
    options: decision.actionSet,
    leftOut: decision.leftOut,
    ...{ asOf, policyVersion, modelVersion, probability, holdout, action, cost, grantState, grantReason, decidedAt },
  };
}
