import { lockPostAndThread } from "../content/content-locks.ts";
import { markVisible } from "../content/deletion-actions.ts";
import { assertMayContribute, type Viewer } from "../identity/viewer.ts";
import type { Id } from "../kernel/ids.ts";
import type { Instant } from "../kernel/instant.ts";
import type { Tx } from "../platform/database/database.ts";
import { emit } from "../platform/outbox/emit.ts";
import { assertMayUndelete } from "./post-rules.ts";

/**
 * Takes back the viewer's own deletion of a post of theirs, with all that the post counted for; with an opening post its thread
 * returns. What a moderator removed only moderators restore.
 * @throws Refusal `post.not-deleted`, `post.undelete-expired`, `not-allowed`, `thread.closed`, `not-found`, `member.suspended`.
 */
export async function undeletePost(
  tx: Tx,
  viewer: Viewer,
  input: { readonly postId: Id },
  now: Instant,
): Promise<void> {
  assertMayContribute(viewer);
  const found = await lockPostAndThread(tx, viewer, input.postId, now);
  assertMayUndelete(found, viewer, now);
  const { stateVersion } = await markVisible(tx, found);
  const { id: postId, threadId, authorId, kind } = found.post;
  await emit(tx, { type: "post.undeleted", postId, threadId, authorId, kind, stateVersion }, now);
}
