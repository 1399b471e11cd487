import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InvariantError } from "../../src/kernel/assert.ts";
import {
  bootstrapInterval,
  type Confidence,
  differenceInterval,
  quantile,
  wilsonInterval,
} from "../../src/math/intervals.ts";
import { Rng } from "../../src/math/rng.ts";

const of = (successes: number, trials: number) => ({ successes, trials });
const counts = fc
  .integer({ min: 1, max: 200 })
  .chain((trials) => fc.integer({ min: 0, max: trials }).map((s) => of(s, trials)));

/** Finds by bisection the rate at which the score test just stops rejecting. */
function slowWilsonBound(successes: number, trials: number, z: number, side: -1 | 1): number {
  const observed = successes / trials;
  let [inside, outside] = [observed, side < 0 ? 0 : 1];
  for (let round = 0; round < 200; round += 1) {
    const middle = (inside + outside) / 2;
    const rejected = Math.abs(observed - middle) > z * Math.sqrt((middle * (1 - middle)) / trials);
    if (rejected) outside = middle;
    else inside = middle;
  }
  return inside;
}

describe("wilsonInterval", () => {
  it.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])("gives Newcombe's (1998, table I) example %i/%i", (successes, trials, low, high) => {
    const interval = wilsonInterval(of(successes, trials))!;
    expect(interval.low).toBeCloseTo(low, 4);
    expect(interval.high).toBeCloseTo(high, 4);
  });

  it("holds the rates that the score test does not reject", () => {
    fc.assert(
      fc.property(counts, ({ successes, trials }) => {
        const { low, high, estimate } = wilsonInterval(of(successes, trials))!;
        expect(low).toBeCloseTo(slowWilsonBound(successes, trials, 1.959963984540054, -1), 10);
        expect(high).toBeCloseTo(slowWilsonBound(successes, trials, 1.959963984540054, 1), 10);
        expect(low >= 0 && low <= estimate && estimate <= high && high <= 1).toBe(true);
      }),
      { seed: 16, numRuns: 200 },
    );
  });

  it("widens with confidence and narrows with trials", () => {
    const width = (trials: number, confidence: Confidence) => {
      const { low, high } = wilsonInterval(of(trials / 4, trials), confidence)!;
      return high - low;
    };
    const widths = ([0.8, 0.9, 0.95, 0.99] as const).map((confidence) => width(100, confidence));
    expect(widths).toEqual(widths.toSorted((a, b) => a - b));
    expect(width(400, 0.95)).toBeLessThan(width(100, 0.95));
  });

  it("has nothing to say without a trial, and refuses counts that are none", () => {
    expect(wilsonInterval(of(0, 0))).toBeNull();
    for (const bad of [of(2, 1), of(-1, 1), of(0.5, 1), of(Number.NaN, 1)]) {
      expect(() => wilsonInterval(bad)).toThrow(InvariantError);
    }
  });
});

describe("differenceInterval", () => {
  it.each([
    [56, 70, 48, 80, 0.0524, 0.3339],
    [9, 10, 3, 10, 0.1705, 0.809],
    [6, 7, 2, 7, 0.0582, 0.8062],
    [5, 56, 0, 29, -0.0381, 0.1926],
    [0, 10, 0, 20, -0.1611, 0.2775],
    [0, 10, 0, 10, -0.2775, 0.2775],
    [10, 10, 0, 20, 0.6791, 1],
    [10, 10, 0, 10, 0.6075, 1],
  ])("gives Newcombe's (1998, table II) example %i/%i − %i/%i", (s1, n1, s2, n2, low, high) => {
    const interval = differenceInterval(of(s1, n1), of(s2, n2))!;
    expect(interval.low).toBeCloseTo(low, 4);
    expect(interval.high).toBeCloseTo(high, 4);
  });

  it("lies in [−1, 1] around its estimate, and turns around when the sides change places", () => {
    fc.assert(
      fc.property(counts, counts, (first, second) => {
        const forward = differenceInterval(first, second)!;
        const backward = differenceInterval(second, first)!;
        expect(forward.low).toBeCloseTo(-backward.high, 12);
        expect(forward.low).toBeLessThanOrEqual(forward.estimate);
        expect(forward.high).toBeGreaterThanOrEqual(forward.estimate);
        expect(forward.low).toBeGreaterThanOrEqual(-1 - 1e-12);
        expect(forward.high).toBeLessThanOrEqual(1 + 1e-12);
      }),
      { seed: 17 },
    );
  });

  it("covers a true difference about 95 times in 100, also when one arm is a small holdout", () => {
    const rng = Rng.seeded("coverage");
    const binomial = (trials: number, rate: number) => {
      let successes = 0;
      for (let trial = 0; trial < trials; trial += 1) successes += Number(rng.chance(rate));
      return of(successes, trials);
    };
    let covered = 0;
    for (let round = 0; round < 2_000; round += 1) {
      const { low, high } = differenceInterval(binomial(180, 0.35), binomial(20, 0.25))!;
      if (low <= 0.1 && 0.1 <= high) covered += 1;
    }
    expect(covered / 2_000).toBeGreaterThan(0.93);
    expect(covered / 2_000).toBeLessThan(0.98);
  });

  it("has nothing to say when an arm is empty", () => {
    expect(differenceInterval(of(1, 2), of(0, 0))).toBeNull();
    expect(differenceInterval(of(0, 0), of(1, 2))).toBeNull();
  });
});

describe("bootstrapInterval", () => {
  const rng = Rng.seeded("bootstrap data");
  const values = Float64Array.from({ length: 400 }, () => rng.normal(10, 2));
  const mean = (indices: Uint32Array) => indices.reduce((sum, index) => sum + values[index]!, 0) / indices.length;

  it("finds the textbook interval of a mean: ± 1.96·σ/√n", () => {
    const { estimate, low, high } = bootstrapInterval(values.length, mean, Rng.seeded(1));
    const sigma = Math.sqrt(values.reduce((sum, value) => sum + (value - estimate) ** 2, 0) / values.length);
    // At 90 % the ends would lie 0.03 further in; the resampling itself wobbles by 0.005.
    expect(Math.abs(low - (estimate - (1.96 * sigma) / 20))).toBeLessThan(0.015);
    expect(Math.abs(high - (estimate + (1.96 * sigma) / 20))).toBeLessThan(0.015);
  });

  it("repeats for the same generator", () => {
    const once = () => bootstrapInterval(values.length, mean, Rng.seeded(2), { resamples: 50, confidence: 0.8 });
    expect(once()).toEqual(once());
  });

  it("refuses no rows, and a statistic that is not finite", () => {
    expect(() => bootstrapInterval(0, () => 1, Rng.seeded(1))).toThrow(InvariantError);
    expect(() => bootstrapInterval(3, () => Number.NaN, Rng.seeded(1))).toThrow(InvariantError);
  });
});

describe("quantile", () => {
  it("is linear between order statistics, as R's default and NumPy's are", () => {
    expect([0, 0.25, 0.5, 0.9, 1].map((q) => quantile([1, 2, 3, 4], q))).toEqual([
      1,
      1.75,
      2.5,
      expect.closeTo(3.7, 12),
      4,
    ]);
    expect(quantile([7], 0.3)).toBe(7);
  });

  it("refuses an empty list and a q outside [0, 1]", () => {
    expect(() => quantile([], 0.5)).toThrow(InvariantError);
    expect(() => quantile([1], 1.1)).toThrow(InvariantError);
  });
});
