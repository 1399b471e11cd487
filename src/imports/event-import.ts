import { createHash } from "node:crypto";
import { basename } from "node:path";
import type { Locale } from "../../drizzle/tables/identity.ts";
import type { NewEvent } from "../events/event-rules.ts";
import { ingestEvents } from "../events/ingest-actions.ts";
import type { Id } from "../kernel/ids.ts";
import type { Instant } from "../kernel/instant.ts";
import type { Database, Tx } from "../platform/database/database.ts";
import { prepared } from "../platform/database/prepared.ts";
import { readHead } from "./byte-source.ts";
import { eventsOfRow } from "./event-expansion-rules.ts";
import { readEventLog } from "./event-log.ts";
import { addLoggedMembers, type LoggedUser } from "./event-member-actions.ts";
import type { EventReading, EventRow } from "./event-row-rules.ts";
import type { BrokenRow } from "./import-letter-actions.ts";
import { definePass, type Loaded } from "./import-passes.ts";
import { tallyRows } from "./import-tally-rules.ts";
import { type ImportOutcome, type ImportProgressListener, runImport } from "./run-import.ts";

export interface EventImport {
  readonly path: string;
  /** How the log is to be understood; what is left out is guessed by the usual names. */
  readonly reading: Partial<EventReading>;
  readonly community: { readonly id: Id; readonly locale: Locale; readonly timeZone: string };
  /** Whether users whom no member is known for become members. Otherwise their events wait for them. */
  readonly createMembers: boolean;
  readonly onProgress?: ImportProgressListener;
}

/**
 * Imports a log of events, JSON lines or CSV. Importing it again changes nothing; see `runImport` for how it resumes. Points are not
 * awarded for what the log tells, and nobody is told of it.
 */
export async function importEvents(
  db: Database,
  { path, reading, community, createMembers, onProgress }: EventImport,
  now: Instant,
): Promise<ImportOutcome> {
  const { head, size } = await readHead(path, FINGERPRINT_BYTES);
  const file = basename(path);
  const pass = definePass({
    name: "events",
    part: "rows",
    bytes: size,
    read: (options) => readEventLog(path, { ...reading, ...options }),
    load: async (tx, rows) => {
      const { records, broken } = readRecords(file, rows, now);
      const members = createMembers ? await addLoggedMembers(tx, usersOf(records), { ...community, now }) : 0;
      const loaded = await loadRecords(tx, records);
      return { ...loaded, made: { ...loaded.made, members }, broken };
    },
    tellsLeftOut: true,
  });
  return runImport({
    db,
    communityId: community.id,
    source: `events:${file}`,
    fingerprint: fingerprintOf(head, size, reading),
    passes: [pass],
    now,
    onProgress,
  });
}

/** The events of one row of the file; a row of a table of counts holds many. */
interface LoggedRecord {
  readonly row: number;
  readonly events: readonly NewEvent[];
}

/** A row is good when all that it tells is: its events are stored together, or none of them. */
function readRecords(
  file: string,
  rows: readonly EventRow[],
  now: Instant,
): { records: readonly LoggedRecord[]; broken: readonly BrokenRow[] } {
  const events = new Map<number, NewEvent[]>();
  const broken = new Map<number, BrokenRow>();
  for (const each of rows) {
    const { row } = each;
    const read = eventsOfRow(each, now);
    if (typeof read === "string") broken.set(row, { file, row, reason: read });
    else events.set(row, [...(events.get(row) ?? []), ...read]);
  }
  const records = [...events].map(([row, ofRow]) => ({ row, events: ofRow }));
  return { records: records.filter(({ row }) => !broken.has(row)), broken: [...broken.values()] };
}

function usersOf(records: readonly LoggedRecord[]): LoggedUser[] {
  const firstSeen = new Map<string, Instant>();
  for (const { userId, occurredAt } of records.flatMap(({ events }) => events)) {
    if (userId === null) continue;
    const before = firstSeen.get(userId);
    if (before === undefined || occurredAt < before) firstSeen.set(userId, occurredAt);
  }
  return [...firstSeen].map(([userId, firstSeenAt]) => ({ userId, firstSeenAt }));
}

const findMessages = prepared<{ messageId: string }>(
  "import_log_known_messages",
  `select message_id as "messageId" from events where community_id = $1 and message_id = any($2::text[])`,
);

/** Bounds one statement: a batch of a table of counts may hold a million events. */
const STATEMENT_EVENTS_MAX = 5_000;

async function loadRecords(tx: Tx, records: readonly LoggedRecord[]): Promise<Loaded> {
  const firstIds = records.map(({ events }) => events[0]!.messageId);
  const known = await findMessages(tx, [tx.communityId, firstIds]);
  const fresh = new Set(firstIds);
  for (const { messageId } of known) fresh.delete(messageId);
  const events = records.flatMap((record) => record.events);
  let inserted = 0;
  for (let start = 0; start < events.length; start += STATEMENT_EVENTS_MAX) {
    inserted += (await ingestEvents(tx, events.slice(start, start + STATEMENT_EVENTS_MAX))).inserted;
  }
  return {
    rows: tallyRows(records.length, fresh.size),
    made: { events: inserted },
    times: records.map((record) => record.events[0]!.occurredAt),
  };
}

const FINGERPRINT_BYTES = 65_536;

/** The same file, understood in the same way. */
function fingerprintOf(head: Buffer, size: number, { mapping, time, kindNames }: Partial<EventReading>): string {
  const reading = JSON.stringify([size, mapping ?? null, time ?? null, [...(kindNames ?? [])]]);
  return createHash("sha256").update(head).update(reading).digest("base64url");
}
