import type { RecordedEvent } from "../kernel/domain-events.ts";
import type { Id } from "../kernel/ids.ts";
import type { Instant } from "../kernel/instant.ts";
import type { Reader, Tx } from "../platform/database/database.ts";
import { prepared } from "../platform/database/prepared.ts";
import { type LockedAccount, lockAccount } from "./account-actions.ts";
import { reverseEntry } from "./ledger-actions.ts";
import { type AwardEntry, awardsFollowingFrom } from "./ledger-queries.ts";
import { ruleVersion } from "./rule-queries.ts";
import type { Standing } from "./standing-rules.ts";
import { reappliedKey } from "./statement-rules.ts";
import { type CappedDay, forgetWaiting, keepWaiting, settleDay, waitingDaysOf } from "./waiting-actions.ts";

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
  `insert into point_standings as s
     (community_id, subject_id, stands, version, event_type, cause_id, actor_id, said_at, event_id)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
   on conflict (community_id, subject_id) do update set stands = excluded.stands, version = excluded.version,
     event_type = excluded.event_type, cause_id = excluded.cause_id, actor_id = excluded.actor_id,
     said_at = excluded.said_at, event_id = excluded.event_id
   where excluded.version > s.version
   returning subject_id`,
);

const withdrawn = prepared<{ subjectId: Id }>(
  "standing_withdrawn",
  `select subject_id as "subjectId" from point_standings
   where community_id = $1 and subject_id = any($2::uuid[]) and not stands`,
);

/** Those of `subjectIds` that do not stand. */
export async function withdrawalsOf(reader: Reader, subjectIds: readonly Id[]): Promise<Id[]> {
  const rows = await withdrawn(reader, [reader.communityId, subjectIds]);
  return rows.map((row) => row.subjectId);
}

const earners = prepared<{ memberId: Id }>(
  "standing_earners",
  `select member_id as "memberId" from ledger_entries
   where community_id = $1 and (post_id = $2 or cause_id = $2) and rule_key is not null and reversal_of is null
   union select member_id from waiting_awards where community_id = $1 and (post_id = $2 or cause_id = $2)
   order by 1`,
);

/**
 * Takes a word on standing, and makes the ledger agree with it: takes back what followed, or posts it anew, and gives the room
 * that a day's cap has then to what waits for it. An older word than the one that is known changes nothing; neither does the
 * same word again.
 */
export async function settleStanding(tx: Tx, standing: Standing, recorded: RecordedEvent, now: Instant): Promise<void> {
  await lockAwardsOf(tx, standing.postId);
  const { subjectId, stands, version, eventType, causeId, actorId, postId } = standing;
  const { occurredAt: at, id: eventId } = recorded;
  const heard = await say(tx, [tx.communityId, subjectId, stands, version, eventType, causeId, actorId, at, eventId]);
  if (heard.length === 0) return;
  // All accounts first: what waits may be posted by others, as a day of theirs gets room, until its account is locked.
  const accounts = new Map<Id, LockedAccount>();
  for (const { memberId } of await earners(tx, [tx.communityId, subjectId])) {
    accounts.set(memberId, await lockAccount(tx, memberId, now));
  }
  const awards = await awardsFollowingFrom(tx, subjectId);
  const cause = { kind: eventType, id: causeId, actorId, occurredAt: at };
  const days: CappedDay[] = [];
  if (stands) {
    await putBack(tx, awards);
    days.push(...(await waitingDaysOf(tx, subjectId)));
  } else {
    if (subjectId !== postId) await forgetWaiting(tx, subjectId);
    for (const award of awards.filter(({ inForce }) => inForce)) {
      const posted = await reverseEntry(tx, award.id, cause, now);
      if (posted.kind === "posted") accounts.set(award.memberId, posted.account);
      days.push(award);
    }
  }
  for (const day of days) {
    accounts.set(day.memberId, await settleDay(tx, accounts.get(day.memberId)!, day, at, now));
  }
}

/** Lets what was taken back wait for the room that its day has by now, but for votes and acceptances that are gone themselves. */
async function putBack(tx: Tx, awards: readonly AwardEntry[]): Promise<void> {
  const taken = awards.filter(({ inForce }) => !inForce);
  const gone = new Set(
    await withdrawalsOf(
      tx,
      taken.map(({ causeId }) => causeId),
    ),
  );
  for (const award of taken.filter(({ causeId }) => !gone.has(causeId))) {
    const { memberId, causeKind: kind, causeId: id, postId, actorId, occurredAt, day } = award;
    const rule = await ruleVersion(tx, award.ruleKey, award.ruleVersion);
    const cause = { kind, id, postId, actorId, occurredAt };
    await keepWaiting(tx, { sourceKey: reappliedKey(award.id), memberId, rule, cause, day });
  }
}
