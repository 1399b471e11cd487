import { deadLetters } from "../../drizzle/tables/platform.ts";
import { type Id, newId } from "../kernel/ids.ts";
import type { Instant } from "../kernel/instant.ts";
import type { Tx } from "../platform/database/database.ts";
import { type EventProblem, isStorable, type NewEvent, readMessage } from "./event-rules.ts";
import { ingestEvents } from "./ingest-actions.ts";

/** The source of dead letters that were messages of the event stream. */
export const MALFORMED_SOURCE = "events";

export interface MalformedMessage {
  readonly message: unknown;
  readonly problems: readonly EventProblem[];
}

/** What a dead letter of this source holds: the message, or its JSON text when jsonb cannot hold the message itself. */
type Payload = { readonly message: unknown } | { readonly text: string };

/** Keeps messages that could not be read, whole, so that they can be mended and replayed. */
export async function buryMalformed(tx: Tx, malformed: readonly MalformedMessage[], now: Instant): Promise<void> {
  if (malformed.length === 0) return;
  const letters = malformed.map(({ message, problems }) => ({
    id: newId(now),
    communityId: tx.communityId,
    source: MALFORMED_SOURCE,
    reference: referenceOf(message),
    payload: toPayload(message),
    error: problems.map(({ field, problem }) => (field === "" ? problem : `${field}: ${problem}`)).join("; "),
    failedAt: now,
  }));
  await tx.sql.insert(deadLetters).values(letters);
}

/**
 * Reads buried messages again, as if they came when they first did, and stores those that have been mended. A letter whose message has
 * arrived since by another way is settled all the same.
 *
 * @param options.ids only these letters; all open ones, oldest first, otherwise.
 */
export async function replayMalformed(
  tx: Tx,
  options: { ids?: readonly Id[]; limit?: number },
  now: Instant,
): Promise<{ replayed: number; stillMalformed: number }> {
  const { rows: letters } = await tx.client.query<{ id: Id; payload: Payload; failed_at: Date }>(
    `select id, payload, failed_at from dead_letters
     where community_id = $1 and source = $2 and replayed_at is null and ($3::uuid[] is null or id = any($3))
     order by failed_at, id limit $4 for update skip locked`,
    [tx.communityId, MALFORMED_SOURCE, options.ids ?? null, options.limit ?? 1_000],
  );
  const mended: NewEvent[] = [];
  const settled: Id[] = [];
  for (const letter of letters) {
    const read = readMessage(messageOf(letter.payload), letter.failed_at);
    if (read.kind === "malformed") continue;
    if (read.kind === "event") mended.push(read.event);
    settled.push(letter.id);
  }
  await ingestEvents(tx, mended);
  await tx.client.query("update dead_letters set replayed_at = $2 where id = any($1::uuid[])", [settled, now]);
  return { replayed: settled.length, stillMalformed: letters.length - settled.length };
}

function toPayload(message: unknown): Payload {
  const text = JSON.stringify(message) ?? "null";
  return isStorable(text) ? { message } : { text };
}

function messageOf(payload: Payload): unknown {
  if ("message" in payload) return payload.message;
  try {
    return JSON.parse(payload.text);
  } catch {
    return null;
  }
}

function referenceOf(message: unknown): string {
  const id = typeof message === "object" && message !== null ? (message as { messageId?: unknown }).messageId : null;
  return typeof id === "string" && isStorable(JSON.stringify(id)) ? id.slice(0, 255) : "without a message id";
}
