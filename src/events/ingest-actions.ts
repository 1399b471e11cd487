import type { Id } from "../kernel/ids.ts";
import type { Tx } from "../platform/database/database.ts";
import { prepared } from "../platform/database/prepared.ts";
import { memberIdIn, type NewEvent } from "./event-rules.ts";

/** The issuer of external identities that say what the platform calls a member in its events, beside those of its tokens. */
export const CLIENT_ISSUER = "client";

/** A user whom no member is known for yet is kept under this prefix, until {@link adoptEvents} finds whose events they were. */
const UNKNOWN_USER_PREFIX = "user:";

export interface IngestResult {
  readonly inserted: number;
  /** Messages that were there before, or came twice in this call. */
  readonly duplicates: number;
}

/** Whose word on a member's identity events may go by. */
const TRUSTED_ISSUERS = `select '${CLIENT_ISSUER}' union all select issuer from identity_providers where community_id = $1`;

/**
 * One statement for any number of rows: json_to_recordset costs a third of the CPU of UNNEST. Rows go in by message id, so that
 * two requests that repeat each other's messages wait in one order and cannot deadlock.
 */
const insertEvents = prepared<{ inserted: string }>(
  "events_ingest",
  `with message as (
     select * from json_to_recordset($2::json) as m(
       "messageId" text, "memberId" uuid, "userId" text, "anonymousId" text, "kind" text, "properties" jsonb,
       "occurredAt" timestamptz, "receivedAt" timestamptz, "candidateId" uuid)
   ), named as (
     select distinct on (i.subject) i.subject, i.member_id
     from external_identities i
     where i.community_id = $1
       and i.subject in (select "userId" from message where "userId" is not null)
       and i.issuer in (${TRUSTED_ISSUERS})
     order by i.subject, i.issuer = '${CLIENT_ISSUER}' desc, i.created_at
   ), resolved as (
     select message.*, coalesce(message."memberId", named.member_id, m.id) as member
     from message
     left join named on named.subject = message."userId"
     left join members m on m.community_id = $1 and m.id = message."candidateId"
   ), stored as (
     insert into events (community_id, message_id, member_id, anonymous_id, kind, properties, occurred_at, received_at)
     select $1, "messageId", member,
            case when member is null and "userId" is not null then '${UNKNOWN_USER_PREFIX}' || "userId" else "anonymousId" end,
            "kind", "properties", "occurredAt", "receivedAt"
     from resolved order by "messageId"
     on conflict do nothing
     returning 1
   )
   select count(*) as inserted from stored`,
);

/** Stores events once each by message id, for the members they name; others' are kept without a member. */
export async function ingestEvents(tx: Tx, events: readonly NewEvent[]): Promise<IngestResult> {
  return ingestEncodedEvents(tx, events.map(encodeEvent));
}

/** The form in which {@link ingestEncodedEvents} takes an event: made once, when the event is read, and joined cheaply. */
export type EncodedEvent = string & { readonly encodedEvent: unique symbol };

export function encodeEvent(event: NewEvent): EncodedEvent {
  const candidateId = event.memberId === null ? memberIdIn(event.userId) : null;
  return JSON.stringify(candidateId === null ? event : { ...event, candidateId }) as EncodedEvent;
}

/** {@link ingestEvents} for events that were encoded before: what the ingest buffer gathers from many requests. */
export async function ingestEncodedEvents(tx: Tx, events: readonly EncodedEvent[]): Promise<IngestResult> {
  if (events.length === 0) return { inserted: 0, duplicates: 0 };
  const [row] = await insertEvents(tx, [tx.communityId, `[${events.join(",")}]`]);
  const inserted = Number(row!.inserted);
  return { inserted, duplicates: events.length - inserted };
}

const adopt = prepared<{ message_id: string }>(
  "events_adopt",
  `update events e set member_id = $2, transaction_id = pg_current_xact_id()
   from external_identities i
   where i.community_id = $1 and i.member_id = $2 and i.issuer in (${TRUSTED_ISSUERS})
     and e.community_id = $1 and e.member_id is null and e.anonymous_id = '${UNKNOWN_USER_PREFIX}' || i.subject
   returning e.message_id`,
);

/**
 * Gives a member the events that came before they did, under what the platform calls them. Unowned events were rolled up for nobody;
 * their new transaction id makes the roll-up read them again. Returns how many were adopted.
 */
export async function adoptEvents(tx: Tx, memberId: Id): Promise<number> {
  return (await adopt(tx, [tx.communityId, memberId])).length;
}
