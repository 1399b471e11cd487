import { dayIn } from "../kernel/calendar.ts";
import type { RecordedEvent } from "../kernel/domain-events.ts";
import type { Instant } from "../kernel/instant.ts";
import type { Tx } from "../platform/database/database.ts";
import { lockAccount } from "./account-actions.ts";
import { post, reverseEntry } from "./ledger-actions.ts";
import { timesPaid } from "./ledger-queries.ts";
import { type Earning, earningsOf, underDailyCap } from "./point-rules.ts";
import { type PayableEvent, readPayable } from "./rule-event-catalogue.ts";
import { publishedRulesFor } from "./rule-queries.ts";
import { lockAwardsOf, settleStanding, type Withdrawal, withdrawalsOf } from "./standing-actions.ts";
import { readStanding } from "./standing-rules.ts";

/**
 * The subscriber that turns domain events into points, by the published rules. Events may come twice, at once, late and in any
 * order: the ledger ends the same, since each award is posted once for its rule and cause, and what was withdrawn meanwhile
 * (a vote removed, an answer un-accepted, a post hidden or deleted) does not count until it stands again.
 */
export async function applyPointRules(tx: Tx, recorded: RecordedEvent, now: Instant): Promise<void> {
  const standing = readStanding(recorded.event);
  if (standing !== null) return settleStanding(tx, standing, recorded, now);
  const payable = readPayable(recorded.event);
  if (payable !== null) await pay(tx, payable, recorded.occurredAt, now);
}

async function pay(tx: Tx, event: PayableEvent, occurredAt: Instant, now: Instant): Promise<void> {
  const earnings = earningsOf(event, await publishedRulesFor(tx, event.type));
  if (earnings.length === 0) return;
  if (event.postId === null) {
    for (const earning of earnings) await award(tx, event, earning, null, occurredAt, now);
    return;
  }
  await lockAwardsOf(tx, event.postId);
  const withdrawals = await withdrawalsOf(tx, [event.causeId, event.postId]);
  // A vote or an acceptance that was taken back never returns: casting again makes another. A post may be restored.
  if (withdrawals.some((withdrawal) => withdrawal.subjectId !== event.postId)) return;
  for (const earning of earnings) await award(tx, event, earning, withdrawals[0] ?? null, occurredAt, now);
}

/** Posts one earning unless the day's cap is reached; what does not stand is taken back at once, so that it can be restored. */
async function award(
  tx: Tx,
  event: PayableEvent,
  { rule, memberId }: Earning,
  withdrawal: Withdrawal | null,
  occurredAt: Instant,
  now: Instant,
): Promise<void> {
  const account = await lockAccount(tx, memberId, now);
  const day = dayIn(account.timeZone, occurredAt);
  if (!underDailyCap(rule, await timesPaid(tx, memberId, rule.key, day))) return;
  const entry = {
    sourceKey: `rule:${rule.key}:${event.causeId}`,
    memberId,
    experience: rule.experience,
    coins: rule.coins,
    counterpart: "issued" as const,
    cause: { kind: event.type, id: event.causeId, postId: event.postId, actorId: event.actorId, occurredAt },
    rule: { key: rule.key, version: rule.version },
    day,
  };
  const posted = await post(tx, account, entry, null, now);
  if (posted.kind === "posted" && withdrawal !== null) await reverseEntry(tx, posted.entryId, withdrawal.cause, now);
}
