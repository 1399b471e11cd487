import { randomBytes } from "node:crypto";
import { operates, type Viewer } from "../identity/viewer.ts";
import { type Id, newId } from "../kernel/ids.ts";
import type { Instant } from "../kernel/instant.ts";
import { Refusal } from "../kernel/refusal.ts";
import type { Crypto } from "../platform/crypto.ts";
import type { Tx } from "../platform/database/database.ts";
import { prepared } from "../platform/database/prepared.ts";
import { campaignsById } from "./campaign-queries.ts";
import { CODES_PER_BATCH_MAX, isOpen, usesLeft } from "./campaign-rules.ts";
import { CODE_SYMBOLS, codeOf } from "./code-rules.ts";
import { lockSweptCampaign } from "./expiry-actions.ts";
import { usesOfMember } from "./redemption-queries.ts";

const insertCodes = prepared<{ id: Id }>(
  "coupon_codes_insert",
  `insert into coupon_codes (community_id, id, campaign_id, code_hash, code_cipher, state, created_at)
   select $1, id, $2, hash, cipher, 'available', $3 from unnest($4::uuid[], $5::text[], $6::text[]) as c (id, hash, cipher)
   returning id`,
);

/**
 * Adds codes to a campaign, from the system's random generator. They are kept as a keyed hash and as cipher text, so that a
 * leaked table gives none away; `codePage` shows them to operators. Returns their ids.
 * @throws Refusal `not-allowed` for others than operators, `not-found`, or `input.invalid` for the count.
 */
export async function generateCodes(
  tx: Tx,
  crypto: Crypto,
  viewer: Viewer,
  input: { readonly campaignId: Id; readonly count: number },
  now: Instant,
): Promise<Id[]> {
  if (!operates(viewer)) throw new Refusal("not-allowed", { what: "generate coupon codes" });
  const { campaignId, count } = input;
  if (!Number.isInteger(count) || count < 1 || count > CODES_PER_BATCH_MAX) {
    throw new Refusal("input.invalid", { reason: `a batch has 1 to ${CODES_PER_BATCH_MAX} codes` }, "count");
  }
  const [campaign] = await campaignsById(tx, [campaignId]);
  if (campaign === undefined) {
    throw new Refusal("not-found", { what: "coupon campaign", id: campaignId }, "campaignId");
  }
  const ids: Id[] = [];
  const hashes: string[] = [];
  const ciphers: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const code = codeOf(randomBytes(CODE_SYMBOLS).map((byte) => byte & 31));
    ids.push(newId(now));
    hashes.push(crypto.keyedHash("coupon.code", code));
    ciphers.push(crypto.encrypt(code));
  }
  await insertCodes(tx, [tx.communityId, campaignId, now, ids, hashes, ciphers]);
  return ids;
}

const assignOne = prepared<{ id: Id }>(
  "coupon_code_assign",
  `with assigned as (
     update coupon_codes set state = 'assigned', member_id = $3 where community_id = $1 and id = (
       select id from coupon_codes c
       where community_id = $1 and campaign_id = $2 and state = 'available' and not exists (
         select from coupon_redemptions r
         where r.community_id = c.community_id and r.code_id = c.id and r.state in ('held', 'committed'))
       order by id limit 1)
     returning id
   ), reserved as (
     update coupon_campaigns set uses_reserved = uses_reserved + 1
     where community_id = $1 and id = $2 and exists (select from assigned)
   )
   select id from assigned`,
);

/** What became of giving a member a coupon; all but the first are for the caller to live with. */
export type Assignment =
  | { readonly kind: "assigned"; readonly codeId: Id }
  | { readonly kind: "no-codes-left" }
  /** There are codes, and the campaign's uses are taken or kept for others. */
  | { readonly kind: "no-uses-left" }
  | { readonly kind: "member-limit" }
  | { readonly kind: "campaign-not-begun" }
  | { readonly kind: "campaign-over" };

/**
 * Gives one of a campaign's free codes to a member, who alone can use it from then on, and keeps a use of the campaign for it, so
 * that it can be used. Not idempotent by itself: the caller inserts under its own unique key first, in the same transaction. Takes
 * the campaign's lock, the last of all locks.
 */
export async function assignCoupon(
  tx: Tx,
  input: { readonly campaignId: Id; readonly memberId: Id },
  now: Instant,
): Promise<Assignment> {
  const { campaignId, memberId } = input;
  const campaign = await lockSweptCampaign(tx, campaignId, null, now);
  if (campaign === null || now >= campaign.endsAt) return { kind: "campaign-over" };
  if (!isOpen(campaign, now)) return { kind: "campaign-not-begun" };
  if ((await usesOfMember(tx, campaignId, memberId)) >= campaign.perMemberMax) return { kind: "member-limit" };
  if (usesLeft(campaign, false) === 0) return { kind: "no-uses-left" };
  const [code] = await assignOne(tx, [tx.communityId, campaignId, memberId]);
  return code === undefined ? { kind: "no-codes-left" } : { kind: "assigned", codeId: code.id };
}
