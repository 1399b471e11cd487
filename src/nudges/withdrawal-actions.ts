import { firstIdAt, type Id } from "../kernel/ids.ts";
import { addMs, type Instant } from "../kernel/instant.ts";
import type { Tx } from "../platform/database/database.ts";
import { prepared } from "../platform/database/prepared.ts";
import { returnToBudget } from "./budget-actions.ts";
import { GRANT_DUE_MS } from "./grant-queries.ts";
import type { GrantObstacle } from "./grant-rules.ts";

interface Returned {
  readonly month: string;
  readonly cost: number;
  readonly withdrawn: number;
}

const SUM_BY_MONTH = `select to_char(decided_at at time zone 'UTC', 'YYYY-MM') as month, sum(cost)::int as cost, count(*)::int as withdrawn
   from withdrawn group by 1 order by 1`;

const withdrawOne = prepared<Returned>(
  "nudge_withdraw_one",
  `with withdrawn as (
     update nudge_decisions set grant_state = 'withdrawn', grant_reason = $3, withdrawn_at = $4
     where community_id = $1 and id = $2 and grant_state = 'promised' returning decided_at, cost
   ) ${SUM_BY_MONTH}`,
);

/** The reason is what was last in the way; when nobody had tried, that it is overdue. */
const withdrawOld = prepared<Returned>(
  "nudge_withdraw_overdue",
  `with overdue as (
     select id from nudge_decisions where community_id = $1 and grant_state = 'promised' and id <= $2
     order by id limit 500 for no key update skip locked
   ), withdrawn as (
     update nudge_decisions d set grant_state = 'withdrawn', grant_reason = coalesce(d.grant_reason, 'overdue'), withdrawn_at = $3
     from overdue where d.community_id = $1 and d.id = overdue.id returning d.decided_at, d.cost
   ) ${SUM_BY_MONTH}`,
);

/**
 * Takes back what a decision promised, once: its cost returns to the budget of the month in which it was decided. The caller holds
 * the decision's row lock.
 */
export async function withdrawGrant(tx: Tx, decisionId: Id, reason: GrantObstacle, now: Instant): Promise<void> {
  await giveBack(tx, await withdrawOne(tx, [tx.communityId, decisionId, reason, now]));
}

/**
 * Takes back what could not be given for {@link GRANT_DUE_MS}, as {@link withdrawGrant} does, some hundred at most. What another
 * transaction is giving or taking back is left to it. Returns how many; the caller goes on until none.
 */
export async function withdrawOverdue(tx: Tx, now: Instant): Promise<number> {
  const months = await withdrawOld(tx, [tx.communityId, firstIdAt(addMs(now, -GRANT_DUE_MS)), now]);
  await giveBack(tx, months);
  return months.reduce((sum, { withdrawn }) => sum + withdrawn, 0);
}

/** The months come in their order, so that two who give back never wait for each other. */
async function giveBack(tx: Tx, months: readonly Returned[]): Promise<void> {
  for (const { month, cost } of months) await returnToBudget(tx, month, cost);
}
