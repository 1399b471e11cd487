import { assert as check, constantFrom, double, integer, property, record, uniqueArray } from "fast-check";
import { describe, expect, it } from "vitest";
import {
  decide,
  expectedGain,
  LEFT_OUT_REASONS,
  type MemberFacts,
  type Supplies,
} from "../../src/nudges/decision-rules.ts";
import { DEFAULT_POLICY, type PolicyAction, type PolicySettings } from "../../src/nudges/policy-rules.ts";

const CAMPAIGN = "018f0000-0000-7000-8000-000000000001";
const nudge: PolicyAction = { action: "nudge", cost: 1, priorLift: 0.03 };
const points: PolicyAction = { action: "grant-points", cost: 50, priorLift: 0.06, coins: 50 };
const coupon: PolicyAction = { action: "grant-coupon", cost: 80, priorLift: 0.1, campaignId: CAMPAIGN };
const settings: PolicySettings = { ...DEFAULT_POLICY, actions: [nudge, points, coupon], explorationRate: 0.2 };
const undecided: MemberFacts = {
  probability: 0.5,
  heldOut: false,
  consentsToNudges: true,
  recentActions: 0,
  recentGrants: 0,
  mayOwnCoupon: true,
};
const plenty: Supplies = { budgetLeft: 1_000, couponsLeft: 10 };

/** Of a member who could go either way these gain, above their cost: nudge 29, points 10, coupon 20. */
const choose = (draw: number, facts: Partial<MemberFacts> = {}, supplies: Partial<Supplies> = {}) =>
  decide({ ...undecided, ...facts }, settings, { ...plenty, ...supplies }, draw);

describe("expectedGain", () => {
  it.each([
    [0.5, 30],
    [0.1, 10.8],
    [0.9, 10.8],
    [0, 0],
    [1, 0],
  ])("of a nudge at a probability of %d is %d", (probability, gain) => {
    expect(expectedGain(nudge, probability, settings)).toBeCloseTo(gain, 12);
  });
});

