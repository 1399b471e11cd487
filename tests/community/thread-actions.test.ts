import { describe, expect, it } from "vitest";
import { createPost } from "../../src/community/post-actions.ts";
import { createSpace } from "../../src/community/space-actions.ts";
import { createThread } from "../../src/community/thread-actions.ts";
import { newId } from "../../src/kernel/ids.ts";
import { aCast, aPost, aQuestion, aThread, at, eventsOf, refusalOf } from "../support/content-builders.ts";
import { useDatabase } from "../support/test-database.ts";

const test = useDatabase();

describe("createSpace", () => {
  it("is for operators, once a short name", async () => {
    const cast = await aCast(test);
    const create = (viewer = cast.operator, slug = "sql-101") =>
      test.tx(cast.communityId, (tx) => createSpace(tx, viewer, { slug, name: "SQL", kind: "topic" }, at(1)));
    expect(await refusalOf(create(cast.moderator))).toMatchObject({ code: "not-allowed" });
    await create();
    expect(await refusalOf(create())).toMatchObject({ code: "space.slug-taken", field: "slug" });
    expect(await refusalOf(create(cast.operator, "No Spaces"))).toMatchObject({ code: "input.invalid", field: "slug" });
  });
});

describe("createThread", () => {
  it("stores the thread with its rendered opening post and tells of it", async () => {
    const cast = await aCast(test);
    const { threadId, openingPostId } = await aThread(test, cast, {
      kind: "question",
      title: "  **Why**  ",
      tags: ["Python", "PYTHON", "列表 推导"],
      body: "**为什么（真的）**？",
    });
    const [thread] = await test.rows("select * from threads where id = $1", [threadId]);
    expect(thread).toMatchObject({
      title: "**Why**",
      tags: ["python", "列表-推导"],
      state: "visible",
      reply_count: 0,
      last_reply_id: null,
      last_activity_at: at(1),
      opening_post_id: openingPostId,
    });
    const [post] = await test.rows("select * from posts where id = $1", [openingPostId]);
    expect(post).toMatchObject({
      kind: "opening",
      revision: 1,
      body_html: "<p><strong>为什么（真的）</strong>？</p>",
      thread_id: threadId,
    });
    expect(await eventsOf(test, cast.communityId)).toEqual([
      {
        type: "thread.created",
        threadId,
        openingPostId,
        spaceId: cast.spaceId,
        authorId: cast.author.memberId,
        kind: "question",
      },
    ]);
  });

  it.each([
    [{ title: "" }, "input.invalid", "title"],
    [{ title: "a\u0000b" }, "input.invalid", "title"],
    [{ body: " \u200b " }, "input.invalid", "body"],
    [{ body: "x".repeat(10_000_000) }, "input.too-long", "body"],
    [{ body: "\u0000" }, "input.invalid", "body"],
    [{ body: "half \ud83d" }, "input.invalid", "body"],
    [{ body: "> ".repeat(5_000) }, "input.invalid", "body"],
    [{ tags: ["a", "b,c"] }, "input.invalid", "tags.1"],
    [{ spaceId: newId(at(0)) }, "not-found", "spaceId"],
    [{ spaceId: "'; drop table threads; --" }, "not-found", "spaceId"],
  ])("refuses %j", async (options, code, field) => {
    const cast = await aCast(test);
    expect(await refusalOf(aThread(test, cast, options))).toMatchObject({ code, field });
    expect(await test.rows("select id from threads where community_id = $1", [cast.communityId])).toEqual([]);
  });

  it("refuses a suspended member, and a staff space to whoever does not moderate", async () => {
    const cast = await aCast(test);
    const spaceId = await test.tx(cast.communityId, (tx) =>
      createSpace(tx, cast.operator, { slug: "staff", name: "Staff", kind: "staff" }, at(1)),
    );
    expect(await refusalOf(aThread(test, cast, { spaceId }))).toMatchObject({ code: "not-found", field: "spaceId" });
    const asModerator = { ...cast, author: cast.moderator };
    const { threadId } = await aThread(test, asModerator, { spaceId });
    expect(await refusalOf(aPost(test, cast.reader, threadId))).toMatchObject({ code: "not-found" });
    const suspended = { ...cast, author: { ...cast.author, suspended: true } };
    expect(await refusalOf(aThread(test, suspended))).toMatchObject({ code: "member.suspended" });
  });

  it("cannot reach into another community", async () => {
    const cast = await aCast(test);
    const elsewhere = await aCast(test);
    const { threadId } = await aThread(test, elsewhere);
    expect(await refusalOf(aPost(test, cast.reader, threadId))).toMatchObject({ code: "not-found" });
    const work = test.tx(cast.communityId, (tx) =>
      createThread(
        tx,
        cast.author,
        { spaceId: elsewhere.spaceId, kind: "discussion", title: "hello", body: "x", tags: [] },
        at(1),
      ),
    );
    expect(await refusalOf(work)).toMatchObject({ code: "not-found", field: "spaceId" });
  });
});

