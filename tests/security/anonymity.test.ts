import { type GraphQLObjectType, type GraphQLSchema, getNamedType } from "graphql";
import { beforeAll, describe, expect, it } from "vitest";
import { buildApiSchema } from "../../schema/api-schema.ts";
import { editPost } from "../../src/community/post-actions.ts";
import { castVote } from "../../src/community/vote-actions.ts";
import type { Viewer } from "../../src/identity/viewer.ts";
import type { DomainEvent } from "../../src/kernel/domain-events.ts";
import type { Id } from "../../src/kernel/ids.ts";
import { mergeThreads, splitThread } from "../../src/moderation/thread-merge-actions.ts";
import { acceptAnswer } from "../../src/qa/acceptance-actions.ts";
import { applyPointRules } from "../../src/rewards/award-actions.ts";
import { publishDefaultRules } from "../../src/rewards/rule-actions.ts";
import { aCast, aPost, aThread, at, type Cast, eventsOf, refusalOf } from "../support/content-builders.ts";
import { aSpace, aSpaceModerator } from "../support/space-builders.ts";
import { type Data, useApi } from "../support/test-api.ts";
import { useDatabase } from "../support/test-database.ts";
import { aViewer, recorded } from "../support/value-builders.ts";
import { deepSelection } from "./deep-selection.ts";

const test = useDatabase();
const api = useApi(test, () => at(1_000));

/** Everything that somebody did without a name: asked, answered, replied, was edited, voted on, accepted and quoted. */
interface Story {
  readonly cast: Cast;
  /** Who did it, and has done nothing else. */
  readonly hidden: Viewer;
  readonly name: string;
  readonly spaceId: Id;
  readonly question: { threadId: Id; openingPostId: Id };
  readonly answer: Id;
  readonly discussion: { threadId: Id; openingPostId: Id };
  readonly reply: Id;
  readonly quote: Id;
}

const NAME = "不愿透露姓名的张三丰";

async function aStory(): Promise<Story> {
  const cast = await aCast(test);
  const hidden = await aViewer(test, cast.communityId, at(0));
  await test.rows("update members set display_name = $2 where id = $1", [hidden.memberId, NAME]);
  await test.tx(cast.communityId, (tx) => publishDefaultRules(tx, at(0)));
  const spaceId = await aSpace(test, cast, { anonymousPosting: true });
  const nameless = { ...cast, author: hidden };
  const asked = { spaceId, kind: "question", anonymous: true } as const;
  const question = await aThread(test, nameless, asked, at(1));
  const theirs = await aThread(test, cast, { spaceId, kind: "question" }, at(2));
  const answer = await aPost(test, hidden, theirs.threadId, { kind: "answer", anonymous: true }, at(3));
  const discussion = await aThread(test, cast, { spaceId }, at(4));
  const reply = await aPost(test, hidden, discussion.threadId, { anonymous: true }, at(5));
  await test.tx(cast.communityId, (tx) => editPost(tx, hidden, { postId: reply, revision: 1, body: "改过了" }, at(6)));
  for (const postId of [question.openingPostId, answer, reply]) {
    await test.tx(cast.communityId, (tx) => castVote(tx, cast.other, { postId, value: 1 }, at(7)));
  }
  await test.tx(cast.communityId, (tx) =>
    acceptAnswer(tx, cast.author, { postId: answer, replacesPostId: null }, at(8)),
  );
  // A moderator knows the name, and what they write is for everybody.
  const body = `> @[${NAME.slice(0, 1)}](Post:${reply})\n> 改过了`;
  const quote = await aPost(test, cast.moderator, discussion.threadId, { body }, at(9));
  await aPost(test, hidden, discussion.threadId, { anonymous: true, parentId: quote, body: "最后一句" }, at(10));
  return { cast, hidden, name: NAME, spaceId, question, answer, discussion, reply, quote };
}

