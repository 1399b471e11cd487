import { describe, expect, it } from "vitest";
import { ARCHETYPES } from "../../src/simulation/archetype-catalogue.ts";
import {
  DayRhythms,
  dayRhythm,
  expectedVisits,
  isSaleDay,
  localClock,
  nextHabit,
} from "../../src/simulation/rhythm-rules.ts";

const MONDAY = new Date("2026-03-09T00:00:00Z");

describe("the local clock", () => {
  it.each([
    ["UTC", 0, 0],
    ["Asia/Shanghai", 8, 0],
    ["Asia/Kolkata", 5.5, 0],
    ["America/Los_Angeles", 17, 6],
  ])("shows %s at midnight UTC on a Monday", (zone, hour, weekday) => {
    expect(localClock(zone, MONDAY)).toEqual({ hour, weekday });
  });

  it("follows daylight saving", () => {
    expect(localClock("Europe/London", new Date("2026-03-28T00:00:00Z")).hour).toBe(0);
    expect(localClock("Europe/London", new Date("2026-03-30T00:00:00Z")).hour).toBe(1);
  });
});

describe("a day's rhythm", () => {
  const evening = ARCHETYPES["steady-learner"];

  it("peaks in the evening of the member's own zone", () => {
    const peak = (zone: string) => {
      const { hourWeights } = dayRhythm(evening, localClock(zone, MONDAY));
      return hourWeights.indexOf(Math.max(...hourWeights));
    };
    expect(peak("UTC")).toBe(21);
    expect(peak("Asia/Shanghai")).toBe(13);
    expect(peak("Asia/Kolkata")).toBe(16);
  });

  it("is quieter on Fridays than on Mondays", () => {
    const friday = dayRhythm(evening, { hour: 0, weekday: 4 });
    const monday = dayRhythm(evening, { hour: 0, weekday: 0 });
    expect(friday.factor).toBeLessThan(0.8 * monday.factor);
  });

  it("is worked out once for each archetype and zone", () => {
    const rhythms = new DayRhythms(MONDAY);
    expect(rhythms.of(evening, "Europe/Berlin")).toBe(rhythms.of(evening, "Europe/Berlin"));
    expect(rhythms.of(evening, "Europe/Berlin")).not.toBe(rhythms.of(ARCHETYPES.lurker, "Europe/Berlin"));
    expect(rhythms.of(evening, "Europe/Berlin")).toEqual(dayRhythm(evening, localClock("Europe/Berlin", MONDAY)));
  });
});

describe("expected visits", () => {
  const usual = {
    visitsPerDay: 0.5,
    rhythm: 1,
    tenureDays: 30,
    fadeDays: Number.POSITIVE_INFINITY,
    habit: 0.5,
    pull: 1,
    hazard: 0,
  };

  it.each([
    ["newcomers come more", { tenureDays: 0 }, "more"],
    ["habits carry", { habit: 0.9 }, "more"],
    ["a reply calls back", { pull: 1.5 }, "more"],
    ["those about to leave come less", { hazard: 0.1 }, "less"],
    ["bingers fade", { fadeDays: 20 }, "less"],
  ] as const)("%s", (_, change, direction) => {
    const changed = expectedVisits({ ...usual, ...change });
    if (direction === "more") expect(changed).toBeGreaterThan(expectedVisits(usual));
    else expect(changed).toBeLessThan(expectedVisits(usual));
  });
});

it("a habit moves towards what was done", () => {
  expect(nextHabit(0.5, true)).toBeCloseTo(0.54);
  expect(nextHabit(0.5, false)).toBeCloseTo(0.46);
});

it("a sale runs for three days in thirty", () => {
  expect(Array.from({ length: 60 }, (_, day) => day).filter(isSaleDay)).toEqual([18, 19, 20, 48, 49, 50]);
});
