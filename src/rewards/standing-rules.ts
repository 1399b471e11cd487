import type { DomainEvent, DomainEventType } from "../kernel/domain-events.ts";
import type { Id } from "../kernel/ids.ts";

/** A word on whether what followed from a vote, an acceptance or a post still counts. */
export interface Standing {
  readonly subjectId: Id;
  readonly stands: boolean;
  /** The post whose awards it touches: what is locked. */
  readonly postId: Id;
  readonly eventType: DomainEventType;
  /** The moderator's action, or the vote or acceptance that was taken back. */
  readonly causeId: Id;
  readonly actorId: Id;
}

/** Reads what `event` says about earlier awards; null for events that say nothing. */
export function readStanding(event: DomainEvent): Standing | null {
  switch (event.type) {
    case "vote.removed":
      return word(event.type, event.voteId, false, event.postId, event.voteId, event.voterId);
    case "answer.unaccepted":
      return word(event.type, event.acceptanceId, false, event.postId, event.acceptanceId, event.askerId);
    case "post.hidden":
      return word(event.type, event.postId, false, event.postId, event.actionId, event.moderatorId);
    case "post.restored":
      return word(event.type, event.postId, true, event.postId, event.actionId, event.moderatorId);
    case "post.deleted":
      return word(event.type, event.postId, false, event.postId, event.postId, event.authorId);
    default:
      return null;
  }
}

function word(
  eventType: DomainEventType,
  subjectId: Id,
  stands: boolean,
  postId: Id,
  causeId: Id,
  actorId: Id,
): Standing {
  return { eventType, subjectId, stands, postId, causeId, actorId };
}
