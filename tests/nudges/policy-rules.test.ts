import { describe, expect, it } from "vitest";
import { Refusal } from "../../src/kernel/refusal.ts";
import {
  couponCampaignOf,
  DEFAULT_POLICY,
  isGrant,
  isQuiet,
  type PolicySettings,
  readPolicySettings,
} from "../../src/nudges/policy-rules.ts";

const CAMPAIGN = "018f0000-0000-7000-8000-000000000001";
const coupon = { action: "grant-coupon", cost: 80, priorLift: 0.1, campaignId: CAMPAIGN } as const;
const changed = (change: Record<string, unknown>) => ({ ...DEFAULT_POLICY, ...change });

function refusalOf(data: unknown): Refusal {
  try {
    readPolicySettings(data);
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error("expected a refusal");
}

describe("readPolicySettings", () => {
  it("reads the default, and one with a coupon", () => {
    expect(readPolicySettings(DEFAULT_POLICY)).toEqual(DEFAULT_POLICY);
    const withCoupon = changed({ actions: [...DEFAULT_POLICY.actions, coupon] });
    expect(readPolicySettings(JSON.parse(JSON.stringify(withCoupon)))).toEqual(withCoupon);
  });

  it.each<[string, unknown, string]>([
    ["nothing at all", undefined, "settings"],
    ["a text", "everything", "settings"],
    ["a setting that is missing", changed({ riskMin: undefined }), "settings.riskMin"],
    ["a setting that there is not", changed({ generosity: 1 }), "settings"],
    ["a risk above 1", changed({ riskMin: 1.1 }), "settings.riskMin"],
    ["a risk that is no number", changed({ riskMin: Number.NaN }), "settings.riskMin"],
    ["a member worth less than nothing", changed({ memberValue: -1 }), "settings.memberValue"],
    ["a member worth infinitely much", changed({ memberValue: Number.POSITIVE_INFINITY }), "settings.memberValue"],
    ["no action", changed({ actions: [] }), "settings.actions"],
    ["an action twice", changed({ actions: [coupon, coupon] }), "settings.actions"],
    ["an unknown action", changed({ actions: [{ ...coupon, action: "call" }] }), "settings.actions.0.action"],
    ["a negative cost", changed({ actions: [{ ...coupon, cost: -1 }] }), "settings.actions.0.cost"],
    ["half a coin", changed({ actions: [{ ...coupon, cost: 0.5 }] }), "settings.actions.0.cost"],
    ["a lift above 1", changed({ actions: [{ ...coupon, priorLift: 2 }] }), "settings.actions.0.priorLift"],
    [
      "a campaign without an id",
      changed({ actions: [{ ...coupon, campaignId: "spring" }] }),
      "settings.actions.0.campaignId",
    ],
    [
      "a gift of no coins",
      changed({ actions: [{ action: "grant-points", cost: 5, priorLift: 0.1, coins: 0 }] }),
      "settings.actions.0.coins",
    ],
    [
      "coins with a nudge",
      changed({ actions: [{ action: "nudge", cost: 1, priorLift: 0.1, coins: 5 }] }),
      "settings.actions.0",
    ],
    ["coins that may bring less than they cost", changed({ returnMin: 0.9 }), "settings.returnMin"],
    ["exploration above 1", changed({ explorationRate: 1.5 }), "settings.explorationRate"],
    ["a cap of none", changed({ frequencyCap: { max: 0, days: 7 } }), "settings.frequencyCap.max"],
    ["a cap without days", changed({ frequencyCap: { max: 1 } }), "settings.frequencyCap.days"],
    ["a grant every 0 days", changed({ grantEveryDays: 0 }), "settings.grantEveryDays"],
    ["a minute past midnight's", changed({ quietHours: { from: 1_440, until: 0 } }), "settings.quietHours.from"],
    ["a negative budget", changed({ monthlyBudget: -1 }), "settings.monthlyBudget"],
    ["a budget that no column holds", changed({ monthlyBudget: 3e9 }), "settings.monthlyBudget"],
    ["no holdout", changed({ holdoutPercent: 0 }), "settings.holdoutPercent"],
    ["a holdout of most", changed({ holdoutPercent: 51 }), "settings.holdoutPercent"],
    ["an outcome after no day", changed({ outcomeDays: 0 }), "settings.outcomeDays"],
  ])("refuses %s", (_what, data, field) => {
    const refusal = refusalOf(data);
    expect({ code: refusal.code, field: refusal.field }).toEqual({ code: "input.invalid", field });
    expect((refusal.data as { reason: string }).reason).not.toBe("");
  });

  it("says why there is no policy without a holdout", () => {
    expect(refusalOf(changed({ holdoutPercent: 0 })).data).toEqual({
      reason: "a policy without a holdout cannot be proven",
    });
  });
});

describe("a policy's words", () => {
  it.each([
    ["nothing", false],
    ["nudge", false],
    ["grant-points", true],
    ["grant-coupon", true],
  ] as const)("counts %s as a gift: %s", (action, gift) => {
    expect(isGrant(action)).toBe(gift);
  });

  it("names its campaign, or none", () => {
    expect(couponCampaignOf(DEFAULT_POLICY)).toBeNull();
    expect(couponCampaignOf({ ...DEFAULT_POLICY, actions: [coupon] })).toBe(CAMPAIGN);
  });
});

describe("isQuiet", () => {
  const night = { from: 22 * 60, until: 8 * 60 };
  const siesta = { from: 13 * 60, until: 15 * 60 };
  const never = { from: 600, until: 600 };
  it.each<[string, number, PolicySettings["quietHours"], boolean]>([
    ["a minute before the night", 22 * 60 - 1, night, false],
    ["the night's first minute", 22 * 60, night, true],
    ["the last minute of the day", 1_439, night, true],
    ["midnight", 0, night, true],
    ["the night's last minute", 8 * 60 - 1, night, true],
    ["the morning", 8 * 60, night, false],
    ["before the siesta", 13 * 60 - 1, siesta, false],
    ["the siesta", 13 * 60, siesta, true],
    ["after the siesta", 15 * 60, siesta, false],
    ["no quiet hours at all", 600, never, false],
  ])("is told of %s", (_what, minute, quiet, answer) => {
    expect(isQuiet(minute, quiet)).toBe(answer);
  });
});
