import type { Id } from "../kernel/ids.ts";
import type { Instant } from "../kernel/instant.ts";
import { type EventProblem, type ReadMessage, readMessage } from "./event-rules.ts";
import { isSentByClients } from "./tracking-plan-catalogue.ts";

/** Who sent a message, as far as it decides what is believed: kept with what is buried, so that a replay asks the same. */
export interface Sender {
  readonly memberId: Id;
  readonly trust: SenderTrust;
}

/**
 * `own`: a member's client, which tells of that member alone. `clients`: whoever has a public key, who may tell of anybody what
 * clients see happen. `everything`: the platform's server or an operator.
 */
const TRUSTS = ["own", "clients", "everything"] as const;
export type SenderTrust = (typeof TRUSTS)[number];

/** `refused` messages are well formed, and not their sender's to send: sending them again, or later, changes nothing. */
export type AdmittedMessage = ReadMessage | { readonly kind: "refused"; readonly problems: readonly EventProblem[] };

/** Senders with a public key share one space of message ids, so that they cannot take ids of the platform or of an import. */
const PUBLIC_ID_PREFIX = "public:";

/**
 * Reads a message and decides whether its sender may send it. What Rekindle sees for itself is not for clients to tell, since
 * incentives depend on it. A member's messages are about that member, whoever they name, and their ids are the member's own.
 *
 * @param sentAt as {@link readMessage} takes it.
 */
export function admitMessage(message: unknown, sender: Sender, receivedAt: Instant, sentAt: unknown): AdmittedMessage {
  const read = readMessage(message, receivedAt, sentAt);
  if (read.kind !== "event" || sender.trust === "everything") return read;
  const { event } = read;
  if (!isSentByClients(event.kind)) {
    return { kind: "refused", problems: [{ field: "event", problem: "is recorded by the community itself" }] };
  }
  const prefix = sender.trust === "own" ? `${sender.memberId}:` : PUBLIC_ID_PREFIX;
  const about = sender.trust === "own" ? { memberId: sender.memberId, userId: null } : {};
  return { kind: "event", event: { ...event, ...about, messageId: `${prefix}${event.messageId}` } };
}

export function isSender(value: unknown): value is Sender {
  const { memberId, trust } = (value ?? {}) as Partial<Sender>;
  return typeof memberId === "string" && TRUSTS.includes(trust as SenderTrust);
}
