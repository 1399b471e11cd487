import type { Post, PostInThread, Thread } from "../content/content-locks.ts";
import { readText } from "../content/text-rules.ts";
import type { Viewer } from "../identity/viewer.ts";
import { assertNever } from "../kernel/assert.ts";
import type { PostKind } from "../kernel/domain-events.ts";
import type { Id } from "../kernel/ids.ts";
import { DAY_MS, HOUR_MS, type Instant } from "../kernel/instant.ts";
import { Refusal } from "../kernel/refusal.ts";

export const BODY_CHARACTERS_MAX = 30_000;

/** How long authors may edit what they wrote: long enough to mend an answer, not to rewrite history. */
export const AUTHOR_EDIT_DAYS_MAX = 30;

/** How long authors may take a deletion back: long enough to think again, not to come and go at will. */
export const UNDELETE_HOURS_MAX = 24;

export type ReplyKind = Exclude<PostKind, "opening">;

/** A post's body as it is stored. @throws Refusal naming the field `body`. */
export function readBody(raw: string): string {
  return readText(raw, { field: "body", charactersMax: BODY_CHARACTERS_MAX, multiline: true });
}

/** How deep replies hang on each other: 1 to the thread itself. Deeper ones are quarrels, and unreadable on a telephone. */
export const REPLY_DEPTH_MAX = 6;

/** What a reply hangs on, when it hangs on another post of the thread. */
export interface Parent extends Pick<Post, "threadId" | "kind" | "state"> {
  /** 0 for the opening post, 1 for what hangs on none or on that, and so on. */
  readonly depth: number;
}

/**
 * Refuses what a thread does not take: questions take answers, all others replies, and every thread comments, which belong to a
 * post that is no comment itself. A locked thread takes nothing but from moderators.
 * @throws Refusal `space.posting-restricted`, `thread.closed`, `thread.locked`, `thread.not-a-question`, or `input.invalid` naming the field.
 */
export function assertTakes(thread: Thread, kind: ReplyKind, parent: Parent | null): void {
  if (!thread.access.posts) throw new Refusal("space.posting-restricted", { spaceId: thread.spaceId });
  if (thread.state !== "visible") throw new Refusal("thread.closed", { threadId: thread.id });
  if (thread.locked && !thread.access.moderates) throw new Refusal("thread.locked", { threadId: thread.id });
  switch (kind) {
    case "answer":
      if (thread.kind !== "question") throw new Refusal("thread.not-a-question", { threadId: thread.id }, "kind");
      if (parent !== null) throw invalid("an answer belongs to the question itself: leave the parent out", "parentId");
      return;
    case "reply":
      if (thread.kind === "question") throw invalid("a question takes answers and comments", "kind");
      if (parent?.kind === "comment") throw invalid("reply to the post that the comment is on", "parentId");
      if (parent !== null && parent.depth >= REPLY_DEPTH_MAX) {
        throw invalid(`replies go ${REPLY_DEPTH_MAX} deep: reply to an earlier one and quote this one`, "parentId");
      }
      return;
    case "comment":
      if (parent === null) throw invalid("name the post that this comments on", "parentId");
      if (parent.kind === "comment") throw invalid("comment on the post that the comment is on", "parentId");
      return;
    default:
      assertNever(kind, "kind of post");
  }
}

/**
 * Refuses a parent that is not there for everybody: of another thread, hidden or deleted.
 * @throws Refusal `not-found` naming the field `parentId`.
 */
export function assertParent(parent: Parent | undefined, thread: Thread, parentId: Id): asserts parent is Parent {
  if (parent === undefined || parent.threadId !== thread.id || parent.state !== "visible") {
    throw new Refusal("not-found", { what: "post", id: parentId }, "parentId");
  }
}

/**
 * Refuses an edit by others than the author, who may while the post is visible and younger than {@link AUTHOR_EDIT_DAYS_MAX}, or for
 * as long as they moderate the space. (What others wrote moderators amend, which takes a reason.)
 * @throws Refusal `not-allowed`, or `post.hidden`.
 */
export function assertMayEdit({ post, thread }: PostInThread, viewer: Viewer, now: Instant): void {
  if (post.state === "deleted") throw new Refusal("not-found", { what: "post", id: post.id }, "postId");
  if (post.authorId !== viewer.memberId) throw new Refusal("not-allowed", { what: "edit this post" });
  if (thread.access.moderates) return;
  if (post.state === "hidden" || thread.state !== "visible") throw new Refusal("post.hidden", { postId: post.id });
  if (now.getTime() - post.createdAt.getTime() > AUTHOR_EDIT_DAYS_MAX * DAY_MS) {
    throw new Refusal("not-allowed", { what: `edit a post that is older than ${AUTHOR_EDIT_DAYS_MAX} days` });
  }
}

/**
 * Refuses the deletion of a post that is not the viewer's own or that others build on: an opening with replies, an accepted
 * answer. (Moderators hide, which can be undone.)
 */
export function assertMayDelete({ post, thread }: PostInThread, viewer: Viewer): void {
  if (post.authorId !== viewer.memberId) throw new Refusal("not-allowed", { what: "delete this post" });
  if (post.state === "deleted") throw new Refusal("not-found", { what: "post", id: post.id }, "postId");
  if (post.state === "hidden") throw new Refusal("post.hidden", { postId: post.id });
  if (thread.acceptedPostId === post.id) throw new Refusal("post.accepted", { postId: post.id });
  if (post.kind === "opening" && thread.replyCount > 0) {
    throw new Refusal("thread.has-replies", { threadId: thread.id, replies: thread.replyCount });
  }
}

/**
 * Refuses to take a deletion back unless it was the viewer's own, of a post of theirs, and not long ago.
 * @throws Refusal `not-allowed`, `post.not-deleted`, `post.undelete-expired`, or `thread.closed`.
 */
export function assertMayUndelete({ post, thread }: PostInThread, viewer: Viewer, now: Instant): void {
  if (post.authorId !== viewer.memberId) throw new Refusal("not-allowed", { what: "take this deletion back" });
  if (post.state !== "deleted") throw new Refusal("post.not-deleted", { postId: post.id });
  if (post.deletedById !== viewer.memberId || post.deletedAt === null) {
    throw new Refusal("not-allowed", { what: "take this deletion back" });
  }
  if (now.getTime() - post.deletedAt.getTime() > UNDELETE_HOURS_MAX * HOUR_MS) {
    throw new Refusal("post.undelete-expired", { postId: post.id, hours: UNDELETE_HOURS_MAX });
  }
  if (post.kind !== "opening" && thread.state !== "visible") {
    throw new Refusal("thread.closed", { threadId: thread.id });
  }
}

function invalid(reason: string, field: string): Refusal {
  return new Refusal("input.invalid", { reason }, field);
}
