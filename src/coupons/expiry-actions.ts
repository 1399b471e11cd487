import type { Id } from "../kernel/ids.ts";
import type { Instant } from "../kernel/instant.ts";
import type { Tx } from "../platform/database/database.ts";
import { prepared } from "../platform/database/prepared.ts";
import { emitAll } from "../platform/outbox/emit.ts";
import { lockCampaign } from "./campaign-queries.ts";
import type { CouponCampaign } from "./campaign-rules.ts";

/** How many holds one transaction frees: callers come back until none is left. */
const EXPIRED_PER_SWEEP_MAX = 500;

interface Expired {
  readonly id: Id;
  readonly campaignId: Id;
  readonly memberId: Id;
}

const overdueCampaigns = prepared<{ campaign_id: Id }>(
  "coupon_campaigns_overdue",
  `select distinct campaign_id from (
     select campaign_id from coupon_redemptions where community_id = $1 and state = 'held' and held_until <= $2
     order by held_until limit ${EXPIRED_PER_SWEEP_MAX}) overdue
   order by campaign_id`,
);

const expire = prepared<Expired>(
  "redemptions_expire",
  `with expired as (
     update coupon_redemptions set state = 'expired', settled_at = $3
     where community_id = $1 and state = 'held' and held_until <= $3 and id in (
       select id from coupon_redemptions
       where community_id = $1 and campaign_id = any($2::uuid[]) and state = 'held' and held_until <= $3
       order by code_id is not distinct from $4::uuid desc, held_until limit ${EXPIRED_PER_SWEEP_MAX})
     returning id, campaign_id, code_id, member_id
   ), returned as (
     update coupon_campaigns c set uses_taken = c.uses_taken - e.uses, uses_reserved = c.uses_reserved + e.owned
     from (
       select x.campaign_id, count(*)::int as uses, count(k.member_id)::int as owned
       from expired x join coupon_codes k on k.community_id = $1 and k.id = x.code_id group by x.campaign_id) e
     where c.community_id = $1 and c.id = e.campaign_id
   )
   select id, campaign_id as "campaignId", member_id as "memberId" from expired order by id`,
);

/**
 * Frees coupons whose hold is over, at most {@link EXPIRED_PER_SWEEP_MAX}. Holds do so for their own campaign too, so nobody
 * waits for the stage that calls this. Campaigns are locked in the order of their ids; a hold that is committed meanwhile is
 * left alone. Returns how many.
 */
export async function expireHolds(tx: Tx, now: Instant): Promise<number> {
  const campaignIds = (await overdueCampaigns(tx, [tx.communityId, now])).map((row) => row.campaign_id);
  for (const campaignId of campaignIds) await lockCampaign(tx, campaignId);
  return expireOverdueOf(tx, campaignIds, null, now);
}

/**
 * Locks a campaign as {@link lockCampaign} does and frees its coupons whose hold is over, that of the code `firstCodeId` before
 * others, so that what it counts as taken and reserved is as of `now`.
 */
export async function lockSweptCampaign(
  tx: Tx,
  campaignId: Id,
  firstCodeId: Id | null,
  now: Instant,
): Promise<CouponCampaign | null> {
  const campaign = await lockCampaign(tx, campaignId);
  if (campaign === null) return null;
  const freed = await expireOverdueOf(tx, [campaignId], firstCodeId, now);
  return freed === 0 ? campaign : lockCampaign(tx, campaignId);
}

/** The caller holds the campaigns' locks. A use that a member's own code had goes back to being kept for them. */
async function expireOverdueOf(
  tx: Tx,
  campaignIds: readonly Id[],
  firstCodeId: Id | null,
  now: Instant,
): Promise<number> {
  if (campaignIds.length === 0) return 0;
  const expired = await expire(tx, [tx.communityId, campaignIds, now, firstCodeId]);
  await emitAll(
    tx,
    expired.map(({ id, campaignId, memberId }) => ({
      type: "coupon.released",
      redemptionId: id,
      campaignId,
      memberId,
      reason: "expired",
    })),
    now,
  );
  return expired.length;
}
