import { describe, expect, it } from "vitest";
import { atLeast, atMost, tellTargets } from "../../bench/targets.ts";

describe("a benchmark's targets", () => {
  it.each([
    [atMost("warmSeconds", 4, 4), true],
    [atMost("warmSeconds", 4.001, 4), false],
    [atLeast("ratioToBare", 0.4, 0.4), true],
    [atLeast("ratioToBare", 0.399, 0.4), false],
    [atLeast("ratioToBare", Number.NaN, 0.4), false],
  ])("%o", (target, met) => expect(target.met).toBe(met));

  it("are told line by line, and counted where they were missed", () => {
    const targets = [atMost("coldSeconds", 11.20449, 15), atLeast("ratioToBare", 0.21, 0.4)];
    expect(tellTargets({ name: "both", targets })).toEqual({
      lines: ["met     coldSeconds ≤ 15: 11.2", "MISSED  ratioToBare ≥ 0.4: 0.21"],
      missed: 1,
    });
    expect(tellTargets({ name: "compares only" })).toEqual({ lines: [], missed: 0 });
  });
});
