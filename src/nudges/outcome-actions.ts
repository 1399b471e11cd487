import { OWN_KINDS } from "../events/tracking-plan-catalogue.ts";
import type { Instant } from "../kernel/instant.ts";
import type { Tx } from "../platform/database/database.ts";
import { prepared } from "../platform/database/prepared.ts";

/** Days that events have to arrive late, after the window has ended where the member is: an outcome is recorded once. */
const GRACE_DAYS = 1;

export const OUTCOME_BATCH = 5_000;

const settleOutcomes = prepared<{ recorded: number }>(
  "nudge_outcomes_settle",
  `with due as (
     select d.id, d.member_id, d.as_of, d.as_of + p.days as window_end
     from (select version, (settings ->> 'outcomeDays')::int as days from nudge_policies where community_id = $1) p
     join nudge_decisions d on d.community_id = $1 and d.policy_version = p.version and d.outcome_recorded_at is null
       -- Nowhere is it later than a day after UTC's: what is left of the open ones is read, and no more.
       and d.as_of < ($2::timestamptz at time zone 'UTC')::date + 1 - ${GRACE_DAYS} - p.days
     join members m on m.community_id = d.community_id and m.id = d.member_id
     where d.as_of + p.days + ${GRACE_DAYS} < ($2::timestamptz at time zone m.time_zone)::date
     order by d.as_of limit ${OUTCOME_BATCH} for no key update of d skip locked
   ), inserted as (
     insert into nudge_outcomes (community_id, decision_id, member_id, window_end, retained, active_days, recorded_at)
     select $1, d.id, d.member_id, d.window_end, a.active_days > 0, a.active_days, $2
     from due d
     cross join lateral (
       select count(distinct m.day)::int as active_days from member_days m
       where m.community_id = $1 and m.member_id = d.member_id
         and m.day > d.as_of and m.day <= d.window_end and m.kind = any($3::text[])
     ) a
     on conflict (community_id, decision_id) do nothing
   ), settled as (
     update nudge_decisions d set outcome_recorded_at = $2 from due where d.community_id = $1 and d.id = due.id returning 1
   )
   select count(*)::int as recorded from settled`,
);

/**
 * Records what became of the members whose decision's window has passed: retained when they were active on a day after the decision's
 * and within its policy's `outcomeDays`, in the member's own days. Held-out members and those left alone are recorded like the
 * treated, or nothing could be compared. One statement, {@link OUTCOME_BATCH} decisions at most; returns how many. What another
 * transaction is recording is left to it.
 */
export async function recordOutcomes(tx: Tx, now: Instant): Promise<number> {
  const [row] = await settleOutcomes(tx, [tx.communityId, now, OWN_KINDS]);
  return row!.recorded;
}
