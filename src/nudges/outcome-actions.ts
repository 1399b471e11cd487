import { OWN_KINDS } from "../events/tracking-plan-catalogue.ts";
import type { Day } from "../kernel/calendar.ts";
import type { Instant } from "../kernel/instant.ts";
import type { Tx } from "../platform/database/database.ts";
import { prepared } from "../platform/database/prepared.ts";

const insertOutcomes = prepared(
  "nudge_outcomes_insert",
  `insert into nudge_outcomes (community_id, decision_id, member_id, window_end, retained, active_days, recorded_at)
   select d.community_id, d.id, d.member_id, d.as_of + d.days, coalesce(a.active_days, 0) > 0, coalesce(a.active_days, 0), $4
   from (
     select d.community_id, d.id, d.member_id, d.as_of, (p.settings->>'outcomeDays')::int as days
     from nudge_decisions d
     join nudge_policies p on p.community_id = d.community_id and p.version = d.policy_version
     where d.community_id = $1 and d.as_of + (p.settings->>'outcomeDays')::int < $2::date
       and not exists (select from nudge_outcomes o where o.community_id = d.community_id and o.decision_id = d.id)
     order by d.id limit 5000
   ) d
   left join lateral (
     select count(distinct m.day)::int as active_days from member_days m
     where m.community_id = d.community_id and m.member_id = d.member_id
       and m.day > d.as_of and m.day <= d.as_of + d.days and m.kind = any($3::text[])
   ) a on true
   on conflict (community_id, decision_id) do nothing
   returning decision_id`,
);

/**
 * Records what became of the members whose decision's window has passed by `today`: retained when they were active on a day after
 * the decision's and within its policy's `outcomeDays`. Held-out members and those left alone are recorded like the treated, or
 * nothing could be compared. One statement, 5,000 decisions at most; returns how many, so that the caller goes on until none.
 */
export async function recordOutcomes(tx: Tx, today: Day, now: Instant): Promise<number> {
  const rows = await insertOutcomes(tx, [tx.communityId, today, OWN_KINDS, now]);
  return rows.length;
}
