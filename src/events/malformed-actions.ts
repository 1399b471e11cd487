import { deadLetters } from "../../drizzle/tables/platform.ts";
import { type Id, importedId } from "../kernel/ids.ts";
import type { Instant } from "../kernel/instant.ts";
import type { Crypto } from "../platform/crypto.ts";
import type { Tx } from "../platform/database/database.ts";
import { scrubLine } from "../platform/log-redaction.ts";
import { admitMessage, isSender, type Sender } from "./admission-rules.ts";
import { type EventProblem, isDeeperThan, isStorable } from "./event-rules.ts";
import { ingestEvents } from "./ingest-actions.ts";

/** The source of dead letters that were messages of the event stream. */
export const MALFORMED_SOURCE = "events";

export interface MalformedMessage {
  readonly message: unknown;
  /** When its batch was sent, as the sender had it. */
  readonly sentAt: unknown;
  readonly problems: readonly EventProblem[];
}

/** What a dead letter of this source holds. The message is encrypted: nobody knows what personal data a broken one carries, or where. */
interface Payload {
  readonly sender: Sender;
  /** {@link BuriedMessage} as JSON, under `src/platform/crypto.ts`. */
  readonly cipher: string;
}

export interface BuriedMessage {
  readonly message: unknown;
  readonly sentAt?: unknown;
}

/** Text of any nesting can be read, but not written again: that overflows the stack, a few thousand deep. */
const KEPT_DEPTH_MAX = 100;

/**
 * Whether a message that could not be read is kept. Only the platform's server and operators send what is worth mending; a member's
 * token, or a key that everybody can read, could fill the table with rubbish.
 */
export function isKept(message: unknown, { trust }: Sender): boolean {
  return trust === "everything" && !isDeeperThan(message, KEPT_DEPTH_MAX);
}

/** Keeps messages that could not be read, whole, so that they can be replayed: each once, however often its batch is sent. {@link isKept}. */
export async function buryMalformed(
  tx: Tx,
  crypto: Crypto,
  sender: Sender,
  malformed: readonly MalformedMessage[],
  now: Instant,
): Promise<void> {
  if (malformed.length === 0) return;
  const letters = malformed.map(({ message, sentAt, problems }) => {
    const text = JSON.stringify({ message, sentAt: plainTime(sentAt) } satisfies BuriedMessage);
    const { memberId, trust } = sender;
    return {
      id: importedId(new Date(0), "letter", tx.communityId, MALFORMED_SOURCE, memberId, trust, JSON.stringify(message)),
      communityId: tx.communityId,
      source: MALFORMED_SOURCE,
      reference: referenceOf(message),
      payload: { sender, cipher: crypto.encrypt(text) } satisfies Payload,
      error: problems.map(({ field, problem }) => (field === "" ? problem : `${field}: ${problem}`)).join("; "),
      failedAt: now,
    };
  });
  // By id, so that two requests that repeat each other's messages wait in one order and cannot deadlock.
  const inOrder = letters.sort((a, b) => (a.id < b.id ? -1 : 1));
  await tx.sql.insert(deadLetters).values(inOrder).onConflictDoNothing();
}

/** `taken`: settled already, or in the hands of another replay. */
export type ReplayOutcome = "replayed" | "malformed" | "refused" | "taken";

/**
 * Reads a buried message again, as if its sender sent it now and it came when it first did, and stores it when it can be read. A
 * letter whose message has arrived since by another way is settled all the same, and so is one that its sender may not send.
 * @throws Error when the message cannot be decrypted, or the letter does not say who sent it.
 */
export async function replayMalformed(tx: Tx, crypto: Crypto, id: Id, now: Instant): Promise<ReplayOutcome> {
  const { rows } = await tx.client.query<{ payload: unknown; failed_at: Date }>(
    `select payload, failed_at from dead_letters
     where community_id = $1 and source = $2 and id = $3 and replayed_at is null for update skip locked`,
    [tx.communityId, MALFORMED_SOURCE, id],
  );
  const [letter] = rows;
  if (letter === undefined) return "taken";
  const { sender, message, sentAt } = readLetter(crypto, letter.payload);
  const admitted = admitMessage(message, sender, letter.failed_at, sentAt);
  if (admitted.kind === "malformed") return "malformed";
  if (admitted.kind === "event") await ingestEvents(tx, [admitted.event]);
  await tx.client.query("update dead_letters set replayed_at = $2 where id = $1", [id, now]);
  return admitted.kind === "refused" ? "refused" : "replayed";
}

/**
 * What a letter of this source holds, in plain text.
 * @throws Error as {@link replayMalformed} does.
 */
export function readLetter(crypto: Crypto, payload: unknown): BuriedMessage & { readonly sender: Sender } {
  const { sender, cipher } = (payload ?? {}) as Partial<Payload>;
  if (!isSender(sender) || typeof cipher !== "string") throw new Error("the letter does not say who sent the message");
  return { sender, ...(JSON.parse(crypto.decrypt(cipher)) as BuriedMessage) };
}

/** Anything but text and numbers says no time, and may nest without end. */
function plainTime(sentAt: unknown): unknown {
  return typeof sentAt === "string" || typeof sentAt === "number" ? sentAt : undefined;
}

/** Listed in plain text, so it must not carry an address when a sender makes its ids of them. */
function referenceOf(message: unknown): string {
  const id = typeof message === "object" && message !== null ? (message as { messageId?: unknown }).messageId : null;
  return typeof id === "string" && isStorable(JSON.stringify(id))
    ? scrubLine(id).slice(0, 255)
    : "without a message id";
}
