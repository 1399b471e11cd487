import { describe, expect, it } from "vitest";
import { type ResponseGroup } from "../../src/simulation/kinds.ts";
import { hazardMultiplier, treatmentHazardRatio } from "../../src/simulation/treatment-rules.ts";

describe("a treatment", () => {
  const cases: [group: ResponseGroup, nudge: "helps" | "does little" | "harms"][] = [
    ["persuadable", "helps"],
    ["sure-thing", "does little"],
    ["lost-cause", "does little"],
    ["do-not-disturb", "harms"],
  ];

  it.each(cases)("of a %s %s", (group, effect) => {
    const ratio = treatmentHazardRatio("steady-learner", group, "nudge");
    if (effect === "helps") expect(ratio).toBeLessThan(0.6);
    if (effect === "does little") expect(Math.abs(ratio - 1)).toBeLessThan(0.1);
    if (effect === "harms") expect(ratio).toBeGreaterThan(1.4);
  });

  it("loses half of its effect in a week, and all in the end", () => {
    const log = (daysAgo: number) => Math.log(treatmentHazardRatio("lurker", "persuadable", "nudge", daysAgo));
    expect(log(7)).toBeCloseTo(log(0) / 2, 12);
    expect(log(14)).toBeCloseTo(log(0) / 4, 12);
    expect(treatmentHazardRatio("lurker", "persuadable", "nudge", 200)).toBeCloseTo(1, 6);
  });

  it("speaks to deal-seekers by price, and to helpers by word", () => {
    const ratio = (archetype: "deal-seeker" | "helper", kind: "nudge" | "coupon") =>
      treatmentHazardRatio(archetype, "persuadable", kind);
    expect(ratio("deal-seeker", "coupon")).toBeLessThan(ratio("deal-seeker", "nudge"));
    expect(ratio("helper", "nudge")).toBeLessThan(ratio("helper", "coupon"));
  });
});

describe("the multiplier of the hazard", () => {
  it("is the group's own without treatment", () => {
    expect(hazardMultiplier("lurker", "lost-cause", [])).toBeGreaterThan(hazardMultiplier("lurker", "sure-thing", []));
  });

  it("tires of treatments that come too close", () => {
    const at = (...daysAgo: number[]) =>
      hazardMultiplier(
        "lurker",
        "sure-thing",
        daysAgo.map((days) => ({ kind: "nudge" as const, daysAgo: days })),
      );
    expect(at(0, 1, 2, 3)).toBeGreaterThan(at());
    expect(at(0)).toBeLessThan(at());
  });
});
