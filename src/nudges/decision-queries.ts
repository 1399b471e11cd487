import { campaignsById } from "../coupons/campaign-queries.ts";
import { isOpen, usesLeft } from "../coupons/campaign-rules.ts";
import { usesOfMembers } from "../coupons/redemption-queries.ts";
import type { Day } from "../kernel/calendar.ts";
import type { Id } from "../kernel/ids.ts";
import type { Instant } from "../kernel/instant.ts";
import type { Reader, Tx } from "../platform/database/database.ts";
import { prepared } from "../platform/database/prepared.ts";

/** A member at risk, in the order in which the budget is offered. */
export interface Candidate {
  readonly memberId: Id;
  readonly probability: number;
  readonly modelVersion: number;
  /** |p − ½|: the expected gain of any action falls with it, so small ones come first. */
  readonly distance: number;
}

/** Each page sorts all scores of the day: few large ones cost less than many small ones. */
const CANDIDATE_PAGE = 5_000;

const selectCandidates = prepared<{ member_id: Id; probability: number; model_version: number; distance: number }>(
  "nudge_candidates",
  `select s.member_id, s.probability, s.model_version, abs(s.probability - 0.5) as distance
   from churn_scores s
   join members m on m.community_id = s.community_id and m.id = s.member_id and m.role = 'member' and m.suspended_at is null
   where s.community_id = $1 and s.as_of = $2 and s.probability >= $3
     and (abs(s.probability - 0.5), s.member_id) > ($4, $5::uuid)
   order by distance, s.member_id limit ${CANDIDATE_PAGE}`,
);

const BEFORE_ALL = { distance: -1, memberId: "00000000-0000-0000-0000-000000000000" };

/** The next members whom a policy may treat: scored on `asOf`, at risk of `riskMin` or more, most undecided first. */
export async function nextCandidates(
  reader: Reader,
  scores: { asOf: Day; riskMin: number },
  after: Pick<Candidate, "distance" | "memberId"> | null,
): Promise<Candidate[]> {
  const { distance, memberId } = after ?? BEFORE_ALL;
  const rows = await selectCandidates(reader, [reader.communityId, scores.asOf, scores.riskMin, distance, memberId]);
  return rows.map((row) => ({
    memberId: row.member_id,
    probability: row.probability,
    modelVersion: row.model_version,
    distance: row.distance,
  }));
}

const latestScores = prepared<{ as_of: Day | null }>(
  "nudge_latest_scores",
  `select to_char(max(as_of), 'YYYY-MM-DD') as as_of from churn_scores where community_id = $1 and as_of between $2::date - 3 and $2::date`,
);

/** The newest day up to `asOf` that has scores, not older than three days; null when scoring has not run. */
export async function scoresToUse(reader: Reader, asOf: Day): Promise<Day | null> {
  const [row] = await latestScores(reader, [reader.communityId, asOf]);
  return row?.as_of ?? null;
}

/** What was done to a member lately, and what they agreed to. */
export interface History {
  readonly memberId: Id;
  readonly decidedToday: boolean;
  readonly recentActions: number;
  readonly recentGrants: number;
  readonly consentsToNudges: boolean;
  /** Coupons that were decided for them and are still to be given. */
  readonly couponsPromised: number;
}

const lockCommunity = prepared(
  "nudge_lock_deciding",
  "select pg_advisory_xact_lock(hashtextextended('decide-nudges:' || $1, 0))",
);

/**
 * Makes whoever decides for this community take turns until the transaction ends, so that what a decision counts (its member's
 * earlier ones, the budget, the codes that are left) stands still. The first lock to take.
 */
export async function lockDeciding(tx: Tx): Promise<void> {
  await lockCommunity(tx, [tx.communityId]);
}

/**
 * Days on both sides of `asOf` count: a scheduler whose clock is behind sees the decisions of one that is ahead. What was withdrawn
 * came to nothing and counts as nothing. Promises are kept or withdrawn within three days, and five hold them in every zone.
 */
