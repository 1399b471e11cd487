import type { NewEvent } from "../../src/events/event-rules.ts";
import type { EncodedEvent } from "../../src/events/ingest-actions.ts";
import { rollUpEvents } from "../../src/events/rollup-actions.ts";
import { type Id, newId } from "../../src/kernel/ids.ts";
import type { TestDatabase } from "../support/test-database.ts";
import { anEmptyCommunity } from "../support/value-builders.ts";

export const NOW = new Date("2026-03-02T12:00:00.000Z");

/** A community of its own, so that the tests of a file do not see each other's rows. */
export function aCommunity(database: TestDatabase): Promise<Id> {
  return anEmptyCommunity(database, NOW);
}

export async function someMembers(
  database: TestDatabase,
  communityId: Id,
  count: number,
  timeZone = "UTC",
): Promise<Id[]> {
  const ids = Array.from({ length: count }, () => newId(NOW));
  await database.rows(
    `insert into members (community_id, id, display_name, locale, time_zone, role, joined_at)
     select $1, id, 'member', 'en', $3, 'member', $4 from unnest($2::uuid[]) as id`,
    [communityId, ids, timeZone, NOW],
  );
  return ids;
}

export async function anIdentity(
  database: TestDatabase,
  communityId: Id,
  memberId: Id,
  issuer: string,
  subject: string,
): Promise<void> {
  await database.rows(
    `insert into external_identities (community_id, issuer, subject, member_id, created_at) values ($1, $2, $3, $4, $5)`,
    [communityId, issuer, subject, memberId, NOW],
  );
}

export function anEvent(overrides: Partial<NewEvent> = {}): NewEvent {
  return {
    messageId: newId(NOW),
    memberId: null,
    userId: null,
    anonymousId: "visitor",
    kind: "page.viewed",
    properties: {},
    occurredAt: NOW,
    receivedAt: NOW,
    ...overrides,
  };
}

/** What no JSON parser lets through, for the paths that must survive it. */
export const NOT_JSON = "{" as EncodedEvent;

/** Rolls up until nothing is left: transactions of other tests on the same server may hold events back for a moment. */
export async function rollUpAll(database: TestDatabase, communityId: Id, batch?: number): Promise<number> {
  let rows = 0;
  for (;;) {
    const step = await database.tx(communityId, (tx) => rollUpEvents(tx, NOW, { batch }));
    rows += step.rows;
    if (!step.more && !step.heldBack) return rows;
    if (!step.more) await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

export async function memberDays(database: TestDatabase, communityId: Id) {
  return database.rows<{ member_id: Id; day: string; kind: string; count: number }>(
    `select member_id, day::text, kind, count from member_days where community_id = $1 order by 1, 2, 3`,
    [communityId],
  );
}
