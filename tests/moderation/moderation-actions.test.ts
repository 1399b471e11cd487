import { describe, expect, it } from "vitest";
import { createPost, editPost } from "../../src/community/post-actions.ts";
import type { Viewer } from "../../src/identity/viewer.ts";
import type { Id } from "../../src/kernel/ids.ts";
import { type PageRequest, timeKeyParts } from "../../src/kernel/pagination.ts";
import { dismissReport, type PostReport, reportPost } from "../../src/moderation/report-actions.ts";
import { listOpenReports, reportsById } from "../../src/moderation/report-queries.ts";
import { hidePost, restorePost } from "../../src/moderation/visibility-actions.ts";
import { aCast, aPost, aThread, at, eventsOf, refusalOf } from "../support/content-builders.ts";
import { useDatabase } from "../support/test-database.ts";

const test = useDatabase();

const FIRST_PAGE: PageRequest = { size: 20, direction: "forward", cursor: null };
const report = (viewer: Viewer, postId: Id, options: Partial<PostReport> = {}, now = at(30)) =>
  test.tx(viewer.communityId, (tx) =>
    reportPost(tx, viewer, { postId, revision: 1, reason: "spam", details: "", ...options }, now),
  );
const hide = (viewer: Viewer, postId: Id, revision = 1) =>
  test.tx(viewer.communityId, (tx) => hidePost(tx, viewer, { postId, revision, reason: "spam" }, at(40)));
const restore = (viewer: Viewer, postId: Id, revision = 1) =>
  test.tx(viewer.communityId, (tx) => restorePost(tx, viewer, { postId, revision, reason: "mistake" }, at(50)));
const dismiss = (viewer: Viewer, reportId: Id, revision = 1) =>
  test.tx(viewer.communityId, (tx) => dismissReport(tx, viewer, { reportId, revision, reason: "harmless" }, at(45)));
const edit = (viewer: Viewer, postId: Id) =>
  test.tx(viewer.communityId, (tx) => editPost(tx, viewer, { postId, revision: 1, body: "changed" }, at(35)));
const queue = (viewer: Viewer, request = FIRST_PAGE) =>
  test.read(viewer.communityId, (reader) => listOpenReports(reader, viewer, request));
const threadOf = async (threadId: Id) => (await test.rows("select * from threads where id = $1", [threadId]))[0];
const audit = (postId: Id) =>
  test.rows("select action, revision, moderator_id from moderation_actions where post_id = $1 order by created_at", [
    postId,
  ]);

describe("reportPost", () => {
  it("tells the moderators once a member and post", async () => {
    const cast = await aCast(test);
    const { openingPostId: postId } = await aThread(test, cast);
    const { reportId } = await report(cast.reader, postId, { details: "广告" });
    expect(await refusalOf(report(cast.reader, postId))).toMatchObject({
      code: "report.already-made",
      data: { reportId },
    });
    const { rows } = await queue(cast.moderator);
    expect(rows).toMatchObject([{ id: reportId, postId, details: "广告", revision: 1, state: "open" }]);
    expect((await eventsOf(test, cast.communityId)).at(-1)).toEqual({
      type: "post.reported",
      reportId,
      postId,
      reporterId: cast.reader.memberId,
    });
  });

  it("makes one report of ten at once", async () => {
    const cast = await aCast(test);
    const { openingPostId } = await aThread(test, cast);
    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => report(cast.reader, openingPostId)));
    expect(outcomes.filter((outcome) => outcome.status === "fulfilled")).toHaveLength(1);
  });

  it("refuses one's own post, revisions that never were, and what PostgreSQL cannot store", async () => {
    const cast = await aCast(test);
    const { openingPostId: postId } = await aThread(test, cast);
    expect(await refusalOf(report(cast.author, postId))).toMatchObject({ code: "report.own-post" });
    for (const revision of [0, 2, 1.5]) {
      expect(await refusalOf(report(cast.reader, postId, { revision }))).toMatchObject({ field: "revision" });
    }
    expect(await refusalOf(report(cast.reader, postId, { details: "\u0000" }))).toMatchObject({ field: "details" });
  });
});

