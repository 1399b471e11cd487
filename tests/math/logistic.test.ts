import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InvariantError } from "../../src/kernel/assert.ts";
import { explainLogistic, fitLogistic, predictLogistic, sigmoid } from "../../src/math/logistic.ts";
import { createMatrix, matrixFromRows, rowOf } from "../../src/math/matrix.ts";
import { Rng } from "../../src/math/rng.ts";
import { contractData, describeLearner } from "./learner-contract.ts";
import { slowFit, slowGradient, slowObjective } from "./slow-logistic.ts";

describeLearner({ name: "logistic regression", supervised: true, learn: fitLogistic, predict: predictLogistic });

/** Small problems with both classes; features in quarters, so that ties, constants and collinear columns come up. */
const problems = fc
  .record({ columns: fc.integer({ min: 1, max: 4 }), rows: fc.integer({ min: 2, max: 30 }) })
  .chain(({ columns, rows }) =>
    fc.record({
      X: fc
        .array(
          fc.integer({ min: -8, max: 8 }).map((quarters) => quarters / 4),
          { minLength: rows * columns, maxLength: rows * columns },
        )
        .map((cells) => createMatrix(Float64Array.from(cells), rows, columns)),
      y: fc
        .array(fc.integer({ min: 0, max: 1 }), { minLength: rows - 2, maxLength: rows - 2 })
        .map((rest) => Float64Array.from([0, 1, ...rest])),
      C: fc.constantFrom(0.01, 1, 100),
    }),
  );

/** Motor Trend 1974 (R's mtcars): weight in 1000 lb, and whether the gearbox is manual. */
// biome-ignore format: a table
const CARS: readonly (readonly [weight: number, manual: number])[] = [
  [2.62, 1], [2.875, 1], [2.32, 1], [3.215, 0], [3.44, 0], [3.46, 0], [3.57, 0], [3.19, 0],
  [3.15, 0], [3.44, 0], [3.44, 0], [4.07, 0], [3.73, 0], [3.78, 0], [5.25, 0], [5.424, 0],
  [5.345, 0], [2.2, 1], [1.615, 1], [1.835, 1], [2.465, 0], [3.52, 0], [3.435, 0], [3.84, 0],
  [3.845, 0], [1.935, 1], [2.14, 1], [1.513, 1], [3.17, 1], [2.77, 1], [3.57, 1], [2.78, 1],
];

