import type { RecordedEvent } from "../kernel/domain-events.ts";
import type { Instant } from "../kernel/instant.ts";
import type { Tx } from "../platform/database/database.ts";
import { lockAccount } from "./account-actions.ts";
import { memberDay } from "./day-queries.ts";
import { post } from "./ledger-actions.ts";
import { entryBySourceKey, timesPaid } from "./ledger-queries.ts";
import { type Earning, earningsOf, underDailyCap } from "./point-rules.ts";
import { type PayableEvent, readPayable } from "./rule-event-catalogue.ts";
import { rulesInForceAt } from "./rule-queries.ts";
import { lockAwardsOf, settleStanding, withdrawalsOf } from "./standing-actions.ts";
import { readStanding } from "./standing-rules.ts";
import { type DueAward, entryOf, keepWaiting } from "./waiting-actions.ts";

/**
 * The subscriber that turns domain events into points, by the rules in force when they happened. Events may come twice, at once,
 * late and in any order, and every member ends with the same points: each award is posted once for its rule and cause; what was
 * withdrawn meanwhile (a vote removed, an answer un-accepted, a post hidden or deleted) does not count until it stands again; and
 * a rule pays as many of a day's awards that stand as its cap allows. Which of them the cap leaves out follows the order of
 * arrival: that changes no sum, unless the rule changed what it pays within the day.
 */
export async function applyPointRules(tx: Tx, recorded: RecordedEvent, now: Instant): Promise<void> {
  const standing = readStanding(recorded.event);
  if (standing !== null) return settleStanding(tx, standing, recorded, now);
  const payable = readPayable(recorded.event);
  if (payable !== null) await pay(tx, payable, recorded.occurredAt, now);
}

async function pay(tx: Tx, event: PayableEvent, occurredAt: Instant, now: Instant): Promise<void> {
  const earnings = earningsOf(event, await rulesInForceAt(tx, event.type, occurredAt));
  if (earnings.length === 0) return;
  if (event.postId === null) {
    for (const earning of earnings) await award(tx, event, earning, true, occurredAt, now);
    return;
  }
  await lockAwardsOf(tx, event.postId);
  const withdrawn = await withdrawalsOf(tx, [event.causeId, event.postId]);
  // A vote or an acceptance that was taken back never returns: casting again makes another. A post may be restored.
  if (withdrawn.some((subjectId) => subjectId !== event.postId)) return;
  for (const earning of earnings) await award(tx, event, earning, withdrawn.length === 0, occurredAt, now);
}

/** Posts one earning; what does not stand, or finds the day's cap reached, waits until it can be posted. */
async function award(
  tx: Tx,
  event: PayableEvent,
  { rule, memberId }: Earning,
  stands: boolean,
  occurredAt: Instant,
  now: Instant,
): Promise<void> {
  const account = await lockAccount(tx, memberId, now);
  const day = await memberDay(tx, memberId, occurredAt);
  const due: DueAward = {
    sourceKey: `rule:${rule.key}:${event.causeId}`,
    memberId,
    rule,
    cause: { kind: event.type, id: event.causeId, postId: event.postId, actorId: event.actorId, occurredAt },
    day,
  };
  if (stands && underDailyCap(rule, await timesPaid(tx, memberId, rule.key, day))) {
    await post(tx, account, entryOf(due), null, now);
  } else if ((await entryBySourceKey(tx, due.sourceKey)) === null) {
    await keepWaiting(tx, due);
  }
}