const selectHistories = prepared<{
  member_id: Id;
  decided_today: boolean;
  recent_actions: number;
  recent_grants: number;
  consents: boolean;
  coupons_promised: number;
}>(
  "nudge_histories",
  `select m.id as member_id,
     coalesce(d.decided_today, false) as decided_today,
     coalesce(d.recent_actions, 0) as recent_actions,
     coalesce(d.recent_grants, 0) as recent_grants,
     coalesce(d.coupons_promised, 0) as coupons_promised,
     coalesce(c.granted, true) as consents
   from members m
   left join lateral (
     select bool_or(as_of = $3::date) as decided_today,
       count(*) filter (where was_done and action <> 'nothing' and abs(as_of - $3::date) < $4::int)::int as recent_actions,
       count(*) filter (where was_done and action like 'grant-%' and abs(as_of - $3::date) < $5::int)::int as recent_grants,
       count(*) filter (where action = 'grant-coupon' and grant_state = 'promised')::int as coupons_promised
     from nudge_decisions cross join lateral (select grant_state is distinct from 'withdrawn' as was_done) w
     where community_id = m.community_id and member_id = m.id
       and as_of > $3::date - greatest($4::int, $5::int, 5) and as_of < $3::date + greatest($4::int, $5::int, 5)
   ) d on true
   left join consents c on c.community_id = m.community_id and c.member_id = m.id and c.purpose = 'nudges'
   where m.community_id = $1 and m.id = any($2::uuid[])`,
);

/** The members' histories around `asOf`, by member. */
export async function historiesOf(
  reader: Reader,
  memberIds: readonly Id[],
  window: { asOf: Day; capDays: number; grantDays: number },
): Promise<Map<Id, History>> {
  const { asOf, capDays, grantDays } = window;
  const values = [reader.communityId, memberIds, asOf, capDays, grantDays];
  const rows = await selectHistories(reader, values);
  return new Map(
    rows.map((row) => [
      row.member_id,
      {
        memberId: row.member_id,
        decidedToday: row.decided_today,
        recentActions: row.recent_actions,
        recentGrants: row.recent_grants,
        consentsToNudges: row.consents,
        couponsPromised: row.coupons_promised,
      },
    ]),
  );
}

/** What a campaign can still give. */
export interface CouponSupply {
  /** Codes that nobody has, holds or was promised, and no more than the campaign has uses for. */
  readonly left: number;
  readonly perMemberMax: number;
  /** How many of its uses the members have that were asked about. */
  readonly usesOf: ReadonlyMap<Id, number>;
}

const NO_COUPONS: CouponSupply = { left: 0, perMemberMax: 0, usesOf: new Map() };

const selectCoupons = prepared<{ free: number; promised: number }>(
  "nudge_coupons_left",
  `select
     (select count(*) from coupon_codes c where c.community_id = $1 and c.campaign_id = $2::uuid and c.state = 'available'
        and not exists (select from coupon_redemptions r
          where r.community_id = c.community_id and r.code_id = c.id and r.state in ('held', 'committed')))::int as free,
     (select count(*) from nudge_decisions d
        join nudge_policies p on p.community_id = d.community_id and p.version = d.policy_version
        where d.community_id = $1 and d.action = 'grant-coupon' and d.grant_state = 'promised' and d.id > $3::uuid
          and p.settings->'actions' @> jsonb_build_array(jsonb_build_object('action', 'grant-coupon', 'campaignId', $2::text))
     )::int as promised`,
);

/**
 * What is left of a campaign that decisions promise codes of: nothing before it starts and once it is over, and never more than can
 * be used. `promisedSince` is the id before those of the promises that are still to be kept.
 */
export async function couponSupply(
  reader: Reader,
  asked: { readonly campaignId: Id | null; readonly promisedSince: Id; readonly memberIds: readonly Id[] },
  now: Instant,
): Promise<CouponSupply> {
  const { campaignId, promisedSince, memberIds } = asked;
  if (campaignId === null) return NO_COUPONS;
  const [campaign] = await campaignsById(reader, [campaignId]);
  if (campaign === undefined || !isOpen(campaign, now)) return NO_COUPONS;
  const [row] = await selectCoupons(reader, [reader.communityId, campaignId, promisedSince]);
  const { free = 0, promised = 0 } = row ?? {};
  const { perMemberMax } = campaign;
  const usesOf = await usesOfMembers(reader, campaignId, memberIds);
  return { left: Math.min(free, usesLeft(campaign, false)) - promised, perMemberMax, usesOf };
}
