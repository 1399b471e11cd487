import { Field, GraphQLISODateTime, InputType, Int, ObjectType, registerEnumType } from "type-graphql";
import type { RuleRecipient, RuleState } from "../../drizzle/tables/rewards.ts";
import type { DomainEventType } from "../../src/kernel/domain-events.ts";
import { type PointRule, type PointRuleDraft, readCondition } from "../../src/rewards/point-rules.ts";
import { UserError } from "../errors/user-error.ts";
import type { Payload } from "../graphql/mutate.ts";

export enum RuleStateEnum {
  DRAFT = "draft",
  PUBLISHED = "published",
  RETIRED = "retired",
}
registerEnumType(RuleStateEnum, {
  name: "RuleState",
  description: "Whether a version of a rule is in force.",
  valuesConfig: {
    PUBLISHED: { description: "In force; a published version is never changed." },
    RETIRED: { description: "Followed by another version; what it paid stays." },
  },
});

export enum RuleRecipientEnum {
  AUTHOR = "authorId",
  VOTER = "voterId",
  ANSWERER = "answererId",
  ASKER = "askerId",
  MEMBER = "memberId",
  REPORTER = "reporterId",
}
registerEnumType(RuleRecipientEnum, {
  name: "RuleRecipient",
  description: "Whom a rule pays, of those whom its event names.",
});

@ObjectType({ description: "A field of the event and the value it must have." })
export class PointRuleCondition {
  @Field(() => String, { description: "The field, such as `kind`." })
  field!: string;

  @Field(() => String, { description: "Its value, such as `answer`." })
  value!: string;
}

@ObjectType("PointRule", { description: "One version of a rule that turns an event into points." })
export class PointRuleNode {
  @Field(() => String, { description: "What the rule is called in entries, badges and statistics." })
  key!: string;

  @Field(() => Int, { description: "From 1; a change is another version." })
  version!: number;

  @Field(() => RuleStateEnum, { description: "Whether this version is in force." })
  state!: RuleState;

  @Field(() => String, { description: "The event that it follows, such as `answer.accepted`." })
  eventType!: string;

  @Field(() => [PointRuleCondition], { description: "What the event must carry; all of them." })
  condition!: PointRuleCondition[];

  @Field(() => RuleRecipientEnum, { description: "Whom it pays." })
  recipient!: RuleRecipient;

  @Field(() => Int, { description: "Experience that it pays." })
  experience!: number;

  @Field(() => Int, { description: "Coins that it pays." })
  coins!: number;

  @Field(() => Int, { nullable: true, description: "How often a day, of the member's, it pays; null without a cap." })
  dailyMax!: number | null;

  @Field(() => GraphQLISODateTime, { description: "When this version was published." })
  createdAt!: Date;
}

@InputType({ description: "A field of the event and the value it must have." })
export class PointRuleConditionInput {
  @Field(() => String, { description: "The field, such as `kind`." })
  field!: string;

  @Field(() => String, { description: "Its value; numbers are written as text." })
  value!: string;
}

@InputType({ description: "A rule, or the next version of one." })
export class PointRulePublishInput {
  @Field(() => String, { description: "2 to 60 of a-z, 0-9 and `-`. A known key makes its next version." })
  key!: string;

  @Field(() => String, { description: "The event that it follows, such as `answer.accepted`." })
  eventType!: string;

  @Field(() => [PointRuleConditionInput], { nullable: true, description: "What the event must carry; all of them." })
  condition?: PointRuleConditionInput[] | null;

  @Field(() => RuleRecipientEnum, { description: "Whom it pays." })
  recipient!: RuleRecipient;

  @Field(() => Int, { description: "Experience that it pays, 0 to 1000." })
  experience!: number;

  @Field(() => Int, { description: "Coins that it pays, 0 to 1000." })
  coins!: number;

  @Field(() => Int, { nullable: true, description: "How often a day it pays, 1 to 1000; left out for no cap." })
  dailyMax?: number | null;
}

@ObjectType({ description: "The version that is in force now." })
export class PointRulePublishPayload implements Payload {
  @Field(() => PointRuleNode, { nullable: true, description: "The published version; null when refused." })
  pointRule?: PointRuleNode | null;

  @Field(() => [UserError], { description: "Why it was refused; empty when it was done." })
  userErrors!: UserError[];
}

/** Presents a version of a rule. */
export function toPointRule(rule: PointRule): PointRuleNode {
  const condition = Object.entries(rule.condition).map(([field, value]) => ({ field, value: String(value) }));
  return { ...rule, condition };
}

/** Reads a rule from its input. */
export function readPointRule(input: PointRulePublishInput): PointRuleDraft {
  const { key, eventType, condition, recipient, experience, coins, dailyMax } = input;
  return {
    key,
    // Whether there is such an event is for the action to say.
    eventType: eventType as DomainEventType,
    condition: readCondition(eventType, condition ?? []),
    recipient,
    experience,
    coins,
    dailyMax: dailyMax ?? null,
  };
}