describe("createPost", () => {
  it("counts the reply, remembers it as the last one, and tells of it", async () => {
    const cast = await aCast(test);
    const { threadId } = await aThread(test, cast);
    await aPost(test, cast.reader, threadId, {}, at(10));
    const last = await aPost(test, cast.other, threadId, {}, at(20));
    const [thread] = await test.rows("select * from threads where id = $1", [threadId]);
    expect(thread).toMatchObject({ reply_count: 2, last_reply_id: last, last_activity_at: at(20) });
    expect((await eventsOf(test, cast.communityId)).at(-1)).toEqual({
      type: "post.created",
      postId: last,
      threadId,
      threadAuthorId: cast.author.memberId,
      authorId: cast.other.memberId,
      kind: "reply",
    });
  });

  it("keeps the latest reply when an earlier one commits after it", async () => {
    const cast = await aCast(test);
    const { threadId } = await aThread(test, cast);
    const late = await aPost(test, cast.reader, threadId, {}, at(20));
    await aPost(test, cast.other, threadId, {}, at(10));
    const [thread] = await test.rows("select * from threads where id = $1", [threadId]);
    expect(thread).toMatchObject({ reply_count: 2, last_reply_id: late, last_activity_at: at(20) });
  });

  it("takes answers and comments where they belong, and nothing else", async () => {
    const cast = await aCast(test);
    const question = await aQuestion(test, cast);
    const { threadId } = await aThread(test, cast);
    const reply = await aPost(test, cast.reader, threadId);
    const comment = await aPost(test, cast.reader, threadId, { kind: "comment", parentId: reply });
    await aPost(test, cast.reader, threadId, { kind: "reply", parentId: reply });
    const refused = async (thread: string, options: object) => {
      const { code, field } = await refusalOf(aPost(test, cast.reader, thread, options));
      return [code, field];
    };
    expect(await refused(threadId, { kind: "answer" })).toEqual(["thread.not-a-question", "kind"]);
    expect(await refused(question.threadId, { kind: "reply" })).toEqual(["input.invalid", "kind"]);
    expect(await refused(question.threadId, { kind: "answer", parentId: question.first })).toEqual([
      "input.invalid",
      "parentId",
    ]);
    expect(await refused(threadId, { kind: "comment" })).toEqual(["input.invalid", "parentId"]);
    expect(await refused(threadId, { kind: "comment", parentId: comment })).toEqual(["input.invalid", "parentId"]);
    expect(await refused(threadId, { kind: "comment", parentId: question.first })).toEqual(["not-found", "parentId"]);
    expect(await refused(newId(at(0)), {})).toEqual(["not-found", "threadId"]);
  });

  it("counts every one of thirty replies at once", async () => {
    const cast = await aCast(test);
    const { threadId } = await aThread(test, cast);
    await Promise.all(
      Array.from({ length: 30 }, (_, n) =>
        test.tx(cast.communityId, (tx) =>
          createPost(tx, cast.reader, { threadId, kind: "reply", parentId: null, body: `reply ${n}` }, at(30 - n)),
        ),
      ),
    );
    const [thread] = await test.rows("select reply_count, last_activity_at from threads where id = $1", [threadId]);
    expect(thread).toEqual({ reply_count: 30, last_activity_at: at(30) });
  });
});
