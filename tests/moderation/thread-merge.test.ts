import { describe, expect, it } from "vitest";
import { deletePost } from "../../src/community/post-actions.ts";
import { threadsById } from "../../src/community/thread-feed-queries.ts";
import type { Viewer } from "../../src/identity/viewer.ts";
import type { Id } from "../../src/kernel/ids.ts";
import { mergeThreads, splitThread, type ThreadSplit } from "../../src/moderation/thread-merge-actions.ts";
import { hidePost } from "../../src/moderation/visibility-actions.ts";
import { acceptAnswer } from "../../src/qa/acceptance-actions.ts";
import { aCast, aPost, aQuestion, aThread, at, type Cast, eventsOf, refusalOf } from "../support/content-builders.ts";
import { aSpace, aSpaceModerator } from "../support/space-builders.ts";
import { useDatabase } from "../support/test-database.ts";

// What threads count and tell is checked by the invariants that are queried after every test file.
const test = useDatabase();

const merge = (viewer: Viewer, threadId: Id, intoThreadId: Id) =>
  test.tx(viewer.communityId, (tx) =>
    mergeThreads(tx, viewer, { threadId, intoThreadId, reason: "the same" }, at(500)),
  );
const split = (viewer: Viewer, threadId: Id, postIds: Id[], changes: Partial<ThreadSplit> = {}) =>
  test.tx(viewer.communityId, (tx) =>
    splitThread(
      tx,
      viewer,
      {
        threadId,
        postIds,
        spaceId: null,
        kind: "discussion",
        title: "另起一题",
        tags: [],
        reason: "another matter",
        ...changes,
      },
      at(500),
    ),
  );
const hide = (cast: Cast, postId: Id) =>
  test.tx(cast.communityId, (tx) => hidePost(tx, cast.moderator, { postId, revision: 1, reason: "spam" }, at(300)));
const accept = (cast: Cast, postId: Id) =>
  test.tx(cast.communityId, (tx) => acceptAnswer(tx, cast.author, { postId, replacesPostId: null }, at(300)));
const threadOf = async (id: Id) => (await test.rows("select * from threads where id = $1", [id]))[0]!;
const postsOf = (threadId: Id) =>
  test.rows("select id, kind, parent_id, state from posts where thread_id = $1 order by created_at, id", [threadId]);
const auditOf = (communityId: Id, action: string) =>
  test.rows("select post_id, reason, details from moderation_actions where community_id = $1 and action = $2", [
    communityId,
    action,
  ]);

async function twoDiscussions() {
  const cast = await aCast(test);
  const into = await aThread(test, cast, {}, at(1));
  const kept = await aPost(test, cast.reader, into.threadId, {}, at(10));
  const from = await aThread(test, cast, {}, at(20));
  const moved = await aPost(test, cast.other, from.threadId, { parentId: from.openingPostId }, at(30));
  return { cast, into, kept, from, moved };
}

