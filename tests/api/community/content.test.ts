import { createClient } from "graphql-ws";
import { describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import type { Viewer } from "../../../src/identity/viewer.ts";
import { aCast, aPost, aQuestion, aThread, at, type Cast } from "../../support/content-builders.ts";
import { type Data, useApi } from "../../support/test-api.ts";
import { useDatabase } from "../../support/test-database.ts";

const test = useDatabase();
let requests = 0;
const api = useApi(test, () => {
  requests += 1;
  return at(1_000 + requests);
});

const FEED = /* GraphQL */ `
  query Feed($first: Int, $after: String, $spaceId: ID) {
    threads(first: $first, after: $after, spaceId: $spaceId) {
      nodes {
        id title tags score myVote replyCount answered
        space { slug }
        author { displayName points { experience level } }
        lastReply { kind author { displayName points { experience level } } }
      }
      edges { cursor }
      pageInfo { hasNextPage endCursor }
    }
  }`;

const errorsOf = (payload: Data) => payload.userErrors.map((error: Data) => [error.code, error.field]);

async function start(cast: Cast, kind: "DISCUSSION" | "QUESTION"): Promise<Data> {
  const { threadCreate } = await api.ask(
    cast.author,
    `mutation ($input: ThreadCreateInput!) {
       threadCreate(input: $input) {
         thread { id kind title openingPost { id bodyHtml revision } author { displayName } posts { nodes { id } } }
         userErrors { code field }
       }
     }`,
    { input: { spaceId: `Space:${cast.spaceId}`, kind, title: "装饰器怎么用？", body: "**求助**", tags: ["Python"] } },
  );
  expect(threadCreate.userErrors).toEqual([]);
  return threadCreate.thread;
}

async function answer(viewer: Viewer, threadId: string, body = "用 @"): Promise<Data> {
  const { postCreate } = await api.ask(
    viewer,
    `mutation ($input: PostCreateInput!) {
       postCreate(input: $input) {
         post { id kind revision thread { replyCount lastReply { postId } } }
         userErrors { code field message }
       }
     }`,
    { input: { threadId, kind: "ANSWER", body } },
  );
  return postCreate;
}

describe("the content API", () => {
  it("takes a member from a question to an accepted answer", async () => {
    const cast = await aCast(test);
    const thread = await start(cast, "QUESTION");
    expect(thread).toMatchObject({
      kind: "QUESTION",
      openingPost: { bodyHtml: "<p><strong>求助</strong></p>", revision: 1 },
    });
    expect(thread.posts.nodes).toEqual([{ id: thread.openingPost.id }]);

    const { post } = await answer(cast.reader, thread.id);
    expect(post).toMatchObject({ kind: "ANSWER", thread: { replyCount: 1, lastReply: { postId: post.id } } });

    const vote = `mutation ($input: VoteCastInput!) {
      voteCast(input: $input) { post { score myVote } userErrors { code } } }`;
    const { voteCast } = await api.ask(cast.author, vote, { input: { postId: post.id, value: "UP" } });
    expect(voteCast).toEqual({ post: { score: 1, myVote: "UP" }, userErrors: [] });
    const own = await api.ask(cast.reader, vote, { input: { postId: post.id, value: "UP" } });
    expect(own.voteCast).toEqual({ post: null, userErrors: [{ code: "vote.own-post" }] });
    const { voteRemove } = await api.ask(
      cast.author,
      "mutation ($input: VoteRemoveInput!) { voteRemove(input: $input) { post { score myVote } } }",
      { input: { postId: post.id } },
    );
    expect(voteRemove.post).toEqual({ score: 0, myVote: null });

    const accept = `mutation ($input: AnswerAcceptInput!) {
      answerAccept(input: $input) { thread { answered acceptedAnswer { id accepted } } userErrors { code field } } }`;
    const input = { postId: post.id, idempotencyKey: "accept-1" };
    const first = await api.ask(cast.author, accept, { input });
    expect(first.answerAccept).toEqual({
      thread: { answered: true, acceptedAnswer: { id: post.id, accepted: true } },
      userErrors: [],
    });
    expect(await api.ask(cast.author, accept, { input })).toEqual(first);
    const other = await answer(cast.other, thread.id, "另一个");
    const reused = await api.ask(cast.author, accept, { input: { ...input, postId: other.post.id } });
    expect(errorsOf(reused.answerAccept)).toEqual([["idempotency-key.reused", ["input", "idempotencyKey"]]]);
    const taken = await api.ask(cast.author, accept, { input: { postId: other.post.id, idempotencyKey: "accept-2" } });
    expect(errorsOf(taken.answerAccept)).toEqual([["answer.already-accepted", ["input", "replacesPostId"]]]);

    const { answerUnaccept } = await api.ask(
      cast.author,
      "mutation ($input: AnswerUnacceptInput!) { answerUnaccept(input: $input) { thread { answered } userErrors { code } } }",
      { input: { postId: post.id } },
    );
    expect(answerUnaccept).toEqual({ thread: { answered: false }, userErrors: [] });
  });

  it("takes a report to a hidden post and back", async () => {
    const cast = await aCast(test);
    const thread = await start(cast, "DISCUSSION");
    const postId = thread.openingPost.id;
    const { postReport } = await api.ask(
      cast.reader,
      `mutation ($input: PostReportInput!) {
         postReport(input: $input) { report { id state reporter { displayName } post { id } } userErrors { code } } }`,
      { input: { postId, revision: 1, reason: "OFF_TOPIC" } },
    );
    expect(postReport).toMatchObject({ report: { state: "OPEN", post: { id: postId } }, userErrors: [] });
    const queue = "{ reports { nodes { id reason details post { id bodyMarkdown } reporter { displayName } } } }";
    const { reports } = await api.ask(cast.moderator, queue);
    expect(reports.nodes).toMatchObject([{ id: postReport.report.id, reason: "OFF_TOPIC", post: { id: postId } }]);

    const decide = (verb: string, viewer = cast.moderator, revision = 1) =>
      api.ask(
        viewer,
        `mutation ($input: PostModerateInput!) { ${verb}(input: $input) {
           post { state thread { state } }
           userErrors { code field ... on RevisionOutdatedError { seen current } } } }`,
        { input: { postId, revision, reason: "离题" } },
      );
    const edited = await api.ask(
      cast.author,
      "mutation ($input: PostEditInput!) { postEdit(input: $input) { post { revision editedAt } userErrors { code } } }",
      { input: { postId, revision: 1, body: "改过了" } },
    );
    expect(edited.postEdit.post.revision).toBe(2);
    expect((await decide("postHide")).postHide.userErrors).toEqual([
      { code: "revision.outdated", field: ["input", "revision"], seen: 1, current: 2 },
    ]);
    const { postHide } = await decide("postHide", cast.moderator, 2);
    expect(postHide).toEqual({ post: { state: "HIDDEN", thread: { state: "HIDDEN" } }, userErrors: [] });
    expect((await api.ask(cast.moderator, queue)).reports.nodes).toEqual([]);
    const find = "query ($id: ID!) { thread(id: $id) { state } }";
    expect(await api.ask(cast.other, find, { id: thread.id })).toEqual({ thread: null });
    expect(await api.ask(cast.author, find, { id: thread.id })).toEqual({ thread: { state: "HIDDEN" } });
    const { postRestore } = await decide("postRestore", cast.moderator, 2);
    expect(postRestore.post).toEqual({ state: "VISIBLE", thread: { state: "VISIBLE" } });
  });

  it("dismisses a report, deletes a post, and creates a space, each for those who may", async () => {
    const cast = await aCast(test);
    const { threadId } = await aThread(test, cast);
    const reply = `Post:${await aPost(test, cast.reader, threadId)}`;
    const { postReport } = await api.ask(
      cast.other,
      "mutation ($input: PostReportInput!) { postReport(input: $input) { report { id } } }",
      { input: { postId: reply, revision: 1, reason: "SPAM", details: "?" } },
    );
    const dismiss = `mutation ($input: ReportDismissInput!) {
      reportDismiss(input: $input) { report { state resolvedAt } userErrors { code } } }`;
    const input = { reportId: postReport.report.id, revision: 1, reason: "无碍" };
    const refused = await api.ask(cast.reader, dismiss, { input });
    expect(refused.reportDismiss).toEqual({ report: null, userErrors: [{ code: "not-allowed" }] });
    const { reportDismiss } = await api.ask(cast.moderator, dismiss, { input });
    expect(reportDismiss).toMatchObject({ report: { state: "DISMISSED" }, userErrors: [] });

    const find = "query ($id: ID!) { report(id: $id) { state } }";
    expect(await api.ask(cast.other, find, { id: input.reportId })).toEqual({ report: { state: "DISMISSED" } });
    expect(await api.ask(cast.reader, find, { id: input.reportId })).toEqual({ report: null });

    const { postDelete } = await api.ask(
      cast.reader,
      "mutation ($input: PostDeleteInput!) { postDelete(input: $input) { post { state } userErrors { code } } }",
      { input: { postId: reply } },
    );
    expect(postDelete).toEqual({ post: { state: "DELETED" }, userErrors: [] });

    const create = `mutation ($input: SpaceCreateInput!) {
      spaceCreate(input: $input) { space { slug kind } userErrors { code field } } }`;
    const space = { slug: "a-new-course", name: "新课程", kind: "COURSE" };
    expect((await api.send(cast.moderator, create, { input: space })).errors[0].extensions.code).toBe("FORBIDDEN");
    expect((await api.ask(cast.operator, create, { input: space })).spaceCreate.space).toEqual({
      slug: "a-new-course",
      kind: "COURSE",
    });
    const { spaces } = await api.ask(cast.reader, "{ spaces { nodes { slug name } } }");
    const { space: found } = await api.ask(cast.reader, "query ($id: ID!) { space(id: $id) { name } }", {
      id: `Space:${cast.spaceId}`,
    });
    expect(found).toEqual({ name: "Python 入门" });
    expect(spaces.nodes.map((node: Data) => node.slug)).toEqual(["a-new-course", "python-101"]);
  });

  it("sends a fixed number of statements for a feed, whatever the page, and pages through it", async () => {
    const cast = await aCast(test);
    for (let n = 0; n < 6; n += 1) {
      const { threadId } = await aThread(test, cast, {}, at(100 + n));
      await aPost(test, cast.reader, threadId, {}, at(200 + n));
    }
    const ask = (variables: Record<string, unknown>) => api.ask(cast.other, FEED, variables);
    const full = (await ask({ first: 20 })).threads;
    expect(full.nodes).toHaveLength(6);
    expect(full.nodes[0]).toMatchObject({
      tags: ["python"],
      score: 0,
      myVote: null,
      replyCount: 1,
      answered: false,
      space: { slug: "python-101" },
      lastReply: {
        kind: "REPLY",
        author: { displayName: `Member ${cast.reader.memberId.slice(-4)}`, points: { experience: 0, level: 1 } },
      },
    });
    for (const first of [1, 3, 6]) expect(await api.statements(() => ask({ first }))).toBe(1);
    const start = (await ask({ first: 4, spaceId: `Space:${cast.spaceId}` })).threads;
    const rest = (await ask({ first: 4, after: start.pageInfo.endCursor })).threads;
    expect([...start.nodes, ...rest.nodes]).toEqual(full.nodes);
    expect(rest.pageInfo.hasNextPage).toBe(false);

    const nested =
      "query ($first: Int) { threads(first: $first) { nodes { openingPost { id } posts(first: 2) { nodes { id author { displayName } thread { id } } } } } }";
    const counts: number[] = [];
    for (const first of [1, 3, 6]) counts.push(await api.statements(() => api.ask(cast.other, nested, { first })));
    expect(new Set(counts).size).toBe(1);
  });

  it("refuses what is not ours with a code and the field at fault", async () => {
    const cast = await aCast(test);
    const code = async (query: string, variables = {}) =>
      (await api.send(cast.reader, query, variables)).errors[0].extensions.code;
    expect(await code(FEED, { after: "forged" })).toBe("BAD_USER_INPUT");
    expect(await code(FEED, { first: 101 })).toBe("BAD_USER_INPUT");
    expect(await code(FEED, { spaceId: "Thread:x" })).toBe("BAD_USER_INPUT");
    expect((await api.send(null, "{ spaces { nodes { id } } }")).errors[0].extensions.code).toBe("UNAUTHENTICATED");
    const { threadCreate } = await api.ask(
      cast.author,
      "mutation ($input: ThreadCreateInput!) { threadCreate(input: $input) { thread { id } userErrors { code field message } } }",
      { input: { spaceId: `Space:${cast.spaceId}`, kind: "QUESTION", title: "ok?", body: "x", tags: ["ok", "a,b"] } },
    );
    expect(threadCreate.thread).toBeNull();
    expect(errorsOf(threadCreate)).toEqual([["input.invalid", ["input", "tags", "1"]]]);
  });

  it("tells subscribers of a thread what happens to its posts, as each of them may see it", async () => {
    const cast = await aCast(test);
    const { threadId, first } = await aQuestion(test, cast);
    const listen = (viewer: Viewer) => {
      const client = createClient({
        url: `${api.url.replace("http", "ws")}/graphql`,
        webSocketImpl: WebSocket,
        retryAttempts: 0,
        connectionParams: { authorization: api.credential(viewer) },
      });
      const query = `subscription ($threadId: ID!) {
        threadActivity(threadId: $threadId) { postId post { state } thread { replyCount } } }`;
      return { client, events: client.iterate<Data>({ query, variables: { threadId: `Thread:${threadId}` } }) };
    };
    const reader = listen(cast.other);
    const moderator = listen(cast.moderator);
    await api.ask(
      cast.moderator,
      "mutation ($input: PostModerateInput!) { postHide(input: $input) { userErrors { code } } }",
      { input: { postId: `Post:${first}`, revision: 1, reason: "spam" } },
    );
    const told = Promise.all([reader.events.next(), moderator.events.next()]);
    let heard = false;
    told.finally(() => {
      heard = true;
    });
    // Hints that come before a subscription is up are lost, as they may be: so one after the other until both have heard.
    for (let revision = 1; !heard; revision += 1) {
      await api.ask(
        cast.moderator,
        "mutation ($input: PostAmendInput!) { postAmend(input: $input) { userErrors { code } } }",
        { input: { postId: `Post:${first}`, revision, body: `第 ${revision} 次`, reason: "润色" } },
      );
    }
    const [toReader, toModerator] = (await told).map((result) => result.value?.data?.threadActivity);
    expect(toReader).toEqual({ postId: `Post:${first}`, post: null, thread: { replyCount: 1 } });
    expect(toModerator).toEqual({ postId: `Post:${first}`, post: { state: "HIDDEN" }, thread: { replyCount: 1 } });
    await reader.client.dispose();
    await moderator.client.dispose();
  });
});
