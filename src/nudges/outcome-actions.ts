import { OWN_KINDS } from "../events/tracking-plan-catalogue.ts";
import type { Id } from "../kernel/ids.ts";
import type { Instant } from "../kernel/instant.ts";
import type { Tx } from "../platform/database/database.ts";
import { prepared } from "../platform/database/prepared.ts";

/** Days that events have to arrive late, after the window has ended where the member is: an outcome is recorded once. */
const GRACE_DAYS = 1;

export const OUTCOME_BATCH = 5_000;

const insertOutcomes = prepared<{ decision_id: Id }>(
  "nudge_outcomes_insert",
  `insert into nudge_outcomes (community_id, decision_id, member_id, window_end, retained, active_days, recorded_at)
   select d.community_id, d.id, d.member_id, d.window_end, a.active_days > 0, a.active_days, $3
   from (
     select d.community_id, d.id, d.member_id, d.as_of, d.as_of + p.days as window_end
     from nudge_decisions d
     join (select version, (settings ->> 'outcomeDays')::int as days from nudge_policies where community_id = $1) p
       on p.version = d.policy_version
     join members m on m.community_id = d.community_id and m.id = d.member_id
     where d.community_id = $1 and d.id > $2::uuid
       and d.as_of + p.days + ${GRACE_DAYS} < ($3::timestamptz at time zone m.time_zone)::date
       and not exists (select from nudge_outcomes o where o.community_id = d.community_id and o.decision_id = d.id)
     order by d.id limit ${OUTCOME_BATCH}
   ) d
   cross join lateral (
     select count(distinct m.day)::int as active_days from member_days m
     where m.community_id = d.community_id and m.member_id = d.member_id
       and m.day > d.as_of and m.day <= d.window_end and m.kind = any($4::text[])
   ) a
   on conflict (community_id, decision_id) do nothing
   returning decision_id`,
);

export interface OutcomeBatch {
  readonly recorded: number;
  /** Where the next batch starts; null when this was the last. */
  readonly next: Id | null;
}

/**
 * Records what became of the members whose decision's window has passed: retained when they were active on a day after the decision's
 * and within its policy's `outcomeDays`, in the member's own days. Held-out members and those left alone are recorded like the
 * treated, or nothing could be compared. One statement, {@link OUTCOME_BATCH} decisions at most.
 */
export async function recordOutcomes(tx: Tx, after: Id | null, now: Instant): Promise<OutcomeBatch> {
  const from = after ?? "00000000-0000-0000-0000-000000000000";
  const rows = await insertOutcomes(tx, [tx.communityId, from, now, OWN_KINDS]);
  const next = rows.reduce<Id | null>(
    (last, row) => (last === null || row.decision_id > last ? row.decision_id : last),
    null,
  );
  return { recorded: rows.length, next };
}
