import { isEntrusted, type Viewer } from "../identity/viewer.ts";
import type { Id } from "../kernel/ids.ts";
import type { Instant } from "../kernel/instant.ts";
import { Refusal } from "../kernel/refusal.ts";
import type { Tx } from "../platform/database/database.ts";
import { prepared } from "../platform/database/prepared.ts";
import { emit } from "../platform/outbox/emit.ts";
import { lockCampaign } from "./campaign-queries.ts";
import { lockRedemption, redemptionsById } from "./redemption-queries.ts";
import { decideCommit, decideRelease, type Redemption } from "./redemption-rules.ts";

const commit = prepared(
  "redemption_commit",
  `with committed as (
     update coupon_redemptions set state = 'committed', order_reference = $3, settled_at = $4
     where community_id = $1 and id = $2 returning code_id
   )
   update coupon_codes c set state = 'redeemed' from committed where c.community_id = $1 and c.id = committed.code_id`,
);

const release = prepared(
  "redemption_release",
  `with released as (
     update coupon_redemptions set state = 'released', settled_at = $3
     where community_id = $1 and id = $2 returning campaign_id, code_id
   )
   update coupon_campaigns c
   set uses_taken = c.uses_taken - 1, uses_reserved = c.uses_reserved + case when k.member_id is null then 0 else 1 end
   from released join coupon_codes k on k.community_id = $1 and k.id = released.code_id
   where c.community_id = $1 and c.id = released.campaign_id`,
);

/**
 * Uses a held coupon for an order, once; its code is spent from then on. Again with the same order changes nothing. For the
 * member who holds it, and for whoever is entrusted with settling coupons (the shop).
 * @throws Refusal `not-found`, and as {@link decideCommit} does.
 */
export async function commitCoupon(
  tx: Tx,
  viewer: Viewer,
  input: { readonly redemptionId: Id; readonly orderReference: string },
  now: Instant,
): Promise<Redemption> {
  const { redemptionId, orderReference } = input;
  const redemption = visibleTo(viewer, await lockRedemption(tx, redemptionId), redemptionId);
  if (decideCommit(redemption, orderReference, now) === "nothing") return redemption;
  await commit(tx, [tx.communityId, redemptionId, orderReference, now]);
  const { campaignId, memberId } = redemption;
  await emit(tx, { type: "coupon.committed", redemptionId, campaignId, memberId }, now);
  return { ...redemption, state: "committed", orderReference, settledAt: now };
}

/**
 * Gives a held coupon back: others may take the use, unless the code is somebody's own, for whom it is kept. Again changes nothing. Locks the campaign before the redemption, as
 * expiry does; a commit locks the redemption alone, so that of the two exactly one wins.
 * @throws Refusal `not-found`, and as {@link decideRelease} does.
 */
export async function releaseCoupon(
  tx: Tx,
  viewer: Viewer,
  input: { readonly redemptionId: Id },
  now: Instant,
): Promise<Redemption> {
  const { redemptionId } = input;
  const [seen] = await redemptionsById(tx, [redemptionId]);
  const { campaignId, memberId } = visibleTo(viewer, seen ?? null, redemptionId);
  await lockCampaign(tx, campaignId);
  const redemption = visibleTo(viewer, await lockRedemption(tx, redemptionId), redemptionId);
  if (decideRelease(redemption) === "nothing") return redemption;
  await release(tx, [tx.communityId, redemptionId, now]);
  await emit(tx, { type: "coupon.released", redemptionId, campaignId, memberId, reason: "released" }, now);
  return { ...redemption, state: "released", settledAt: now };
}

function visibleTo(viewer: Viewer, redemption: Redemption | null, id: Id): Redemption {
  if (redemption?.memberId === viewer.memberId) return redemption;
  if (redemption !== null && isEntrusted(viewer, "coupons:settle")) return redemption;
  throw new Refusal("not-found", { what: "coupon redemption", id }, "redemptionId");
}