describe("mergeThreads", () => {
  it("puts a later thread's posts into the earlier one, and leaves nothing of it but where it went", async () => {
    const { cast, into, kept, from, moved } = await twoDiscussions();
    const hidden = await aPost(test, cast.other, from.threadId, {}, at(31));
    await hide(cast, hidden);
    await merge(cast.moderator, from.threadId, into.threadId);
    expect(await postsOf(into.threadId)).toEqual([
      { id: into.openingPostId, kind: "opening", parent_id: null, state: "visible" },
      { id: kept, kind: "reply", parent_id: null, state: "visible" },
      { id: from.openingPostId, kind: "reply", parent_id: null, state: "visible" },
      { id: moved, kind: "reply", parent_id: from.openingPostId, state: "visible" },
      { id: hidden, kind: "reply", parent_id: null, state: "hidden" },
    ]);
    expect(await threadOf(into.threadId)).toMatchObject({
      reply_count: 3,
      last_reply_id: moved,
      last_activity_at: at(30),
    });
    expect(await threadOf(from.threadId)).toMatchObject({
      state: "hidden",
      reply_count: 0,
      merged_into_id: into.threadId,
    });
    expect(await refusalOf(aPost(test, cast.reader, from.threadId))).toMatchObject({ code: "not-found" });
    expect(await refusalOf(merge(cast.moderator, from.threadId, into.threadId))).toMatchObject({
      code: "thread.closed",
    });
    const told = (await eventsOf(test, cast.communityId)).filter(({ type }) => type === "thread.merged");
    expect(told).toMatchObject([{ threadId: from.threadId, intoThreadId: into.threadId }]);
    expect(await auditOf(cast.communityId, "thread.merged")).toEqual([
      {
        post_id: from.openingPostId,
        reason: "the same",
        details: { threadId: from.threadId, intoThreadId: into.threadId },
      },
    ]);
  });

  it("makes a comment of a question's opening, and brings its acceptance along where there is none", async () => {
    const cast = await aCast(test);
    const into = await aThread(test, cast, { kind: "question" }, at(0));
    const { threadId, openingPostId, first, second } = await aQuestion(test, cast);
    const comment = await aPost(test, cast.other, threadId, { kind: "comment", parentId: openingPostId }, at(30));
    const onAnswer = await aPost(test, cast.other, threadId, { kind: "comment", parentId: first }, at(31));
    await accept(cast, second);
    await merge(cast.moderator, threadId, into.threadId);
    expect(await postsOf(into.threadId)).toMatchObject([
      { id: into.openingPostId },
      { id: openingPostId, kind: "comment", parent_id: into.openingPostId },
      { id: first, kind: "answer", parent_id: null },
      { id: second, kind: "answer", parent_id: null },
      { id: comment, kind: "comment", parent_id: into.openingPostId },
      { id: onAnswer, kind: "comment", parent_id: first },
    ]);
    expect(await threadOf(into.threadId)).toMatchObject({ accepted_post_id: second, reply_count: 5 });
    const later = await aThread(test, cast, { kind: "question" }, at(50));
    const answer = await aPost(test, cast.other, later.threadId, { kind: "answer" }, at(60));
    await accept(cast, answer);
    expect(await refusalOf(merge(cast.moderator, later.threadId, into.threadId))).toMatchObject({
      code: "answer.already-accepted",
      data: { postId: answer },
    });
  });

  it("leads old addresses to where the posts are in the end", async () => {
    const { cast, into, from } = await twoDiscussions();
    const first = await aThread(test, cast, {}, at(0));
    await merge(cast.moderator, from.threadId, into.threadId);
    await merge(cast.moderator, into.threadId, first.threadId);
    for (const { threadId } of [from, into]) {
      expect((await threadOf(threadId)).merged_into_id).toBe(first.threadId);
      expect(
        await test.read(cast.communityId, (reader) => threadsById(reader, cast.reader, [threadId], at(600))),
      ).toEqual([]);
    }
  });

  it("refuses what would not read as one thread, and who does not moderate both", async () => {
    const { cast, into, from } = await twoDiscussions();
    const question = await aThread(test, cast, { kind: "question" }, at(0));
    const poll = await aThread(
      test,
      cast,
      { kind: "poll", poll: { options: ["a", "b"], choice: "single", results: "always", closesAt: null } },
      at(40),
    );
    const spaceId = await aSpace(test, cast);
    const elsewhere = await aThread(test, cast, { spaceId }, at(0));
    await aSpaceModerator(test, cast, cast.other, cast.spaceId);
    const attempts: [Viewer, Id, Id, object][] = [
      [cast.moderator, into.threadId, from.threadId, { code: "input.invalid", field: "intoThreadId" }],
      [cast.moderator, from.threadId, from.threadId, { code: "input.invalid", field: "intoThreadId" }],
      [cast.moderator, from.threadId, question.threadId, { code: "input.invalid", field: "intoThreadId" }],
      [cast.moderator, poll.threadId, into.threadId, { code: "input.invalid", field: "threadId" }],
      [cast.author, from.threadId, into.threadId, { code: "not-allowed" }],
      [cast.other, from.threadId, elsewhere.threadId, { code: "not-allowed" }],
    ];
    for (const [viewer, threadId, intoThreadId, refusal] of attempts) {
      expect(await refusalOf(merge(viewer, threadId, intoThreadId))).toMatchObject(refusal);
    }
  });

  it("counts right with posts, merges both ways and a split at once", async () => {
    const { cast, into, from, moved } = await twoDiscussions();
    await Promise.allSettled([
      merge(cast.moderator, from.threadId, into.threadId),
      aPost(test, cast.reader, from.threadId, {}, at(501)),
      aPost(test, cast.reader, into.threadId, {}, at(502)),
      merge(cast.operator, from.threadId, into.threadId),
      split(cast.moderator, from.threadId, [moved]),
      aPost(test, cast.other, from.threadId, { parentId: moved }, at(503)),
    ]);
    expect((await threadOf(from.threadId)).merged_into_id).toBe(into.threadId);
  });
});

