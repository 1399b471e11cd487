import { createUnionType, Field, Float, GraphQLISODateTime, ID, Int, ObjectType, registerEnumType } from "type-graphql";
import type { ModelState } from "../../drizzle/tables/signals.ts";
import type { ChurnReport, ChurnScore, MemberExplanation } from "../../src/churn/churn-queries.ts";
import type { Id } from "../../src/kernel/ids.ts";
import { connectionType } from "../graphql/connection.ts";
import { nodeId } from "../graphql/node-id.ts";

export enum ChurnModelStateEnum {
  CANDIDATE = "candidate",
  CHAMPION = "champion",
  RETIRED = "retired",
}
registerEnumType(ChurnModelStateEnum, {
  name: "ChurnModelState",
  description: "Whether a model scores members.",
  valuesConfig: {
    CANDIDATE: { description: "Trained, and no better than the model in use." },
    CHAMPION: { description: "In use." },
    RETIRED: { description: "Followed by a better one." },
  },
});

@ObjectType({ description: "Predictions of about the same size, and what became of them." })
export class ChurnCalibrationBin {
  @Field(() => Float, { description: "The lowest probability that falls in." })
  low!: number;

  @Field(() => Float, { description: "The lowest that falls in the next." })
  high!: number;

  @Field(() => Int, { description: "How many predictions." })
  rows!: number;

  @Field(() => Float, { description: "What they said on average." })
  meanPrediction!: number;

  @Field(() => Float, { description: "How many of those members left." })
  observedRate!: number;
}

@ObjectType({ description: "What would be reached by asking only those likeliest to leave." })
export class ChurnGain {
  @Field(() => Float, { description: "Which share of members is asked." })
  fraction!: number;

  @Field(() => Float, { description: "Share of those asked who left." })
  precision!: number;

  @Field(() => Float, { description: "Share of all who left who are among those asked." })
  recall!: number;

  @Field(() => Float, { description: "How many times better than asking at random." })
  lift!: number;
}

@ObjectType({ description: "What recency alone would reach: the floor." })
export class ChurnFloor {
  @Field(() => Float, { nullable: true, description: "Area under the ROC curve." })
  auc!: number | null;

  @Field(() => Float, { nullable: true, description: "Area under the precision-recall curve." })
  averagePrecision!: number | null;
}

@ObjectType({ description: "How a model did on the part of time that it had not seen." })
export class ChurnEvaluation {
  @Field(() => Int, { description: "How many predictions were judged." })
  rows!: number;

  @Field(() => Int, { description: "In how many of them the member left." })
  positives!: number;

  @Field(() => Float, { description: "The share of those: what a guess would say." })
  baseRate!: number;

  @Field(() => Float, {
    nullable: true,
    description: "Area under the ROC curve; null when all stayed or all left.",
  })
  auc!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: "Area under the precision-recall curve; null when nobody left.",
  })
  averagePrecision!: number | null;

  @Field(() => Float, { description: "Mean log-loss." })
  logLoss!: number;

  @Field(() => Float, { description: "Mean squared error of the probabilities." })
  brier!: number;

  @Field(() => Float, { description: "Mean distance between what was said and what came, over the bins." })
  calibrationError!: number;

  @Field(() => [ChurnCalibrationBin], { description: "Whether what it says comes to pass as often as it says." })
  calibration!: readonly ChurnCalibrationBin[];

  @Field(() => [ChurnGain], { description: "What asking some of the members would reach." })
  gains!: readonly ChurnGain[];

  @Field(() => String, { description: "The first day that was judged, `YYYY-MM-DD`." })
  testFrom!: string;

  @Field(() => String, { description: "The last one." })
  testThrough!: string;

  @Field(() => ChurnFloor, { description: "What days since the last activity alone would reach." })
  recencyAlone!: ChurnFloor;
}

@ObjectType({ description: "A version of the churn model." })
export class ChurnModelVersion {
  @Field(() => Int, { description: "From 1; scores name the version that made them." })
  version!: number;

  @Field(() => ChurnModelStateEnum, { description: "Whether it scores members." })
  state!: ModelState;

  @Field(() => String, { description: "The last day that it learnt from, `YYYY-MM-DD`." })
  trainedThrough!: string;

  @Field(() => GraphQLISODateTime, { description: "When it was trained." })
  createdAt!: Date;

  @Field(() => ChurnEvaluation, { description: "How it did." })
  evaluation!: ChurnEvaluation;
}

