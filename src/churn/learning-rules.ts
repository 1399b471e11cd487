import { CATALOGUE_VERSION, FEATURES, RECENCY_FEATURE } from "../features/feature-catalogue.ts";
import { assert } from "../kernel/assert.ts";
import type { Day } from "../kernel/calendar.ts";
import type { Id } from "../kernel/ids.ts";
import { fnv1a32 } from "../math/fnv1a.ts";
import { classCounts } from "../math/labels.ts";
import { fitLogistic, type LogisticModel, predictLogistic } from "../math/logistic.ts";
import { createMatrix, type Matrix, takeRows } from "../math/matrix.ts";
import { averagePrecision, type Evaluation, evaluate, logLoss, rocAuc } from "../math/metrics.ts";
import { fitStandardisation, type Standardisation, standardise } from "../math/standardise.ts";

/** Members as of past days with what became of them. */
export interface LabelledRows {
  /** One column for each feature of the catalogue, in natural units. */
  readonly X: Matrix;
  /** 1: churned. */
  readonly y: Float64Array;
  readonly memberIds: readonly Id[];
}

export interface TrainingSet {
  readonly train: LabelledRows;
  readonly test: LabelledRows;
  /** The as-of days on either side, in order. */
  readonly trainCutoffs: readonly Day[];
  readonly testCutoffs: readonly Day[];
  /** The day whose end it was read as of: nothing in it is of later. */
  readonly asOf: Day;
}

/** All that a score needs; plain JSON, stored as it is. */
export interface ChurnArtefact {
  readonly version: 1;
  readonly catalogueVersion: number;
  readonly features: readonly string[];
  /** Every feature is a count or a number of days, so that ratios matter: log(1 + x), then standardised. */
  readonly transform: "log1p";
  readonly standardisation: Standardisation;
  readonly model: LogisticModel;
  readonly trainRows: number;
  readonly trainFrom: Day;
  readonly trainThrough: Day;
}

export interface ChurnEvaluation extends Evaluation {
  readonly testFrom: Day;
  readonly testThrough: Day;
  /** What days since the last activity alone would reach: the floor. */
  readonly recencyAlone: { readonly auc: number | null; readonly averagePrecision: number | null };
}

export interface ChurnFit {
  readonly artefact: ChurnArtefact;
  readonly evaluation: ChurnEvaluation;
}

/** Strengths of the penalty to choose from; the first where rows are plenty, since there it hardly matters. */
const STRENGTHS = [1, 0.1, 0.01] as const;
const ROWS_PLENTY = 20_000;
const FOLDS = 5;

/**
 * Learns who will churn and judges it on the part of time it has not seen. Pure and synchronous: seconds of CPU on large communities,
 * so that workers run it in a thread. The set has both classes on both sides (see `training-queries.ts`).
 */
export function fitChurn(set: TrainingSet): ChurnFit {
  const { train } = set;
  const C = chooseStrength(train);
  const { standardisation, model } = fitPrepared(train, C);
  const artefact: ChurnArtefact = {
    version: 1,
    catalogueVersion: CATALOGUE_VERSION,
    features: FEATURES.map((feature) => feature.name),
    transform: "log1p",
    standardisation,
    model,
    trainRows: train.X.rows,
    trainFrom: set.trainCutoffs[0]!,
    trainThrough: set.trainCutoffs.at(-1)!,
  };
  return { artefact, evaluation: evaluateChurn(artefact, set) };
}

/** Judges any model of this catalogue by a set's test part: how a candidate is compared with the model in use. */
export function evaluateChurn(artefact: ChurnArtefact, set: TrainingSet): ChurnEvaluation {
  const { X, y } = set.test;
  const probabilities = predictChurn(artefact, X);
  const idle = FEATURES.findIndex((feature) => feature.name === RECENCY_FEATURE);
  const idleDays = y.map((_, row) => X.data[row * X.columns + idle]!);
  return {
    ...evaluate(y, probabilities),
    testFrom: set.testCutoffs[0]!,
    testThrough: set.testCutoffs.at(-1)!,
    recencyAlone: { auc: rocAuc(y, idleDays), averagePrecision: averagePrecision(y, idleDays) },
  };
}

/** The probability of churning for each row of X, in natural units and in the catalogue's order. */
export function predictChurn(artefact: ChurnArtefact, X: Matrix): Float64Array {
  return predictLogistic(artefact.model, prepare(artefact, X));
}

/** What the model itself is given for X. */
export function prepare(artefact: Pick<ChurnArtefact, "standardisation">, X: Matrix): Matrix {
  return standardise(artefact.standardisation, logged(X));
}

function fitPrepared({ X, y }: Pick<LabelledRows, "X" | "y">, C: number) {
  const natural = logged(X);
  const standardisation = fitStandardisation(natural);
  return { standardisation, model: fitLogistic(standardise(standardisation, natural), y, { C }) };
}

function logged(X: Matrix): Matrix {
  for (const value of X.data) assert(value >= 0, "features are counts and numbers of days");
  return createMatrix(X.data.map(Math.log1p), X.rows, X.columns);
}

/** The strength with the lowest log-loss over folds of members: rows of one member are alike, and so are never parted. */
function chooseStrength(train: LabelledRows): number {
  if (train.X.rows >= ROWS_PLENTY) return STRENGTHS[0];
  const folds = train.memberIds.map((id) => fnv1a32(id) % FOLDS);
  const losses = STRENGTHS.map((C) => {
    let loss = 0;
    for (let fold = 0; fold < FOLDS; fold += 1) {
      const inside = pick(train, (row) => folds[row] !== fold);
      const outside = pick(train, (row) => folds[row] === fold);
      const { positives, negatives } = classCounts(inside.y);
      if (outside.y.length === 0 || positives === 0 || negatives === 0) continue;
      const fitted = fitPrepared(inside, C);
      loss += outside.y.length * logLoss(outside.y, predictLogistic(fitted.model, prepare(fitted, outside.X)));
    }
    return loss;
  });
  return STRENGTHS[losses.indexOf(Math.min(...losses))]!;
}

function pick({ X, y }: LabelledRows, keeps: (row: number) => boolean): Pick<LabelledRows, "X" | "y"> {
  const indices = Array.from(y.keys()).filter(keeps);
  return { X: takeRows(X, indices), y: Float64Array.from(indices, (index) => y[index]!) };
}
