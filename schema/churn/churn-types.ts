import { Field, Float, GraphQLISODateTime, Int, ObjectType, registerEnumType } from "type-graphql";
import type { ModelState } from "../../drizzle/tables/signals.ts";
import type { ChurnReport, ChurnScore } from "../../src/churn/churn-queries.ts";
import { connectionType } from "../graphql/connection.ts";

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

/** Presents a report. */
export function toChurnReport({ champion, versions, scores }: ChurnReport): ChurnReportNode {
  return { champion, versions, scores };
}

/** Presents a score. */
export function toChurnScore({ memberId, ...score }: ChurnScore): ChurnScoreNode {
  return { ...score, memberKey: memberId };
}