describe("the review queue", () => {
  it("is the moderators', oldest first, and pages by key both ways", async () => {
    const cast = await aCast(test);
    const { threadId } = await aThread(test, cast);
    const ids: Id[] = [];
    for (let n = 0; n < 5; n += 1) {
      const postId = await aPost(test, cast.author, threadId, { body: `post ${n}` });
      ids.push((await report(cast.reader, postId, {}, at(100 + n))).reportId);
    }
    expect(await refusalOf(queue(cast.reader))).toMatchObject({ code: "not-allowed" });
    const first = await queue(cast.moderator, { ...FIRST_PAGE, size: 2 });
    expect(first.rows.map((row) => row.id)).toEqual(ids.slice(0, 2));
    expect(first.hasNextPage).toBe(true);
    const cursor = timeKeyParts(at(101), ids[1]!);
    const next = await queue(cast.moderator, { size: 10, direction: "forward", cursor });
    expect(next.rows.map((row) => row.id)).toEqual(ids.slice(2));
    expect(next.hasNextPage).toBe(false);
    const back = await queue(cast.moderator, {
      size: 2,
      direction: "backward",
      cursor: timeKeyParts(at(104), ids[4]!),
    });
    expect(back.rows.map((row) => row.id)).toEqual(ids.slice(2, 4));
  });

  it("shows a single report to its reporter and to moderators", async () => {
    const cast = await aCast(test);
    const { openingPostId } = await aThread(test, cast);
    const { reportId } = await report(cast.reader, openingPostId);
    const seenBy = (viewer: Viewer) => test.read(cast.communityId, (reader) => reportsById(reader, viewer, [reportId]));
    expect(await seenBy(cast.reader)).toHaveLength(1);
    expect(await seenBy(cast.moderator)).toHaveLength(1);
    expect(await seenBy(cast.other)).toHaveLength(0);
  });
});

describe("dismissReport", () => {
  it("closes the report, leaves the post and writes it down", async () => {
    const cast = await aCast(test);
    const { openingPostId: postId } = await aThread(test, cast);
    const { reportId } = await report(cast.reader, postId);
    expect(await refusalOf(dismiss(cast.reader, reportId))).toMatchObject({ code: "not-allowed" });
    await edit(cast.author, postId);
    expect(await refusalOf(dismiss(cast.moderator, reportId, 1))).toMatchObject({ code: "revision.outdated" });
    await dismiss(cast.moderator, reportId, 2);
    expect(await refusalOf(dismiss(cast.moderator, reportId, 2))).toMatchObject({ code: "report.resolved" });
    expect((await queue(cast.moderator)).rows).toEqual([]);
    expect(await audit(postId)).toEqual([
      { action: "report.dismissed", revision: 2, moderator_id: cast.moderator.memberId },
    ]);
  });
});