describe("splitThread", () => {
  it("makes a thread of posts and all that hangs on them, the oldest opening it", async () => {
    const cast = await aCast(test);
    const { threadId, openingPostId } = await aThread(test, cast);
    const stays = await aPost(test, cast.reader, threadId, {}, at(10));
    const opens = await aPost(test, cast.other, threadId, { parentId: stays }, at(20));
    const reply = await aPost(test, cast.reader, threadId, { parentId: opens }, at(30));
    const gone = await aPost(test, cast.reader, threadId, { parentId: reply }, at(40));
    await test.tx(cast.communityId, (tx) => deletePost(tx, cast.reader, { postId: gone }, at(41)));
    const second = await aPost(test, cast.author, threadId, {}, at(50));
    const spaceId = await aSpace(test, cast);
    const { threadId: made } = await split(cast.moderator, threadId, [second, opens, reply], { spaceId, tags: ["x"] });
    expect(await postsOf(made)).toEqual([
      { id: opens, kind: "opening", parent_id: null, state: "visible" },
      { id: reply, kind: "reply", parent_id: opens, state: "visible" },
      { id: gone, kind: "reply", parent_id: reply, state: "deleted" },
      { id: second, kind: "reply", parent_id: null, state: "visible" },
    ]);
    expect(await threadOf(made)).toMatchObject({
      author_id: cast.other.memberId,
      space_id: spaceId,
      title: "另起一题",
      created_at: at(20),
      last_activity_at: at(50),
      reply_count: 2,
    });
    expect(await threadOf(threadId)).toMatchObject({ reply_count: 1, last_reply_id: stays, last_activity_at: at(10) });
    expect(await auditOf(cast.communityId, "thread.split")).toMatchObject([
      { post_id: openingPostId, details: { threadId, newThreadId: made, posts: 4 } },
    ]);
    expect((await eventsOf(test, cast.communityId)).at(-1)).toMatchObject({
      type: "thread.split",
      threadId: made,
      fromThreadId: threadId,
      authorId: cast.other.memberId,
      openingPostId: opens,
    });
  });

  it("makes a question with answers and comments", async () => {
    const cast = await aCast(test);
    const { threadId } = await aThread(test, cast);
    const opens = await aPost(test, cast.other, threadId, {}, at(10));
    const below = await aPost(test, cast.reader, threadId, { parentId: opens }, at(20));
    const deeper = await aPost(test, cast.other, threadId, { parentId: below }, at(30));
    const answer = await aPost(test, cast.reader, threadId, {}, at(40));
    const { threadId: made } = await split(cast.moderator, threadId, [opens, answer], { kind: "question" });
    expect(await postsOf(made)).toMatchObject([
      { id: opens, kind: "opening" },
      { id: below, kind: "comment", parent_id: opens },
      { id: deeper, kind: "comment", parent_id: opens },
      { id: answer, kind: "answer", parent_id: null },
    ]);
  });

  it("refuses the opening, an accepted answer and what hangs on it, hidden posts, others' posts and who does not moderate", async () => {
    const cast = await aCast(test);
    const { threadId, openingPostId, first, second } = await aQuestion(test, cast);
    const { openingPostId: foreign } = await aThread(test, cast);
    await accept(cast, first);
    await hide(cast, second);
    const attempts: [Id[], object][] = [
      [[openingPostId], { code: "input.invalid", field: "postIds" }],
      [[], { code: "input.invalid", field: "postIds" }],
      [[first], { code: "post.accepted" }],
      [[second], { code: "post.hidden" }],
      [[foreign], { code: "not-found", field: "postIds" }],
    ];
    for (const [postIds, refusal] of attempts) {
      expect(await refusalOf(split(cast.moderator, threadId, postIds))).toMatchObject(refusal);
    }
    expect(await refusalOf(split(cast.reader, threadId, [first]))).toMatchObject({ code: "not-allowed" });
  });
});
