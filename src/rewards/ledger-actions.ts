import { assert } from "../kernel/assert.ts";
import type { Day } from "../kernel/calendar.ts";
import { type Id, newId } from "../kernel/ids.ts";
import type { Instant } from "../kernel/instant.ts";
import type { Tx } from "../platform/database/database.ts";
import { prepared } from "../platform/database/prepared.ts";
import { emit } from "../platform/outbox/emit.ts";
import { type LockedAccount, lockAccount, storeAccount } from "./account-actions.ts";
import { dayOf } from "./day-queries.ts";
import { entryById, entryBySourceKey, linesOf } from "./ledger-queries.ts";
import { type Movement, move, reverseOf } from "./movement-rules.ts";

/** Why points moved. */
export interface Cause {
  /** A domain event's type, or `grant`, `spend` and the like. */
  readonly kind: string;
  readonly id: Id;
  /** The post that it followed from, whose hiding takes the points back; null when there is none. */
  readonly postId: Id | null;
  /** Who did it; null for the system. */
  readonly actorId: Id | null;
  readonly occurredAt: Instant;
}

export interface NewEntry extends Movement {
  /** What makes it happen once, such as `rule:answer-accepted:<acceptance id>`. */
  readonly sourceKey: string;
  readonly memberId: Id;
  readonly cause: Cause;
  readonly rule: { readonly key: string; readonly version: number } | null;
  /** The member's day that it counts for; the day on which its cause occurred, unless said. */
  readonly day?: Day;
}

export type Posted =
  | { readonly kind: "posted"; readonly entryId: Id; readonly account: LockedAccount }
  | { readonly kind: "already-posted"; readonly entryId: Id };

const insertEntry = prepared<{ id: Id }>(
  "ledger_entry_insert",
  `insert into ledger_entries (community_id, id, source_key, member_id, cause_kind, cause_id, post_id, rule_key,
     rule_version, actor_id, reversal_of, day, occurred_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, coalesce($12, ${dayOf("$4", "$13::timestamptz")}), $13)
   on conflict (community_id, source_key) do nothing returning id`,
);

const insertLines = prepared(
  "ledger_lines_insert",
  `insert into ledger_lines (community_id, entry_id, line, account, member_id, unit, amount)
   select $1, $2, line, account, case when account = 'member' then $3::uuid end, unit, amount
   from unnest($4::text[], $5::text[], $6::bigint[]) with ordinality as l (account, unit, amount, line)`,
);

/**
 * Posts one entry with its lines, once for its source key, and moves the member's balance with it. Takes the member's account
 * lock; `emit`s `points.posted`. Lines that would not sum to zero fail the commit (the trigger `ledger_lines_balance`).
 */
export async function postEntry(tx: Tx, entry: NewEntry, now: Instant): Promise<Posted> {
  const account = await lockAccount(tx, entry.memberId, now);
  return post(tx, account, entry, null, now);
}

/**
 * Takes back what an entry moved, once. Experience goes in full; coins as far as they are there, and what was spent already
 * is owed: later coins pay it first, so that coins never fall below zero and nothing is forgiven by spending quickly.
 * Taking back a spending gives the coins back the same way.
 */
export async function reverseEntry(tx: Tx, entryId: Id, cause: Omit<Cause, "postId">, now: Instant): Promise<Posted> {
  const entry = await entryById(tx, entryId);
  assert(entry, "the entry to reverse exists");
  assert(entry.reversalOf === null, "a reversal is not reversed; what it took back is posted anew");
  const account = await lockAccount(tx, entry.memberId, now);
  const movement = reverseOf(await linesOf(tx, entryId));
  const reversal: NewEntry = {
    ...movement,
    sourceKey: `reversal:${entryId}`,
    memberId: entry.memberId,
    cause: { ...cause, postId: entry.postId },
    rule: entry.ruleKey === null ? null : { key: entry.ruleKey, version: entry.ruleVersion ?? 0 },
  };
  return post(tx, account, reversal, entryId, now);
}

/** Posts under the account's lock, which makes "look, then write" safe for the callers that must look first. */
export async function post(
  tx: Tx,
  account: LockedAccount,
  entry: NewEntry,
  reversalOf: Id | null,
  now: Instant,
): Promise<Posted> {
  const { cause, rule } = entry;
  const id = newId(now);
  const inserted = await insertEntry(tx, [
    tx.communityId,
    id,
    entry.sourceKey,
    entry.memberId,
    cause.kind,
    cause.id,
    cause.postId,
    rule?.key ?? null,
    rule?.version ?? null,
    cause.actorId,
    reversalOf,
    entry.day ?? null,
    cause.occurredAt,
  ]);
  if (inserted.length === 0) {
    const earlier = await entryBySourceKey(tx, entry.sourceKey);
    assert(earlier, "an entry that conflicts can be read");
    return { kind: "already-posted", entryId: earlier };
  }
  const { lines, account: after } = move(account, entry);
  assert(lines.length > 0, "a ledger entry moves something");
  await insertLines(tx, [
    tx.communityId,
    id,
    entry.memberId,
    lines.map((line) => line.account),
    lines.map((line) => line.unit),
    lines.map((line) => line.amount),
  ]);
  await storeAccount(tx, entry.memberId, after, now);
  const { experience, coins } = entry;
  await emit(tx, { type: "points.posted", entryId: id, memberId: entry.memberId, experience, coins }, now);
  return { kind: "posted", entryId: id, account: { ...account, ...after } };
}
