import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ARCHETYPE_NAMES, ARCHETYPES } from "../../src/simulation/archetype-catalogue.ts";
import {
  CHURN_CAUSES,
  type Circumstances,
  causeRates,
  exposuresOf,
  hazardOf,
} from "../../src/simulation/hazard-rules.ts";
import { type ChurnCause } from "../../src/simulation/kinds.ts";

const settled: Circumstances = {
  tenureDays: 60,
  habit: 0.5,
  waitingDays: null,
  lessonsBehind: 0,
  failuresRecent: 0,
  unheardDays: null,
  finishedDays: null,
  dealDays: null,
};

describe("exposures", () => {
  const cases: [cause: ChurnCause, change: Partial<Circumstances>, exposure: number][] = [
    ["drift", {}, 1],
    ["early-doubt", { tenureDays: 0 }, 1],
    ["early-doubt", { tenureDays: 6 }, Math.exp(-1)],
    ["unanswered-question", { waitingDays: 1.9 }, 0],
    ["unanswered-question", { waitingDays: 2 }, 1],
    ["unanswered-question", { waitingDays: 17 }, 0],
    ["fell-behind", { lessonsBehind: 4 }, 0],
    ["fell-behind", { lessonsBehind: 6.5 }, 0.5],
    ["fell-behind", { lessonsBehind: 30 }, 1],
    ["failed-quizzes", { failuresRecent: 1.5 }, 0.5],
    ["no-replies", { unheardDays: 3 }, 0],
    ["no-replies", { unheardDays: 5 }, 1],
    ["course-finished", { finishedDays: 0 }, 0],
    ["course-finished", { finishedDays: 9 }, 1],
    ["no-deal", { dealDays: 14 }, 0],
    ["no-deal", { dealDays: 20 }, 0.5],
  ];

  it.each(cases)("%s at %j is %d", (cause, change, exposure) => {
    expect(exposuresOf({ ...settled, ...change })[cause]).toBeCloseTo(exposure, 12);
  });

  it("leaves only drift, and a trace of doubt, to a settled member", () => {
    const atWork = CHURN_CAUSES.filter((cause) => exposuresOf(settled)[cause] > 1e-4);
    expect(atWork).toEqual(["drift"]);
  });

  it("stays within [0, 1] whatever happens", () => {
    const days = fc.double({ min: 0, max: 1e4, noNaN: true });
    const maybe = fc.option(days);
    const circumstances = fc.record({
      tenureDays: days,
      habit: fc.double({ min: 0, max: 1, noNaN: true }),
      waitingDays: maybe,
      lessonsBehind: days,
      failuresRecent: days,
      unheardDays: maybe,
      finishedDays: maybe,
      dealDays: maybe,
    });
    fc.assert(
      fc.property(circumstances, (drawn) => {
        for (const exposure of Object.values(exposuresOf(drawn))) {
          expect(exposure).toBeGreaterThanOrEqual(0);
          expect(exposure).toBeLessThanOrEqual(1);
        }
      }),
      { seed: 7 },
    );
  });
});

describe("the hazard", () => {
  it.each(ARCHETYPE_NAMES)("is the sum of its causes for a %s, in proportion to the multiplier", (name) => {
    const exposures = exposuresOf({ ...settled, tenureDays: 2, waitingDays: 3, failuresRecent: 2 });
    const rates = causeRates(exposures, ARCHETYPES[name], 0.3, 1);
    const doubled = causeRates(exposures, ARCHETYPES[name], 0.3, 2);
    expect(hazardOf(rates)).toBeCloseTo(Object.values(rates).reduce((sum, rate) => sum + rate, 0));
    expect(hazardOf(doubled)).toBeCloseTo(2 * hazardOf(rates));
  });

  it("falls with habit", () => {
    const exposures = exposuresOf(settled);
    const profile = ARCHETYPES["steady-learner"];
    expect(hazardOf(causeRates(exposures, profile, 0.8, 1))).toBeLessThan(
      hazardOf(causeRates(exposures, profile, 0.1, 1)) / 3,
    );
  });

  it("is higher for a beginner whose question waits than for one who was answered", () => {
    const profile = ARCHETYPES["struggling-beginner"];
    const answered = hazardOf(causeRates(exposuresOf(settled), profile, 0.5, 1));
    const waiting = hazardOf(causeRates(exposuresOf({ ...settled, waitingDays: 4 }), profile, 0.5, 1));
    expect(waiting).toBeGreaterThan(10 * answered);
  });
});

describe("the archetypes", () => {
  it("share out all members, and each all of its responses", () => {
    const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
    expect(sum(ARCHETYPE_NAMES.map((name) => ARCHETYPES[name].share))).toBeCloseTo(1, 12);
    for (const name of ARCHETYPE_NAMES) expect(sum(Object.values(ARCHETYPES[name].responses))).toBeCloseTo(1, 12);
  });
});
