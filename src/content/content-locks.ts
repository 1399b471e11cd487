import type { ContentState } from "../../drizzle/tables/community.ts";
import type { Viewer } from "../identity/viewer.ts";
import type { PostKind, ThreadKind } from "../kernel/domain-events.ts";
import { type Id, isId } from "../kernel/ids.ts";
import type { Instant } from "../kernel/instant.ts";
import { Refusal } from "../kernel/refusal.ts";
import type { Tx } from "../platform/database/database.ts";
import { prepared } from "../platform/database/prepared.ts";
import { type SpaceAccess, spaceAccess, viewerValues } from "./space-access.ts";
import { maySee } from "./visibility-rules.ts";

/** A thread as its rules see it. */
export interface Thread {
  readonly id: Id;
  readonly spaceId: Id;
  readonly authorId: Id;
  readonly kind: ThreadKind;
  readonly state: ContentState;
  readonly openingPostId: Id;
  readonly replyCount: number;
  readonly acceptedPostId: Id | null;
  /** Whether nobody but its moderators may post in it. */
  readonly locked: boolean;
  /** What the viewer may do in its space, as of the statement that found it. */
  readonly access: SpaceAccess;
}

/** A post as its rules see it. */
export interface Post {
  readonly id: Id;
  readonly threadId: Id;
  readonly authorId: Id;
  readonly kind: PostKind;
  readonly state: ContentState;
  readonly revision: number;
  readonly createdAt: Date;
  /** Who deleted it and when, while it is deleted. */
  readonly deletedById: Id | null;
  readonly deletedAt: Date | null;
  /** By which number peers know its author in its thread; null for a post that shows its author. */
  readonly anonymousNumber: number | null;
}

/** A post and the thread it belongs to, with whatever locks the function that returned them took. */
export interface PostInThread {
  readonly post: Post;
  readonly thread: Thread;
}

const THREAD = `
  select t.id, t.space_id as "spaceId", t.author_id as "authorId", t.kind, t.state, t.reply_count as "replyCount",
         t.opening_post_id as "openingPostId", t.accepted_post_id as "acceptedPostId", t.locked_at is not null as locked, a.reads, a.posts, a.moderates
  from threads t cross join lateral ${spaceAccess("t.space_id")} a
  where t.community_id = $1`;

type ThreadRow = Omit<Thread, "access"> & SpaceAccess;

// Of the weakest strength that keeps other writers out: rows that only refer to the thread or post are not held up.
const lockThreadRow = prepared<ThreadRow>("content_lock_thread", `${THREAD} and t.id = $5 for no key update of t`);
const lockThreadRowOfPost = prepared<ThreadRow>(
  "content_lock_thread_of_post",
  `${THREAD} and t.id = (select thread_id from posts where community_id = $1 and id = $5) for no key update of t`,
);
const readThreadRow = prepared<ThreadRow>("content_read_thread", `${THREAD} and t.id = $5`);
const lockPostRow = prepared<Post>(
  "content_lock_post",
  `select id, thread_id as "threadId", author_id as "authorId", kind, state, revision, created_at as "createdAt",
          deleted_by_id as "deletedById", deleted_at as "deletedAt", anonymous_number as "anonymousNumber"
   from posts where community_id = $1 and id = $2 for no key update`,
);

/**
 * Locks a thread: its counters, its last reply, its acceptance and the states of its posts hold still until the transaction ends.
 * @throws Refusal `not-found` also for a thread that `viewer` may not see.
 */
export async function lockThread(tx: Tx, viewer: Viewer, threadId: Id, now: Instant): Promise<Thread> {
  const [row] = isId(threadId) ? await lockThreadRow(tx, [...viewerValues(tx, viewer, now), threadId]) : [];
  return seenThread(row, viewer, threadId);
}

/**
 * A thread as it was a moment ago, locking nothing.
 * @throws Refusal `not-found` also for a thread that `viewer` may not see.
 */
export async function findThread(tx: Tx, viewer: Viewer, threadId: Id, now: Instant): Promise<Thread> {
  const [row] = isId(threadId) ? await readThreadRow(tx, [...viewerValues(tx, viewer, now), threadId]) : [];
  return seenThread(row, viewer, threadId);
}

/**
 * Locks a post and nothing else: its body, revision and score hold still. The thread is told as it was a moment ago.
 * Never lock the thread after this; see {@link lockPostAndThread}.
 * @throws Refusal `not-found` also for a post that `viewer` may not see.
 */
export async function lockPost(tx: Tx, viewer: Viewer, postId: Id, now: Instant): Promise<PostInThread> {
  const post = isId(postId) ? (await lockPostRow(tx, [tx.communityId, postId]))[0] : undefined;
  const [row] = post ? await readThreadRow(tx, [...viewerValues(tx, viewer, now), post.threadId]) : [];
  return seen(post, row, viewer, postId);
}

/**
 * Locks a post's thread and then the post, in the order that all of the house keeps.
 * @throws Refusal `not-found` also for a post that `viewer` may not see.
 */
export async function lockPostAndThread(tx: Tx, viewer: Viewer, postId: Id, now: Instant): Promise<PostInThread> {
  const [row] = isId(postId) ? await lockThreadRowOfPost(tx, [...viewerValues(tx, viewer, now), postId]) : [];
  const [post] = row ? await lockPostRow(tx, [tx.communityId, postId]) : [];
  return seen(post, row, viewer, postId);
}

function seenThread(row: ThreadRow | undefined, viewer: Viewer, threadId: Id): Thread {
  const thread = row && toThread(row);
  if (thread === undefined || !maySee(thread, viewer, thread.access)) {
    throw new Refusal("not-found", { what: "thread", id: threadId }, "threadId");
  }
  return thread;
}

function seen(post: Post | undefined, row: ThreadRow | undefined, viewer: Viewer, postId: Id): PostInThread {
  const thread = row && toThread(row);
  const mayBoth = post && thread && maySee(thread, viewer, thread.access) && maySee(post, viewer, thread.access);
  if (!mayBoth) throw new Refusal("not-found", { what: "post", id: postId }, "postId");
  return { post, thread };
}

function toThread({ reads, posts, moderates, ...thread }: ThreadRow): Thread {
  return { ...thread, access: { reads, posts, moderates } };
}
