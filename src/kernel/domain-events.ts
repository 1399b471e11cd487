import type { Id } from "./ids.ts";
import type { Instant } from "./instant.ts";

/** How a thread began. */
export type ThreadKind = "discussion" | "question" | "announcement" | "poll";

/** What a post is to its thread. */
export type PostKind = "opening" | "reply" | "answer" | "comment";

/** A post of which something is told that a later word may take back: the highest `stateVersion` of a post is the latest word. */
type PostStateChange = { postId: Id; threadId: Id; authorId: Id; stateVersion: number };

/**
 * Set on what followed from a post without its author's name: whatever others may see of the author must not change by it, and
 * whoever tells others of the event names nobody.
 */
type OfAnonymousPost = { anonymous?: true };

/** What a moderator did to a thread, with the entry of the audit log. */
type ThreadModeration = { actionId: Id; moderatorId: Id; threadId: Id };

/** The asker chooses an answer, or a moderator for them: the event says which of them it was. */
type AcceptanceOfAnswer = { acceptanceId: Id; threadId: Id; postId: Id; askerId: Id; answererId: Id };

/**
 * What happened, told in the past tense by the domain that owns it, written to the outbox in the same transaction.
 * Domains of one rank know each other only through these.
 */
export type DomainEvent =
  | { type: "member.joined"; memberId: Id }
  | { type: "entitlement.granted"; entitlementId: Id; memberId: Id; product: string; cohort: string | null }
  | { type: "entitlement.extended"; entitlementId: Id; memberId: Id; product: string; cohort: string | null }
  | { type: "entitlement.revoked"; entitlementId: Id; memberId: Id; product: string; cohort: string | null }
  | ({
      type: "thread.created";
      threadId: Id;
      spaceId: Id;
      authorId: Id;
      openingPostId: Id;
      kind: ThreadKind;
    } & OfAnonymousPost)
  | ({
      type: "post.created";
      postId: Id;
      threadId: Id;
      threadAuthorId: Id;
      authorId: Id;
      kind: Exclude<PostKind, "opening">;
    } & OfAnonymousPost)
  | ({ type: "member.mentioned"; postId: Id; threadId: Id; authorId: Id; memberId: Id } & OfAnonymousPost)
  | { type: "poll.voted"; threadId: Id; memberId: Id }
  | ({ type: "thread.locked" | "thread.unlocked" | "thread.pinned" | "thread.unpinned" } & ThreadModeration)
  | ({ type: "thread.moved"; fromSpaceId: Id; toSpaceId: Id } & ThreadModeration)
  | ({ type: "thread.merged"; intoThreadId: Id } & ThreadModeration)
  | ({ type: "thread.split"; fromThreadId: Id; authorId: Id; openingPostId: Id } & ThreadModeration)
  | ({ type: "post.edited"; postId: Id; threadId: Id; editorId: Id; revision: number } & OfAnonymousPost)
  | ({ type: "post.deleted"; kind: PostKind } & PostStateChange)
  | ({ type: "post.undeleted"; kind: PostKind } & PostStateChange)
  | ({ type: "post.removed"; actionId: Id; moderatorId: Id } & PostStateChange)
  | ({
      type: "vote.cast";
      voteId: Id;
      postId: Id;
      threadId: Id;
      voterId: Id;
      authorId: Id;
      postKind: PostKind;
      value: 1 | -1;
    } & OfAnonymousPost)
  | { type: "vote.removed"; voteId: Id; postId: Id; threadId: Id; voterId: Id; authorId: Id; value: 1 | -1 }
  | ({ type: "answer.accepted"; acceptedById: Id } & AcceptanceOfAnswer & OfAnonymousPost)
  | ({ type: "answer.unaccepted"; unacceptedById: Id } & AcceptanceOfAnswer)
  | { type: "post.reported"; reportId: Id; postId: Id; reporterId: Id }
  | ({ type: "post.hidden"; actionId: Id; moderatorId: Id } & PostStateChange)
  | ({ type: "post.restored"; actionId: Id; moderatorId: Id } & PostStateChange)
  | { type: "points.posted"; entryId: Id; memberId: Id; experience: number; coins: number }
  | { type: "badge.awarded"; awardId: Id; memberId: Id; badgeKey: string }
  | { type: "coupon.held"; redemptionId: Id; campaignId: Id; memberId: Id }
  | { type: "coupon.committed"; redemptionId: Id; campaignId: Id; memberId: Id }
  | { type: "coupon.released"; redemptionId: Id; campaignId: Id; memberId: Id; reason: "released" | "expired" }
  | { type: "nudge.decided"; decisionId: Id; memberId: Id; action: string }
  | { type: "nudge.delivered"; deliveryId: Id; decisionId: Id; memberId: Id; channel: string }
  | { type: "incentive.granted"; grantId: Id; decisionId: Id; memberId: Id; kind: string };

export type DomainEventType = DomainEvent["type"];

export type DomainEventOf<Type extends DomainEventType> = Extract<DomainEvent, { type: Type }>;

/** A domain event with its identity: what a consumer receives, at least once, keyed by `id`. */
export interface RecordedEvent<Event extends DomainEvent = DomainEvent> {
  readonly id: Id;
  readonly communityId: Id;
  readonly occurredAt: Instant;
  readonly event: Event;
}
