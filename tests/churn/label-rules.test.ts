import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CHURN, cutoffsBetween, splitInTime } from "../../src/churn/label-rules.ts";
import { addDays, daysBetween } from "../../src/kernel/calendar.ts";

const FIRST = "2026-01-01";

describe("cutoffs", () => {
  it.each([
    ["none while no horizon is over", 89, []],
    ["one as soon as a population window and a horizon are", 90, ["2026-03-01"]],
    ["the next after fifteen more days", 105, ["2026-03-01", "2026-03-16"]],
  ])("are %s", (_what, lastDay, cutoffs) => {
    expect(cutoffsBetween(FIRST, addDays(FIRST, lastDay))).toEqual(cutoffs);
  });

  it("always have the population's window behind them and a horizon that is over before them", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2_000 }), (days) => {
        for (const cutoff of cutoffsBetween(FIRST, addDays(FIRST, days))) {
          expect(daysBetween(FIRST, cutoff)).toBeGreaterThanOrEqual(CHURN.populationDays - 1);
          expect(daysBetween(cutoff, addDays(FIRST, days))).toBeGreaterThan(CHURN.horizonDays);
        }
      }),
      { numRuns: 25 },
    );
  });
});

describe("the split in time", () => {
  it("judges by the latest 30 %, rounded up", () => {
    const cutoffs = cutoffsBetween(FIRST, addDays(FIRST, 90 + 9 * 15));
    expect(cutoffs).toHaveLength(10);
    expect(splitInTime(cutoffs)!.test).toEqual(cutoffs.slice(7));
    expect(splitInTime(cutoffs.slice(0, 9))!.test).toEqual(cutoffs.slice(6, 9));
  });

  it("learns from no label that was still open at the first day it is judged by", () => {
    fc.assert(
      fc.property(fc.integer({ min: 90, max: 2_000 }), (days) => {
        const split = splitInTime(cutoffsBetween(FIRST, addDays(FIRST, days)));
        for (const cutoff of split?.train ?? []) {
          expect(daysBetween(cutoff, split!.test[0]!)).toBeGreaterThanOrEqual(CHURN.horizonDays);
        }
      }),
      { numRuns: 25 },
    );
  });

  it("is none when there is nothing to learn from or nothing to judge by", () => {
    expect(splitInTime([])).toBeNull();
    expect(splitInTime(["2026-03-01"])).toBeNull();
    expect(splitInTime(["2026-03-01", "2026-03-16"])).toBeNull();
  });
});
