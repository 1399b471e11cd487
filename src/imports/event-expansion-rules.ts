import { MESSAGE_BYTES_MAX, type NewEvent } from "../events/event-rules.ts";
import { CUSTOM_KIND, kindNamed } from "../events/tracking-plan-catalogue.ts";
import type { Instant } from "../kernel/instant.ts";
import type { EventRow } from "./event-row-rules.ts";

/**
 * A count of a table of counts becomes as many events: each is stored by itself, like one that was sent by itself, and everything
 * derived counts them alike. More than this in one cell is taken for a mistake in the file (KDD Cup 2015 has at most 649).
 */
const COUNT_MAX = 1_000;

/** The events of a log's row, or in words why it has none that may be stored. */
export function eventsOfRow(row: EventRow, now: Instant): readonly NewEvent[] | string {
  if (row.count > COUNT_MAX) return `counts more than ${COUNT_MAX} at once`;
  if (row.occurredAt > now) return "its time lies in the future";
  const kind = kindNamed(row.kind) ?? CUSTOM_KIND;
  const properties = kind === CUSTOM_KIND ? { ...row.properties, event: row.kind } : row.properties;
  if (Buffer.byteLength(JSON.stringify(properties)) > MESSAGE_BYTES_MAX) {
    return `its properties take more than ${MESSAGE_BYTES_MAX} bytes`;
  }
  const event: NewEvent = {
    messageId: row.messageId,
    memberId: null,
    userId: row.userId,
    anonymousId: row.anonymousId,
    kind,
    properties,
    occurredAt: row.occurredAt,
    receivedAt: now,
  };
  return Array.from({ length: row.count }, (_, index) =>
    index === 0 ? event : { ...event, messageId: `${row.messageId}#${index + 1}` },
  );
}
