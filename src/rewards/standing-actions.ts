import type { DomainEventType, RecordedEvent } from "../kernel/domain-events.ts";
import type { Id } from "../kernel/ids.ts";
import type { Instant } from "../kernel/instant.ts";
import type { Reader, Tx } from "../platform/database/database.ts";
import { prepared } from "../platform/database/prepared.ts";
import { lockAccount } from "./account-actions.ts";
import { type Cause, post, reverseEntry } from "./ledger-actions.ts";
import { awardsFollowingFrom, type LedgerEntry, linesOf, timesPaid } from "./ledger-queries.ts";
import { movementOf } from "./movement-rules.ts";
import { underDailyCap } from "./point-rules.ts";
import { ruleVersion } from "./rule-queries.ts";
import type { Standing } from "./standing-rules.ts";
import { reappliedKey } from "./statement-rules.ts";

/** What took something's standing away: the cause of the reversals that follow. */
export interface Withdrawal {
  readonly subjectId: Id;
  readonly cause: Omit<Cause, "postId">;
}

const lock = prepared("points_post_lock", "select pg_advisory_xact_lock(hashtextextended('points:' || $1, 0))");

/**
 * Orders everything that follows from one post until the transaction ends, before any account is locked. An award and a word
 * that takes it back, arriving at once and in any order, meet here: neither can overlook the other.
 */
export async function lockAwardsOf(tx: Tx, postId: Id): Promise<void> {
  await lock(tx, [postId]);
}

const say = prepared(
  "standing_say",
  `insert into point_standings as s (community_id, subject_id, stands, event_type, cause_id, actor_id, said_at, event_id)
   values ($1, $2, $3, $4, $5, $6, $7, $8)
   on conflict (community_id, subject_id) do update set stands = excluded.stands, event_type = excluded.event_type,
     cause_id = excluded.cause_id, actor_id = excluded.actor_id, said_at = excluded.said_at, event_id = excluded.event_id
   where (excluded.said_at, excluded.event_id) > (s.said_at, s.event_id)
   returning subject_id`,
);

const withdrawn = prepared<{
  subjectId: Id;
  eventType: DomainEventType;
  causeId: Id;
  actorId: Id | null;
  saidAt: Instant;
}>(
  "standing_withdrawn",
  `select subject_id as "subjectId", event_type as "eventType", cause_id as "causeId", actor_id as "actorId", said_at as "saidAt"
   from point_standings where community_id = $1 and subject_id = any($2::uuid[]) and not stands`,
);

/** Those of `subjectIds` that do not stand, and why. */
export async function withdrawalsOf(reader: Reader, subjectIds: readonly Id[]): Promise<Withdrawal[]> {
  const rows = await withdrawn(reader, [reader.communityId, subjectIds]);
  return rows.map((row) => ({
    subjectId: row.subjectId,
    cause: { kind: row.eventType, id: row.causeId, actorId: row.actorId, occurredAt: row.saidAt },
  }));
}

/**
 * Takes a word on standing, and makes the ledger agree with it: takes back what followed, or posts it anew. An older word than
 * the one that is known changes nothing; neither does the same word again.
 */
export async function settleStanding(tx: Tx, standing: Standing, recorded: RecordedEvent, now: Instant): Promise<void> {
  await lockAwardsOf(tx, standing.postId);
  const { subjectId, stands, eventType, causeId, actorId } = standing;
  const heard = await say(tx, [
    tx.communityId,
    subjectId,
    stands,
    eventType,
    causeId,
    actorId,
    recorded.occurredAt,
    recorded.id,
  ]);
  if (heard.length === 0) return;
  const awards = await awardsFollowingFrom(tx, subjectId);
  const cause = { kind: eventType, id: causeId, actorId, occurredAt: recorded.occurredAt };
  if (!stands) {
    for (const award of awards) if (award.inForce) await reverseEntry(tx, award.id, cause, now);
    return;
  }
  const gone = new Set(
    (
      await withdrawalsOf(
        tx,
        awards.map((award) => award.causeId),
      )
    ).map((row) => row.subjectId),
  );
  for (const award of awards) {
    if (!award.inForce && !gone.has(award.causeId)) await reapply(tx, award, recorded.occurredAt, now);
  }
}

/** Posts anew what was taken back, for the day it was earned on: as much as the day's cap leaves room for by now. */
async function reapply(tx: Tx, award: LedgerEntry, occurredAt: Instant, now: Instant): Promise<void> {
  const account = await lockAccount(tx, award.memberId, now);
  const rule = award.ruleKey === null ? null : await ruleVersion(tx, award.ruleKey, award.ruleVersion ?? 0);
  if (rule && !underDailyCap(rule, await timesPaid(tx, award.memberId, rule.key, award.day))) return;
  const { causeKind, causeId, postId, actorId } = award;
  const entry = {
    ...movementOf(await linesOf(tx, award.id)),
    sourceKey: reappliedKey(award.id),
    memberId: award.memberId,
    cause: { kind: causeKind, id: causeId, postId, actorId, occurredAt },
    rule: rule && { key: rule.key, version: rule.version },
    day: award.day,
  };
  await post(tx, account, entry, null, now);
}
