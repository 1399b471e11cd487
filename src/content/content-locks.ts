import type { ContentState, SpaceKind } from "../../drizzle/tables/community.ts";
import type { Viewer } from "../identity/viewer.ts";
import type { PostKind, ThreadKind } from "../kernel/domain-events.ts";
import { type Id, isId } from "../kernel/ids.ts";
import { Refusal } from "../kernel/refusal.ts";
import type { Tx } from "../platform/database/database.ts";
import { prepared } from "../platform/database/prepared.ts";
import { maySee, maySeeSpace } from "./visibility-rules.ts";

/** A thread as its rules see it. */
export interface Thread {
  readonly id: Id;
  readonly spaceKind: SpaceKind;
  readonly authorId: Id;
  readonly kind: ThreadKind;
  readonly state: ContentState;
  readonly replyCount: number;
  readonly acceptedPostId: Id | null;
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
}

/** A post and the thread it belongs to, with whatever locks the function that returned them took. */
export interface PostInThread {
  readonly post: Post;
  readonly thread: Thread;
}

const THREAD = `
  select t.id, s.kind as "spaceKind", t.author_id as "authorId", t.kind, t.state, t.reply_count as "replyCount",
         t.accepted_post_id as "acceptedPostId"
  from threads t join spaces s on s.community_id = t.community_id and s.id = t.space_id
  where t.community_id = $1`;

// Of the weakest strength that keeps other writers out: rows that only refer to the thread or post are not held up.
const lockThreadRow = prepared<Thread>("content_lock_thread", `${THREAD} and t.id = $2 for no key update of t`);
const lockThreadRowOfPost = prepared<Thread>(
  "content_lock_thread_of_post",
  `${THREAD} and t.id = (select thread_id from posts where community_id = $1 and id = $2) for no key update of t`,
);
const readThreadRow = prepared<Thread>("content_read_thread", `${THREAD} and t.id = $2`);
const lockPostRow = prepared<Post>(
  "content_lock_post",
  `select id, thread_id as "threadId", author_id as "authorId", kind, state, revision, created_at as "createdAt"
   from posts where community_id = $1 and id = $2 for no key update`,
);

/**
 * Locks a thread: its counters, its last reply, its acceptance and the states of its posts hold still until the transaction ends.
 * @throws Refusal `not-found` also for a thread that `viewer` may not see.
 */
export async function lockThread(tx: Tx, viewer: Viewer, threadId: Id): Promise<Thread> {
  const thread = isId(threadId) ? (await lockThreadRow(tx, [tx.communityId, threadId]))[0] : undefined;
  if (thread === undefined || !maySeeThread(thread, viewer)) {
    throw new Refusal("not-found", { what: "thread", id: threadId }, "threadId");
  }
  return thread;
}

/**
 * Locks a post and nothing else: its body, revision and score hold still. The thread is told as it was a moment ago.
 * Never lock the thread after this; see {@link lockPostAndThread}.
 * @throws Refusal `not-found` also for a post that `viewer` may not see.
 */
export async function lockPost(tx: Tx, viewer: Viewer, postId: Id): Promise<PostInThread> {
  const post = isId(postId) ? (await lockPostRow(tx, [tx.communityId, postId]))[0] : undefined;
  const thread = post && (await readThreadRow(tx, [tx.communityId, post.threadId]))[0];
  return seen({ post, thread }, viewer, postId);
}

/**
 * Locks a post's thread and then the post, in the order that all of the house keeps.
 * @throws Refusal `not-found` also for a post that `viewer` may not see.
 */
export async function lockPostAndThread(tx: Tx, viewer: Viewer, postId: Id): Promise<PostInThread> {
  const thread = isId(postId) ? (await lockThreadRowOfPost(tx, [tx.communityId, postId]))[0] : undefined;
  const post = thread && (await lockPostRow(tx, [tx.communityId, postId]))[0];
  return seen({ post, thread }, viewer, postId);
}

function seen(found: { post?: Post; thread?: Thread }, viewer: Viewer, postId: Id): PostInThread {
  const { post, thread } = found;
  if (post === undefined || thread === undefined || !maySeeThread(thread, viewer) || !maySee(post, viewer)) {
    throw new Refusal("not-found", { what: "post", id: postId }, "postId");
  }
  return { post, thread };
}

function maySeeThread(thread: Thread, viewer: Viewer): boolean {
  return maySeeSpace(thread.spaceKind, viewer) && maySee(thread, viewer);
}