describe("a post without a name", () => {
  let schema: GraphQLSchema;
  let story: Story;
  let peers: readonly Viewer[];
  let before: Data;
  const ofMember = () => deepSelection(schema, schema.getType("Member")!, 2);
  const askOfHidden = (viewer: Viewer) =>
    api.ask(viewer, `query($id: ID!) { member(id: $id) ${ofMember()} }`, { id: `Member:${story.hidden.memberId}` });

  beforeAll(async () => {
    schema = await buildApiSchema();
    story = await aStory();
    const { cast, spaceId } = story;
    const elsewhere = await aViewer(test, cast.communityId, at(0));
    await aSpaceModerator(test, cast, elsewhere, await aSpace(test, cast));
    const key = await aViewer(test, cast.communityId, at(0), { role: "service", scopes: ["operate"] });
    peers = [cast.reader, cast.author, cast.other, elsewhere, { ...cast.reader, suspended: true }, key];
    before = await askOfHidden(cast.reader);
    expect(spaceId).toBeDefined();
  });

  it("is told apart from others by a number that stays the same within its thread", async () => {
    const { cast, discussion, question } = story;
    const query = `query($id: ID!) { thread(id: $id) {
      anonymousNumber anonymousName author { id } lastReply { anonymousNumber anonymousName author { id } }
      posts { nodes { anonymousNumber anonymousName author { id } } } } }`;
    const { thread } = await api.ask(cast.reader, query, { id: `Thread:${discussion.threadId}` });
    const nameless = { anonymousNumber: 1, anonymousName: "Anonymous 1", author: null };
    expect(thread.posts.nodes.map((post: Data) => post.anonymousNumber)).toEqual([null, 1, null, 1]);
    expect(thread.lastReply).toEqual(nameless);
    const asked = await api.ask({ ...cast.reader, locale: "zh-CN" }, query, { id: `Thread:${question.threadId}` });
    expect(asked.thread).toMatchObject({ anonymousNumber: 1, anonymousName: "匿名 1", author: null });
    const second = await aPost(test, cast.other, discussion.threadId, { anonymous: true }, at(20));
    const rows = await test.rows("select anonymous_number from posts where id = $1", [second]);
    expect(rows).toEqual([{ anonymous_number: 2 }]);
  });

  it("shows its author to themselves and to who moderates the space", async () => {
    const { cast, hidden, reply, question } = story;
    const query =
      "query($post: ID!, $thread: ID!) { post(id: $post) { author { displayName } } thread(id: $thread) { author { displayName } } }";
    const ids = { post: `Post:${reply}`, thread: `Thread:${question.threadId}` };
    const named = { author: { displayName: NAME } };
    for (const viewer of [hidden, cast.moderator, cast.operator]) {
      expect(await api.ask(viewer, query, ids)).toEqual({ post: named, thread: named });
    }
    for (const viewer of peers)
      expect(await api.ask(viewer, query, ids)).toEqual({ post: { author: null }, thread: { author: null } });
  });

  it("gives its author away by no query at all", async () => {
    const ids: Readonly<Record<string, string[]>> = {
      Thread: [story.question.threadId, story.discussion.threadId],
      Post: [story.question.openingPostId, story.answer, story.reply, story.quote],
      Space: [story.spaceId],
    };
    const globalIds = Object.entries(ids).flatMap(([type, keys]) => keys.map((key) => `${type}:${key}`));
    const ofThisKind = (prefix: string) => globalIds.filter((id) => id.startsWith(`${prefix}:`));
    const argumentsOf: Readonly<Record<string, readonly string[]>> = {
      "node.id": globalIds,
      "thread.id": ofThisKind("Thread"),
      "space.id": ofThisKind("Space"),
      "post.id": ofThisKind("Post"),
      "postRevisions.postId": ofThisKind("Post"),
      "postDiff.postId": ofThisKind("Post"),
    };
    const root = schema.getQueryType() as GraphQLObjectType;
    let answered = 0;
    for (const field of Object.values(root.getFields())) {
      const idArgument = field.args.find(({ name }) => argumentsOf[`${field.name}.${name}`] !== undefined);
      const asked = idArgument === undefined ? [null] : argumentsOf[`${field.name}.${idArgument.name}`]!;
      const page = field.args.some(({ name }) => name === "first") ? ["first: 5"] : [];
      const revisions = field.name === "postDiff" ? ["from: 1", "to: 1"] : [];
      for (const id of asked) {
        const given = [...(id === null ? [] : [`${idArgument!.name}: ${JSON.stringify(id)}`]), ...page, ...revisions];
        const selection = deepSelection(schema, getNamedType(field.type), 2, ["Thread", "Post", "Space"]);
        const query = `{ ${field.name}${given.length === 0 ? "" : `(${given.join(", ")})`} ${selection} }`;
        for (const viewer of peers) {
          const answer = await api.send(viewer, query);
          const text = JSON.stringify(answer);
          expect(text, `${field.name} of ${id} for ${viewer.role}`).not.toMatch(/TOO_|SYNTAX/);
          expect(text, `${field.name} of ${id}`).not.toContain(story.hidden.memberId);
          expect(text, `${field.name} of ${id}`).not.toContain(NAME);
          if (answer.data?.[field.name] != null) answered += 1;
        }
      }
    }
    // That much was really asked and answered, and not refused.
    expect(answered).toBeGreaterThan(80);
  });

  it("moves nothing that others see of its author: no points, level or badge", async () => {
    const { cast, hidden } = story;
    for (const event of await eventsOf(test, cast.communityId)) {
      await test.tx(cast.communityId, (tx) => applyPointRules(tx, recorded(cast.communityId, event, at(11)), at(12)));
    }
    expect(await askOfHidden(cast.reader)).toEqual(before);
    expect(await test.rows("select 1 from ledger_entries where member_id = $1", [hidden.memberId])).toEqual([]);
  });

  it("is marked in every event that names its author, for whoever tells others", async () => {
    const { cast, hidden } = story;
    const named = (await eventsOf(test, cast.communityId)).filter((event) =>
      JSON.stringify(event).includes(hidden.memberId),
    );
    const kinds = new Set(named.map(({ type }) => type));
    expect(kinds).toEqual(
      new Set<DomainEvent["type"]>(["thread.created", "post.created", "post.edited", "vote.cast", "answer.accepted"]),
    );
    for (const event of named.filter(({ type }) => type !== "post.edited"))
      expect(event).toMatchObject({ anonymous: true });
  });

  it("is for spaces that allow it", async () => {
    const { cast, hidden } = story;
    const nameless = { ...cast, author: hidden };
    expect(await refusalOf(aThread(test, nameless, { anonymous: true }))).toMatchObject({ code: "space.no-anonymity" });
    const { threadId } = await aThread(test, cast);
    expect(await refusalOf(aPost(test, hidden, threadId, { anonymous: true }))).toMatchObject({ field: "anonymous" });
  });

  it("keeps its number apart from others' where threads are merged and split", async () => {
    const { cast, spaceId, hidden } = story;
    const into = await aThread(test, { ...cast, author: cast.other }, { spaceId, anonymous: true }, at(30));
    await aPost(test, hidden, into.threadId, { anonymous: true }, at(31));
    const from = await aThread(test, { ...cast, author: hidden }, { spaceId, anonymous: true }, at(32));
    const readers = await aPost(test, cast.reader, from.threadId, { anonymous: true }, at(33));
    await test.tx(cast.communityId, (tx) =>
      mergeThreads(
        tx,
        cast.moderator,
        { threadId: from.threadId, intoThreadId: into.threadId, reason: "same" },
        at(40),
      ),
    );
    const numbersIn = async (threadId: Id) =>
      (
        await test.rows("select anonymous_number as n from posts where thread_id = $1 order by created_at", [threadId])
      ).map(({ n }) => n);
    expect(await numbersIn(into.threadId)).toEqual([1, 2, 2, 3]);
    const { threadId } = await test.tx(cast.communityId, (tx) =>
      splitThread(
        tx,
        cast.moderator,
        {
          threadId: into.threadId,
          postIds: [readers],
          spaceId: null,
          kind: "question",
          title: "另一题",
          tags: [],
          reason: "apart",
        },
        at(50),
      ),
    );
    expect(await numbersIn(threadId)).toEqual([3]);
  });
});
