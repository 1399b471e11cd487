import { Field, GraphQLISODateTime, ID, Int, ObjectType, registerEnumType } from "type-graphql";
import type { Locale } from "../../drizzle/tables/identity.ts";
import { levelOf } from "../../src/rewards/level-rules.ts";
import type { Account } from "../../src/rewards/movement-rules.ts";
import type { StatementRow } from "../../src/rewards/points-queries.ts";
import { type StatementStep, stepOf } from "../../src/rewards/statement-rules.ts";
import { connectionType } from "../graphql/connection.ts";
import { nodeId } from "../graphql/node-id.ts";
import { whySentence } from "./why-sentences.ts";

export enum StatementStepEnum {
  EARNED = "earned",
  GRANTED = "granted",
  SPENT = "spent",
  TAKEN_BACK = "taken-back",
  RESTORED = "restored",
}
registerEnumType(StatementStepEnum, {
  name: "LedgerStep",
  description: "What an entry did.",
  valuesConfig: {
    EARNED: { description: "Earned by a point rule." },
    GRANTED: { description: "Given without a rule." },
    SPENT: { description: "Coins spent by the member." },
    TAKEN_BACK: { description: "An earlier entry was taken back, because what it followed from does not stand." },
    RESTORED: { description: "An entry that was taken back counts again." },
  },
});

@ObjectType({ description: "What a member has: private to them and to moderators." })
export class PointsBalance {
  @Field(() => Int, { description: "Experience: grows, and never falls when coins are spent." })
  experience!: number;

  @Field(() => Int, { description: "Level reached by experience." })
  level!: number;

  @Field(() => Int, { description: "Experience at which this level began." })
  levelReachedAt!: number;

  @Field(() => Int, { description: "Experience at which the next level begins." })
  nextLevelAt!: number;

  @Field(() => Int, { description: "Coins to spend." })
  coins!: number;

  @Field(() => Int, { description: "Coins that were taken back after they were spent; the next coins pay them first." })
  coinsOwed!: number;
}

@ObjectType("LedgerEntry", { description: "One movement of a member's points. Entries are never changed." })
export class LedgerEntryNode {
  @Field(() => ID, { description: "Global id." })
  id!: string;

  @Field(() => StatementStepEnum, { description: "What the entry did." })
  step!: StatementStep;

  @Field(() => String, { description: "Why, in the viewer's language." })
  sentence!: string;

  @Field(() => Int, { description: "Experience moved; negative when taken back." })
  experience!: number;

  @Field(() => Int, { description: "Coins that came into or left the purse." })
  coins!: number;

  @Field(() => Int, { description: "How the debt moved: positive when it grew, negative when it was paid." })
  coinsOwed!: number;

  @Field(() => String, { description: "What it followed from, such as `answer.accepted`." })
  causeKind!: string;

  @Field(() => ID, { nullable: true, description: "The post that it followed from; null when there is none." })
  postId!: string | null;

  @Field(() => String, { nullable: true, description: "The key of the point rule; null when no rule decided." })
  ruleKey!: string | null;

  @Field(() => Int, { nullable: true, description: "The version of the rule that decided." })
  ruleVersion!: number | null;

  @Field(() => ID, { nullable: true, description: "The entry that this one takes back." })
  reversalOfId!: string | null;

  @Field(() => ID, { nullable: true, description: "The entry that took this one back." })
  reversedById!: string | null;

  @Field(() => String, { description: "The member's day that it counts for, `YYYY-MM-DD`." })
  day!: string;

  @Field(() => GraphQLISODateTime, { description: "When what it followed from happened." })
  occurredAt!: Date;
}

export const LedgerEntryConnection = connectionType("LedgerEntry", () => LedgerEntryNode);

/** Presents what a member has. */
export function toPointsBalance({ experience, coins, coinsOwed }: Account): PointsBalance {
  const { level, reachedAt, nextAt } = levelOf(experience);
  return { experience, level, levelReachedAt: reachedAt, nextLevelAt: nextAt, coins, coinsOwed };
}

/** Presents an entry in `locale`. */
export function toLedgerEntry(row: StatementRow, locale: Locale): LedgerEntryNode {
  const entryId = (id: string | null) => (id === null ? null : nodeId("LedgerEntry", id));
  return {
    id: nodeId("LedgerEntry", row.id),
    step: stepOf(row),
    sentence: whySentence(row, locale),
    experience: row.experience,
    coins: row.coins,
    coinsOwed: row.coinsOwed,
    causeKind: row.causeKind,
    postId: row.postId === null ? null : nodeId("Post", row.postId),
    ruleKey: row.ruleKey,
    ruleVersion: row.ruleVersion,
    reversalOfId: entryId(row.reversalOf),
    reversedById: entryId(row.reversedById),
    day: row.day,
    occurredAt: row.occurredAt,
  };
}
