import { assert } from "../kernel/assert.ts";
import { classCounts } from "./labels.ts";
import { assertFinite } from "./matrix.ts";

/** Everything a report prints about predictions; plain JSON. Null where one class only leaves a figure undefined. */
export interface Evaluation {
  readonly rows: number;
  readonly positives: number;
  readonly baseRate: number;
  readonly auc: number | null;
  readonly averagePrecision: number | null;
  readonly logLoss: number;
  readonly brier: number;
  readonly calibrationError: number;
  readonly calibration: readonly CalibrationBin[];
  readonly gains: readonly Gain[];
}

/** Rows whose prediction lies in [low, high) (the last bin includes 1). */
export interface CalibrationBin {
  readonly low: number;
  readonly high: number;
  readonly rows: number;
  readonly meanPrediction: number;
  readonly observedRate: number;
}

/** What acting on the `fraction` of rows with the highest scores would reach. */
export interface Gain {
  readonly fraction: number;
  readonly rows: number;
  /** Share of those rows that are positive. */
  readonly precision: number;
  /** Share of all positives that are among those rows: the gains curve. */
  readonly recall: number;
  /** Precision ÷ base rate: how many times better than choosing at random. */
  readonly lift: number;
}

/** Judges probabilities `p` (n numbers in [0, 1]) against labels `y` (n in {0, 1}), n ≥ 1. */
export function evaluate(y: ArrayLike<number>, p: ArrayLike<number>): Evaluation {
  const { positives } = assertProbabilities(y, p);
  const calibration = calibrationBins(y, p);
  return {
    rows: y.length,
    positives,
    baseRate: positives / y.length,
    auc: rocAuc(y, p),
    averagePrecision: averagePrecision(y, p),
    logLoss: logLoss(y, p),
    brier: brierScore(y, p),
    calibrationError: expectedCalibrationError(calibration),
    calibration,
    gains: gainsAtTop(y, p),
  };
}

/**
 * Area under the ROC curve: the chance that a random positive scores above a random negative, a tie counting half
 * (the Mann–Whitney U with midranks ÷ positives·negatives). Null with one class only. O(n log n).
 *
 * @see Hanley, McNeil (1982), "The meaning and use of the area under a ROC curve"
 */
export function rocAuc(y: ArrayLike<number>, scores: ArrayLike<number>): number | null {
  const { positives, negatives } = assertScores(y, scores);
  if (positives === 0 || negatives === 0) return null;
  let won = 0;
  let negativesBelow = negatives;
  for (const tie of tiesFromTop(y, scores)) {
    const tiedNegatives = tie.rows - tie.positives;
    negativesBelow -= tiedNegatives;
    won += tie.positives * (negativesBelow + tiedNegatives / 2);
  }
  return won / (positives * negatives);
}

/**
 * Average precision, the step-wise area under the precision–recall curve: Σₖ (Rₖ − Rₖ₋₁)·Pₖ over the distinct scores from the top;
 * rows with equal scores enter together. Null without a positive. A random order reaches about the base rate.
 */
export function averagePrecision(y: ArrayLike<number>, scores: ArrayLike<number>): number | null {
  const { positives } = assertScores(y, scores);
  if (positives === 0) return null;
  let area = 0;
  let taken = 0;
  let found = 0;
  for (const tie of tiesFromTop(y, scores)) {
    taken += tie.rows;
    found += tie.positives;
    area += (tie.positives / positives) * (found / taken);
  }
  return area;
}

/** Predictions are clipped to [1e-15, 1 − 1e-15], as scikit-learn 1.2 does, so that one certain mistake costs 34.5 and not ∞. */
const CLIP = 1e-15;

/** Mean log-loss in nats: −(1/n)·Σ [y·log p + (1 − y)·log(1 − p)], p clipped to [1e-15, 1 − 1e-15]. Lower is better. */
export function logLoss(y: ArrayLike<number>, p: ArrayLike<number>): number {
  assertProbabilities(y, p);
  return mean(y.length, (i) => {
    const clipped = Math.min(Math.max(p[i]!, CLIP), 1 - CLIP);
    return y[i] === 1 ? -Math.log(clipped) : -Math.log1p(-clipped);
  });
}

/** Brier's score: the mean of (p − y)², in [0, 1]; lower is better. */
export function brierScore(y: ArrayLike<number>, p: ArrayLike<number>): number {
  assertProbabilities(y, p);
  return mean(y.length, (i) => (p[i]! - y[i]!) ** 2);
}

