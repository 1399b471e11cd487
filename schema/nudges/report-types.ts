import { createUnionType, Field, Float, GraphQLISODateTime, Int, ObjectType } from "type-graphql";
import type { NudgeAction } from "../../drizzle/tables/nudges.ts";
import type { HoldoutAnalysis } from "../../src/experiments/holdout-analysis-rules.ts";
import type { ActionCount, MonthBudget, PolicyReport } from "../../src/nudges/report-queries.ts";
import { NudgeActionEnum } from "./policy-types.ts";

@ObjectType({ description: "An estimate, and the values that the data do not contradict." })
export class Interval {
  @Field(() => Float, { description: "The estimate." })
  estimate!: number;

  @Field(() => Float, { description: "The lowest value." })
  low!: number;

  @Field(() => Float, { description: "The highest value." })
  high!: number;

  @Field(() => Float, { description: "How often, in the long run, such intervals hold the truth: 0.95." })
  confidence!: number;
}

@ObjectType({ description: "What it cost to keep one member who would have left." })
export class RetentionCost {
  @Field(() => Float, { description: "The estimate, in coins." })
  estimate!: number;

  @Field(() => Float, { description: "At least, in coins." })
  low!: number;

  @Field(() => Float, {
    nullable: true,
    description: "At most, in coins; null when the data do not rule out that nobody was kept.",
  })
  high!: number | null;
}

@ObjectType({ description: "A group of members, each counted once." })
export class NudgeReportGroup {
  @Field(() => Int, { description: "How many." })
  members!: number;

  @Field(() => Int, { description: "How many of them stayed." })
  retained!: number;

  @Field(() => Float, { description: "What was decided to be spent on them and not withdrawn, in coins." })
  cost!: number;
}

@ObjectType({ description: "Too few members to say anything." })
export class NudgeReportInsufficientData {
  @Field(() => Int, { description: "Members who could be treated and whose outcome is known." })
  treatedMembers!: number;

  @Field(() => Int, { description: "Members held out whose outcome is known." })
  heldOutMembers!: number;

  @Field(() => Int, { description: "How many each group needs." })
  needed!: number;
}

@ObjectType({ description: "Members who could be treated, compared with those held out." })
export class NudgeReportAnalysis {
  @Field(() => NudgeReportGroup, { description: "Those who could be treated, whatever was done." })
  treated!: NudgeReportGroup;

  @Field(() => NudgeReportGroup, { description: "Those held out." })
  heldOut!: NudgeReportGroup;

  @Field(() => Interval, { description: "Share of the treated who stayed, minus that of those held out." })
  lift!: Interval;

  @Field(() => Interval, { description: "Members who stayed and would not have." })
  incrementallyRetained!: Interval;

  @Field(() => RetentionCost, {
    nullable: true,
    description: "The headline: what one of them cost. Null when the treated did no better.",
  })
  costPerIncrementallyRetained!: RetentionCost | null;
}

const NudgeReportResult = createUnionType({
  name: "NudgeReportResult",
  description: "What a policy achieved, or that it cannot be said yet.",
  types: () => [NudgeReportInsufficientData, NudgeReportAnalysis] as const,
  resolveType: (result) => ("lift" in result ? NudgeReportAnalysis : NudgeReportInsufficientData),
});

@ObjectType({ description: "How often something was decided." })
export class NudgeActionCount {
  @Field(() => NudgeActionEnum, { nullable: true, description: "What; null for those held out." })
  action!: NudgeAction | null;

  @Field(() => Int, { description: "How often." })
  decisions!: number;

  @Field(() => Float, { description: "What it was decided to cost, in coins." })
  cost!: number;

  @Field(() => Int, { description: "How many of these could not be given and were withdrawn." })
  withdrawn!: number;

  @Field(() => Float, { description: "What of the cost came back to the budget with them, in coins." })
  returned!: number;
}

@ObjectType({ description: "What could be spent in a month, and what was." })
export class NudgeMonthBudget {
  @Field(() => String, { description: "The calendar month by UTC, `YYYY-MM`." })
  month!: string;

  @Field(() => Int, { description: "What may be spent in it, in coins." })
  allowed!: number;

  @Field(() => Int, { description: "What was decided to be spent, in coins." })
  spent!: number;

  @Field(() => Int, { description: "What of it came back because it could not be given, in coins." })
  returned!: number;
}

@ObjectType({ description: "What decisions of a span of days achieved." })
export class NudgeReport {
  @Field(() => GraphQLISODateTime, {
    nullable: true,
    description: "When the newest outcome in it was recorded: what members did since is not in it. Null before any.",
  })
  asOf!: Date | null;

  @Field(() => NudgeReportResult, { description: "The comparison with those held out." })
  result!: NudgeReportInsufficientData | NudgeReportAnalysis;

  @Field(() => [NudgeActionCount], { description: "How often each action was decided, outcome known or not." })
  actions!: readonly NudgeActionCount[];

  @Field(() => [NudgeMonthBudget], {
    description: "The budgets of the months that the span touches, as they stand now.",
  })
  budgets!: readonly NudgeMonthBudget[];
}

/** Presents a report. */
export function toNudgeReport(
  { analysis, asOf }: PolicyReport,
  actions: readonly ActionCount[],
  budgets: readonly MonthBudget[],
): NudgeReport {
  return { asOf, result: toResult(analysis), actions, budgets };
}

function toResult(analysis: HoldoutAnalysis): NudgeReportInsufficientData | NudgeReportAnalysis {
  if (analysis.kind === "analysed") return analysis;
  const { treated, heldOut, needed } = analysis;
  return { treatedMembers: treated, heldOutMembers: heldOut, needed };
}
