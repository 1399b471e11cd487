import type { Day } from "../kernel/calendar.ts";
import type { Id } from "../kernel/ids.ts";
import type { Instant } from "../kernel/instant.ts";
import type { Reader } from "../platform/database/database.ts";
import { prepared } from "../platform/database/prepared.ts";

/** A decision to give something that has not been given. */
export interface DueGrant {
  readonly decisionId: Id;
  readonly memberId: Id;
  readonly action: "grant-points" | "grant-coupon";
  readonly policyVersion: number;
  readonly cost: number;
  readonly asOf: Day;
}

export const GRANT_BATCH = 200;

const selectDue = prepared<{
  id: Id;
  member_id: Id;
  action: DueGrant["action"];
  policy_version: number;
  cost: number;
  as_of: Day;
}>(
  "nudge_due_grants",
  `select d.id, d.member_id, d.action, d.policy_version, d.cost, to_char(d.as_of, 'YYYY-MM-DD') as as_of
   from nudge_decisions d
   where d.community_id = $1 and d.action in ('grant-points', 'grant-coupon') and d.id > $2::uuid
     and d.decided_at > $3::timestamptz - interval '3 days' and d.decided_at <= $3::timestamptz
     and not exists (select from incentive_grants g where g.community_id = d.community_id and g.decision_id = d.id)
   order by d.id limit ${GRANT_BATCH}`,
);

/** The next decisions of the last three days whose grant is due. */
export async function dueGrants(reader: Reader, after: Id | null, now: Instant): Promise<DueGrant[]> {
  const rows = await selectDue(reader, [reader.communityId, after ?? "00000000-0000-0000-0000-000000000000", now]);
  return rows.map((row) => ({
    decisionId: row.id,
    memberId: row.member_id,
    action: row.action,
    policyVersion: row.policy_version,
    cost: row.cost,
    asOf: row.as_of,
  }));
}
