import { describe, expect, it } from "vitest";
import { analyseHoldout } from "../../src/experiments/holdout-analysis-rules.ts";

describe("analyseHoldout", () => {
  it("says that there is too little, with the numbers", () => {
    const analysis = analyseHoldout({ members: 29, retained: 20, cost: 100 }, { members: 500, retained: 200, cost: 0 });
    expect(analysis).toEqual({ kind: "insufficient-data", treated: 29, heldOut: 500, needed: 30 });
  });

  it("gives the cost of one incrementally retained member with its interval", () => {
    const analysis = analyseHoldout(
      { members: 1_000, retained: 600, cost: 5_000 },
      { members: 1_000, retained: 500, cost: 0 },
    );
    if (analysis.kind !== "analysed") throw new Error("expected an analysis");
    expect(analysis.lift.estimate).toBeCloseTo(0.1, 12);
    expect(analysis.incrementallyRetained.estimate).toBeCloseTo(100, 9);
    const cost = analysis.costPerIncrementallyRetained;
    expect(cost?.estimate).toBeCloseTo(50, 9);
    expect(cost?.low).toBeLessThan(50);
    expect(cost?.high).toBeGreaterThan(50);
  });

  it("gives no upper bound when the data do not exclude that nothing was gained", () => {
    const analysis = analyseHoldout({ members: 100, retained: 55, cost: 500 }, { members: 100, retained: 50, cost: 0 });
    expect(analysis).toMatchObject({ kind: "analysed", costPerIncrementallyRetained: { high: null } });
  });

  it("gives no cost when the treated did worse", () => {
    const analysis = analyseHoldout({ members: 100, retained: 40, cost: 500 }, { members: 100, retained: 50, cost: 0 });
    expect(analysis).toMatchObject({ kind: "analysed", costPerIncrementallyRetained: null });
  });
});
