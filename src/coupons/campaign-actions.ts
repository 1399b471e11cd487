import { couponCampaigns } from "../../drizzle/tables/coupons.ts";
import { operates, type Viewer } from "../identity/viewer.ts";
import { newId } from "../kernel/ids.ts";
import type { Instant } from "../kernel/instant.ts";
import { Refusal } from "../kernel/refusal.ts";
import type { Tx } from "../platform/database/database.ts";
import { assertCampaign, type CampaignDraft, type CouponCampaign } from "./campaign-rules.ts";

/** @throws Refusal `not-allowed` for others than operators, and as {@link assertCampaign} does. */
export async function createCampaign(
  tx: Tx,
  viewer: Viewer,
  draft: CampaignDraft,
  now: Instant,
): Promise<CouponCampaign> {
  if (!operates(viewer)) throw new Refusal("not-allowed", { what: "create coupon campaigns" });
  assertCampaign(draft);
  const campaign = {
    communityId: tx.communityId,
    id: newId(now),
    name: draft.name.trim(),
    discountKind: draft.discountKind,
    discountValue: draft.discountValue,
    currency: draft.currency,
    startsAt: draft.startsAt,
    endsAt: draft.endsAt,
    usesMax: draft.usesMax,
    perMemberMax: draft.perMemberMax,
    holdMinutes: draft.holdMinutes,
    usesTaken: 0,
    usesReserved: 0,
    createdAt: now,
  };
  await tx.sql.insert(couponCampaigns).values(campaign);
  return campaign;
}
