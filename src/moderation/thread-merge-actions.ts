import { and, eq, inArray } from "drizzle-orm";
import { acceptances, posts, threads } from "../../drizzle/tables/community.ts";
import { lockThread, type Thread } from "../content/content-locks.ts";
import { familyOf, movePosts, recountThread, retire, splitOff } from "../content/regrouping-actions.ts";
import type { Viewer } from "../identity/viewer.ts";
import { assert } from "../kernel/assert.ts";
import { type Id, newId } from "../kernel/ids.ts";
import type { Instant } from "../kernel/instant.ts";
import { Refusal } from "../kernel/refusal.ts";
import type { Tx } from "../platform/database/database.ts";
import { emit } from "../platform/outbox/emit.ts";
import { recordThreadAction } from "./audit-actions.ts";
import { assertModerates, readReason } from "./moderation-rules.ts";
import { assertModeratesSpace } from "./thread-move-actions.ts";
import { assertMayMerge, invalid, readSplit, type SplitKind } from "./thread-rules.ts";
import type { ThreadDecision } from "./thread-state-actions.ts";

/**
 * Merges a thread into an earlier one: its posts join the other's in the order they were written, and it leads there from then on.
 * For who moderates both. An acceptance comes along where there is none yet.
 * @throws Refusal `answer.already-accepted` where both have one, `thread.closed`, `not-allowed`, `not-found`, or `input.invalid`.
 */
export async function mergeThreads(
  tx: Tx,
  viewer: Viewer,
  input: ThreadDecision & { readonly intoThreadId: Id },
  now: Instant,
): Promise<void> {
  const reason = readReason(input.reason);
  const { threadId, intoThreadId } = input;
  if (threadId === intoThreadId) throw invalid("name another thread", "intoThreadId");
  // In the order of their ids, as everybody locks several.
  const locked = new Map<Id, Thread>();
  for (const id of [threadId, intoThreadId].sort()) locked.set(id, await lockThread(tx, viewer, id, now));
  const from = locked.get(threadId)!;
  const into = locked.get(intoThreadId)!;
  assertModerates(from, "merge threads");
  assertModerates(into, "merge threads");
  assertMayMerge(from, into, await startsOf(tx, [from, into]));
  await takeAcceptanceAlong(tx, from, into);
  const actionId = await recordThreadAction(
    tx,
    viewer,
    from,
    { action: "thread.merged", reason, details: { intoThreadId: into.id } },
    now,
  );
  await movePosts(tx, {
    fromId: from.id,
    fromOpeningId: from.openingPostId,
    intoId: into.id,
    intoOpeningId: into.openingPostId,
    questions: into.kind === "question",
  });
  await retire(tx, from.id, into.id);
  for (const id of [from.id, into.id]) await recountThread(tx, id);
  const told = { actionId, moderatorId: viewer.memberId, threadId: from.id, intoThreadId: into.id };
  await emit(tx, { type: "thread.merged", ...told }, now);
}

export interface ThreadSplit extends ThreadDecision {
  /** Posts that start at a branch: all that hangs on them comes along. */
  readonly postIds: readonly Id[];
  /** Where the new thread goes; null for the same space. */
  readonly spaceId: Id | null;
  readonly kind: SplitKind;
  /** As `readThread` of the community reads them. */
  readonly title: string;
  readonly tags: readonly string[];
}

/**
 * Makes a new thread of posts of another, with all that hangs on them; the oldest opens it, and its author is the thread's. For who
 * moderates both spaces.
 * @throws Refusal `post.accepted`, `post.hidden`, `thread.closed`, `space.posting-restricted`, `not-allowed`, `not-found`, or
 *   `input.invalid` naming the field `postIds`.
 */
