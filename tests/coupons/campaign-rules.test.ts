import { describe, expect, it } from "vitest";
import { assertCampaign, type CampaignDraft, isOpen } from "../../src/coupons/campaign-rules.ts";
import { Refusal } from "../../src/kernel/refusal.ts";

const DRAFT: CampaignDraft = {
  name: "Spring",
  discountKind: "percent",
  discountValue: 20,
  currency: null,
  startsAt: new Date("2026-03-01T00:00:00Z"),
  endsAt: new Date("2026-04-01T00:00:00Z"),
  usesMax: 100,
  perMemberMax: 1,
  holdMinutes: 15,
};

describe("assertCampaign", () => {
  it("takes a discount in percent, and an amount with its currency", () => {
    expect(() => assertCampaign(DRAFT)).not.toThrow();
    expect(() =>
      assertCampaign({ ...DRAFT, discountKind: "amount", discountValue: 5_000, currency: "CNY" }),
    ).not.toThrow();
  });

  it.each<[string, Partial<CampaignDraft>, string]>([
    ["no name", { name: "  " }, "name"],
    ["a name that never ends", { name: "x".repeat(121) }, "name"],
    ["more than everything off", { discountValue: 101 }, "discountValue"],
    ["nothing off", { discountValue: 0 }, "discountValue"],
    ["half a percent", { discountValue: 0.5 }, "discountValue"],
    ["a currency of percents", { currency: "CNY" }, "currency"],
    ["an amount of nothing in particular", { discountKind: "amount" }, "currency"],
    ["a currency that is none", { discountKind: "amount", currency: "yuan" }, "currency"],
    ["an end before the start", { endsAt: DRAFT.startsAt }, "endsAt"],
    ["a campaign for generations", { endsAt: new Date("2126-01-01T00:00:00Z") }, "endsAt"],
    ["no uses", { usesMax: 0 }, "usesMax"],
    ["more for one than for all", { perMemberMax: 101 }, "perMemberMax"],
    ["a hold of no time", { holdMinutes: 0 }, "holdMinutes"],
    ["a hold of more than a day", { holdMinutes: 1_441 }, "holdMinutes"],
  ])("refuses %s", (_what, change, field) => {
    let refused: unknown;
    try {
      assertCampaign({ ...DRAFT, ...change });
    } catch (error) {
      refused = error;
    }
    expect(refused).toBeInstanceOf(Refusal);
    expect((refused as Refusal).field).toBe(field);
  });
});

describe("isOpen", () => {
  it.each([
    ["2026-02-28T23:59:59.999Z", false],
    ["2026-03-01T00:00:00.000Z", true],
    ["2026-03-31T23:59:59.999Z", true],
    ["2026-04-01T00:00:00.000Z", false],
  ])("at %s: %s", (now, open) => {
    expect(isOpen(DRAFT, new Date(now))).toBe(open);
  });
});
