import { lockPostAndThread } from "../content/content-locks.ts";
import { markVisible } from "../content/deletion-actions.ts";
import { changePostState } from "../content/visibility-actions.ts";
import type { Viewer } from "../identity/viewer.ts";
import type { Id } from "../kernel/ids.ts";
import type { Instant } from "../kernel/instant.ts";
import { Refusal } from "../kernel/refusal.ts";
import type { Tx } from "../platform/database/database.ts";
import { emit } from "../platform/outbox/emit.ts";
import { recordAction } from "./audit-actions.ts";
import { assertModerates, assertRevision, readReason } from "./moderation-rules.ts";
import { upholdReports } from "./report-actions.ts";

export interface PostDecision {
  readonly postId: Id;
  /** The revision that the moderator looked at. */
  readonly revision: number;
  readonly reason: string;
}

/**
 * Hides a post from members: it leaves its thread's counts, a hidden opening post hides the thread, and the open reports of it
 * are upheld. Its votes and its acceptance stay, for {@link restorePost}.
 * @throws Refusal `revision.outdated` when the post has changed since it was looked at, `post.hidden`, `not-allowed`, `not-found`.
 */
export async function hidePost(tx: Tx, viewer: Viewer, input: PostDecision, now: Instant): Promise<void> {
  const reason = readReason(input.reason);
  const found = await lockPostAndThread(tx, viewer, input.postId, now);
  assertModerates(found.thread, "hide posts");
  const { post } = found;
  if (post.state === "hidden") throw new Refusal("post.hidden", { postId: post.id });
  if (post.state === "deleted") throw new Refusal("not-found", { what: "post", id: post.id }, "postId");
  assertRevision(post, input.revision);
  const { stateVersion } = await changePostState(tx, found, "hidden");
  await upholdReports(tx, viewer, post.id, now);
  const actionId = await recordAction(tx, viewer, { action: "post.hidden", post, reason }, now);
  const told = { postId: post.id, threadId: post.threadId, authorId: post.authorId, stateVersion };
  await emit(tx, { type: "post.hidden", actionId, moderatorId: viewer.memberId, ...told }, now);
}

/**
 * Shows a hidden or deleted post again, with all that it counted for before.
 * @throws Refusal `revision.outdated`, `post.not-hidden`, `not-allowed`, `not-found`.
 */
export async function restorePost(tx: Tx, viewer: Viewer, input: PostDecision, now: Instant): Promise<void> {
  const reason = readReason(input.reason);
  const found = await lockPostAndThread(tx, viewer, input.postId, now);
  assertModerates(found.thread, "restore posts");
  const { post } = found;
  if (post.state === "visible") throw new Refusal("post.not-hidden", { postId: post.id });
  assertRevision(post, input.revision);
  const { stateVersion } = await markVisible(tx, found);
  const actionId = await recordAction(tx, viewer, { action: "post.restored", post, reason }, now);
  const told = { postId: post.id, threadId: post.threadId, authorId: post.authorId, stateVersion };
  await emit(tx, { type: "post.restored", actionId, moderatorId: viewer.memberId, ...told }, now);
}
