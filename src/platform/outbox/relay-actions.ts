import { eq, sql } from "drizzle-orm";
import type { NodePgDatabase } from "drizzle-orm/node-postgres";
import { outbox } from "../../../drizzle/tables/platform.ts";
import type { Id } from "../../kernel/ids.ts";
import { addMs, type Instant, MINUTE_MS } from "../../kernel/instant.ts";
import type { Database } from "../database/database.ts";

/** A domain event on its way out: the payload stays text until a consumer needs it. */
export interface OutboxMessage {
  readonly id: Id;
  readonly communityId: Id;
  readonly payload: unknown;
  readonly occurredAt: string;
}

export const RELAY_BATCH_MAX = 500;

/** What a queue took this long ago and nobody finished is handed over again: it may have lost it. */
const UNFINISHED_AFTER_MS = 10 * MINUTE_MS;
export const PUT_BACK_MAX = 5_000;

/**
 * Hands up to {@link RELAY_BATCH_MAX} waiting messages to `enqueue` and marks them once it has taken them; several relays share
 * the work without waiting for each other. A crash between the two hands them over again: at least once, so consumers go by
 * the message's id, and settle it when all of them have had it. Returns how many were relayed.
 */
export async function relayOutbox(
  db: Database,
  enqueue: (messages: readonly OutboxMessage[]) => Promise<void>,
  now: Instant,
): Promise<number> {
  return db.systemTransaction(async (_sql, client) => {
    const { rows } = await client.query<{ id: Id; community_id: Id; payload: unknown; occurred_at: Date }>({
      name: "outbox_take",
      text: `select id, community_id, payload, occurred_at from outbox where relayed_at is null
             order by id limit ${RELAY_BATCH_MAX} for update skip locked`,
    });
    if (rows.length === 0) return 0;
    await enqueue(
      rows.map((row) => ({
        id: row.id,
        communityId: row.community_id,
        payload: row.payload,
        occurredAt: row.occurred_at.toISOString(),
      })),
    );
    await client.query({
      name: "outbox_mark",
      text: "update outbox set relayed_at = $2 where id = any($1::uuid[])",
      values: [rows.map((row) => row.id), now],
    });
    return rows.length;
  });
}

/**
 * Lets messages wait again that a queue took and nobody finished in time, those taken first first, {@link PUT_BACK_MAX} at most. A queue
 * that still has them loses nothing by it.
 */
export async function putBackUnfinished(db: Database, now: Instant): Promise<number> {
  const { rowCount } = await db.system.execute(sql`
    update outbox set relayed_at = null where id in (
      select id from outbox where relayed_at < ${addMs(now, -UNFINISHED_AFTER_MS).toISOString()}::timestamptz
      order by relayed_at limit ${PUT_BACK_MAX} for update skip locked)`);
  return rowCount ?? 0;
}

/** Forgets a message that every consumer has had, or that was buried. */
export async function settleMessage(on: NodePgDatabase, id: Id): Promise<void> {
  await on.delete(outbox).where(eq(outbox.id, id));
}

/** Lets a buried message wait again. Its consumers go by its id, so those that had it are passed over. */
export async function requeueMessage(on: NodePgDatabase, message: OutboxMessage): Promise<void> {
  const { id, communityId, payload, occurredAt } = message;
  await on
    .insert(outbox)
    .values({ id, communityId, payload, occurredAt: new Date(occurredAt) })
    .onConflictDoNothing();
}
