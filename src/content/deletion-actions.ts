import type { Id } from "../kernel/ids.ts";
import type { Instant } from "../kernel/instant.ts";
import type { Tx } from "../platform/database/database.ts";
import { prepared } from "../platform/database/prepared.ts";
import type { PostInThread } from "./content-locks.ts";
import { changePostState } from "./visibility-actions.ts";

const setDeletion = prepared(
  "content_set_deletion",
  "update posts set deleted_at = $3, deleted_by_id = $4 where community_id = $1 and id = $2",
);

/** Deletes a visible post and keeps who did and when. The caller holds the locks of `lockPostAndThread`. */
export async function markDeleted(
  tx: Tx,
  found: PostInThread,
  deletedById: Id,
  now: Instant,
): Promise<{ stateVersion: number }> {
  await setDeletion(tx, [tx.communityId, found.post.id, now, deletedById]);
  return changePostState(tx, found, "deleted");
}

/** Shows a hidden or deleted post again. The caller holds the locks of `lockPostAndThread`. */
export async function markVisible(tx: Tx, found: PostInThread): Promise<{ stateVersion: number }> {
  if (found.post.state === "deleted") await setDeletion(tx, [tx.communityId, found.post.id, null, null]);
  return changePostState(tx, found, "visible");
}
