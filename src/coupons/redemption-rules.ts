import type { couponRedemptions } from "../../drizzle/tables/coupons.ts";
import type { Instant } from "../kernel/instant.ts";
import { Refusal } from "../kernel/refusal.ts";

/**
 * The use of one code by one member: held, then committed to an order, released, or expired. Held and committed ones count
 * against the campaign's limits; a code has at most one of them.
 */
export type Redemption = typeof couponRedemptions.$inferSelect;

const ORDER_REFERENCE_MAX = 100;

/**
 * Whether a redemption keeps its code from others. A hold does until its time is over, whether or not it was swept since: whoever
 * asks for the code sweeps it first. Against the limits, of the campaign and of the member, a hold counts until it was swept: by
 * whoever holds or is given a coupon of the campaign next, or by `expire-coupon-holds` within a minute.
 */
export function isLive(redemption: Pick<Redemption, "state" | "heldUntil">, now: Instant): boolean {
  return redemption.state === "committed" || (redemption.state === "held" && redemption.heldUntil > now);
}

/**
 * What committing to `orderReference` does: `commit` it, or nothing since it was committed to that order before.
 * @throws Refusal `coupon.hold-expired`, `coupon.not-held`, or `input.invalid` for the reference.
 */
export function decideCommit(redemption: Redemption, orderReference: string, now: Instant): "commit" | "nothing" {
  if (!/^[\x21-\x7e]+$/.test(orderReference) || orderReference.length > ORDER_REFERENCE_MAX) {
    const reason = `an order reference has 1 to ${ORDER_REFERENCE_MAX} letters, digits or signs without spaces`;
    throw new Refusal("input.invalid", { reason }, "orderReference");
  }
  const { id: redemptionId, state } = redemption;
  if (state === "committed" && redemption.orderReference === orderReference) return "nothing";
  if (state === "expired" || (state === "held" && !isLive(redemption, now))) {
    throw new Refusal("coupon.hold-expired", { redemptionId });
  }
  if (state !== "held") throw new Refusal("coupon.not-held", { redemptionId, state });
  return "commit";
}

/**
 * What releasing does: `release` it, or nothing since it is free already.
 * @throws Refusal `coupon.not-held` once it is committed.
 */
export function decideRelease(redemption: Redemption): "release" | "nothing" {
  const { id: redemptionId, state } = redemption;
  if (state === "committed") throw new Refusal("coupon.not-held", { redemptionId, state });
  return state === "held" ? "release" : "nothing";
}
