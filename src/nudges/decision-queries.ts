import type { Day } from "../kernel/calendar.ts";
import type { Id } from "../kernel/ids.ts";
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

export const CANDIDATE_BATCH = 500;

const selectCandidates = prepared<{ member_id: Id; probability: number; model_version: number; distance: number }>(
  "nudge_candidates",
  `select s.member_id, s.probability, s.model_version, abs(s.probability - 0.5) as distance
   from churn_scores s
   join members m on m.community_id = s.community_id and m.id = s.member_id and m.role = 'member' and m.suspended_at is null
   where s.community_id = $1 and s.as_of = $2 and s.probability >= $3
     and (abs(s.probability - 0.5), s.member_id) > ($4, $5::uuid)
   order by distance, s.member_id limit ${CANDIDATE_BATCH}`,
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
}

const selectHistories = prepared<{
  member_id: Id;
  decided_today: boolean;
  recent_actions: number;
  recent_grants: number;
  consents: boolean;
}>(
  "nudge_histories",
  `select m.id as member_id,
     coalesce(d.decided_today, false) as decided_today,
     coalesce(d.recent_actions, 0) as recent_actions,
     coalesce(d.recent_grants, 0) as recent_grants,
     coalesce(c.granted, true) as consents
   from members m
   left join lateral (
     select bool_or(as_of = $3::date) as decided_today,
       count(*) filter (where action <> 'nothing' and abs(as_of - $3::date) < $4::int)::int as recent_actions,
       count(*) filter (where action like 'grant-%' and abs(as_of - $3::date) < $5::int)::int as recent_grants
     from nudge_decisions where community_id = m.community_id and member_id = m.id
   ) d on true
   left join consents c on c.community_id = m.community_id and c.member_id = m.id and c.purpose = 'nudges'
   where m.community_id = $1 and m.id = any($2::uuid[])`,
);

const lockMembers = prepared(
  "nudge_lock_members",
  "select from members where community_id = $1 and id = any($2::uuid[]) order by id for no key update",
);

/**
 * Locks the members and tells their histories around `asOf`: two schedulers decide on a member one after the other. Two statements,
 * because one would read the histories as they were before it waited for the lock.
 */
export async function lockHistories(
  tx: Tx,
  memberIds: readonly Id[],
  window: { asOf: Day; capDays: number; grantDays: number },
): Promise<Map<Id, History>> {
  await lockMembers(tx, [tx.communityId, memberIds]);
  const rows = await selectHistories(tx, [tx.communityId, memberIds, window.asOf, window.capDays, window.grantDays]);
  return new Map(
    rows.map((row) => [
      row.member_id,
      {
        memberId: row.member_id,
        decidedToday: row.decided_today,
        recentActions: row.recent_actions,
        recentGrants: row.recent_grants,
        consentsToNudges: row.consents,
      },
    ]),
  );
}

const selectCoupons = prepared<{ left: number }>(
  "nudge_coupons_left",
  `select (
     (select count(*) from coupon_codes where community_id = $1 and campaign_id = $2 and state = 'available' and member_id is null)
     - (select count(*) from nudge_decisions d where d.community_id = $1 and d.action = 'grant-coupon'
        and not exists (select from incentive_grants g where g.community_id = d.community_id and g.decision_id = d.id)
        and d.decided_at > $3::timestamptz - interval '3 days')
   )::int as left`,
);

/** Codes of a campaign that neither belong to anyone nor are promised by a decision. */
export async function couponsLeft(reader: Reader, campaignId: Id, now: Date): Promise<number> {
  const [row] = await selectCoupons(reader, [reader.communityId, campaignId, now]);
  return row?.left ?? 0;
}
