import { describe, expect, it } from "vitest";
import type { RedemptionState } from "../../drizzle/tables/coupons.ts";
import { decideCommit, decideRelease, isLive, type Redemption } from "../../src/coupons/redemption-rules.ts";

const HELD_AT = new Date("2026-03-01T08:00:00Z");
const HELD_UNTIL = new Date("2026-03-01T08:15:00Z");
const LAST_MOMENT = new Date(HELD_UNTIL.getTime() - 1);

function redemption(state: RedemptionState, orderReference: string | null = null): Redemption {
  return {
    communityId: "c",
    id: "r",
    campaignId: "p",
    codeId: "k",
    memberId: "m",
    state,
    heldAt: HELD_AT,
    heldUntil: HELD_UNTIL,
    orderReference,
    settledAt: null,
  };
}

describe("decideCommit", () => {
  it.each<[string, Redemption, Date, string]>([
    ["held", redemption("held"), LAST_MOMENT, "commit"],
    ["held until just now", redemption("held"), HELD_UNTIL, "coupon.hold-expired"],
    ["expired", redemption("expired"), LAST_MOMENT, "coupon.hold-expired"],
    ["released", redemption("released"), LAST_MOMENT, "coupon.not-held"],
    ["committed to this order", redemption("committed", "A-1"), HELD_UNTIL, "nothing"],
    ["committed to another order", redemption("committed", "A-2"), LAST_MOMENT, "coupon.not-held"],
  ])("%s", (_what, given, now, expected) => {
    const decide = () => decideCommit(given, "A-1", now);
    if (expected.includes(".")) expect(decide).toThrow(expected);
    else expect(decide()).toBe(expected);
  });

  it.each(["", " ", "two words", "x".repeat(101), "订单"])("refuses the order reference %j", (reference) => {
    expect(() => decideCommit(redemption("held"), reference, LAST_MOMENT)).toThrow("input.invalid");
  });
});

describe("decideRelease", () => {
  it.each<[RedemptionState, string]>([
    ["held", "release"],
    ["released", "nothing"],
    ["expired", "nothing"],
    ["committed", "coupon.not-held"],
  ])("%s: %s", (state, expected) => {
    const decide = () => decideRelease(redemption(state));
    if (expected.includes(".")) expect(decide).toThrow(expected);
    else expect(decide()).toBe(expected);
  });
});

describe("isLive", () => {
  it.each<[RedemptionState, Date, boolean]>([
    ["held", LAST_MOMENT, true],
    ["held", HELD_UNTIL, false],
    ["committed", HELD_UNTIL, true],
    ["released", LAST_MOMENT, false],
    ["expired", LAST_MOMENT, false],
  ])("%s at %s: %s", (state, now, live) => {
    expect(isLive(redemption(state), now)).toBe(live);
  });
});