/** Predictions against outcomes in `count` equally wide bins of [0, 1], lowest first; empty bins are left out. */
export function calibrationBins(y: ArrayLike<number>, p: ArrayLike<number>, count = 10): CalibrationBin[] {
  assertProbabilities(y, p);
  assert(Number.isInteger(count) && count > 0, "there is at least one calibration bin");
  const bins = Array.from({ length: count }, () => ({ rows: 0, predicted: 0, observed: 0 }));
  for (let i = 0; i < y.length; i += 1) {
    const bin = bins[Math.min(Math.floor(p[i]! * count), count - 1)]!;
    bin.rows += 1;
    bin.predicted += p[i]!;
    bin.observed += y[i]!;
  }
  return bins.flatMap(({ rows, predicted, observed }, index) =>
    rows === 0
      ? []
      : [
          {
            low: index / count,
            high: (index + 1) / count,
            rows,
            meanPrediction: predicted / rows,
            observedRate: observed / rows,
          },
        ],
  );
}

/**
 * Expected calibration error: Σ (rows in bin ÷ n)·|mean prediction − observed rate|, in [0, 1].
 *
 * @see Naeini, Cooper, Hauskrecht (2015), "Obtaining well calibrated probabilities using Bayesian binning"
 */
export function expectedCalibrationError(bins: readonly CalibrationBin[]): number {
  const rows = bins.reduce((sum, bin) => sum + bin.rows, 0);
  assert(rows > 0, "a calibration error is taken over at least one row");
  return bins.reduce((sum, bin) => sum + (bin.rows / rows) * Math.abs(bin.meanPrediction - bin.observedRate), 0);
}

/**
 * Precision, recall and lift among the ⌈fraction·n⌉ highest scores. Where the cut parts rows with equal scores, they count in
 * proportion (what a random choice among them is expected to find), so that the order of rows changes nothing. Empty without a positive.
 */
export function gainsAtTop(
  y: ArrayLike<number>,
  scores: ArrayLike<number>,
  fractions: readonly number[] = [0.01, 0.05, 0.1, 0.2, 0.3, 0.5],
): Gain[] {
  const { positives } = assertScores(y, scores);
  if (positives === 0) return [];
  const ties = tiesFromTop(y, scores);
  return fractions.map((fraction) => {
    assert(fraction > 0 && fraction <= 1, "a top fraction lies in (0, 1]");
    // 0.07·100 is a hair above 7 in binary; that hair is not an eighth row.
    const rows = Math.ceil(fraction * y.length - 1e-9);
    let left = rows;
    let found = 0;
    for (const tie of ties) {
      const taken = Math.min(left, tie.rows);
      found += (taken / tie.rows) * tie.positives;
      left -= taken;
      if (left === 0) break;
    }
    const precision = found / rows;
    return { fraction, rows, precision, recall: found / positives, lift: precision / (positives / y.length) };
  });
}

/** Rows by distinct score, highest first. */
function tiesFromTop(y: ArrayLike<number>, scores: ArrayLike<number>): { rows: number; positives: number }[] {
  const order = Uint32Array.from(y, (_, index) => index).sort((a, b) => scores[b]! - scores[a]!);
  const ties: { rows: number; positives: number }[] = [];
  let previous = Number.NaN;
  for (const index of order) {
    if (scores[index] !== previous) ties.push({ rows: 0, positives: 0 });
    previous = scores[index]!;
    const tie = ties[ties.length - 1]!;
    tie.rows += 1;
    tie.positives += y[index]!;
  }
  return ties;
}

function assertScores(y: ArrayLike<number>, scores: ArrayLike<number>) {
  assert(y.length === scores.length, "there is one score for each label");
  assert(y.length > 0, "a metric is taken over at least one row");
  assertFinite(scores, "a list of scores");
  return classCounts(y);
}

function assertProbabilities(y: ArrayLike<number>, p: ArrayLike<number>) {
  const counts = assertScores(y, p);
  for (let i = 0; i < p.length; i += 1) assert(p[i]! >= 0 && p[i]! <= 1, "a probability lies in [0, 1]");
  return counts;
}

function mean(n: number, of: (index: number) => number): number {
  let sum = 0;
  for (let i = 0; i < n; i += 1) sum += of(i);
  return sum / n;
}
