import { describe, expect, it } from "vitest";
import { deletePost, editPost } from "../../src/community/post-actions.ts";
import { composeText } from "../../src/community/post-text-queries.ts";
import { diffRevisions, listRevisions, revisionKey } from "../../src/community/revision-queries.ts";
import type { Viewer } from "../../src/identity/viewer.ts";
import type { Id } from "../../src/kernel/ids.ts";
import type { PageRequest } from "../../src/kernel/pagination.ts";
import { amendPost } from "../../src/moderation/amendment-actions.ts";
import { hidePost } from "../../src/moderation/visibility-actions.ts";
import { aCast, aPost, aThread, at, eventsOf, refusalOf } from "../support/content-builders.ts";
import { aSpace } from "../support/space-builders.ts";
import { useDatabase } from "../support/test-database.ts";

const test = useDatabase();

const edit = (viewer: Viewer, postId: Id, revision: number, body: string) =>
  test.tx(viewer.communityId, (tx) => editPost(tx, viewer, { postId, revision, body }, at(60 + revision)));
const amend = (viewer: Viewer, postId: Id, revision: number, body: string, reason = "calmer") =>
  test.tx(viewer.communityId, async (tx) => {
    const text = await composeText(tx, viewer, body, at(60 + revision));
    return amendPost(tx, viewer, { postId, revision, reason, text }, at(60 + revision));
  });
const list = (viewer: Viewer, postId: Id, request: Partial<PageRequest> = {}) =>
  test.read(viewer.communityId, (reader) =>
    listRevisions(reader, viewer, postId, { size: 20, direction: "forward", cursor: null, ...request }, at(99)),
  );
const diff = (viewer: Viewer, postId: Id, from: number, to: number) =>
  test.read(viewer.communityId, (reader) => diffRevisions(reader, viewer, { postId, from, to }, at(99)));

async function aRevisedPost() {
  const cast = await aCast(test);
  const { threadId } = await aThread(test, cast);
  const postId = await aPost(test, cast.reader, threadId, { body: "one" });
  await edit(cast.reader, postId, 1, "one two");
  await amend(cast.moderator, postId, 2, "one three");
  return { cast, threadId, postId };
}

describe("revisions", () => {
  it("tell what a post said, who wrote it so, when, and why where it was a moderator", async () => {
    const { cast, postId } = await aRevisedPost();
    const { rows } = await list(cast.other, postId);
    expect(rows.map(({ editor, ...row }) => ({ ...row, editor: editor?.id }))).toEqual([
      { revision: 1, bodyMarkdown: "one", reason: null, createdAt: at(10), editor: cast.reader.memberId },
      { revision: 2, bodyMarkdown: "one two", reason: null, createdAt: at(61), editor: cast.reader.memberId },
      { revision: 3, bodyMarkdown: "one three", reason: "calmer", createdAt: at(62), editor: cast.moderator.memberId },
    ]);
    const first = await list(cast.other, postId, { size: 2 });
    expect(first.hasNextPage).toBe(true);
    const rest = await list(cast.other, postId, { size: 2, cursor: revisionKey(first.rows[1]!) });
    expect(rest.rows.map(({ revision }) => revision)).toEqual([3]);
    const back = await list(cast.other, postId, { size: 1, direction: "backward", cursor: ["3"] });
    expect(back.rows.map(({ revision }) => revision)).toEqual([2]);
    expect(await refusalOf(list(cast.other, postId, { cursor: ["x"] }))).toMatchObject({ code: "input.invalid" });
  });

  it("are compared either way, and with themselves", async () => {
    const { cast, postId } = await aRevisedPost();
    expect(await diff(cast.other, postId, 1, 3)).toEqual([
      { op: "same", text: "one" },
      { op: "added", text: " three" },
    ]);
    expect(await diff(cast.other, postId, 3, 2)).toEqual([
      { op: "same", text: "one " },
      { op: "removed", text: "three" },
      { op: "added", text: "two" },
    ]);
    expect(await diff(cast.other, postId, 2, 2)).toEqual([{ op: "same", text: "one two" }]);
    for (const missing of [0, 4, -1]) expect(await diff(cast.other, postId, 1, missing)).toBeNull();
  });

  it("are there for those who see the post's text, and for nobody else", async () => {
    const { cast, postId, threadId } = await aRevisedPost();
    const deleted = await aPost(test, cast.reader, threadId, { body: "gone" });
    await test.tx(cast.communityId, (tx) => deletePost(tx, cast.reader, { postId: deleted }, at(70)));
    await test.tx(cast.communityId, (tx) =>
      hidePost(tx, cast.moderator, { postId, revision: 3, reason: "spam" }, at(80)),
    );
    const staff = await aSpace(test, cast, { kind: "staff" });
    const { openingPostId } = await aThread(test, { ...cast, author: cast.moderator }, { spaceId: staff });
    for (const id of [postId, deleted, openingPostId]) {
      expect((await list(cast.other, id)).rows).toEqual([]);
      expect(await diff(cast.other, id, 1, 1)).toBeNull();
      expect((await list(cast.moderator, id)).rows.length).toBeGreaterThan(0);
    }
    for (const id of [postId, deleted]) expect((await list(cast.reader, id)).rows.length).toBeGreaterThan(0);
  });
});

describe("amendPost", () => {
  it("is for moderators, with a reason, on the revision they saw; recorded once", async () => {
    const { cast, postId, threadId } = await aRevisedPost();
    expect(await refusalOf(amend(cast.other, postId, 3, "mine"))).toMatchObject({ code: "not-allowed" });
    expect(await refusalOf(amend(cast.moderator, postId, 2, "late"))).toMatchObject({ code: "revision.outdated" });
    expect(await refusalOf(amend(cast.moderator, postId, 3, "x", " "))).toMatchObject({ field: "reason" });
    expect(await amend(cast.moderator, postId, 3, "one three")).toEqual({ revision: 3 });
    const outcomes = await Promise.allSettled([
      amend(cast.moderator, postId, 3, "four"),
      edit(cast.reader, postId, 3, "five"),
    ]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    const recorded = await test.rows(
      "select action, revision, reason, details from moderation_actions where community_id = $1 order by revision limit 1",
      [cast.communityId],
    );
    expect(recorded).toEqual([{ action: "post.amended", revision: 2, reason: "calmer", details: { revision: 3 } }]);
    expect(await eventsOf(test, cast.communityId)).toContainEqual({
      type: "post.edited",
      postId,
      threadId,
      editorId: cast.moderator.memberId,
      revision: 3,
    });
  });
});
