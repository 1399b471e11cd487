import { lockPost } from "../content/content-locks.ts";
import type { PostText } from "../content/post-text.ts";
import { reviseText } from "../content/revision-actions.ts";
import type { Viewer } from "../identity/viewer.ts";
import type { Instant } from "../kernel/instant.ts";
import { Refusal } from "../kernel/refusal.ts";
import type { Tx } from "../platform/database/database.ts";
import { emit } from "../platform/outbox/emit.ts";
import { recordAction } from "./audit-actions.ts";
import { assertModerates, assertRevision, readReason } from "./moderation-rules.ts";
import type { PostDecision } from "./visibility-actions.ts";

/**
 * Changes what somebody's post says, with a reason that everybody who reads the revisions sees. Returns the revision that stands
 * then, which is the one seen when nothing changed.
 * @throws Refusal `revision.outdated`, `not-allowed`, `not-found` also for a deleted post.
 */
export async function amendPost(
  tx: Tx,
  viewer: Viewer,
  input: PostDecision & { readonly text: PostText },
  now: Instant,
): Promise<{ revision: number }> {
  const reason = readReason(input.reason);
  const { post, thread } = await lockPost(tx, viewer, input.postId, now);
  assertModerates(thread, "amend posts");
  if (post.state === "deleted") throw new Refusal("not-found", { what: "post", id: post.id }, "postId");
  assertRevision(post, input.revision);
  const { revision } = await reviseText(tx, post, input.text, { editorId: viewer.memberId, reason }, now);
  if (revision === post.revision) return { revision };
  await recordAction(tx, viewer, { action: "post.amended", post, reason, details: { revision } }, now);
  const { id: postId, threadId } = post;
  await emit(tx, { type: "post.edited", postId, threadId, editorId: viewer.memberId, revision }, now);
  return { revision };
}
