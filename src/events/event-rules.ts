import { createHash } from "node:crypto";
import { type Id, isId } from "../kernel/ids.ts";
import type { Instant } from "../kernel/instant.ts";
import { CUSTOM_KIND, type EventKind, kindNamed } from "./tracking-plan-catalogue.ts";

export const MESSAGE_BYTES_MAX = 32 * 1024;
const IDENTIFIER_LENGTH_MAX = 255;
export const NESTING_DEPTH_MAX = 20;
/** Nothing this product measures happened before. */
const EARLIEST = Date.UTC(2000, 0, 1);

/** An event that may be stored. At most one of `memberId` and `userId` is given; `userId` is looked up when it is stored. */
export interface NewEvent {
  readonly messageId: string;
  readonly memberId: Id | null;
  /** What the platform calls its user. */
  readonly userId: string | null;
  readonly anonymousId: string | null;
  readonly kind: EventKind;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly occurredAt: Instant;
  readonly receivedAt: Instant;
}

/** What is wrong with one message, in words its sender can act on. */
export interface EventProblem {
  readonly field: string;
  readonly problem: string;
}

/** `ignored` messages are well formed and tell this product nothing (identify, group, alias). */
export type ReadMessage =
  | { readonly kind: "event"; readonly event: NewEvent }
  | { readonly kind: "ignored"; readonly type: string }
  | { readonly kind: "malformed"; readonly problems: readonly EventProblem[] };

type Fields = Readonly<Record<string, unknown>>;

const IGNORED_TYPES: ReadonlySet<string> = new Set(["identify", "group", "alias"]);

/**
 * Reads one message of Segment's format (`type` track, page or screen). A message without an id is given the hash of its content,
 * so that a retry still meets itself. A clock that is wrong is corrected by `sentAt`, as Segment does, and no event happens after
 * it was received.
 *
 * @param sentAt when the client says that it sent the batch; a message's own `sentAt` goes first.
 */
export function readMessage(message: unknown, receivedAt: Instant, sentAt?: unknown): ReadMessage {
  if (!isObject(message)) return malformed("", "a message is a JSON object");
  // Before anything writes it as JSON again, which overflows the stack where reading does not.
  if (isDeeperThan(message, NESTING_DEPTH_MAX)) {
    return malformed("properties", `nested at most ${NESTING_DEPTH_MAX} deep`);
  }
  const text = JSON.stringify(message);
  const problems = wholeProblems(text);
  if (problems.length > 0) return { kind: "malformed", problems };

  const type = message.type ?? "track";
  if (typeof type === "string" && IGNORED_TYPES.has(type)) return { kind: "ignored", type };

  const check = new Checks();
  const name = check.eventName(type, message);
  const messageId = check.identifier(message, "messageId");
  const userId = check.identifier(message, "userId");
  const anonymousId = check.identifier(message, "anonymousId");
  const properties = check.properties(message);
  const occurredAt = check.time(message, receivedAt, sentAt);
  if (userId === null && anonymousId === null) check.fail("userId", "give userId or anonymousId");
  if (check.problems.length > 0) return { kind: "malformed", problems: check.problems };

  const kind = kindNamed(name) ?? CUSTOM_KIND;
  return {
    kind: "event",
    event: {
      messageId: messageId ?? createHash("sha256").update(text).digest("base64url"),
      memberId: null,
      userId,
      anonymousId,
      kind,
      properties: kind === CUSTOM_KIND ? { ...properties, event: name } : properties,
      occurredAt,
      receivedAt,
    },
  };
}

/** Gathers every problem of a message, so that its sender mends it once. */
class Checks {
  readonly problems: EventProblem[] = [];

  fail(field: string, problem: string): void {
    this.problems.push({ field, problem });
  }

  eventName(type: unknown, message: Fields): string {
    if (type === "page" || type === "screen") return "page.viewed";
    if (type !== "track") this.fail("type", "is one of track, page, screen, identify, group, alias");
    else if (typeof message.event !== "string" || message.event.trim() === "")
      this.fail("event", "a track call names its event");
    else if (message.event.length > IDENTIFIER_LENGTH_MAX)
      this.fail("event", `at most ${IDENTIFIER_LENGTH_MAX} characters`);
    else return message.event;
    return "";
  }

  identifier(message: Fields, field: string): string | null {
    const value = message[field];
    if (value === undefined || value === null || value === "") return null;
    if (typeof value === "number" && Number.isSafeInteger(value)) return String(value);
    if (typeof value !== "string") this.fail(field, "is a string");
    else if (value.length > IDENTIFIER_LENGTH_MAX) this.fail(field, `at most ${IDENTIFIER_LENGTH_MAX} characters`);
    else return value;
    return null;
  }

  properties(message: Fields): Fields {
    const value = message.properties ?? {};
    if (isObject(value)) return value;
    this.fail("properties", "is a JSON object");
    return {};
  }

  time(message: Fields, receivedAt: Instant, batchSentAt: unknown): Instant {
    const given = message.timestamp ?? message.originalTimestamp;
    if (given === undefined || given === null) return receivedAt;
    const timestamp = readTime(given);
    if (timestamp === null || timestamp < EARLIEST) {
      this.fail("timestamp", "is an ISO 8601 time from the year 2000 on");
      return receivedAt;
    }
    const sentAt = readTime(message.sentAt ?? batchSentAt);
    const skewMs = sentAt === null ? 0 : receivedAt.getTime() - sentAt;
    // Only a clock that runs ahead of its own sending can be told from a message that waited in a queue.
    const corrected = sentAt !== null && sentAt >= timestamp ? timestamp + skewMs : timestamp;
    return new Date(Math.min(Math.max(corrected, EARLIEST), receivedAt.getTime()));
  }
}

/** NUL, and halves of surrogate pairs, as JSON.stringify escapes them. */
const UNSTORABLE = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f][0-9a-f]{2})/;

/** Whether PostgreSQL's jsonb can hold `json`, as JSON.stringify wrote it. */
export function isStorable(json: string): boolean {
  return !UNSTORABLE.test(json);
}

function wholeProblems(text: string): EventProblem[] {
  if (Buffer.byteLength(text) > MESSAGE_BYTES_MAX)
    return [{ field: "", problem: `at most ${MESSAGE_BYTES_MAX} bytes` }];
  if (!isStorable(text)) return [{ field: "", problem: "text holds no \\u0000 and no half of a surrogate pair" }];
  return [];
}

/** Whether objects and arrays nest more than `depthMax` deep; looks no deeper than that. */
export function isDeeperThan(value: unknown, depthMax: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return depthMax === 0 || Object.values(value).some((child) => isDeeperThan(child, depthMax - 1));
}

/** ISO 8601 text, or milliseconds since 1970 as some clients send; null for anything else. */
function readTime(value: unknown): number | null {
  if (typeof value === "number" && Number.isFinite(value)) return Math.trunc(value);
  if (typeof value !== "string" || !/^\d{4}-\d{2}-\d{2}/.test(value)) return null;
  const ms = Date.parse(value);
  return Number.isNaN(ms) ? null : ms;
}

function malformed(field: string, problem: string): ReadMessage {
  return { kind: "malformed", problems: [{ field, problem }] };
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What a `userId` may also be: a member's own id, as first-party clients know it. */
export function memberIdIn(userId: string | null): Id | null {
  return userId !== null && isId(userId) ? userId : null;
}