export async function splitThread(tx: Tx, viewer: Viewer, input: ThreadSplit, now: Instant): Promise<{ threadId: Id }> {
  const reason = readReason(input.reason);
  const postIds = readSplit(input.postIds);
  const from = await lockThread(tx, viewer, input.threadId, now);
  assertModerates(from, "split threads");
  const spaceId = input.spaceId ?? from.spaceId;
  await assertModeratesSpace(tx, viewer, spaceId, "split threads", now);
  await assertMaySplit(tx, from, postIds);
  const family = await familyOf(tx, from.id, postIds);
  await assertNoneAccepted(
    tx,
    from,
    family.map(({ id }) => id),
  );
  const openingId = family.find(({ isRoot }) => isRoot)?.id;
  assert(openingId, "a split takes posts along");
  const threadId = newId(now);
  const { kind, title, tags } = input;
  await splitOff(tx, { fromId: from.id, postIds, openingId, threadId, spaceId, kind, title, tags });
  for (const id of [from.id, threadId]) await recountThread(tx, id);
  const details = { newThreadId: threadId, posts: family.length };
  const actionId = await recordThreadAction(tx, viewer, from, { action: "thread.split", reason, details }, now);
  const authorId = await authorOf(tx, openingId);
  const told = { threadId, fromThreadId: from.id, authorId, openingPostId: openingId };
  await emit(tx, { type: "thread.split", actionId, moderatorId: viewer.memberId, ...told }, now);
  return { threadId };
}

async function startsOf(tx: Tx, [from, into]: readonly [Thread, Thread]): Promise<{ from: Date; into: Date }> {
  const rows = await tx.sql
    .select({ id: threads.id, createdAt: threads.createdAt })
    .from(threads)
    .where(and(eq(threads.communityId, tx.communityId), inArray(threads.id, [from.id, into.id])));
  const startOf = (id: Id) => rows.find((row) => row.id === id)!.createdAt;
  return { from: startOf(from.id), into: startOf(into.id) };
}

/** An acceptance is of one answer a question, hidden or not. */
async function takeAcceptanceAlong(tx: Tx, from: Thread, into: Thread): Promise<void> {
  const { communityId } = tx;
  const found = await tx.sql
    .select({ threadId: acceptances.threadId, postId: acceptances.postId })
    .from(acceptances)
    .where(and(eq(acceptances.communityId, communityId), inArray(acceptances.threadId, [from.id, into.id])));
  const ours = found.find(({ threadId }) => threadId === from.id);
  if (ours === undefined) return;
  if (found.length > 1) {
    throw new Refusal("answer.already-accepted", { threadId: from.id, postId: ours.postId }, "threadId");
  }
  await tx.sql
    .update(acceptances)
    .set({ threadId: into.id })
    .where(and(eq(acceptances.communityId, communityId), eq(acceptances.threadId, from.id)));
}

async function assertMaySplit(tx: Tx, from: Thread, postIds: readonly Id[]): Promise<void> {
  if (from.state !== "visible") throw new Refusal("thread.closed", { threadId: from.id });
  const found = await tx.sql
    .select({ id: posts.id, kind: posts.kind, state: posts.state })
    .from(posts)
    .where(and(eq(posts.communityId, tx.communityId), eq(posts.threadId, from.id), inArray(posts.id, [...postIds])));
  for (const id of postIds) {
    const post = found.find((row) => row.id === id);
    if (post === undefined) throw new Refusal("not-found", { what: "post", id }, "postIds");
    if (post.kind === "opening") throw invalid("the opening post stays with its thread", "postIds");
    if (post.state !== "visible") throw new Refusal("post.hidden", { postId: id }, "postIds");
  }
}

async function assertNoneAccepted(tx: Tx, from: Thread, ids: readonly Id[]): Promise<void> {
  const [accepted] = await tx.sql
    .select({ postId: acceptances.postId })
    .from(acceptances)
    .where(and(eq(acceptances.communityId, tx.communityId), eq(acceptances.threadId, from.id)));
  if (accepted && ids.includes(accepted.postId))
    throw new Refusal("post.accepted", { postId: accepted.postId }, "postIds");
}

async function authorOf(tx: Tx, postId: Id): Promise<Id> {
  const [post] = await tx.sql
    .select({ authorId: posts.authorId })
    .from(posts)
    .where(and(eq(posts.communityId, tx.communityId), eq(posts.id, postId)));
  assert(post, "a post that moved is there");
  return post.authorId;
}
