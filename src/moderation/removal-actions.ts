import { lockPostAndThread } from "../content/content-locks.ts";
import { markDeleted } from "../content/deletion-actions.ts";
import type { Viewer } from "../identity/viewer.ts";
import type { Instant } from "../kernel/instant.ts";
import { Refusal } from "../kernel/refusal.ts";
import type { Tx } from "../platform/database/database.ts";
import { emit } from "../platform/outbox/emit.ts";
import { recordAction } from "./audit-actions.ts";
import { assertModerates, assertRevision, readReason } from "./moderation-rules.ts";
import { upholdReports } from "./report-actions.ts";
import type { PostDecision } from "./visibility-actions.ts";

/**
 * Deletes somebody's post so that a gap stays where it was, which hiding does not leave; an opening post takes its thread along.
 * The open reports of it are upheld. `restorePost` takes it back; its author cannot.
 * @throws Refusal `revision.outdated`, `post.hidden`, `not-allowed`, `not-found`.
 */
export async function removePost(tx: Tx, viewer: Viewer, input: PostDecision, now: Instant): Promise<void> {
  const reason = readReason(input.reason);
  const found = await lockPostAndThread(tx, viewer, input.postId, now);
  assertModerates(found.thread, "remove posts");
  const { post } = found;
  if (post.state === "hidden") throw new Refusal("post.hidden", { postId: post.id });
  if (post.state === "deleted") throw new Refusal("not-found", { what: "post", id: post.id }, "postId");
  assertRevision(post, input.revision);
  const { stateVersion } = await markDeleted(tx, found, viewer.memberId, now);
  await upholdReports(tx, viewer, post.id, now);
  const actionId = await recordAction(tx, viewer, { action: "post.removed", post, reason }, now);
  const told = { postId: post.id, threadId: post.threadId, authorId: post.authorId, stateVersion };
  await emit(tx, { type: "post.removed", actionId, moderatorId: viewer.memberId, ...told }, now);
}
