import { describe, expect, it } from "vitest";
import { benchChurnTelco } from "../../bench/churn-telco.ts";

const result = await benchChurnTelco();
const reason =
  result === null ? " (skipped: telco_churn.csv.gz is absent; set REKINDLE_DATA to the data sets' folder)" : "";

describe.skipIf(result === null)(`churn on Telco's customers, beside scikit-learn${reason}`, () => {
  const { figures, reference } = result ?? ({} as NonNullable<typeof result>);

  it("splits as the reference does", () => {
    expect([figures.trainRows, figures.testRows]).toEqual([5_642, 1_401]);
  });

  it("reaches the same optimum, and shows it by the gradient's norm", () => {
    expect(figures.converged).toBe(true);
    expect(figures.objective).toBeCloseTo(reference.objective, 5);
    expect(figures.gradientNorm).toBeLessThan(1e-8);
  });

  it("ranks and predicts the test customers as well, to the digits published", () => {
    expect(figures.test.auc?.toFixed(4)).toBe(reference.auc.toFixed(4));
    expect(figures.test.logLoss.toFixed(4)).toBe(reference.logLoss.toFixed(4));
  });

  it("explains every prediction without a remainder", () => {
    expect(figures.explanationError).toBeLessThan(1e-12);
  });
});