describe("hidePost and restorePost", () => {
  it("take a reply out of its thread and put it back, exactly", async () => {
    const cast = await aCast(test);
    const { threadId } = await aThread(test, cast);
    const first = await aPost(test, cast.reader, threadId, {}, at(10));
    const last = await aPost(test, cast.other, threadId, {}, at(20));
    const before = await threadOf(threadId);
    const { reportId } = await report(cast.reader, last);
    await hide(cast.moderator, last);
    expect(await threadOf(threadId)).toMatchObject({
      reply_count: 1,
      last_reply_id: first,
      last_activity_at: at(10),
      state: "visible",
    });
    const [upheld] = await test.rows("select state, resolved_by_id from reports where id = $1", [reportId]);
    expect(upheld).toEqual({ state: "upheld", resolved_by_id: cast.moderator.memberId });
    await restore(cast.moderator, last);
    expect(await threadOf(threadId)).toEqual(before);
    expect(await audit(last)).toEqual([
      { action: "post.hidden", revision: 1, moderator_id: cast.moderator.memberId },
      { action: "post.restored", revision: 1, moderator_id: cast.moderator.memberId },
    ]);
    const told = (await eventsOf(test, cast.communityId)).slice(-2);
    expect(told).toMatchObject([
      { type: "post.hidden", postId: last, threadId, authorId: cast.other.memberId },
      { type: "post.restored", postId: last, threadId, authorId: cast.other.memberId },
    ]);
  });

  it("hide the thread with its opening post", async () => {
    const cast = await aCast(test);
    const { threadId, openingPostId } = await aThread(test, cast);
    await aPost(test, cast.reader, threadId);
    await hide(cast.moderator, openingPostId);
    expect(await threadOf(threadId)).toMatchObject({ state: "hidden", reply_count: 1 });
    expect(await refusalOf(aPost(test, cast.reader, threadId))).toMatchObject({ code: "not-found" });
    await restore(cast.moderator, openingPostId);
    expect(await threadOf(threadId)).toMatchObject({ state: "visible", reply_count: 1 });
  });

  it("decide on the revision that was seen", async () => {
    const cast = await aCast(test);
    const { openingPostId: postId } = await aThread(test, cast);
    await edit(cast.author, postId);
    expect(await refusalOf(hide(cast.moderator, postId, 1))).toMatchObject({
      code: "revision.outdated",
      data: { seen: 1, current: 2 },
    });
    await hide(cast.moderator, postId, 2);
    expect(await refusalOf(restore(cast.moderator, postId, 1))).toMatchObject({ code: "revision.outdated" });
    expect(await refusalOf(hide(cast.moderator, postId, 2))).toMatchObject({ code: "post.hidden" });
    await restore(cast.moderator, postId, 2);
    expect(await refusalOf(restore(cast.moderator, postId, 2))).toMatchObject({ code: "post.not-hidden" });
  });

  it("are refused to members, whatever they name", async () => {
    const cast = await aCast(test);
    const { openingPostId } = await aThread(test, cast);
    expect(await refusalOf(hide(cast.author, openingPostId))).toMatchObject({ code: "not-allowed" });
    expect(await refusalOf(restore(cast.reader, openingPostId))).toMatchObject({ code: "not-allowed" });
    expect(await refusalOf(hide(cast.moderator, "nonsense"))).toMatchObject({ code: "not-found" });
  });

  it("leave the counts exact when replies come and go at the same time", async () => {
    const cast = await aCast(test);
    const { threadId } = await aThread(test, cast);
    const replies: Id[] = [];
    for (let n = 0; n < 10; n += 1) replies.push(await aPost(test, cast.reader, threadId, {}, at(10 + n)));
    await Promise.all([
      ...replies.map((postId) => hide(cast.moderator, postId)),
      ...Array.from({ length: 10 }, (_, n) =>
        test.tx(cast.communityId, (tx) =>
          createPost(tx, cast.other, { threadId, kind: "reply", parentId: null, body: `at once ${n}` }, at(15)),
        ),
      ),
    ]);
    expect(await threadOf(threadId)).toMatchObject({ reply_count: 10, last_activity_at: at(15) });
  });

  it("let either the reply or the hiding of its thread go first, and nothing between", async () => {
    for (let round = 0; round < 5; round += 1) {
      const cast = await aCast(test);
      const { threadId, openingPostId } = await aThread(test, cast);
      const [reply] = await Promise.allSettled([
        aPost(test, cast.reader, threadId),
        hide(cast.moderator, openingPostId),
      ]);
      const thread = await threadOf(threadId);
      expect(thread).toMatchObject({ state: "hidden", reply_count: reply.status === "fulfilled" ? 1 : 0 });
      if (reply.status === "rejected") expect(reply.reason).toMatchObject({ code: "not-found" });
    }
  });

  it("cannot be rewritten: the audit log takes new rows only", async () => {
    const cast = await aCast(test);
    const { openingPostId } = await aThread(test, cast);
    await hide(cast.moderator, openingPostId);
    for (const statement of ["update moderation_actions set reason = 'x'", "delete from moderation_actions"]) {
      await expect(test.tx(cast.communityId, (tx) => tx.client.query(statement))).rejects.toThrow(/permission denied/);
    }
  });
});
