import { lockPost, type PostInThread } from "../content/content-locks.ts";
import { assertMayContribute, type Viewer } from "../identity/viewer.ts";
import { type Id, newId } from "../kernel/ids.ts";
import type { Instant } from "../kernel/instant.ts";
import { Refusal } from "../kernel/refusal.ts";
import type { Tx } from "../platform/database/database.ts";
import { prepared } from "../platform/database/prepared.ts";
import { emit } from "../platform/outbox/emit.ts";
import { asAnonymous } from "./anonymity-actions.ts";

export type VoteValue = 1 | -1;

interface Vote extends Record<string, unknown> {
  readonly id: Id;
  readonly value: VoteValue;
}

const findVote = prepared<Vote>(
  "community_find_vote",
  "select id, value from votes where community_id = $1 and post_id = $2 and member_id = $3",
);
const upsertVote = prepared(
  "community_upsert_vote",
  `with vote as (
     insert into votes (community_id, post_id, member_id, id, value, cast_at) values ($1, $2, $3, $4, $5, $6)
     on conflict (community_id, post_id, member_id)
     do update set id = excluded.id, value = excluded.value, cast_at = excluded.cast_at
   )
   update posts set score = score + $7 where community_id = $1 and id = $2`,
);
const deleteVote = prepared(
  "community_delete_vote",
  `with vote as (delete from votes where community_id = $1 and post_id = $2 and member_id = $3)
   update posts set score = score - $4 where community_id = $1 and id = $2`,
);

/**
 * Casts the viewer's vote on a post, or changes it; the same vote again changes nothing. A member has one vote a post, and each
 * one cast has an id of its own, so that a changed vote is told as one removed and one cast.
 * @throws Refusal `vote.own-post`, `post.hidden`, `not-found`, `member.suspended`.
 */
export async function castVote(
  tx: Tx,
  viewer: Viewer,
  input: { readonly postId: Id; readonly value: VoteValue },
  now: Instant,
): Promise<void> {
  assertMayContribute(viewer);
  const found = await lockPost(tx, viewer, input.postId, now);
  assertTakesVotes(found, viewer);
  const { post } = found;
  const [previous] = await findVote(tx, [tx.communityId, post.id, viewer.memberId]);
  if (previous?.value === input.value) return;
  const voteId = newId(now);
  const scoreAdded = input.value - (previous?.value ?? 0);
  await upsertVote(tx, [tx.communityId, post.id, viewer.memberId, voteId, input.value, now, scoreAdded]);
  if (previous !== undefined) await emitRemoved(tx, found, viewer, previous, now);
  const { id: postId, threadId, authorId, kind: postKind } = post;
  const voterId = viewer.memberId;
  const told = { voteId, postId, threadId, voterId, authorId, postKind, ...asAnonymous(post.anonymousNumber) };
  await emit(tx, { type: "vote.cast", value: input.value, ...told }, now);
}

/**
 * Takes back the viewer's vote; without one nothing changes.
 * @throws Refusal `not-found`, `member.suspended`.
 */
export async function removeVote(tx: Tx, viewer: Viewer, input: { readonly postId: Id }, now: Instant): Promise<void> {
  assertMayContribute(viewer);
  const found = await lockPost(tx, viewer, input.postId, now);
  const [previous] = await findVote(tx, [tx.communityId, found.post.id, viewer.memberId]);
  if (previous === undefined) return;
  await deleteVote(tx, [tx.communityId, found.post.id, viewer.memberId, previous.value]);
  await emitRemoved(tx, found, viewer, previous, now);
}

function assertTakesVotes({ post, thread }: PostInThread, viewer: Viewer): void {
  if (post.authorId === viewer.memberId) throw new Refusal("vote.own-post", { postId: post.id });
  if (post.state !== "visible" || thread.state !== "visible") throw new Refusal("post.hidden", { postId: post.id });
}

async function emitRemoved(tx: Tx, { post }: PostInThread, viewer: Viewer, vote: Vote, now: Instant): Promise<void> {
  const { id: postId, threadId, authorId } = post;
  const voterId = viewer.memberId;
  await emit(
    tx,
    { type: "vote.removed", voteId: vote.id, postId, threadId, voterId, authorId, value: vote.value },
    now,
  );
}
