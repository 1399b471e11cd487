import { and, eq } from "drizzle-orm";
import { posts } from "../../drizzle/tables/community.ts";
import { type ModerationActionKind, moderationActions } from "../../drizzle/tables/moderation.ts";
import type { Post, Thread } from "../content/content-locks.ts";
import type { Viewer } from "../identity/viewer.ts";
import { assert } from "../kernel/assert.ts";
import { type Id, newId } from "../kernel/ids.ts";
import type { Instant } from "../kernel/instant.ts";
import type { Tx } from "../platform/database/database.ts";

export interface ModerationRecord {
  readonly action: ModerationActionKind;
  /** As it was when the moderator decided; for what was done to a thread, its opening post. */
  readonly post: Pick<Post, "id" | "revision">;
  readonly reason: string;
  /** What else it takes to tell what was done: ids, times and numbers. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Writes down what a moderator did to a post or a thread, in the transaction that does it. Returns the record's id. */
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
    details: record.details ?? {},
    createdAt: now,
  });
  return id;
}

/** {@link recordAction} for what was done to a thread, told of its opening post. The caller holds the thread's lock. */
export async function recordThreadAction(
  tx: Tx,
  viewer: Viewer,
  { id: threadId, openingPostId }: Pick<Thread, "id" | "openingPostId">,
  { details, ...record }: Omit<ModerationRecord, "post">,
  now: Instant,
): Promise<Id> {
  const [post] = await tx.sql
    .select({ id: posts.id, revision: posts.revision })
    .from(posts)
    .where(and(eq(posts.communityId, tx.communityId), eq(posts.id, openingPostId)));
  assert(post, "a thread has its opening post");
  return recordAction(tx, viewer, { ...record, post, details: { threadId, ...details } }, now);
}
