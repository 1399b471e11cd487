import { consentsOf, lockMember } from "../identity/member-queries.ts";
import { assert } from "../kernel/assert.ts";
import { firstIdAt, type Id } from "../kernel/ids.ts";
import { addMs, DAY_MS, type Instant } from "../kernel/instant.ts";
import type { Reader, Tx } from "../platform/database/database.ts";
import { prepared } from "../platform/database/prepared.ts";
import type { Recipient } from "./grant-rules.ts";

/** A decision to give something that has been neither given nor withdrawn. */
export interface DueGrant {
  readonly decisionId: Id;
  readonly memberId: Id;
  readonly action: "grant-points" | "grant-coupon";
  readonly policyVersion: number;
  readonly cost: number;
}

const GRANT_BATCH = 200;

/** How long it is tried to give what was decided: codes may be added to a campaign, servers come back. */
export const GRANT_DUE_MS = 3 * DAY_MS;

const selectDue = prepared<{
  id: Id;
  member_id: Id;
  action: DueGrant["action"];
  policy_version: number;
  cost: number;
}>(
  "nudge_due_grants",
  `select d.id, d.member_id, d.action, d.policy_version, d.cost
   from nudge_decisions d
   where d.community_id = $1 and d.action in ('grant-points', 'grant-coupon')
     and d.grant_state = 'promised' and d.id > $2::uuid and d.decided_at <= $3
   order by d.id limit ${GRANT_BATCH}`,
);

/** The next decisions of the last {@link GRANT_DUE_MS} whose grant is due. */
export async function dueGrants(reader: Reader, after: Id | null, now: Instant): Promise<DueGrant[]> {
  const from = after ?? firstIdAt(addMs(now, -GRANT_DUE_MS));
  const rows = await selectDue(reader, [reader.communityId, from, now]);
  return rows.map((row) => ({
    decisionId: row.id,
    memberId: row.member_id,
    action: row.action,
    policyVersion: row.policy_version,
    cost: row.cost,
  }));
}

/** The member as they stand until the transaction ends: their lock is taken first, and what they agreed to read after it. */
export async function lockRecipient(tx: Tx, memberId: Id): Promise<Recipient> {
  const member = await lockMember(tx, memberId);
  assert(member, "a decision's member exists");
  const consent = (await consentsOf(tx, memberId)).find(({ purpose }) => purpose === "nudges");
  return { suspended: member.suspendedAt !== null, consentsToNudges: consent?.granted ?? true };
}
