import { describe, expect, it } from "vitest";
import { deletePost, editPost } from "../../src/community/post-actions.ts";
import { AUTHOR_EDIT_DAYS_MAX } from "../../src/community/post-rules.ts";
import type { Viewer } from "../../src/identity/viewer.ts";
import type { Id } from "../../src/kernel/ids.ts";
import { addMs, DAY_MS, type Instant } from "../../src/kernel/instant.ts";
import { hidePost } from "../../src/moderation/visibility-actions.ts";
import { acceptAnswer } from "../../src/qa/acceptance-actions.ts";
import { aCast, aPost, aQuestion, aThread, at, eventsOf, refusalOf } from "../support/content-builders.ts";
import { useDatabase } from "../support/test-database.ts";

const test = useDatabase();

const edit = (viewer: Viewer, postId: Id, revision: number, body: string, now: Instant = at(60)) =>
  test.tx(viewer.communityId, (tx) => editPost(tx, viewer, { postId, revision, body }, now));
const remove = (viewer: Viewer, postId: Id) =>
  test.tx(viewer.communityId, (tx) => deletePost(tx, viewer, { postId }, at(90)));
const hide = (viewer: Viewer, postId: Id, revision = 1) =>
  test.tx(viewer.communityId, (tx) => hidePost(tx, viewer, { postId, revision, reason: "spam" }, at(80)));

describe("editPost", () => {
  it("renders the new text and keeps the old one with the name of who changed it", async () => {
    const cast = await aCast(test);
    const { threadId } = await aThread(test, cast);
    const postId = await aPost(test, cast.reader, threadId, { body: "before" });
    expect(await edit(cast.reader, postId, 1, "*after*")).toEqual({ revision: 2 });
    expect(await edit(cast.reader, postId, 2, "calmer")).toEqual({ revision: 3 });
    const [post] = await test.rows("select * from posts where id = $1", [postId]);
    expect(post).toMatchObject({ revision: 3, body_html: "<p>calmer</p>", edited_at: at(60) });
    const kept = await test.rows(
      "select revision, body_markdown, editor_id from post_revisions where post_id = $1 order by revision",
      [postId],
    );
    expect(kept).toEqual([
      { revision: 1, body_markdown: "before", editor_id: cast.reader.memberId },
      { revision: 2, body_markdown: "*after*", editor_id: cast.reader.memberId },
    ]);
    expect((await eventsOf(test, cast.communityId)).filter((event) => event.type === "post.edited")).toHaveLength(2);
  });

  it("refuses a revision that is no longer the one that stands, and tells which is", async () => {
    const cast = await aCast(test);
    const { openingPostId } = await aThread(test, cast);
    await edit(cast.author, openingPostId, 1, "second");
    expect(await refusalOf(edit(cast.author, openingPostId, 1, "third"))).toMatchObject({
      code: "revision.outdated",
      data: { seen: 1, current: 2 },
      field: "revision",
    });
  });

  it("lets one of two editors at once win", async () => {
    const cast = await aCast(test);
    const { openingPostId } = await aThread(test, cast);
    const outcomes = await Promise.allSettled([
      edit(cast.author, openingPostId, 1, "mine"),
      edit(cast.author, openingPostId, 1, "yours"),
    ]);
    expect(outcomes.map((outcome) => outcome.status).sort()).toEqual(["fulfilled", "rejected"]);
  });

  it("changes nothing when the text is the same", async () => {
    const cast = await aCast(test);
    const { openingPostId } = await aThread(test, cast, { body: "same" });
    expect(await edit(cast.author, openingPostId, 1, " same ")).toEqual({ revision: 1 });
    expect(await test.rows("select 1 from post_revisions where post_id = $1", [openingPostId])).toEqual([]);
  });

  it("is for the author, for a time", async () => {
    const cast = await aCast(test);
    const { openingPostId } = await aThread(test, cast);
    const later = addMs(at(60), AUTHOR_EDIT_DAYS_MAX * DAY_MS);
    expect(await refusalOf(edit(cast.reader, openingPostId, 1, "x"))).toMatchObject({ code: "not-allowed" });
    expect(await refusalOf(edit(cast.author, openingPostId, 1, "x", later))).toMatchObject({ code: "not-allowed" });
    expect(await refusalOf(edit(cast.moderator, openingPostId, 1, "x"))).toMatchObject({ code: "not-allowed" });
    await hide(cast.moderator, openingPostId);
    expect(await refusalOf(edit(cast.author, openingPostId, 1, "y"))).toMatchObject({ code: "post.hidden" });
    expect(await refusalOf(edit(cast.reader, openingPostId, 1, "y"))).toMatchObject({ code: "not-found" });
  });
});

describe("deletePost", () => {
  it("takes a reply out of its thread's counts", async () => {
    const cast = await aCast(test);
    const { threadId } = await aThread(test, cast);
    const first = await aPost(test, cast.reader, threadId, {}, at(10));
    const second = await aPost(test, cast.other, threadId, {}, at(20));
    await remove(cast.other, second);
    const [thread] = await test.rows("select * from threads where id = $1", [threadId]);
    expect(thread).toMatchObject({ reply_count: 1, last_reply_id: first, last_activity_at: at(10) });
    await remove(cast.reader, first);
    const [empty] = await test.rows("select * from threads where id = $1", [threadId]);
    expect(empty).toMatchObject({ reply_count: 0, last_reply_id: null, last_activity_at: at(1) });
    expect(await eventsOf(test, cast.communityId)).toContainEqual({
      type: "post.deleted",
      postId: first,
      threadId,
      authorId: cast.reader.memberId,
      kind: "reply",
      stateVersion: 1,
    });
  });

  it("takes a thread without replies along with its opening post", async () => {
    const cast = await aCast(test);
    const { threadId, openingPostId } = await aThread(test, cast);
    const reply = await aPost(test, cast.reader, threadId);
    expect(await refusalOf(remove(cast.author, openingPostId))).toMatchObject({
      code: "thread.has-replies",
      data: { replies: 1 },
    });
    await remove(cast.reader, reply);
    await remove(cast.author, openingPostId);
    const [thread] = await test.rows("select state from threads where id = $1", [threadId]);
    expect(thread).toEqual({ state: "deleted" });
    expect(await refusalOf(aPost(test, cast.reader, threadId))).toMatchObject({ code: "not-found" });
    expect(await refusalOf(aPost(test, cast.author, threadId))).toMatchObject({ code: "thread.closed" });
  });

  it("refuses others' posts, hidden and deleted ones, and the accepted answer", async () => {
    const cast = await aCast(test);
    const { first, second } = await aQuestion(test, cast);
    expect(await refusalOf(remove(cast.other, first))).toMatchObject({ code: "not-allowed" });
    expect(await refusalOf(remove(cast.moderator, first))).toMatchObject({ code: "not-allowed" });
    await test.tx(cast.communityId, (tx) =>
      acceptAnswer(tx, cast.author, { postId: first, replacesPostId: null }, at(30)),
    );
    expect(await refusalOf(remove(cast.reader, first))).toMatchObject({ code: "post.accepted" });
    await hide(cast.moderator, first);
    expect(await refusalOf(remove(cast.reader, first))).toMatchObject({ code: "post.hidden" });
    await remove(cast.other, second);
    expect(await refusalOf(remove(cast.other, second))).toMatchObject({ code: "not-found" });
  });
});
