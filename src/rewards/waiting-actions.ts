import type { Day } from "../kernel/calendar.ts";
import type { Id } from "../kernel/ids.ts";
import type { Instant } from "../kernel/instant.ts";
import type { Tx } from "../platform/database/database.ts";
import { prepared } from "../platform/database/prepared.ts";
import type { LockedAccount } from "./account-actions.ts";
import { type Cause, type NewEntry, post } from "./ledger-actions.ts";
import { timesPaid } from "./ledger-queries.ts";
import type { PointRule } from "./point-rules.ts";

/** What a rule owes a member for one cause, posted or not. */
export interface DueAward {
  readonly sourceKey: string;
  readonly memberId: Id;
  readonly rule: Pick<PointRule, "key" | "version" | "experience" | "coins">;
  readonly cause: Cause;
  readonly day: Day;
}

/** What a day's cap counts together. */
export interface CappedDay {
  readonly memberId: Id;
  readonly ruleKey: string;
  readonly day: Day;
}

const insert = prepared(
  "waiting_award_insert",
  `insert into waiting_awards (community_id, source_key, member_id, rule_key, rule_version, cause_kind, cause_id, post_id,
     actor_id, day, occurred_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict do nothing`,
);

/** Keeps an award until it stands and the day's cap has room for it. The caller holds the account's lock. */
export async function keepWaiting(tx: Tx, { sourceKey, memberId, rule, cause, day }: DueAward): Promise<void> {
  const { kind, id, postId, actorId, occurredAt } = cause;
  const due = [sourceKey, memberId, rule.key, rule.version, kind, id, postId, actorId, day, occurredAt];
  await insert(tx, [tx.communityId, ...due]);
}

const forget = prepared("waiting_award_forget", "delete from waiting_awards where community_id = $1 and cause_id = $2");

/** Gives up what waits for a vote or an acceptance that was taken back: it never returns. The caller holds the accounts' locks. */
export async function forgetWaiting(tx: Tx, causeId: Id): Promise<void> {
  await forget(tx, [tx.communityId, causeId]);
}

const daysFollowing = prepared<CappedDay & Record<string, unknown>>(
  "waiting_award_days",
  `select distinct member_id as "memberId", rule_key as "ruleKey", day from waiting_awards
   where community_id = $1 and (post_id = $2 or cause_id = $2) order by 1, 2, 3`,
);

/** The days for which something waits that follows from a post. */
export async function waitingDaysOf(tx: Tx, postId: Id): Promise<CappedDay[]> {
  return daysFollowing(tx, [tx.communityId, postId]);
}

interface WaitingRow extends Record<string, unknown> {
  readonly sourceKey: string;
  readonly ruleVersion: number;
  readonly experience: number;
  readonly coins: number;
  readonly causeKind: string;
  readonly causeId: Id;
  readonly postId: Id | null;
  readonly actorId: Id | null;
  readonly occurredAt: Instant;
}

const oldest = prepared<WaitingRow>(
  "waiting_award_oldest",
  `select w.source_key as "sourceKey", w.rule_version as "ruleVersion", r.experience, r.coins, w.cause_kind as "causeKind",
     w.cause_id as "causeId", w.post_id as "postId", w.actor_id as "actorId", w.occurred_at as "occurredAt"
   from waiting_awards w
   join point_rules r on r.community_id = $1 and r.key = w.rule_key and r.version = w.rule_version
   where w.community_id = $1 and w.member_id = $2 and w.rule_key = $3 and w.day = $4
     and (r.daily_max is null or r.daily_max > $5)
     and not exists (select from point_standings s
                     where s.community_id = $1 and s.subject_id in (w.cause_id, w.post_id) and not s.stands)
   order by w.occurred_at, w.source_key limit 1`,
);

const remove = prepared(
  "waiting_award_remove",
  "delete from waiting_awards where community_id = $1 and source_key = $2",
);

/**
 * Posts what waits for a day, oldest first, as far as its cap has room by now: at `occurredAt`, when that came about. The caller
 * holds the account's lock. A post that is being hidden meanwhile is no danger: who hides it looks for what was posted once
 * they have the lock.
 */
export async function settleDay(
  tx: Tx,
  account: LockedAccount,
  { ruleKey, day }: CappedDay,
  occurredAt: Instant,
  now: Instant,
): Promise<LockedAccount> {
  const { memberId } = account;
  for (let after = account; ; ) {
    const paid = await timesPaid(tx, memberId, ruleKey, day);
    const [row] = await oldest(tx, [tx.communityId, memberId, ruleKey, day, paid]);
    if (row === undefined) return after;
    const { sourceKey, experience, coins, causeId: id, causeKind: kind, postId, actorId, ruleVersion: version } = row;
    const settledAt = row.occurredAt > occurredAt ? row.occurredAt : occurredAt;
    const cause = { kind, id, postId, actorId, occurredAt: settledAt };
    const rule = { key: ruleKey, version, experience, coins };
    const posted = await post(tx, after, entryOf({ sourceKey, memberId, rule, cause, day }), null, now);
    if (posted.kind === "posted") after = posted.account;
    await remove(tx, [tx.communityId, sourceKey]);
  }
}

/** The ledger's entry for an award. */
export function entryOf({ sourceKey, memberId, rule, cause, day }: DueAward): NewEntry {
  const { key, version, experience, coins } = rule;
  return { sourceKey, memberId, experience, coins, counterpart: "issued", cause, rule: { key, version }, day };
}
