import { lockPostAndThread, type PostInThread, type Thread } from "../content/content-locks.ts";
import { followPosts } from "../content/visibility-actions.ts";
import { assertMayContribute, type Viewer } from "../identity/viewer.ts";
import { assert } from "../kernel/assert.ts";
import { type Id, newId } from "../kernel/ids.ts";
import type { Instant } from "../kernel/instant.ts";
import { Refusal } from "../kernel/refusal.ts";
import type { Tx } from "../platform/database/database.ts";
import { prepared } from "../platform/database/prepared.ts";
import { emit } from "../platform/outbox/emit.ts";
import { type Acceptance, assertMayAccept, decideAcceptance } from "./acceptance-rules.ts";

interface StoredAcceptance extends Acceptance {
  readonly answererId: Id;
}

const findAcceptance = prepared<StoredAcceptance>(
  "qa_find_acceptance",
  `select a.id, a.post_id as "postId", p.author_id as "answererId"
   from acceptances a join posts p on p.community_id = a.community_id and p.id = a.post_id
   where a.community_id = $1 and a.thread_id = $2`,
);
const findAnonymous = prepared(
  "qa_find_anonymous",
  "select from posts where community_id = $1 and id = $2 and anonymous_number is not null",
);
const insertAcceptance = prepared(
  "qa_insert_acceptance",
  `insert into acceptances (community_id, thread_id, id, post_id, accepted_by_id, accepted_at)
   values ($1, $2, $3, $4, $5, $6)`,
);
const deleteAcceptance = prepared(
  "qa_delete_acceptance",
  "delete from acceptances where community_id = $1 and thread_id = $2",
);

export interface AnswerAcceptance {
  readonly postId: Id;
  /** The accepted answer that this one takes the place of, when the viewer sees one. */
  readonly replacesPostId: Id | null;
}

/**
 * Accepts an answer, for the asker or a moderator, or moves the acceptance to it. Accepting the accepted answer changes nothing
 * and returns the acceptance that stands.
 * @throws Refusal `answer.already-accepted` unless the other one is named, `not-allowed`, `not-found`, `thread.not-a-question`,
 *   `post.not-an-answer`, `post.hidden`, `member.suspended`.
 */
export async function acceptAnswer(
  tx: Tx,
  viewer: Viewer,
  input: AnswerAcceptance,
  now: Instant,
): Promise<{ acceptanceId: Id; threadId: Id }> {
  assertMayContribute(viewer);
  const found = await lockPostAndThread(tx, viewer, input.postId, now);
  const { post, thread } = found;
  assertMayAccept(thread, viewer);
  const [current = null] = await findAcceptance(tx, [tx.communityId, thread.id]);
  if (decideAcceptance(found, current, input.replacesPostId) === "already-accepted") {
    assert(current, "an accepted answer has its acceptance");
    return { acceptanceId: current.id, threadId: thread.id };
  }
  if (current !== null) await withdraw(tx, viewer, thread, current, now);
  const acceptanceId = newId(now);
  await insertAcceptance(tx, [tx.communityId, thread.id, acceptanceId, post.id, viewer.memberId, now]);
  await followPosts(tx, thread.id, 0);
  const { id: postId, authorId: answererId } = post;
  const { id: threadId, authorId: askerId } = thread;
  const told = { acceptanceId, threadId, postId, askerId, answererId, ...(await asAnonymous(tx, found)) };
  await emit(tx, { type: "answer.accepted", acceptedById: viewer.memberId, ...told }, now);
  return { acceptanceId, threadId };
}

/**
 * Takes an acceptance back, for the asker or a moderator.
 * @throws Refusal `answer.not-accepted` when this answer is not the accepted one, `not-allowed`, `not-found`, `member.suspended`.
 */
export async function unacceptAnswer(
  tx: Tx,
  viewer: Viewer,
  input: { readonly postId: Id },
  now: Instant,
): Promise<{ threadId: Id }> {
  assertMayContribute(viewer);
  const { post, thread } = await lockPostAndThread(tx, viewer, input.postId, now);
  assertMayAccept(thread, viewer);
  const [current] = await findAcceptance(tx, [tx.communityId, thread.id]);
  if (current?.postId !== post.id) throw new Refusal("answer.not-accepted", { threadId: thread.id });
  await withdraw(tx, viewer, thread, current, now);
  await followPosts(tx, thread.id, 0);
  return { threadId: thread.id };
}

/** Whether the asker or who answered goes without a name here: then neither may be seen to gain by it. */
async function asAnonymous(tx: Tx, { post, thread }: PostInThread): Promise<{ anonymous?: true }> {
  if (post.anonymousNumber !== null) return { anonymous: true };
  const asked = await findAnonymous(tx, [tx.communityId, thread.openingPostId]);
  return asked.length === 0 ? {} : { anonymous: true };
}

/** The caller holds the thread's lock, and brings the thread in line afterwards. */
async function withdraw(
  tx: Tx,
  viewer: Viewer,
  thread: Thread,
  acceptance: StoredAcceptance,
  now: Instant,
): Promise<void> {
  await deleteAcceptance(tx, [tx.communityId, thread.id]);
  const { id: acceptanceId, postId, answererId } = acceptance;
  const { id: threadId, authorId: askerId } = thread;
  const told = { acceptanceId, threadId, postId, askerId, answererId };
  await emit(tx, { type: "answer.unaccepted", unacceptedById: viewer.memberId, ...told }, now);
}