describe("decide", () => {
  it("takes the best with 1 − ε + ε/n and any other with ε/n", () => {
    const { actionSet } = choose(0);
    expect(actionSet.map(({ action }) => action)).toEqual(["nothing", "nudge", "grant-points", "grant-coupon"]);
    expect(actionSet.map(({ propensity }) => Number(propensity.toFixed(12)))).toEqual([0.05, 0.85, 0.05, 0.05]);
  });

  it.each([
    [0, "nothing", 0],
    [0.0499, "nothing", 0],
    [0.0501, "nudge", 1],
    [0.8999, "nudge", 1],
    [0.9001, "grant-points", 50],
    [0.9501, "grant-coupon", 80],
    [0.9999999, "grant-coupon", 80],
  ] as const)("draws %d as %s, for %d coins", (draw, action, cost) => {
    expect(choose(draw)).toMatchObject({ action, cost, leftOut: [] });
  });

  it.each([
    [1, "grant-points", ["nothing", "nudge", "grant-points"]],
    [3, "grant-points", ["nothing", "nudge", "grant-points"]],
    [3.5, "nudge", ["nothing", "nudge", "grant-points"]],
    [4, "nudge", ["nothing", "nudge"]],
    [30, "nothing", ["nothing"]],
  ])("asks %d of a coin, and chooses %s", (returnMin, action, possible) => {
    // Of who could go either way the gift gains 200 for 50, four times its cost; the nudge 30 for 1.
    const scarce = { ...settings, returnMin, explorationRate: 0, actions: [nudge, { ...points, priorLift: 0.2 }] };
    const decision = decide(undecided, scarce, plenty, 0.5);
    expect([decision.action, decision.actionSet.map((each) => each.action)]).toEqual([action, possible]);
  });

  it("never leaves the best when it does not explore", () => {
    for (const draw of [0, 0.5, 0.999]) {
      expect(decide(undecided, { ...settings, explorationRate: 0 }, plenty, draw).action).toBe("nudge");
    }
  });

  it("draws evenly when it only explores", () => {
    const { actionSet } = decide(undecided, { ...settings, explorationRate: 1 }, plenty, 0);
    expect(actionSet.map(({ propensity }) => propensity)).toEqual([0.25, 0.25, 0.25, 0.25]);
  });

  it.each([
    ["the holdout", { heldOut: true }, {}, ["holdout", "holdout", "holdout"]],
    ["no consent", { consentsToNudges: false }, {}, ["no-consent", "no-consent", "no-consent"]],
    ["the frequency cap", { recentActions: 1 }, {}, ["frequency-cap", "frequency-cap", "frequency-cap"]],
    ["a recent grant", { recentGrants: 1 }, {}, [null, "recent-grant", "recent-grant"]],
    ["as many coupons as the campaign allows", { mayOwnCoupon: false }, {}, [null, null, "coupon-limit"]],
    ["a campaign without codes", {}, { couponsLeft: 0 }, [null, null, "no-code"]],
    ["a budget that is spent", {}, { budgetLeft: 0 }, ["no-budget", "no-budget", "no-budget"]],
    ["a budget that is nearly spent", {}, { budgetLeft: 79 }, [null, null, "no-budget"]],
    ["the budget's last coins", {}, { budgetLeft: 80 }, [null, null, null]],
    ["a sure thing", { probability: 0.01 }, {}, [null, "not-worth-it", "not-worth-it"]],
    ["a lost cause", { probability: 0.99 }, {}, [null, "not-worth-it", "not-worth-it"]],
    ["somebody certain to leave", { probability: 1 }, {}, ["not-worth-it", "not-worth-it", "not-worth-it"]],
    [
      "everything at once",
      { heldOut: true, consentsToNudges: false, recentActions: 9 },
      {},
      ["holdout", "holdout", "holdout"],
    ],
  ] as const)("leaves out for %s, and says so", (_what, facts, supplies, reasons) => {
    const { actionSet, leftOut } = choose(0.5, facts, supplies);
    const expected = settings.actions.flatMap(({ action }, index) => {
      const reason = reasons[index];
      return reason == null ? [] : [{ action, reason }];
    });
    expect(leftOut).toEqual(expected);
    expect(actionSet.map(({ action }) => action)).toEqual([
      "nothing",
      ...settings.actions.filter((_action, index) => reasons[index] === null).map(({ action }) => action),
    ]);
  });

  it("does nothing, with certainty, when nothing else is possible", () => {
    const decision = choose(0.7, { heldOut: true });
    expect(decision).toMatchObject({ action: "nothing", cost: 0 });
    expect(decision.actionSet).toHaveLength(1);
    expect(decision.actionSet[0]?.propensity).toBeCloseTo(1, 12);
  });

  it.each([-0.1, 1, Number.NaN])("takes no draw of %d", (draw) => {
    expect(() => choose(draw)).toThrow("a draw lies in [0, 1)");
  });

  it("holds its laws for any member, policy and supply", () => {
    const facts = record({
      probability: double({ min: 0, max: 1, noNaN: true }),
      heldOut: constantFrom(true, false),
      consentsToNudges: constantFrom(true, false),
      recentActions: integer({ min: 0, max: 2 }),
      recentGrants: integer({ min: 0, max: 1 }),
      mayOwnCoupon: constantFrom(true, false),
    });
    const actions = uniqueArray(constantFrom(nudge, points, coupon), { minLength: 1 });
    const supplies = record({ budgetLeft: integer({ min: 0, max: 100 }), couponsLeft: integer({ min: -1, max: 1 }) });
    const rate = double({ min: 0, max: 1, noNaN: true });
    const draws = double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
    check(
      property(facts, actions, supplies, rate, draws, (member, offered, supply, explorationRate, draw) => {
        const decision = decide(member, { ...settings, actions: offered, explorationRate }, supply, draw);
        const { actionSet, leftOut, action, cost } = decision;
        expect(actionSet.reduce((sum, each) => sum + each.propensity, 0)).toBeCloseTo(1, 12);
        expect(actionSet.length + leftOut.length).toBe(offered.length + 1);
        expect(actionSet.map((each) => each.action)).toContain(action);
        if (explorationRate > 0) expect(actionSet.every((each) => each.propensity > 0)).toBe(true);
        expect(cost).toBeLessThanOrEqual(supply.budgetLeft);
        if (member.heldOut || !member.consentsToNudges || member.recentActions > 0) expect(action).toBe("nothing");
        for (const { reason } of leftOut) expect(LEFT_OUT_REASONS).toContain(reason);
      }),
      { seed: 20_260_301, numRuns: 500 },
    );
  });

  it("chooses as often as its propensities say", () => {
    const draws = Array.from({ length: 2_000 }, (_, index) => (index + 0.5) / 2_000);
    const nudged = draws.filter((draw) => choose(draw).action === "nudge").length;
    expect(nudged / draws.length).toBeCloseTo(0.85, 2);
  });
});
