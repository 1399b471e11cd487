import type { PostInThread, Thread } from "../content/content-locks.ts";
import type { Viewer } from "../identity/viewer.ts";
import type { Id } from "../kernel/ids.ts";
import { Refusal } from "../kernel/refusal.ts";

/** The acceptance a thread has now, hidden answer or not. */
export interface Acceptance {
  readonly id: Id;
  readonly postId: Id;
}

/** Refuses whoever did not ask the question and does not moderate its space. */
export function assertMayAccept(thread: Thread, viewer: Viewer): void {
  if (thread.authorId !== viewer.memberId && !thread.access.moderates) {
    throw new Refusal("not-allowed", { what: "accept an answer to somebody else's question" });
  }
}

/**
 * Decides what accepting the answer `found` comes to. Of two people (or tabs) accepting at once, the second must not undo what the
 * first did without knowing: another answer that is accepted and visible has to be named in `replacesPostId`.
 * @throws Refusal `thread.not-a-question`, `post.not-an-answer`, `post.hidden`, or `answer.already-accepted` with the answer that is.
 */
export function decideAcceptance(
  { post, thread }: PostInThread,
  current: Acceptance | null,
  replacesPostId: Id | null,
): "already-accepted" | "accept" {
  if (thread.kind !== "question") throw new Refusal("thread.not-a-question", { threadId: thread.id }, "postId");
  if (post.kind !== "answer") throw new Refusal("post.not-an-answer", { postId: post.id }, "postId");
  if (post.state !== "visible" || thread.state !== "visible") throw new Refusal("post.hidden", { postId: post.id });
  if (current?.postId === post.id) return "already-accepted";
  const shown = thread.acceptedPostId;
  if (shown !== null && shown !== replacesPostId) {
    throw new Refusal("answer.already-accepted", { threadId: thread.id, postId: shown }, "replacesPostId");
  }
  return "accept";
}
