import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InvariantError } from "../../src/kernel/assert.ts";
import {
  averagePrecision,
  brierScore,
  calibrationBins,
  evaluate,
  expectedCalibrationError,
  gainsAtTop,
  logLoss,
  rocAuc,
} from "../../src/math/metrics.ts";
import { Rng } from "../../src/math/rng.ts";

/** Labels with probabilities in twentieths, so that ties are common and both ends come up. */
const judged = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 1 }), fc.integer({ min: 0, max: 20 })), { minLength: 1, maxLength: 40 })
  .map((pairs) => ({ y: pairs.map(([label]) => label), p: pairs.map(([, twentieths]) => twentieths / 20) }));

/** Counts every pair of a positive and a negative. */
function slowAuc(y: readonly number[], scores: readonly number[]): number | null {
  const of = (label: number) => scores.filter((_, index) => y[index] === label);
  const pairs = of(1).flatMap((positive) =>
    of(0).map((negative) => (positive > negative ? 1 : positive === negative ? 0.5 : 0)),
  );
  return pairs.length === 0 ? null : pairs.reduce<number>((sum, won) => sum + won, 0) / pairs.length;
}

/** Recomputes precision and recall from scratch at every threshold. */
function slowAveragePrecision(y: readonly number[], scores: readonly number[]): number | null {
  const positives = y.filter((label) => label === 1).length;
  if (positives === 0) return null;
  let area = 0;
  let recallBefore = 0;
  for (const threshold of [...new Set(scores)].sort((a, b) => b - a)) {
    const predicted = y.filter((_, index) => scores[index]! >= threshold);
    const found = predicted.filter((label) => label === 1).length;
    area += (found / positives - recallBefore) * (found / predicted.length);
    recallBefore = found / positives;
  }
  return area;
}

/** Averages what the top `count` rows hold over many random orders of equal scores. */
function slowFoundAtTop(y: readonly number[], scores: readonly number[], count: number): number {
  const rng = Rng.seeded("ties");
  const rounds = 4_000;
  let found = 0;
  for (let round = 0; round < rounds; round += 1) {
    const order = rng.shuffle(y.map((_, index) => index)).sort((a, b) => scores[b]! - scores[a]!);
    for (const index of order.slice(0, count)) found += y[index]!;
  }
  return found / rounds;
}

describe("rocAuc", () => {
  it("gives scikit-learn's documented example .75", () => {
    expect(rocAuc([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])).toBe(0.75);
  });

  it("is 1 for a perfect order, 0 for its reverse, ½ when all scores are equal", () => {
    expect(rocAuc([0, 0, 1], [1, 2, 3])).toBe(1);
    expect(rocAuc([1, 0, 0], [1, 2, 3])).toBe(0);
    expect(rocAuc([1, 0, 0, 1], [7, 7, 7, 7])).toBe(0.5);
  });

  it("counts what every pair counts, ties as half", () => {
    fc.assert(
      fc.property(judged, ({ y, p }) => {
        const [fast, slow] = [rocAuc(y, p), slowAuc(y, p)];
        if (slow === null) expect(fast).toBeNull();
        else expect(fast).toBeCloseTo(slow, 12);
      }),
      { seed: 9, numRuns: 300 },
    );
  });

  it("sees the order only: any increasing change of the scores leaves it", () => {
    fc.assert(
      fc.property(judged, ({ y, p }) => {
        expect(
          rocAuc(
            y,
            p.map((score) => Math.exp(3 * score) - 100),
          ),
        ).toBe(rocAuc(y, p));
      }),
      { seed: 10 },
    );
  });
});

describe("averagePrecision", () => {
  it("gives scikit-learn's documented example .8333", () => {
    expect(averagePrecision([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])).toBeCloseTo(0.8333333333333333, 15);
  });

  it("sums what every threshold adds, and is the base rate when all scores are equal", () => {
    expect(averagePrecision([1, 0, 0, 0], [0, 0, 0, 0])).toBe(0.25);
    fc.assert(
      fc.property(judged, ({ y, p }) => {
        const [fast, slow] = [averagePrecision(y, p), slowAveragePrecision(y, p)];
        if (slow === null) expect(fast).toBeNull();
        else expect(fast).toBeCloseTo(slow, 12);
      }),
      { seed: 11, numRuns: 300 },
    );
  });
});

describe("logLoss and brierScore", () => {
  it("give scikit-learn's documented examples .2162 and .0375", () => {
    expect(logLoss([1, 0, 0, 1], [0.9, 0.1, 0.2, 0.65])).toBeCloseTo(0.21616187468057912, 15);
    expect(brierScore([0, 1, 1, 0], [0.1, 0.9, 0.8, 0.3])).toBeCloseTo(0.0375, 15);
  });

  it("charge a certain mistake 34.5 nats, and nothing measurable for certainty that was right", () => {
    expect(logLoss([1], [0])).toBeCloseTo(-Math.log(1e-15), 10);
    expect(logLoss([0], [1])).toBeCloseTo(34.5, 0);
    expect(logLoss([0, 1], [0, 1])).toBeLessThan(1e-14);
  });

  it("agree with their formulas", () => {
    fc.assert(
      fc.property(judged, ({ y, p }) => {
        const clipped = p.map((value) => Math.min(Math.max(value, 1e-15), 1 - 1e-15));
        const nats = clipped.map((q, i) => -(y[i]! * Math.log(q) + (1 - y[i]!) * Math.log(1 - q)));
        const squares = p.map((value, i) => (value - y[i]!) ** 2);
        const average = (numbers: readonly number[]) => numbers.reduce((sum, value) => sum + value, 0) / y.length;
        // 1 − (1 − 1e-15) is off by a tenth in binary; hence a tenth of a nat where p is 0 or 1.
        expect(Math.abs(logLoss(y, p) - average(nats))).toBeLessThan(0.15);
        expect(brierScore(y, p)).toBeCloseTo(average(squares), 13);
      }),
      { seed: 12 },
    );
  });
});

