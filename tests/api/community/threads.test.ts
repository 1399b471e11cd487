import { describe, expect, it } from "vitest";
import type { Viewer } from "../../../src/identity/viewer.ts";
import { aCast, aPost, aThread, at, type Cast } from "../../support/content-builders.ts";
import { aSpace } from "../../support/space-builders.ts";
import { type Data, useApi } from "../../support/test-api.ts";
import { useDatabase } from "../../support/test-database.ts";

const test = useDatabase();
let requests = 0;
const api = useApi(test, () => {
  requests += 1;
  return at(1_000 + requests);
});

/** What a mutation answers: `input` is written out as its type says. */
async function act(viewer: Viewer, mutation: string, input: object, selection: string): Promise<Data> {
  const type = `${mutation[0]!.toUpperCase()}${mutation.slice(1)}Input!`;
  const inputType = TYPES[mutation] ?? type;
  const query = `mutation ($input: ${inputType}) { did: ${mutation}(input: $input) { ${selection} userErrors { code field } } }`;
  return (await api.ask(viewer, query, { input })).did;
}
const TYPES: Readonly<Record<string, string>> = {
  threadLock: "ThreadModerateInput!",
  threadUnlock: "ThreadModerateInput!",
  threadUnpin: "ThreadModerateInput!",
  threadSlowModeSet: "ThreadSlowModeInput!",
  postRemove: "PostModerateInput!",
  postRestore: "PostModerateInput!",
  postUndelete: "PostDeleteInput!",
};

