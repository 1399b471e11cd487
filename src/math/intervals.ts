import { assert } from "../kernel/assert.ts";
import type { Rng } from "./rng.ts";

/** How often, in the long run, an interval covers the truth. */
export type Confidence = 0.8 | 0.9 | 0.95 | 0.99;

/** An estimate and the values that the data do not contradict, in the estimate's unit; plain JSON. */
export interface Interval {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
  readonly confidence: Confidence;
}

/** A count of successes out of independent trials. */
export interface Proportion {
  readonly successes: number;
  readonly trials: number;
}

/** Φ⁻¹((1 + confidence)/2). */
const Z: Record<Confidence, number> = {
  0.8: 1.2815515655446004,
  0.9: 1.6448536269514722,
  0.95: 1.959963984540054,
  0.99: 2.5758293035489004,
};

/**
 * Wilson's score interval for a rate p̂ = s/n: the rates that a z-test would not reject,
 * (p̂ + z²/2n ± z·√(p̂(1 − p̂)/n + z²/4n²)) / (1 + z²/n). Sound for small counts and for 0 and n successes. Null without a trial.
 *
 * @see Wilson (1927); Newcombe (1998), Statistics in Medicine 17:857–872, method 3
 */
export function wilsonInterval(observed: Proportion, confidence: Confidence = 0.95): Interval | null {
  const { successes, trials } = observed;
  assert(Number.isInteger(successes) && Number.isInteger(trials), "successes and trials are counts");
  assert(successes >= 0 && successes <= trials, "successes lie between 0 and the trials");
  if (trials === 0) return null;
  const z = Z[confidence];
  const estimate = successes / trials;
  const shrink = 1 + z ** 2 / trials;
  const centre = (estimate + z ** 2 / (2 * trials)) / shrink;
  const half = (z * Math.sqrt((estimate * (1 - estimate)) / trials + z ** 2 / (4 * trials ** 2))) / shrink;
  return {
    estimate,
    low: successes === 0 ? 0 : centre - half,
    high: successes === trials ? 1 : centre + half,
    confidence,
  };
}

/**
 * Interval for the difference of two independent rates, treated − control, from their Wilson intervals [l, u]:
 * low = d − √((p₁ − l₁)² + (u₂ − p₂)²), high = d + √((u₁ − p₁)² + (p₂ − l₂)²). Null when either side has no trial.
 *
 * @see Newcombe (1998), Statistics in Medicine 17:873–890, method 10
 */
export function differenceInterval(
  treated: Proportion,
  control: Proportion,
  confidence: Confidence = 0.95,
): Interval | null {
  const first = wilsonInterval(treated, confidence);
  const second = wilsonInterval(control, confidence);
  if (first === null || second === null) return null;
  const estimate = first.estimate - second.estimate;
  return {
    estimate,
    low: estimate - Math.hypot(first.estimate - first.low, second.high - second.estimate),
    high: estimate + Math.hypot(first.high - first.estimate, second.estimate - second.low),
    confidence,
  };
}

/**
 * Percentile bootstrap: `statistic` over the n rows, and its quantiles over resamples of n rows with replacement.
 * For figures without a formula of their own, such as the AUC; wants some dozens of rows at least.
 *
 * @param statistic takes n row indices and returns a finite number; the indices are overwritten between calls.
 * @see Efron, Tibshirani (1993), An Introduction to the Bootstrap, §13.3
 */
export function bootstrapInterval(
  rows: number,
  statistic: (indices: Uint32Array) => number,
  rng: Rng,
  options: { readonly resamples?: number; readonly confidence?: Confidence } = {},
): Interval {
  const { resamples = 2_000, confidence = 0.95 } = options;
  assert(Number.isInteger(rows) && rows > 0, "a bootstrap draws from at least one row");
  assert(Number.isInteger(resamples) && resamples > 0, "a bootstrap draws at least one resample");
  const estimate = statistic(Uint32Array.from({ length: rows }, (_, index) => index));
  const indices = new Uint32Array(rows);
  const drawn = Float64Array.from({ length: resamples }, () => {
    for (let i = 0; i < rows; i += 1) indices[i] = rng.below(rows);
    const value = statistic(indices);
    assert(Number.isFinite(value), "a bootstrapped statistic is finite");
    return value;
  }).sort();
  const tail = (1 - confidence) / 2;
  return { estimate, low: quantile(drawn, tail), high: quantile(drawn, 1 - tail), confidence };
}

/** The q-quantile of ascending numbers, linear between order statistics (Hyndman, Fan 1996, type 7). */
export function quantile(ascending: ArrayLike<number>, q: number): number {
  assert(ascending.length > 0 && q >= 0 && q <= 1, "a quantile in [0, 1] is taken of at least one number");
  const position = q * (ascending.length - 1);
  const below = Math.floor(position);
  const low = ascending[below]!;
  const high = ascending[Math.min(below + 1, ascending.length - 1)]!;
  return low + (position - below) * (high - low);
}
