import type { DomainEvent, DomainEventOf, DomainEventType } from "../kernel/domain-events.ts";
import type { Id } from "../kernel/ids.ts";

/** A word on whether what followed from a vote, an acceptance or a post still counts. */
export interface Standing {
  readonly subjectId: Id;
  readonly stands: boolean;
  /** Of two words on a subject the one of the higher version counts, whichever comes first and whatever their clocks said. */
  readonly version: number;
  /** The post whose awards it touches: what is locked. */
  readonly postId: Id;
  readonly eventType: DomainEventType;
  /** The moderator's action, or the vote or acceptance that was taken back. */
  readonly causeId: Id;
  readonly actorId: Id;
}

/** A vote or an acceptance is taken back once and for good. */
const FINAL = { stands: false, version: 1 } as const;

/** Reads what `event` says about earlier awards; null for events that say nothing. */
export function readStanding(event: DomainEvent): Standing | null {
  switch (event.type) {
    case "vote.removed": {
      const { type: eventType, voteId, postId, voterId: actorId } = event;
      return { ...FINAL, eventType, subjectId: voteId, postId, causeId: voteId, actorId };
    }
    case "answer.unaccepted": {
      const { type: eventType, acceptanceId, postId, unacceptedById: actorId } = event;
      return { ...FINAL, eventType, subjectId: acceptanceId, postId, causeId: acceptanceId, actorId };
    }
    case "post.hidden":
    case "post.restored":
    case "post.removed":
      return ofPost(event, event.type === "post.restored", event.actionId, event.moderatorId);
    case "post.deleted":
    case "post.undeleted":
      return ofPost(event, event.type === "post.undeleted", event.postId, event.authorId);
    default:
      return null;
  }
}

function ofPost(
  {
    type,
    postId,
    stateVersion,
  }: DomainEventOf<"post.hidden" | "post.restored" | "post.removed" | "post.deleted" | "post.undeleted">,
  stands: boolean,
  causeId: Id,
  actorId: Id,
): Standing {
  return { eventType: type, subjectId: postId, stands, version: stateVersion, postId, causeId, actorId };
}
