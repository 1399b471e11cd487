import type { CouponCodeState } from "../../drizzle/tables/coupons.ts";
import { operates, type Viewer } from "../identity/viewer.ts";
import { type Id, isId } from "../kernel/ids.ts";
import type { Instant } from "../kernel/instant.ts";
import { type Page, type PageRequest, toPage } from "../kernel/pagination.ts";
import { Refusal } from "../kernel/refusal.ts";
import type { Crypto } from "../platform/crypto.ts";
import type { Reader } from "../platform/database/database.ts";
import { displayCode } from "./code-rules.ts";
import type { Redemption } from "./redemption-rules.ts";

/** A coupon as its owner or an operator sees it. */
export interface Coupon {
  readonly id: Id;
  readonly campaignId: Id;
  readonly ownerId: Id | null;
  /** As people read it, in groups. */
  readonly code: string;
  readonly state: CouponCodeState;
  /** Its held or committed redemption. */
  readonly redemptionId: Id | null;
  readonly redemptionState: Redemption["state"] | null;
  readonly heldUntil: Instant | null;
}

const COUPON = `select c.id, c.campaign_id as "campaignId", c.member_id as "ownerId", c.code_cipher as "codeCipher", c.state,
    r.id as "redemptionId", r.state as "redemptionState", r.held_until as "heldUntil"
  from coupon_codes c
  left join coupon_redemptions r
    on r.community_id = c.community_id and r.code_id = c.id and r.state in ('held', 'committed')
  where c.community_id = $1`;

/** A member's own coupons, the newest codes first; the cursor is the coupon's id. */
export async function couponsOf(
  reader: Reader,
  crypto: Crypto,
  memberId: Id,
  page: PageRequest,
): Promise<Page<Coupon>> {
  return couponPage(reader, crypto, "c.member_id = $2", memberId, page);
}

/**
 * A campaign's codes that nobody has yet, for handing out; the cursor is the coupon's id.
 * @throws Refusal `not-allowed` for others than operators.
 */
export async function freeCodesOf(
  reader: Reader,
  crypto: Crypto,
  viewer: Viewer,
  campaignId: Id,
  page: PageRequest,
): Promise<Page<Coupon>> {
  if (!operates(viewer)) throw new Refusal("not-allowed", { what: "see coupon codes" });
  return couponPage(reader, crypto, "c.campaign_id = $2 and c.state = 'available'", campaignId, page);
}

async function couponPage(
  reader: Reader,
  crypto: Crypto,
  whose: string,
  id: Id,
  page: PageRequest,
): Promise<Page<Coupon>> {
  const cursor = page.cursor?.[0];
  if (cursor !== undefined && !isId(cursor)) {
    throw new Refusal("input.invalid", { reason: "the cursor is not one that this list returned" }, "after");
  }
  const [beyond, order] = page.direction === "forward" ? ["<", "desc"] : [">", "asc"];
  const { rows } = await reader.client.query<Omit<Coupon, "code"> & { codeCipher: string }>(
    `${COUPON} and ${whose} ${cursor === undefined ? "" : `and c.id ${beyond} $3`}
     order by c.id ${order} limit ${page.size + 1}`,
    [reader.communityId, id, ...(cursor === undefined ? [] : [cursor])],
  );
  const coupons = rows.map(({ codeCipher, ...row }) => ({ ...row, code: displayCode(crypto.decrypt(codeCipher)) }));
  return toPage(coupons, page);
}
