import type { couponCampaigns } from "../../drizzle/tables/coupons.ts";
import { DAY_MS, type Instant } from "../kernel/instant.ts";
import { Refusal } from "../kernel/refusal.ts";

export type CouponCampaign = typeof couponCampaigns.$inferSelect;

/** What an operator says of a campaign; the rest is counted. */
export type CampaignDraft = Omit<CouponCampaign, "communityId" | "id" | "usesTaken" | "usesReserved" | "createdAt">;

/** A hold that outlives a checkout keeps a coupon from others. */
const HOLD_MINUTES_MAX = 24 * 60;

const USES_MAX = 1_000_000;

/** Codes that one request generates: more are asked for in batches. */
export const CODES_PER_BATCH_MAX = 1_000;

/** Whether coupons of a campaign can be held now: from `startsAt`, before `endsAt`. */
export function isOpen(campaign: Pick<CouponCampaign, "startsAt" | "endsAt">, now: Instant): boolean {
  return campaign.startsAt <= now && now < campaign.endsAt;
}

/**
 * How many uses are left: what is held or used is taken, and members' own codes have theirs kept from everybody else.
 * @param own whether it is asked for a member's own code, which may use what is kept.
 */
export function usesLeft(
  { usesMax, usesTaken, usesReserved }: Pick<CouponCampaign, "usesMax" | "usesTaken" | "usesReserved">,
  own: boolean,
): number {
  return Math.max(0, usesMax - usesTaken - (own ? 0 : usesReserved));
}

/** @throws Refusal `input.invalid` naming the field, for a campaign that could not run. */
export function assertCampaign(draft: CampaignDraft): void {
  const refuse = (reason: string, field: string): never => {
    throw new Refusal("input.invalid", { reason }, field);
  };
  const within = (value: number, max: number) => Number.isInteger(value) && value >= 1 && value <= max;
  const name = draft.name.trim();
  if (name === "" || name.length > 120 || name.includes("\u0000")) refuse("a name has 1 to 120 characters", "name");
  if (draft.discountKind === "percent") {
    if (!within(draft.discountValue, 100)) refuse("a discount in percent is 1 to 100", "discountValue");
    if (draft.currency !== null) refuse("a discount in percent has no currency", "currency");
  } else {
    if (!within(draft.discountValue, 100_000_000)) {
      refuse("an amount is a positive number of minor units (cents, fen)", "discountValue");
    }
    if (!/^[A-Z]{3}$/.test(draft.currency ?? "")) refuse("an amount has a currency such as CNY", "currency");
  }
  if (draft.endsAt <= draft.startsAt) refuse("a campaign ends after it starts", "endsAt");
  if (draft.endsAt.getTime() - draft.startsAt.getTime() > 3_660 * DAY_MS) {
    refuse("a campaign runs ten years at most", "endsAt");
  }
  if (!within(draft.usesMax, USES_MAX)) refuse(`a campaign has 1 to ${USES_MAX} uses`, "usesMax");
  if (!within(draft.perMemberMax, draft.usesMax)) refuse("a member has 1 to all of the uses", "perMemberMax");
  if (!within(draft.holdMinutes, HOLD_MINUTES_MAX))
    refuse(`a hold lasts 1 to ${HOLD_MINUTES_MAX} minutes`, "holdMinutes");
}
