import { type ModerationActionKind, moderationActions } from "../../drizzle/tables/moderation.ts";
import type { Post } from "../content/content-locks.ts";
import type { Viewer } from "../identity/viewer.ts";
import { type Id, newId } from "../kernel/ids.ts";
import type { Instant } from "../kernel/instant.ts";
import type { Tx } from "../platform/database/database.ts";

export interface ModerationRecord {
  readonly action: ModerationActionKind;
  /** As it was when the moderator decided. */
  readonly post: Post;
  readonly reason: string;
}

/** Writes down what a moderator did to a post, in the transaction that does it. Returns the record's id. */
export async function recordAction(tx: Tx, viewer: Viewer, record: ModerationRecord, now: Instant): Promise<Id> {
  const id = newId(now);
  await tx.sql.insert(moderationActions).values({
    communityId: tx.communityId,
    id,
    moderatorId: viewer.memberId,
    action: record.action,
    postId: record.post.id,
    revision: record.post.revision,
    reason: record.reason,
    createdAt: now,
  });
  return id;
}
