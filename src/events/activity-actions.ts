import type { DomainEvent, DomainEventOf, DomainEventType, RecordedEvent } from "../kernel/domain-events.ts";
import type { Id } from "../kernel/ids.ts";
import type { Instant } from "../kernel/instant.ts";
import type { Tx } from "../platform/database/database.ts";
import { adoptEvents, ingestEvents } from "./ingest-actions.ts";
import type { EventKind } from "./tracking-plan-catalogue.ts";

/** What a domain event means for one member. */
interface Activity {
  readonly memberId: Id;
  readonly kind: EventKind;
}

/** Domain events that tell what members did or received; events of any other type are nobody's activity. */
const ACTIVITIES: { readonly [Type in DomainEventType]?: (event: DomainEventOf<Type>) => Activity[] } = {
  "member.joined": (event) => [{ memberId: event.memberId, kind: "member.joined" }],
  "thread.created": (event) => [
    { memberId: event.authorId, kind: event.kind === "question" ? "question.asked" : "discussion.started" },
  ],
  "post.created": (event) => {
    const posted: Activity = { memberId: event.authorId, kind: `${event.kind}.posted` };
    // Answering oneself is no feedback.
    if (event.authorId === event.threadAuthorId) return [posted];
    return [posted, { memberId: event.threadAuthorId, kind: `${event.kind}.received` }];
  },
  "vote.cast": (event) => [
    { memberId: event.voterId, kind: "vote.cast" },
    { memberId: event.authorId, kind: event.value === 1 ? "vote.received.up" : "vote.received.down" },
  ],
  "answer.accepted": (event) => {
    // Whoever asked may be long gone when a moderator chooses.
    const given: Activity = { memberId: event.acceptedById, kind: "acceptance.given" };
    // Choosing one's own answer is no feedback.
    if (event.acceptedById === event.answererId) return [given];
    return [given, { memberId: event.answererId, kind: "answer.accepted" }];
  },
  "badge.awarded": (event) => [{ memberId: event.memberId, kind: "badge.awarded" }],
  "coupon.committed": (event) => [{ memberId: event.memberId, kind: "coupon.redeemed" }],
};

/** What a domain event means for members, by the tracking plan. */
export function activitiesOf(event: DomainEvent): readonly Activity[] {
  const read = ACTIVITIES[event.type] as ((event: DomainEvent) => Activity[]) | undefined;
  return read?.(event) ?? [];
}

/**
 * Records what a domain event means for members as events of theirs, once, however often it is delivered. A member who has just
 * joined is given the events that the platform sent of them before.
 */
export async function recordActivity(tx: Tx, recorded: RecordedEvent, now: Instant): Promise<void> {
  const { id, occurredAt, event } = recorded;
  const rows = activitiesOf(event).map(({ memberId, kind }) => ({
    messageId: `${id}:${kind}`,
    memberId,
    userId: null,
    anonymousId: null,
    kind,
    properties: {},
    occurredAt,
    receivedAt: now,
  }));
  await ingestEvents(tx, rows);
  if (event.type === "member.joined") await adoptEvents(tx, event.memberId);
}
