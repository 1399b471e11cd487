import type { Id } from "../../kernel/ids.ts";
import type { Database } from "../database/database.ts";

/** A domain event on its way out: the payload stays text until a consumer needs it. */
export interface OutboxMessage {
  readonly id: Id;
  readonly communityId: Id;
  readonly payload: unknown;
  readonly occurredAt: string;
}

export const RELAY_BATCH_MAX = 500;

/**
 * Hands up to {@link RELAY_BATCH_MAX} waiting messages to `enqueue` and deletes them once it has taken them; several relays share
 * the work without waiting for each other. A crash between the two hands them over again: at least once, so consumers go by
 * the message's id. Returns how many were relayed.
 */
export async function relayOutbox(
  db: Database,
  enqueue: (messages: readonly OutboxMessage[]) => Promise<void>,
): Promise<number> {
  return db.systemTransaction(async (_sql, client) => {
    const { rows } = await client.query<{ id: Id; community_id: Id; payload: unknown; occurred_at: Date }>({
      name: "outbox_take",
      text: `select id, community_id, payload, occurred_at from outbox
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
      name: "outbox_delete",
      text: "delete from outbox where id = any($1::uuid[])",
      values: [rows.map((row) => row.id)],
    });
    return rows.length;
  });
}
