import { lockPost, lockPostAndThread, lockThread, type Thread } from "../content/content-locks.ts";
import { markDeleted } from "../content/deletion-actions.ts";
import { addMentions, reviseText } from "../content/revision-actions.ts";
import { followPosts } from "../content/visibility-actions.ts";
import { assertMayContribute, type Viewer } from "../identity/viewer.ts";
import { type Id, isId, newId } from "../kernel/ids.ts";
import type { Instant } from "../kernel/instant.ts";
import { Refusal } from "../kernel/refusal.ts";
import type { Tx } from "../platform/database/database.ts";
import { prepared } from "../platform/database/prepared.ts";
import { emit } from "../platform/outbox/emit.ts";
import { anonymousNumberIn, asAnonymous } from "./anonymity-actions.ts";
import { tellMentioned } from "./mention-actions.ts";
import {
  assertMayDelete,
  assertMayEdit,
  assertParent,
  assertTakes,
  type Parent,
  type ReplyKind,
} from "./post-rules.ts";
import { composeText } from "./post-text-queries.ts";
import { assertNotTooSoon, enterSlowMode } from "./slow-mode-actions.ts";

export interface PostCreation {
  readonly threadId: Id;
  readonly kind: ReplyKind;
  /** The post commented on or replied to; none for what answers the thread itself. */
  readonly parentId: Id | null;
  readonly body: string;
  /** Whether its author's name is kept from other members, where the space allows it. */
  readonly anonymous?: boolean | null;
}

export interface PostEdit {
  readonly postId: Id;
  /** The revision that the editor saw. */
  readonly revision: number;
  readonly body: string;
}

const insertPost = prepared(
  "community_insert_post",
  `insert into posts (community_id, id, thread_id, author_id, kind, parent_id, body_markdown, body_html, revision, state, created_at, anonymous_number)
   values ($1, $2, $3, $4, $5, $6, $7, $8, 1, 'visible', $9, $10)`,
);
const findParent = prepared<Parent & Record<string, unknown>>(
  "community_find_parent",
  `with recursive line as (
     select parent_id, 1 as depth from posts where community_id = $1 and id = $2
     union all
     select p.parent_id, line.depth + 1 from line
     join posts p on p.community_id = $1 and p.id = line.parent_id and p.kind <> 'opening'
   )
   select thread_id as "threadId", kind, state,
          case when kind = 'opening' then 0 else (select max(depth) from line) end as depth
   from posts where community_id = $1 and id = $2`,
);
/**
 * Adds a reply, an answer or a comment to a thread.
 * @throws Refusal `member.suspended`, `not-found`, `space.posting-restricted`, `thread.closed`, `thread.locked`,
 *   `thread.not-a-question`, `thread.slow-mode`, `space.no-anonymity`, or what the text breaks.
 */
export async function createPost(tx: Tx, viewer: Viewer, input: PostCreation, now: Instant): Promise<{ postId: Id }> {
  assertMayContribute(viewer);
  // Rendered before the thread is locked, so that nobody waits for it.
  const text = await composeText(tx, viewer, input.body, now);
  const slowMode = await enterSlowMode(tx, viewer, { threadId: input.threadId });
  const thread = await lockThread(tx, viewer, input.threadId, now);
  assertTakes(thread, input.kind, await readParent(tx, thread, input.parentId));
  await assertNotTooSoon(tx, viewer, slowMode, now);
  const number = input.anonymous === true ? await anonymousNumberIn(tx, viewer, thread) : null;
  const { kind, parentId } = input;
  const postId = newId(now);
  const { id: threadId, authorId: threadAuthorId } = thread;
  const authorId = viewer.memberId;
  const values = [tx.communityId, postId, threadId, authorId, kind, parentId, text.markdown, text.html, now, number];
  await insertPost(tx, values);
  await followPosts(tx, threadId, 1);
  const told = { postId, threadId, authorId, ...asAnonymous(number) };
  await emit(tx, { type: "post.created", threadAuthorId, kind, ...told }, now);
  await tellMentioned(tx, await addMentions(tx, postId, text.mentions, now), told, now);
  return { postId };
}

async function readParent(tx: Tx, thread: Thread, parentId: Id | null): Promise<Parent | null> {
  if (parentId === null) return null;
  const [parent] = isId(parentId) ? await findParent(tx, [tx.communityId, parentId]) : [];
  assertParent(parent, thread, parentId);
  return parent;
}

/**
 * Changes what a post of the viewer's own says; what it said before is kept with the name of who changed it. Returns the revision that stands now,
 * which is the one seen when nothing changed.
 * @throws Refusal `revision.outdated` when somebody was faster, `not-allowed`, `post.hidden`, `not-found`, `member.suspended`.
 */
export async function editPost(tx: Tx, viewer: Viewer, input: PostEdit, now: Instant): Promise<{ revision: number }> {
  assertMayContribute(viewer);
  const text = await composeText(tx, viewer, input.body, now);
  const found = await lockPost(tx, viewer, input.postId, now);
  const { post } = found;
  assertMayEdit(found, viewer, now);
  if (post.revision !== input.revision) {
    throw new Refusal("revision.outdated", { seen: input.revision, current: post.revision }, "revision");
  }
  const { id: postId, threadId, authorId } = post;
  const { revision, mentioned } = await reviseText(tx, post, text, { editorId: viewer.memberId, reason: null }, now);
  if (revision === post.revision) return { revision };
  const told = { postId, threadId, ...asAnonymous(post.anonymousNumber) };
  await emit(tx, { type: "post.edited", editorId: viewer.memberId, revision, ...told }, now);
  await tellMentioned(tx, mentioned, { authorId, ...told }, now);
  return { revision };
}

/**
 * Takes back a post of the viewer's own; an opening post takes its thread along. Suspended members may.
 * @throws Refusal `not-allowed`, `post.hidden`, `post.accepted`, `thread.has-replies`, `not-found`.
 */
export async function deletePost(tx: Tx, viewer: Viewer, input: { readonly postId: Id }, now: Instant): Promise<void> {
  const found = await lockPostAndThread(tx, viewer, input.postId, now);
  assertMayDelete(found, viewer);
  const { stateVersion } = await markDeleted(tx, found, viewer.memberId, now);
  const { id: postId, threadId, authorId, kind } = found.post;
  await emit(tx, { type: "post.deleted", postId, threadId, authorId, kind, stateVersion }, now);
}
