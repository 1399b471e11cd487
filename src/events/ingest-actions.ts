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

/**
 * One statement for any number of rows: json_to_recordset costs a third of the CPU of UNNEST. Rows go in by message id, so that
 * two requests that repeat each other's messages wait in one order and cannot deadlock. Each lookup is a scalar subquery on a whole
 * key, made only when those before it found nothing: joins were planned as scans of every member while tables had no statistics.
 */
const INSERT_EVENTS = {
  name: "events_ingest",
  text: `
    insert into events (community_id, message_id, member_id, anonymous_id, kind, properties, occurred_at, received_at)
    select $1, e.id, e.member,
           case when e.member is null and e."user" is not null then '${UNKNOWN_USER_PREFIX}' || e."user" else e.visitor end,
           e.kind, coalesce(e.properties, '{}'), e.at, e.received
    from (
      select m.*, coalesce(
        m."memberId",
        (select i.member_id from external_identities i
         where i.community_id = $1 and i.issuer = '${CLIENT_ISSUER}' and i.subject = m."user"),
        (select i.member_id from identity_providers p
         join external_identities i on i.community_id = p.community_id and i.issuer = p.issuer and i.subject = m."user"
         where p.community_id = $1 order by i.created_at limit 1),
        (select id from members where community_id = $1 and id = m."candidateId")
      ) as member
      from json_to_recordset($2::json) as m(
        id text, "memberId" uuid, "user" text, "candidateId" uuid, visitor text,
        kind text, properties jsonb, at timestamptz, received timestamptz)
    ) e
    order by e.id collate "C"
    on conflict do nothing`,
};

/** Stores events once each by message id, for the members they name; others' are kept without a member. */
export async function ingestEvents(tx: Tx, events: readonly NewEvent[]): Promise<IngestResult> {
  return ingestEncodedEvents(tx, events.map(encodeEvent));
}

/** The form in which {@link ingestEncodedEvents} takes an event: made once, when the event is read, and joined cheaply. */
export type EncodedEvent = string & { readonly encodedEvent: unique symbol };

/** Short names and nothing that is null: PostgreSQL spends a third of the insertion on reading this. */
export function encodeEvent(event: NewEvent): EncodedEvent {
  const { messageId, memberId, userId, anonymousId, kind, properties, occurredAt, receivedAt } = event;
  return JSON.stringify({
    id: messageId,
    memberId: memberId ?? undefined,
    user: userId ?? undefined,
    candidateId: (memberId === null ? memberIdIn(userId) : null) ?? undefined,
    visitor: anonymousId ?? undefined,
    kind,
    properties: Object.keys(properties).length === 0 ? undefined : properties,
    at: occurredAt,
    received: receivedAt,
  }) as EncodedEvent;
}

/** {@link ingestEvents} for events that were encoded before: what the ingest buffer gathers from many requests. */
export async function ingestEncodedEvents(tx: Tx, events: readonly EncodedEvent[]): Promise<IngestResult> {
  if (events.length === 0) return { inserted: 0, duplicates: 0 };
  const { rowCount } = await tx.client.query({ ...INSERT_EVENTS, values: [tx.communityId, `[${events.join(",")}]`] });
  const inserted = rowCount ?? 0;
  return { inserted, duplicates: events.length - inserted };
}

const adopt = prepared<{ message_id: string }>(
  "events_adopt",
  `update events e set member_id = $2, transaction_id = pg_current_xact_id()
   from external_identities i
   where i.community_id = $1 and i.member_id = $2
     and (i.issuer = '${CLIENT_ISSUER}' or i.issuer in (select issuer from identity_providers where community_id = $1))
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