describe("fitLogistic", () => {
  it("agrees with R's glm(am ~ wt, binomial, mtcars) when the penalty vanishes", () => {
    const X = matrixFromRows(CARS.map(([weight]) => [weight]));
    const model = fitLogistic(
      X,
      Float64Array.from(CARS, ([, manual]) => manual),
      { C: 1e10 },
    );
    expect(model.intercept).toBeCloseTo(12.04, 3);
    expect(model.weights[0]).toBeCloseTo(-4.024, 3);
    expect(2 * model.objective).toBeCloseTo(19.176, 3);
  });

  it("solves the two-point problem by its own equation: w = C·2(1 − p), p = sigmoid(w)", () => {
    const model = fitLogistic(matrixFromRows([[1], [-1]]), Float64Array.of(1, 0), { C: 3 });
    expect(model.weights[0]).toBeCloseTo(3 * 2 * (1 - sigmoid(model.weights[0]!)), 12);
    expect(model.intercept).toBeCloseTo(0, 12);
  });

  it("finds what plain gradient descent finds", () => {
    const { X, y } = contractData();
    const model = fitLogistic(X, y, { C: 0.5 });
    const reference = slowFit(X, y, 0.5);
    [...model.weights, model.intercept].forEach((value, j) => {
      expect(value).toBeCloseTo(reference[j]!, 8);
    });
  });

  it("reports the objective as defined, and a gradient that matches finite differences away from the optimum", () => {
    const { X, y } = contractData();
    const unfinished = fitLogistic(X, y, { C: 2, iterationsMax: 1 });
    const theta = [...unfinished.weights, unfinished.intercept];
    expect(unfinished.converged).toBe(false);
    expect(unfinished.objective).toBeCloseTo(slowObjective(X, y, 2, theta), 9);
    expect(unfinished.gradientNorm).toBeGreaterThan(0.1);
    expect(unfinished.gradientNorm).toBeCloseTo(Math.hypot(...slowGradient(X, y, 2, theta)), 5);
  });

  it("stops at a minimum: converged, no gradient, and no neighbour is lower", () => {
    fc.assert(
      fc.property(problems, fc.integer(), ({ X, y, C }, seed) => {
        const model = fitLogistic(X, y, { C });
        const theta = [...model.weights, model.intercept];
        const rng = Rng.seeded(seed);
        expect(model.converged).toBe(true);
        expect(model.gradientNorm).toBeLessThan(1e-6);
        expect(model.objective).toBeCloseTo(slowObjective(X, y, C, theta), 9);
        const neighbour = theta.map((value) => value + rng.normal(0, 0.01));
        expect(slowObjective(X, y, C, neighbour)).toBeGreaterThanOrEqual(model.objective - 1e-9);
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it("turns its weights around with the labels, and moves them with the columns", () => {
    fc.assert(
      fc.property(problems, ({ X, y, C }) => {
        const model = fitLogistic(X, y, { C });
        const opposite = fitLogistic(
          X,
          y.map((label) => 1 - label),
          { C },
        );
        const mirrored = matrixFromRows(Array.from({ length: X.rows }, (_, i) => [...rowOf(X, i)].reverse()));
        const reversed = fitLogistic(mirrored, y, { C }).weights.toReversed();
        model.weights.forEach((weight, j) => {
          expect(opposite.weights[j]).toBeCloseTo(-weight, 6);
          expect(reversed[j]).toBeCloseTo(weight, 6);
        });
      }),
      { seed: 2, numRuns: 100 },
    );
  });

  it("predicts the base rate on average, since the intercept is not penalised", () => {
    const { X, y } = contractData();
    const predicted = predictLogistic(fitLogistic(X, y, { C: 0.001 }), X);
    const sum = (numbers: Float64Array) => numbers.reduce((total, value) => total + value, 0);
    expect(sum(predicted)).toBeCloseTo(sum(y), 9);
  });

  it("reduces to the base rate's log-odds without features", () => {
    const model = fitLogistic({ data: new Float64Array(), rows: 4, columns: 0 }, Float64Array.of(1, 0, 0, 0));
    expect(model).toMatchObject({ converged: true, weights: [] });
    expect(model.intercept).toBeCloseTo(Math.log(1 / 3), 14);
  });

  describe("converges on data that is", () => {
    const rng = Rng.seeded("hard cases");
    const noise = (rows: number, columns: number, scale = 1) =>
      createMatrix(
        Float64Array.from({ length: rows * columns }, () => rng.normal(0, scale)),
        rows,
        columns,
      );

    const outlier = () => createMatrix(noise(500, 1, 0.1).data.with(0, 10).with(1, -10), 500, 1);

    it.each([
      { what: "separable, under a weak penalty", X: matrixFromRows([[-2], [-1], [1], [2]]), y: [0, 0, 1, 1], C: 1e6 },
      {
        what: "two copies of one column",
        X: matrixFromRows([
          [1, 1],
          [2, 2],
          [3, 3],
          [4, 4],
        ]),
        y: [0, 1, 0, 1],
        C: 1e9,
      },
      {
        what: "two copies of one column, unpenalised to working precision",
        X: matrixFromRows([
          [1, 1],
          [2, 2],
          [3, 3],
          [4, 4],
        ]),
        y: [0, 1, 0, 1],
        C: 1e20,
      },
      {
        what: "such that full Newton steps overshoot: few positives, one of them far out",
        X: outlier(),
        y: Array.from({ length: 500 }, (_, i) => Number(i < 10 && i !== 1)),
        C: 100,
      },
      { what: "wider than long", X: noise(5, 40), y: [0, 1, 1, 0, 1], C: 1 },
      {
        what: "of very unlike scales",
        X: matrixFromRows([
          [1e7, 1e-4],
          [2e7, 3e-4],
          [3e7, 1e-4],
          [9e7, 2e-4],
        ]),
        y: [0, 1, 0, 1],
        C: 1,
      },
      {
        what: "one positive in 5,000",
        X: noise(5000, 3),
        y: Array.from({ length: 5000 }, (_, i) => (i === 7 ? 1 : 0)),
        C: 1,
      },
      { what: "constant", X: matrixFromRows([[0], [0], [0]]), y: [0, 1, 1], C: 1 },
      { what: "two rows", X: matrixFromRows([[1], [1]]), y: [0, 1], C: 1 },
      {
        what: "held by almost no penalty at all",
        X: noise(60, 2, 5),
        y: Array.from({ length: 60 }, (_, i) => i % 2),
        C: 1e12,
      },
    ])("$what", ({ X, y, C }) => {
      const model = fitLogistic(X, Float64Array.from(y), { C });
      expect(model.converged).toBe(true);
      expect(model.iterations).toBeLessThan(50);
      expect([...model.weights, model.intercept].every(Number.isFinite)).toBe(true);
    });
  });

  it.each([[[0, 0, 0]], [[1, 1, 1]]])("refuses the single class of %j, whose optimum is infinite", (labels) => {
    expect(() => fitLogistic(matrixFromRows([[1], [2], [3]]), Float64Array.from(labels))).toThrow(InvariantError);
  });

  it.each([0, -1, Number.NaN, Infinity])("refuses C = %s", (C) => {
    expect(() => fitLogistic(matrixFromRows([[1], [2]]), Float64Array.of(0, 1), { C })).toThrow(InvariantError);
  });
});

describe("explainLogistic", () => {
  const { X, y } = contractData();
  const model = fitLogistic(X, y);

  it("adds up, bit for bit, to the probability that is predicted", () => {
    const predicted = predictLogistic(model, X);
    for (let i = 0; i < X.rows; i += 1) {
      const { intercept, contributions, logOdds, probability } = explainLogistic(model, rowOf(X, i));
      expect(contributions.reduce((sum, part) => sum + part, intercept)).toBe(logOdds);
      expect(sigmoid(logOdds)).toBe(probability);
      expect(probability).toBe(predicted[i]);
    }
  });

  it("refuses a row that is not the model's", () => {
    expect(() => explainLogistic(model, [1, 2])).toThrow(InvariantError);
    expect(() => explainLogistic(model, [1, 2, Number.NaN])).toThrow(InvariantError);
  });
});

describe("sigmoid", () => {
  it("is ½ at 0, symmetric, and neither overflows nor rounds small probabilities to 0", () => {
    expect(sigmoid(0)).toBe(0.5);
    expect(sigmoid(-700)).toBeGreaterThan(0);
    expect([sigmoid(1e308), sigmoid(-1e308)]).toEqual([1, 0]);
    fc.assert(
      fc.property(fc.double({ min: -30, max: 30, noNaN: true }), (t) => Math.abs(sigmoid(t) + sigmoid(-t) - 1) < 1e-15),
    );
  });
});