describe("threads over the API", () => {
  it("hold a poll that members vote in", async () => {
    const cast = await aCast(test);
    const poll = { options: ["甲", "乙"], choice: "MULTIPLE", results: "VOTED" };
    const { thread } = await act(
      cast.author,
      "threadCreate",
      { spaceId: `Space:${cast.spaceId}`, kind: "POLL", title: "选哪个？", body: "请投票", poll },
      "thread { id kind poll { choice results closesAt closed ballotCount myPositions options { position text voteCount } } }",
    );
    expect(thread.poll).toEqual({
      choice: "MULTIPLE",
      results: "VOTED",
      closesAt: null,
      closed: false,
      ballotCount: 0,
      myPositions: [],
      options: [
        { position: 1, text: "甲", voteCount: null },
        { position: 2, text: "乙", voteCount: null },
      ],
    });
    const shown = "thread { poll { closed ballotCount myPositions options { voteCount } } }";
    const voted = await act(cast.reader, "pollVote", { threadId: thread.id, positions: [2, 1] }, shown);
    expect(voted.thread.poll).toEqual({
      closed: false,
      ballotCount: 1,
      myPositions: [1, 2],
      options: [{ voteCount: 1 }, { voteCount: 1 }],
    });
    const { poll: unseen } = (
      await api.ask(cast.other, "query ($id: ID!) { thread(id: $id) { poll { options { voteCount } } } }", {
        id: thread.id,
      })
    ).thread;
    expect(unseen.options).toEqual([{ voteCount: null }, { voteCount: null }]);
    const closed = await act(cast.author, "pollClose", { threadId: thread.id }, shown);
    expect(closed.thread.poll.closed).toBe(true);
    expect((await act(cast.other, "pollVote", { threadId: thread.id, positions: [1] }, "")).userErrors).toEqual([
      { code: "poll.closed", field: null },
    ]);
  });

  it("are locked, pinned, slowed, moved, merged and split by their moderators", async () => {
    const cast = await aCast(test);
    const elsewhere = await aSpace(test, cast);
    const { threadId } = await aThread(test, cast, {}, at(1));
    const later = await aThread(test, cast, {}, at(2));
    const id = `Thread:${threadId}`;
    const decide = (verb: string, more: object, shown: string, viewer = cast.moderator) =>
      act(viewer, verb, { threadId: id, reason: "理由", ...more }, `thread { ${shown} }`);
    expect((await decide("threadLock", {}, "locked")).thread).toEqual({ locked: true });
    expect((await decide("threadUnlock", {}, "locked")).thread).toEqual({ locked: false });
    const until = at(9_000).toISOString();
    expect((await decide("threadPin", { until }, "pinned pinnedUntil")).thread).toEqual({
      pinned: true,
      pinnedUntil: until,
    });
    const pinned = "{ spaces { nodes { slug threadCount pinnedThreads { id } } } }";
    const { spaces } = await api.ask(cast.reader, pinned);
    expect(spaces.nodes.find((space: Data) => space.slug === "python-101")).toEqual({
      slug: "python-101",
      threadCount: 2,
      pinnedThreads: [{ id }],
    });
    expect((await decide("threadUnpin", {}, "pinned")).thread).toEqual({ pinned: false });
    expect((await decide("threadSlowModeSet", { seconds: 5 }, "slowModeSeconds")).thread).toEqual({
      slowModeSeconds: 5,
    });
    const moved = await decide("threadMove", { spaceId: `Space:${elsewhere}` }, "space { id }");
    expect(moved.thread.space.id).toBe(`Space:${elsewhere}`);
    const reply = await aPost(test, cast.reader, later.threadId, {}, at(20));
    const merged = await act(
      cast.moderator,
      "threadMerge",
      { threadId: `Thread:${later.threadId}`, intoThreadId: id, reason: "重复" },
      "thread { id replyCount }",
    );
    expect(merged.thread).toEqual({ id, replyCount: 2 });
    const query = "query ($id: ID!) { thread(id: $id) { id } }";
    for (const viewer of [cast.reader, cast.author, cast.moderator]) {
      expect(await api.ask(viewer, query, { id: `Thread:${later.threadId}` })).toEqual({ thread: { id } });
    }
    const split = await act(
      cast.moderator,
      "threadSplit",
      { threadId: id, postIds: [`Post:${reply}`], kind: "QUESTION", title: "另起一题", tags: ["A b"], reason: "离题" },
      "thread { kind title tags openingPost { id kind } author { id } }",
    );
    expect(split.thread).toEqual({
      kind: "QUESTION",
      title: "另起一题",
      tags: ["a-b"],
      openingPost: { id: `Post:${reply}`, kind: "OPENING" },
      author: { id: `Member:${cast.reader.memberId}` },
    });
  });

  it("show what was deleted as a gap, and bring it back", async () => {
    const cast = await aCast(test);
    const { threadId } = await aThread(test, cast);
    const postId = `Post:${await aPost(test, cast.reader, threadId)}`;
    await act(cast.reader, "postDelete", { postId }, "");
    const query = "query ($id: ID!) { post(id: $id) { state bodyHtml author { id } createdAt } }";
    expect((await api.ask(cast.other, query, { id: postId })).post).toEqual({
      state: "DELETED",
      bodyHtml: "",
      author: null,
      createdAt: at(10).toISOString(),
    });
    const { post } = await act(cast.reader, "postUndelete", { postId }, "post { state }");
    expect(post).toEqual({ state: "VISIBLE" });
    const decision = { postId, revision: 1, reason: "离题" };
    expect((await act(cast.moderator, "postRemove", decision, "post { state }")).post).toEqual({ state: "DELETED" });
    expect((await act(cast.reader, "postUndelete", { postId }, "")).userErrors).toEqual([
      { code: "not-allowed", field: null },
    ]);
    expect((await act(cast.moderator, "postRestore", decision, "post { state }")).post).toEqual({ state: "VISIBLE" });
  });

  it("show revisions, and what changed between two", async () => {
    const cast = await aCast(test);
    const { openingPostId } = await aThread(test, cast, { body: "第一版" });
    const postId = `Post:${openingPostId}`;
    await act(cast.author, "postEdit", { postId, revision: 1, body: "第二版" }, "");
    await act(cast.moderator, "postAmend", { postId, revision: 2, body: "第三版", reason: "错字" }, "");
    const { postRevisions, postDiff } = await api.ask(
      cast.reader,
      `query ($postId: ID!) {
         postRevisions(postId: $postId) { nodes { revision bodyMarkdown reason editor { id } } }
         postDiff(postId: $postId, from: 1, to: 3) { from to parts { op text } } }`,
      { postId },
    );
    expect(postRevisions.nodes.at(-1)).toEqual({
      revision: 3,
      bodyMarkdown: "第三版",
      reason: "错字",
      editor: { id: `Member:${cast.moderator.memberId}` },
    });
    expect(postDiff).toEqual({
      from: 1,
      to: 3,
      parts: [
        { op: "SAME", text: "第" },
        { op: "REMOVED", text: "一" },
        { op: "ADDED", text: "三" },
        { op: "SAME", text: "版" },
      ],
    });
  });

  it("keep what a member has begun to reply, until they post it", async () => {
    const cast = await aCast(test);
    const { threadId } = await aThread(test, cast);
    const id = `Thread:${threadId}`;
    const { draft } = await act(
      cast.reader,
      "draftSave",
      { place: { threadId: id }, revision: 0, body: "我觉得…" },
      "draft { id revision threadId spaceId body }",
    );
    expect(draft).toMatchObject({ revision: 1, threadId: id, spaceId: null, body: "我觉得…" });
    const mine = "query ($id: ID!) { thread(id: $id) { myDraft { id } } drafts { nodes { id } } }";
    expect(await api.ask(cast.reader, mine, { id })).toEqual({
      thread: { myDraft: { id: draft.id } },
      drafts: { nodes: [{ id: draft.id }] },
    });
    const node = "query ($id: ID!) { node(id: $id) { id } }";
    expect(await api.ask(cast.reader, node, { id: draft.id })).toEqual({ node: { id: draft.id } });
    expect(await api.ask(cast.moderator, node, { id: draft.id })).toEqual({ node: null });
    expect(await api.ask(cast.other, mine, { id })).toEqual({ thread: { myDraft: null }, drafts: { nodes: [] } });
    const posted = await api.ask(
      cast.reader,
      `mutation ($post: PostCreateInput!, $draft: DraftDeleteInput!) {
         postCreate(input: $post) { post { id } } draftDelete(input: $draft) { userErrors { code } } }`,
      { post: { threadId: id, kind: "REPLY", body: "我觉得可以" }, draft: { draftId: draft.id } },
    );
    expect(posted.draftDelete.userErrors).toEqual([]);
    expect((await api.ask(cast.reader, mine, { id })).drafts.nodes).toEqual([]);
    const stale = { place: { threadId: id, spaceId: `Space:${cast.spaceId}` }, revision: 0 };
    expect((await act(cast.reader, "draftSave", stale, "")).userErrors).toMatchObject([{ code: "input.invalid" }]);
  });

  it("mention members by a reference, and quote posts", async () => {
    const cast = await aCast(test);
    const { threadId, openingPostId } = await aThread(test, cast);
    const body = `@[谁](Member:${cast.other.memberId}) 见 @[那里](Post:${openingPostId}) $x^2$`;
    const { post } = await act(
      cast.reader,
      "postCreate",
      { threadId: `Thread:${threadId}`, kind: "REPLY", body },
      "post { id bodyHtml }",
    );
    const nameOf = (viewer: Viewer) => `Member ${viewer.memberId.slice(-4)}`;
    expect(post.bodyHtml).toBe(
      `<p><a class="mention" data-member="Member:${cast.other.memberId}">@${nameOf(cast.other)}</a> 见 ` +
        `<a class="quoted" data-post="Post:${openingPostId}">@${nameOf(cast.author)}</a> <code class="math">x^2</code></p>`,
    );
  });

  it("take a fixed number of statements, whatever is shown of however many", async () => {
    const cast = await aCast(test);
    await story(cast, 1);
    const deep = `query ($first: Int) { threads(first: $first) { nodes {
      locked pinned anonymousName poll { options { voteCount } } myDraft { body }
      posts(first: 3) { nodes { anonymousName replies(first: 2) { nodes { id } } } } } }
      spaces { nodes { threadCount pinnedThreads { id } } } drafts { nodes { id } } }`;
    const count = () => api.statements(() => api.ask(cast.reader, deep, { first: 20 }));
    const before = await count();
    await story(cast, 5);
    expect(await count()).toBe(before);
  });
});

async function story(cast: Cast, threads: number): Promise<void> {
  const poll = { options: ["a", "b"], choice: "single", results: "always", closesAt: null } as const;
  for (let n = 0; n < threads; n += 1) {
    await aThread(test, cast, { kind: "poll", poll });
    const { threadId } = await aThread(test, cast);
    const parentId = await aPost(test, cast.reader, threadId);
    await aPost(test, cast.other, threadId, { parentId });
    await act(cast.reader, "draftSave", { place: { threadId: `Thread:${threadId}` }, revision: 0, body: "…" }, "");
    await act(cast.moderator, "threadPin", { threadId: `Thread:${threadId}`, reason: "…" }, "").catch(() => {});
  }
}
