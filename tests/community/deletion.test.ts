import { describe, expect, it } from "vitest";
import { deletePost } from "../../src/community/post-actions.ts";
import { listPosts, postsById } from "../../src/community/post-queries.ts";
import { UNDELETE_HOURS_MAX } from "../../src/community/post-rules.ts";
import { undeletePost } from "../../src/community/undeletion-actions.ts";
import type { Viewer } from "../../src/identity/viewer.ts";
import type { Id } from "../../src/kernel/ids.ts";
import { addMs, HOUR_MS, type Instant } from "../../src/kernel/instant.ts";
import { removePost } from "../../src/moderation/removal-actions.ts";
import { reportPost } from "../../src/moderation/report-actions.ts";
import { hidePost, restorePost } from "../../src/moderation/visibility-actions.ts";
import { aCast, aPost, aThread, at, type Cast, eventsOf, refusalOf } from "../support/content-builders.ts";
import { useDatabase } from "../support/test-database.ts";

const test = useDatabase();

const remove = (viewer: Viewer, postId: Id) =>
  test.tx(viewer.communityId, (tx) => deletePost(tx, viewer, { postId }, at(90)));
const undelete = (viewer: Viewer, postId: Id, now: Instant = at(95)) =>
  test.tx(viewer.communityId, (tx) => undeletePost(tx, viewer, { postId }, now));
const moderate = (act: typeof hidePost, viewer: Viewer, postId: Id, now = at(92)) =>
  test.tx(viewer.communityId, (tx) => act(tx, viewer, { postId, revision: 1, reason: "off topic" }, now));
const repliesOf = async (threadId: Id) =>
  (await test.rows("select reply_count from threads where id = $1", [threadId]))[0]?.reply_count;

async function see(cast: Cast, viewer: Viewer, threadId: Id) {
  const request = { size: 20, direction: "forward", cursor: null } as const;
  const [page] = await test.read(cast.communityId, (reader) => listPosts(reader, viewer, [threadId], request, at(99)));
  return page!.rows;
}

describe("a deleted post", () => {
  it("leaves a gap that tells its kind and time and nothing else, but to its author and moderators", async () => {
    const cast = await aCast(test);
    const { threadId } = await aThread(test, cast);
    const postId = await aPost(test, cast.reader, threadId, { body: "a secret" });
    const answer = await aPost(test, cast.other, threadId, { parentId: postId }, at(20));
    await remove(cast.reader, postId);
    const seen = await see(cast, cast.other, threadId);
    expect(seen.map(({ id }) => id).slice(1)).toEqual([postId, answer]);
    const gap = {
      state: "deleted",
      kind: "reply",
      createdAt: at(10),
      author: null,
      anonymousNumber: null,
      bodyMarkdown: "",
      bodyHtml: "",
      score: 0,
      myVote: null,
      editedAt: null,
    };
    expect(seen[1]).toMatchObject(gap);
    const [byId] = await test.read(cast.communityId, (reader) => postsById(reader, cast.other, [postId], at(99)));
    expect(byId).toEqual(seen[1]);
    for (const viewer of [cast.reader, cast.moderator]) {
      expect((await see(cast, viewer, threadId))[1]).toMatchObject({ bodyMarkdown: "a secret", state: "deleted" });
    }
    expect(await repliesOf(threadId)).toBe(1);
    expect(await refusalOf(aPost(test, cast.other, threadId, { parentId: postId }, at(99)))).toMatchObject({
      code: "not-found",
    });
  });

  it("is taken back by its author for a day, with all that it counted for", async () => {
    const cast = await aCast(test);
    const { threadId } = await aThread(test, cast);
    const postId = await aPost(test, cast.reader, threadId);
    expect(await refusalOf(undelete(cast.reader, postId))).toMatchObject({ code: "post.not-deleted" });
    await remove(cast.reader, postId);
    expect(await refusalOf(undelete(cast.other, postId))).toMatchObject({ code: "not-found" });
    expect(await refusalOf(undelete(cast.moderator, postId))).toMatchObject({ code: "not-allowed" });
    const late = addMs(at(90), UNDELETE_HOURS_MAX * HOUR_MS + 1);
    expect(await refusalOf(undelete(cast.reader, postId, late))).toMatchObject({ code: "post.undelete-expired" });
    const outcomes = await Promise.allSettled([undelete(cast.reader, postId), undelete(cast.reader, postId)]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(await repliesOf(threadId)).toBe(1);
    expect(await eventsOf(test, cast.communityId)).toContainEqual({
      type: "post.undeleted",
      postId,
      threadId,
      authorId: cast.reader.memberId,
      kind: "reply",
      stateVersion: 2,
    });
  });

  it("brings its thread back when it opened it", async () => {
    const cast = await aCast(test);
    const { threadId, openingPostId } = await aThread(test, cast);
    await remove(cast.author, openingPostId);
    await undelete(cast.author, openingPostId);
    expect(await test.rows("select state from threads where id = $1", [threadId])).toEqual([{ state: "visible" }]);
    await aPost(test, cast.reader, threadId);
  });
});

describe("a moderator", () => {
  it("removes a post so that its author cannot bring it back, upholds its reports, and restores it", async () => {
    const cast = await aCast(test);
    const { threadId } = await aThread(test, cast);
    const postId = await aPost(test, cast.reader, threadId);
    await test.tx(cast.communityId, (tx) =>
      reportPost(tx, cast.other, { postId, revision: 1, reason: "spam", details: "" }, at(50)),
    );
    expect(await refusalOf(moderate(removePost, cast.other, postId))).toMatchObject({ code: "not-allowed" });
    await moderate(removePost, cast.moderator, postId);
    expect(await refusalOf(moderate(removePost, cast.moderator, postId))).toMatchObject({ code: "not-found" });
    expect(await test.rows("select state from reports where post_id = $1", [postId])).toEqual([{ state: "upheld" }]);
    expect(await refusalOf(undelete(cast.reader, postId))).toMatchObject({ code: "not-allowed" });
    expect((await see(cast, cast.other, threadId))[1]).toMatchObject({ bodyHtml: "", state: "deleted" });
    await moderate(restorePost, cast.moderator, postId, at(93));
    expect(await repliesOf(threadId)).toBe(1);
    const told = { postId, threadId, authorId: cast.reader.memberId, moderatorId: cast.moderator.memberId };
    const events = (await eventsOf(test, cast.communityId)).filter(({ type }) => type.startsWith("post.re"));
    expect(events).toMatchObject([
      { type: "post.reported" },
      { type: "post.removed", stateVersion: 1, ...told },
      { type: "post.restored", stateVersion: 2, ...told },
    ]);
    expect(await test.rows("select action from moderation_actions where post_id = $1 order by id", [postId])).toEqual([
      { action: "post.removed" },
      { action: "post.restored" },
    ]);
  });

  it("leaves no gap by hiding, and restores what an author deleted", async () => {
    const cast = await aCast(test);
    const { threadId } = await aThread(test, cast);
    const hidden = await aPost(test, cast.reader, threadId);
    const deleted = await aPost(test, cast.other, threadId, {}, at(20));
    await moderate(hidePost, cast.moderator, hidden);
    await remove(cast.other, deleted);
    expect((await see(cast, cast.author, threadId)).map(({ id }) => id).slice(1)).toEqual([deleted]);
    expect(await refusalOf(moderate(removePost, cast.moderator, hidden))).toMatchObject({ code: "post.hidden" });
    await moderate(restorePost, cast.moderator, deleted);
    expect((await see(cast, cast.author, threadId))[1]).toMatchObject({ state: "visible" });
  });
});
