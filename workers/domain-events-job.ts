import type { DomainEvent, RecordedEvent } from "../src/kernel/domain-events.ts";
import type { Clock, Instant } from "../src/kernel/instant.ts";
import type { Database, Tx } from "../src/platform/database/database.ts";
import { consumeOnce } from "../src/platform/outbox/consume.ts";
import { type OutboxMessage, settleMessage } from "../src/platform/outbox/relay-actions.ts";

/** One domain's interest in the others' events. Its name is the key under which it has had a message: never rename it lightly. */
export interface Subscriber {
  readonly consumer: string;
  /** Whether an event concerns it, told without a transaction; every event does when left out. */
  readonly hears?: (event: DomainEvent) => boolean;
  readonly handle: (tx: Tx, recorded: RecordedEvent, now: Instant) => Promise<unknown>;
}

/**
 * Gives a message to every subscriber, each in a transaction of its own, once. One that fails does not keep it from the others;
 * the job is then tried again, and those that had the message are passed over. When all have had it the outbox lets it go.
 * @throws what the subscriber threw, or an AggregateError where several failed.
 */
export async function deliverDomainEvent(
  db: Database,
  subscribers: readonly Subscriber[],
  message: OutboxMessage,
  clock: Clock,
): Promise<void> {
  const recorded: RecordedEvent = {
    id: message.id,
    communityId: message.communityId,
    occurredAt: new Date(message.occurredAt),
    event: message.payload as DomainEvent,
  };
  const failures: unknown[] = [];
  for (const { consumer, hears, handle } of subscribers) {
    if (hears?.(recorded.event) === false) continue;
    const now = clock();
    try {
      await db.transaction(message.communityId, (tx) =>
        consumeOnce(tx, consumer, message.id, () => handle(tx, recorded, now), now),
      );
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length === 1) throw failures[0];
  if (failures.length > 1) {
    const reasons = failures.map((failure) => (failure instanceof Error ? failure.message : String(failure)));
    throw new AggregateError(failures, `several subscribers failed: ${reasons.join("; ")}`);
  }
  await settleMessage(db.system, message.id);
}
