import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createMatrix, matrixFromRows } from "../../src/math/matrix.ts";
import { fitStandardisation, standardise } from "../../src/math/standardise.ts";
import { describeLearner } from "./learner-contract.ts";

describeLearner({
  name: "standardisation",
  supervised: false,
  learn: fitStandardisation,
  predict: (model, X) => standardise(model, X).data,
});

describe("fitStandardisation", () => {
  it("measures the mean and the population deviation (n, not n − 1)", () => {
    const { means, deviations } = fitStandardisation(matrixFromRows([[2], [4], [4], [4], [5], [5], [7], [9]]));
    expect([means, deviations]).toEqual([[5], [2]]);
  });

  it.each([0, 1, 0.1, -1e9 / 3, 1e-12])("turns a column that is always %s into zeros, not into noise", (value) => {
    const X = matrixFromRows(Array.from({ length: 999 }, () => [value]));
    const fitted = fitStandardisation(X);
    expect(fitted.deviations).toEqual([1]);
    for (const cell of standardise(fitted, X).data) expect(Math.abs(cell)).toBeLessThanOrEqual(1e-10 * Math.abs(value));
  });

  it("keeps a small spread on a large mean", () => {
    expect(fitStandardisation(matrixFromRows([[1e9], [1e9 + 2]])).deviations).toEqual([1]);
    expect(fitStandardisation(matrixFromRows([[1e9], [1e9 + 6]])).deviations).toEqual([3]);
  });

  it("leaves every column with mean 0 and deviation 1, or 0 where it was constant", () => {
    const cells = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 6, maxLength: 60 });
    fc.assert(
      fc.property(cells, (values) => {
        const rows = Math.floor(values.length / 2);
        const X = createMatrix(Float64Array.from(values.slice(0, rows * 2)), rows, 2);
        const again = fitStandardisation(standardise(fitStandardisation(X), X));
        for (const mean of again.means) expect(mean).toBeCloseTo(0, 10);
        for (const deviation of again.deviations) expect(deviation).toBeCloseTo(1, 10);
      }),
      { seed: 3 },
    );
  });
});
