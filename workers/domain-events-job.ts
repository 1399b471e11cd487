import type { DomainEvent, RecordedEvent } from "../src/kernel/domain-events.ts";
import type { Clock, Instant } from "../src/kernel/instant.ts";
import type { Database, Tx } from "../src/platform/database/database.ts";
import { consumeOnce } from "../src/platform/outbox/consume.ts";
import type { OutboxMessage } from "../src/platform/outbox/relay-actions.ts";

/** One domain's interest in the others' events. Its name is the key under which it has had a message: never rename it lightly. */
export interface Subscriber {
  readonly consumer: string;
  readonly handle: (tx: Tx, recorded: RecordedEvent, now: Instant) => Promise<unknown>;
}

/**
 * Gives a message to every subscriber, each in a transaction of its own, once: when one fails the job is tried again, and those
 * that had the message are passed over.
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
  for (const { consumer, handle } of subscribers) {
    const now = clock();
    await db.transaction(message.communityId, (tx) =>
      consumeOnce(tx, consumer, message.id, () => handle(tx, recorded, now), now),
    );
  }
}