@ObjectType({ description: "How members' latest scores are spread." })
export class ChurnScoreSummary {
  @Field(() => String, {
    description: "The day that they stand for, `YYYY-MM-DD`: what was done since is not in them.",
  })
  asOf!: string;

  @Field(() => Int, { description: "Members scored." })
  members!: number;

  @Field(() => [Int], { description: "Members by tenth of probability, lowest first: ten numbers." })
  byTenth!: readonly number[];
}

@ObjectType("ChurnReport", { description: "The churn model, its versions, and what it says of members now." })
export class ChurnReportNode {
  @Field(() => ChurnModelVersion, { nullable: true, description: "The model in use; null before one was trained." })
  champion!: ChurnModelVersion | null;

  @Field(() => [ChurnModelVersion], { description: "The last 50 versions, newest first." })
  versions!: readonly ChurnModelVersion[];

  @Field(() => ChurnScoreSummary, { nullable: true, description: "The latest scores; null before any." })
  scores!: ChurnScoreSummary | null;
}

/** `member` is loaded when asked for; see `ChurnScoreFieldsResolver`. */
@ObjectType("ChurnScore", { description: "How likely a member is to leave." })
export class ChurnScoreNode {
  @Field(() => String, { description: "The day that it stands for, `YYYY-MM-DD`: what was done since is not in it." })
  asOf!: string;

  @Field(() => Float, { description: "The probability of leaving, 0 to 1." })
  probability!: number;

  @Field(() => Int, { description: "The version of the model that says so." })
  modelVersion!: number;

  @Field(() => GraphQLISODateTime, { description: "When it was made." })
  scoredAt!: Date;

  /** The member's own id, for the field resolver. */
  memberKey!: string;
}

export const ChurnScoreConnection = connectionType("ChurnScore", () => ChurnScoreNode);

@ObjectType({ description: "One reason for a score." })
export class ChurnFactor {
  @Field(() => String, { description: "The feature's name." })
  feature!: string;

  @Field(() => Float, { description: "The member's value, in the feature's unit." })
  value!: number;

  @Field(() => Float, { description: "What it adds to the log-odds, against the average member." })
  contribution!: number;

  @Field(() => Float, { description: "The same as a factor on the odds: above 1 it raises the risk." })
  oddsRatio!: number;

  @Field(() => String, { description: "The same in words, in the viewer's language." })
  sentence!: string;
}

@ObjectType({ description: "The member has no score." })
export class ChurnNotScored {
  @Field(() => ID, { description: "The member." })
  memberId!: string;
}

@ObjectType({
  description: "The features have changed since the score was made: it can be explained after the next one.",
})
export class ChurnOutdated {
  @Field(() => ChurnScoreNode, { description: "The score that cannot be explained any more." })
  score!: ChurnScoreNode;
}

@ObjectType({ description: "A score, taken apart." })
export class ChurnExplained {
  @Field(() => ChurnScoreNode, { description: "The score." })
  score!: ChurnScoreNode;

  @Field(() => Float, { description: "The probability of a member who is average in everything." })
  averageProbability!: number;

  @Field(() => [ChurnFactor], { description: "The strongest reasons, the strongest first." })
  factors!: readonly ChurnFactor[];

  @Field(() => Float, { description: "What all other features add together, in log-odds." })
  remainder!: number;
}

export const ChurnExplanationUnion = createUnionType({
  name: "ChurnExplanation",
  description: "Why a member's latest score is what it is, or that it cannot be said.",
  types: () => [ChurnNotScored, ChurnOutdated, ChurnExplained] as const,
  resolveType: (explanation) => {
    if (!("score" in explanation)) return ChurnNotScored;
    return "factors" in explanation ? ChurnExplained : ChurnOutdated;
  },
});

/** Presents a report. */
export function toChurnReport({ champion, versions, scores }: ChurnReport): ChurnReportNode {
  return { champion, versions, scores };
}

/** Presents a score. */
export function toChurnScore({ memberId, ...score }: ChurnScore): ChurnScoreNode {
  return { ...score, memberKey: memberId };
}

/** Presents an explanation. */
export function toChurnExplanation(
  told: MemberExplanation,
  memberId: Id,
): ChurnNotScored | ChurnOutdated | ChurnExplained {
  switch (told.kind) {
    case "not-scored":
      return { memberId: nodeId("Member", memberId) };
    case "outdated":
      return { score: toChurnScore(told.score) };
    case "explained": {
      const { averageProbability, factors, remainder } = told.explanation;
      return { score: toChurnScore(told.score), averageProbability, factors, remainder };
    }
  }
}
