import { createHash } from "node:crypto";
import type { Instant } from "../kernel/instant.ts";
import type { EventMapping, ValueSource } from "./event-mapping-rules.ts";
import { readEventTime, type TimeReading } from "./event-time-rules.ts";
import type { Fields, LogRecord } from "./record-readers.ts";
import { malformed, notImported } from "./row-batches.ts";

/** What a log's row tells, in its own words: ids are the platform's. */
export interface EventRow {
  readonly row: number;
  /** What the platform calls its user. Never null when `anonymousId` is. */
  readonly userId: string | null;
  readonly anonymousId: string | null;
  /** As in the log, e.g. "Lesson Started", unless it was given another name. */
  readonly kind: string;
  /** How often it happened at `occurredAt`: 1, except in tables of counts. */
  readonly count: number;
  readonly occurredAt: Instant;
  /** The log's own, or made of the row's place and content, so that importing the file again meets the same ids. */
  readonly messageId: string;
  readonly properties: Fields;
}

/** How a log is to be understood. */
export interface EventReading {
  readonly mapping: EventMapping;
  readonly time: TimeReading;
  /** What the log's kinds are called here; `*` stands for every other one. */
  readonly kindNames: ReadonlyMap<string, string>;
}

const IDENTIFIER_CHARS_MAX = 255;

/** Segment's messages that tell who somebody is, and not what they did. */
const SEGMENT_IDENTITY_TYPES: readonly unknown[] = ["identify", "group", "alias"];
/** Segment's calls that name no event: their type says what happened. */
const SEGMENT_VIEW_TYPES: readonly unknown[] = ["page", "screen"];

/**
 * The events of one record: one, or in a table of counts one for each kind that happened.
 * Throws `LeftOut` for a record that tells of no member's event, and for one that cannot be understood.
 */
export function readEvents({ row, fields }: LogRecord, { mapping, time, kindNames }: EventReading): EventRow[] {
  const userId = identifier(fields, mapping.memberId);
  const anonymousId = identifier(fields, mapping.anonymousId);
  if (userId === null && anonymousId === null) throw notImported("names no member");
  const kinds = mapping.counts.length > 0 ? countedKinds(fields, mapping.counts) : [singleKind(fields, mapping)];
  const messageId = identifier(fields, mapping.messageId) ?? hashOf(row, fields);
  const who = { row, userId, anonymousId };
  const what = { occurredAt: instant(fields, mapping, time), properties: keptProperties(fields, mapping.properties) };
  return kinds.map(({ kind, count }) => ({
    ...who,
    kind: kindNames.get(kind) ?? kindNames.get("*") ?? kind,
    count,
    ...what,
    messageId: mapping.counts.length > 0 ? `${messageId}:${kind}` : messageId,
  }));
}

interface KindCount {
  readonly kind: string;
  readonly count: number;
}

function singleKind(fields: Fields, mapping: EventMapping): KindCount {
  const value = find(fields, mapping.kind);
  const isSegmentType = value === fields.type && !mapping.named.includes("kind");
  if (isSegmentType && SEGMENT_VIEW_TYPES.includes(value)) return { kind: "page.viewed", count: 1 };
  if (isSegmentType && SEGMENT_IDENTITY_TYPES.includes(value)) throw notImported(`type ${value}, which is no event`);
  const kind = typeof value === "string" ? value.trim() : "";
  if (kind === "" || kind.length > IDENTIFIER_CHARS_MAX) {
    throw malformed(`has no kind of 1 to ${IDENTIFIER_CHARS_MAX} characters`);
  }
  return { kind, count: 1 };
}

function countedKinds(fields: Fields, counts: readonly string[]): KindCount[] {
  const kinds = counts.map((kind) => {
    const count = Number(find(fields, { columns: [kind] }) ?? 0);
    if (!Number.isSafeInteger(count) || count < 0) throw malformed(`the count ${kind} is not a whole number`);
    return { kind, count };
  });
  const happened = kinds.filter(({ count }) => count > 0);
  if (happened.length === 0) throw notImported("counts nothing");
  return happened;
}

function instant(fields: Fields, mapping: EventMapping, time: TimeReading): Instant {
  const value = find(fields, mapping.occurredAt);
  if (value === null) throw malformed("has no time");
  const occurredAt = readEventTime(value, time);
  if (typeof occurredAt === "string") throw malformed(`its time ${occurredAt}`);
  return occurredAt;
}

function keptProperties(fields: Fields, names: readonly string[]): Fields {
  if (names.length === 0) return isObject(fields.properties) ? fields.properties : {};
  const kept = names.map((name) => [name, valueAt(fields, name)] as const);
  return Object.fromEntries(kept.filter(([, value]) => value !== undefined && value !== ""));
}

function identifier(fields: Fields, source: ValueSource): string | null {
  const value = find(fields, source);
  if (value === null) return null;
  // A number beyond 2⁵³ has lost digits on the way.
  const text = Number.isSafeInteger(value) ? String(value) : typeof value === "string" ? value.trim() : null;
  if (text === null || text.length > IDENTIFIER_CHARS_MAX) {
    throw malformed(`an id is neither text of at most ${IDENTIFIER_CHARS_MAX} characters nor a whole number`);
  }
  return text || null;
}

function find(fields: Fields, source: ValueSource): unknown {
  if ("text" in source) return source.text;
  for (const column of source.columns) {
    const value = valueAt(fields, column);
    if (value !== undefined && value !== null && value !== "") return value;
  }
  return null;
}

function valueAt(fields: Fields, path: string): unknown {
  if (Object.hasOwn(fields, path)) return fields[path];
  const dot = path.indexOf(".");
  if (dot === -1) return undefined;
  const inner = fields[path.slice(0, dot)];
  return isObject(inner) ? valueAt(inner, path.slice(dot + 1)) : undefined;
}

function hashOf(row: number, fields: Fields): string {
  const content = `${row} ${JSON.stringify(fields)}`;
  return createHash("sha256").update(content).digest("base64url");
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
