import type { CouponCodeState } from "../../drizzle/tables/coupons.ts";
import type { Id } from "../kernel/ids.ts";
import type { Instant } from "../kernel/instant.ts";
import type { Reader, Tx } from "../platform/database/database.ts";
import { prepared } from "../platform/database/prepared.ts";
import type { Redemption } from "./redemption-rules.ts";

const COLUMNS = `r.community_id as "communityId", r.id, r.campaign_id as "campaignId", r.code_id as "codeId",
  r.member_id as "memberId", r.state, r.held_at as "heldAt", r.held_until as "heldUntil",
  r.order_reference as "orderReference", r.settled_at as "settledAt"`;

const byId = prepared<Redemption>(
  "redemptions_by_id",
  `select ${COLUMNS} from coupon_redemptions r where community_id = $1 and id = any($2::uuid[])`,
);

const locked = prepared<Redemption>(
  "redemption_lock",
  `select ${COLUMNS} from coupon_redemptions r where community_id = $1 and id = $2 for update`,
);

/** The redemptions among `ids`, in no order. */
export async function redemptionsById(reader: Reader, ids: readonly Id[]): Promise<Redemption[]> {
  return byId(reader, [reader.communityId, ids]);
}

export async function lockRedemption(tx: Tx, id: Id): Promise<Redemption | null> {
  const [redemption] = await locked(tx, [tx.communityId, id]);
  return redemption ?? null;
}

/** A code with all that decides whether somebody may use it, read by one statement, so that every answer takes as long. */
export interface CodeCandidate {
  readonly codeId: Id;
  readonly campaignId: Id;
  readonly codeState: CouponCodeState;
  readonly ownerId: Id | null;
  readonly startsAt: Instant;
  readonly endsAt: Instant;
  /** Its held or committed redemption. */
  readonly redemptionId: Id | null;
  readonly redemptionMemberId: Id | null;
  readonly redemptionState: Redemption["state"] | null;
  readonly heldUntil: Instant | null;
}

const CANDIDATE = `select c.id as "codeId", c.campaign_id as "campaignId", c.state as "codeState", c.member_id as "ownerId",
    p.starts_at as "startsAt", p.ends_at as "endsAt", r.id as "redemptionId", r.member_id as "redemptionMemberId",
    r.state as "redemptionState", r.held_until as "heldUntil"
  from coupon_codes c
  join coupon_campaigns p on p.community_id = c.community_id and p.id = c.campaign_id
  left join coupon_redemptions r
    on r.community_id = c.community_id and r.code_id = c.id and r.state in ('held', 'committed')
  where c.community_id = $1`;

const byHash = prepared<CodeCandidate>("coupon_candidate_by_hash", `${CANDIDATE} and c.code_hash = any($2::text[])`);

const byCode = prepared<CodeCandidate>("coupon_candidate_by_id", `${CANDIDATE} and c.id = $2`);

const ofMember = prepared<CodeCandidate>(
  "coupon_candidates_of_member",
  `${CANDIDATE} and c.campaign_id = $2 and c.member_id = $3 and c.state = 'assigned' order by r.id nulls last, c.id`,
);

export async function candidateByHash(reader: Reader, hashes: readonly string[]): Promise<CodeCandidate | null> {
  const [candidate] = await byHash(reader, [reader.communityId, hashes]);
  return candidate ?? null;
}

export async function candidateByCodeId(reader: Reader, codeId: Id): Promise<CodeCandidate | null> {
  const [candidate] = await byCode(reader, [reader.communityId, codeId]);
  return candidate ?? null;
}

/** A member's own unused codes of a campaign, those on hold first. */
export async function candidatesOfMember(reader: Reader, campaignId: Id, memberId: Id): Promise<CodeCandidate[]> {
  return ofMember(reader, [reader.communityId, campaignId, memberId]);
}

const uses = prepared<{ memberId: Id; uses: number }>(
  "coupon_uses_of_members",
  `select m.id as "memberId",
     ((select count(*) from coupon_redemptions r
       where r.community_id = $1 and r.campaign_id = $2 and r.member_id = m.id and r.state in ('held', 'committed'))
      + (select count(*) from coupon_codes c
         where c.community_id = $1 and c.campaign_id = $2 and c.member_id = m.id and c.state = 'assigned'
           and not exists (select from coupon_redemptions r
             where r.community_id = c.community_id and r.code_id = c.id and r.state in ('held', 'committed'))))::int as uses
   from unnest($3::uuid[]) as m (id)`,
);

/**
 * How many of a campaign's uses each member has: held and committed ones, of whosever codes, and their own codes that wait to be
 * used. Whoever holds a coupon and whoever gives one away count like this, so that what was given can be used.
 */
export async function usesOfMembers(
  reader: Reader,
  campaignId: Id,
  memberIds: readonly Id[],
): Promise<ReadonlyMap<Id, number>> {
  const rows = await uses(reader, [reader.communityId, campaignId, memberIds]);
  return new Map(rows.map((row) => [row.memberId, row.uses]));
}

/** {@link usesOfMembers} for one. */
export async function usesOfMember(reader: Reader, campaignId: Id, memberId: Id): Promise<number> {
  return (await usesOfMembers(reader, campaignId, [memberId])).get(memberId) ?? 0;
}
