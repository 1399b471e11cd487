import type { Id } from "../kernel/ids.ts";
import { type Page, type PageRequest, readTimeKey, toPage } from "../kernel/pagination.ts";
import type { Reader, Tx } from "../platform/database/database.ts";
import { prepared } from "../platform/database/prepared.ts";
import type { CouponCampaign } from "./campaign-rules.ts";

const COLUMNS = `community_id as "communityId", id, name, discount_kind as "discountKind", discount_value as "discountValue",
  currency, starts_at as "startsAt", ends_at as "endsAt", uses_max as "usesMax", per_member_max as "perMemberMax",
  hold_minutes as "holdMinutes", uses_taken as "usesTaken", uses_reserved as "usesReserved", created_at as "createdAt"`;

const byId = prepared<CouponCampaign>(
  "coupon_campaigns_by_id",
  `select ${COLUMNS} from coupon_campaigns where community_id = $1 and id = any($2::uuid[])`,
);

const locked = prepared<CouponCampaign>(
  "coupon_campaign_lock",
  `select ${COLUMNS} from coupon_campaigns where community_id = $1 and id = $2 for no key update`,
);

/** The campaigns among `ids`, in no order. */
export async function campaignsById(reader: Reader, ids: readonly Id[]): Promise<CouponCampaign[]> {
  return byId(reader, [reader.communityId, ids]);
}

/**
 * Reads a campaign and orders what happens to its coupons until the transaction ends: limits are exact because holds, releases,
 * expiries and assignments of one campaign follow one another. The last lock to take: member, thread and account come before.
 */
export async function lockCampaign(tx: Tx, id: Id): Promise<CouponCampaign | null> {
  const [campaign] = await locked(tx, [tx.communityId, id]);
  return campaign ?? null;
}

/** All campaigns, newest first; cursors are {@link timeKeyParts} of `createdAt`. */
export async function campaignPage(reader: Reader, page: PageRequest): Promise<Page<CouponCampaign>> {
  const key = readTimeKey(page);
  const [beyond, order] = page.direction === "forward" ? ["<", "desc"] : [">", "asc"];
  const { rows } = await reader.client.query<CouponCampaign>(
    `select ${COLUMNS} from coupon_campaigns where community_id = $1
       ${key === null ? "" : `and (created_at, id) ${beyond} ($2, $3)`}
     order by created_at ${order}, id ${order} limit ${page.size + 1}`,
    [reader.communityId, ...(key === null ? [] : [key.at, key.id])],
  );
  return toPage(rows, page);
}