describe("calibration", () => {
  it("sorts predictions into bins by hand: [0, ½) and [½, 1]", () => {
    const bins = calibrationBins([0, 1, 1, 1], [0.1, 0.3, 0.5, 1], 2);
    expect(bins).toEqual([
      { low: 0, high: 0.5, rows: 2, meanPrediction: 0.2, observedRate: 0.5 },
      { low: 0.5, high: 1, rows: 2, meanPrediction: 0.75, observedRate: 1 },
    ]);
    expect(expectedCalibrationError(bins)).toBeCloseTo(0.5 * 0.3 + 0.5 * 0.25, 15);
  });

  it("counts every row in exactly one bin, and leaves empty bins out", () => {
    fc.assert(
      fc.property(judged, ({ y, p }) => {
        const bins = calibrationBins(y, p);
        expect(bins.reduce((sum, bin) => sum + bin.rows, 0)).toBe(y.length);
        for (const bin of bins) {
          const inside = p.filter((value) => value >= bin.low && (value < bin.high || bin.high === 1));
          expect(bin.rows).toBe(inside.length);
          expect(bin.rows).toBeGreaterThan(0);
        }
        const error = expectedCalibrationError(bins);
        expect(error).toBeGreaterThanOrEqual(0);
        expect(error).toBeLessThanOrEqual(1);
      }),
      { seed: 13 },
    );
  });

  it("finds next to no error in probabilities that are true", () => {
    const rng = Rng.seeded("calibrated");
    const p = Array.from({ length: 50_000 }, () => rng.uniform());
    const y = p.map((probability) => Number(rng.chance(probability)));
    expect(expectedCalibrationError(calibrationBins(y, p))).toBeLessThan(0.01);
  });
});

describe("gainsAtTop", () => {
  it("counts by hand: the top fifth holds two of the four positives, 2.5 times the base rate", () => {
    const y = [1, 1, 0, 1, 0, 0, 0, 1, 0, 0];
    const scores = [10, 9, 8, 7, 6, 5, 4, 3, 2, 1];
    expect(gainsAtTop(y, scores, [0.2, 0.4, 1])).toEqual([
      { fraction: 0.2, rows: 2, precision: 1, recall: 0.5, lift: 2.5 },
      { fraction: 0.4, rows: 4, precision: 0.75, recall: 0.75, lift: 1.875 },
      { fraction: 1, rows: 10, precision: 0.4, recall: 1, lift: 1 },
    ]);
  });

  it("does not take an eighth row for the hair by which 0.07·100 exceeds 7", () => {
    const y = Array.from({ length: 100 }, (_, index) => index % 2);
    expect(gainsAtTop(y, y, [0.07])[0]?.rows).toBe(7);
  });

  it("shares a tie at the cut as a random order would on average", () => {
    const y = [1, 0, 1, 0, 0, 1, 0];
    const scores = [5, 4, 4, 4, 4, 3, 2];
    for (const { rows, precision } of gainsAtTop(y, scores, [1 / 7, 2 / 7, 3 / 7, 6 / 7])) {
      expect(precision * rows).toBeCloseTo(slowFoundAtTop(y, scores, rows), 1);
    }
  });

  it("rises to all positives and falls to no lift as the fraction grows to 1", () => {
    fc.assert(
      fc.property(judged, ({ y, p }) => {
        const gains = gainsAtTop(y, p, [0.1, 0.5, 1]);
        if (!y.includes(1)) expect(gains).toEqual([]);
        else
          expect(gains.map(({ recall }) => recall)).toEqual(
            gains.map(({ recall }) => recall).toSorted((a, b) => a - b),
          );
        expect(gains[2]?.recall ?? 1).toBeCloseTo(1, 12);
        expect(gains[2]?.lift ?? 1).toBeCloseTo(1, 12);
      }),
      { seed: 14 },
    );
  });
});

describe("evaluate", () => {
  it("gathers the figures as JSON, whatever the order of the rows", () => {
    fc.assert(
      fc.property(judged, fc.integer(), ({ y, p }, seed) => {
        const order = Rng.seeded(seed).shuffle(y.map((_, index) => index));
        const evaluation = evaluate(y, p);
        const shuffled = evaluate(
          order.map((index) => y[index]!),
          order.map((index) => p[index]!),
        );
        expect(JSON.parse(JSON.stringify(evaluation))).toEqual(evaluation);
        expect(shuffled.auc).toEqual(evaluation.auc);
        expect(shuffled.gains).toEqual(evaluation.gains);
        expect(shuffled.logLoss).toBeCloseTo(evaluation.logLoss, 12);
      }),
      { seed: 15 },
    );
  });

  it("leaves undefined figures null when only one class was seen", () => {
    expect(evaluate([0, 0], [0.2, 0.3])).toMatchObject({ baseRate: 0, auc: null, averagePrecision: null, gains: [] });
    expect(evaluate([1], [0.5])).toMatchObject({ baseRate: 1, auc: null, averagePrecision: 1 });
  });

  it.each([
    { what: "no rows", y: [], p: [] },
    { what: "a missing prediction", y: [0, 1], p: [0.5] },
    { what: "NaN", y: [0, 1], p: [0.5, Number.NaN] },
    { what: "a probability above 1", y: [0, 1], p: [0.5, 1.01] },
    { what: "a label that is none", y: [0, 2], p: [0.5, 0.5] },
  ])("refuses $what", ({ y, p }) => {
    expect(() => evaluate(y, p)).toThrow(InvariantError);
  });
});
