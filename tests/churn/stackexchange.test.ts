import { describe, expect, it } from "vitest";
import { measureChurn } from "../../bench/churn-stackexchange.ts";
import { dataSetPath } from "../../bench/data-sets.ts";
import { useDatabase } from "../support/test-database.ts";

const database = useDatabase();
const isAbsent = dataSetPath("stackexchange_ai_2017-03.tar.xz") === null;
const reason = isAbsent ? " (skipped: the dumps are absent; set REKINDLE_DATA to the data sets' folder)" : "";

describe.skipIf(isAbsent)(`churn on three Stack Exchange sites, beside scikit-learn${reason}`, () => {
  it("asks about the same members and beats the reference, at the optimum of its objective", {
    timeout: 180_000,
  }, async () => {
    const { figures, reference } = (await measureChurn(database.db))!;
    expect([figures.trainRows, figures.testRows]).toEqual([reference.trainRows, reference.testRows]);
    expect(figures.together.auc).toBeGreaterThan(reference.auc);
    expect(figures.together.logLoss).toBeLessThan(reference.logLoss);
    expect(figures.together.recencyAloneAuc).toBeCloseTo(reference.recencyAuc, 2);
    expect(figures.together.gradientNorm).toBeLessThan(1e-6);
    // Each community's own model, as the product trains it, beats recency there.
    for (const site of Object.values(figures.bySite)) expect(site.auc!).toBeGreaterThan(site.recencyAloneAuc! + 0.05);
  });
});
