import { describe, expect, it } from "vitest";
import { listPosts, postKey, postsById } from "../../src/community/post-queries.ts";
import { createSpace } from "../../src/community/space-actions.ts";
import { listSpaces, spacesById } from "../../src/community/space-queries.ts";
import { feedKey, listThreads, threadsById } from "../../src/community/thread-feed-queries.ts";
import { castVote } from "../../src/community/vote-actions.ts";
import type { Viewer } from "../../src/identity/viewer.ts";
import type { Id } from "../../src/kernel/ids.ts";
import type { PageRequest } from "../../src/kernel/pagination.ts";
import { hidePost } from "../../src/moderation/visibility-actions.ts";
import { Database, type Reader } from "../../src/platform/database/database.ts";
import { aCast, aPost, aQuestion, aThread, at, refusalOf } from "../support/content-builders.ts";
import { countedReader } from "../support/counted-statements.ts";
import { useDatabase } from "../support/test-database.ts";

const test = useDatabase();

const page = (size: number, cursor: PageRequest["cursor"] = null): PageRequest => ({
  size,
  direction: "forward",
  cursor,
});
const previous = (size: number, cursor: PageRequest["cursor"]): PageRequest => ({
  size,
  direction: "backward",
  cursor,
});
const feed = (viewer: Viewer, request = page(20), spaceId: Id | null = null) =>
  test.read(viewer.communityId, (reader) => listThreads(reader, viewer, spaceId, request, at(900)));
const posts = (viewer: Viewer, threadId: Id, request = page(20)) =>
  test.read(viewer.communityId, async (reader) => (await listPosts(reader, viewer, [threadId], request, at(900)))[0]!);
const hide = (viewer: Viewer, postId: Id) =>
  test.tx(viewer.communityId, (tx) => hidePost(tx, viewer, { postId, revision: 1, reason: "spam" }, at(500)));

/** What `read` finds, and how many statements it sent. */
async function counted<T>(communityId: Id, read: (reader: Reader) => Promise<T>): Promise<[T, number]> {
  let statements = 0;
  const count = () => {
    statements += 1;
  };
  const result = await test.read(communityId, (reader) => read(countedReader(reader, count)));
  return [result, statements];
}

describe("listThreads", () => {
  it("shows each thread whole: author and points, tags, score, my vote, last reply and its author", async () => {
    const cast = await aCast(test);
    const { threadId, openingPostId } = await aThread(test, cast, { tags: ["python", "列表"] });
    const reply = await aPost(test, cast.reader, threadId, {}, at(10));
    await test.tx(cast.communityId, (tx) => castVote(tx, cast.other, { postId: openingPostId, value: 1 }, at(11)));
    const { rows } = await feed(cast.other);
    const person = (viewer: Viewer) => ({
      id: viewer.memberId,
      displayName: `Member ${viewer.memberId.slice(-4)}`,
      role: "member",
      joinedAt: at(0),
      experience: 0,
    });
    expect(rows).toEqual([
      {
        id: threadId,
        space: { id: cast.spaceId, slug: "python-101", name: "Python 入门", kind: "course" },
        author: person(cast.author),
        anonymousNumber: null,
        kind: "discussion",
        title: "列表和元组有什么区别？",
        tags: ["python", "列表"],
        state: "visible",
        createdAt: at(1),
        lastActivityAt: at(10),
        openingPostId,
        score: 1,
        myVote: 1,
        replyCount: 1,
        lastReply: { id: reply, kind: "reply", createdAt: at(10), author: person(cast.reader), anonymousNumber: null },
        acceptedPostId: null,
        locked: false,
        pinned: false,
        pinnedUntil: null,
        slowModeSeconds: 0,
      },
    ]);
    expect((await feed(cast.reader)).rows[0]?.myVote).toBeNull();
  });

  it("orders by latest activity and pages both ways, ties by id", async () => {
    const cast = await aCast(test);
    const ids: Id[] = [];
    for (let n = 0; n < 7; n += 1) ids.push((await aThread(test, cast, { tags: [] }, at(100))).threadId);
    await aPost(test, cast.reader, ids[3]!, {}, at(200));
    const expected = [
      ids[3]!,
      ...ids
        .filter((id) => id !== ids[3])
        .sort()
        .reverse(),
    ];
    const seen: Id[] = [];
    let cursor: PageRequest["cursor"] = null;
    do {
      const { rows, hasNextPage } = await feed(cast.reader, page(3, cursor));
      seen.push(...rows.map((thread) => thread.id));
      cursor = hasNextPage ? feedKey(rows.at(-1)!) : null;
    } while (cursor !== null);
    expect(seen).toEqual(expected);
    const last = (await feed(cast.reader)).rows.at(-1)!;
    const back = await feed(cast.reader, previous(3, feedKey(last)));
    expect(back.rows.map((thread) => thread.id)).toEqual(expected.slice(3, 6));
    expect(back).toMatchObject({ hasNextPage: true, hasPreviousPage: true });
    const tail = await feed(cast.reader, previous(2, null));
    expect(tail.rows.map((thread) => thread.id)).toEqual(expected.slice(5));
  });

  it("takes one statement whatever the page's size", async () => {
    const cast = await aCast(test);
    for (let n = 0; n < 3; n += 1) await aThread(test, cast);
    for (const size of [1, 20, 50, 100]) {
      const [, statements] = await counted(cast.communityId, (reader) =>
        listThreads(reader, cast.reader, null, page(size), at(900)),
      );
      expect(statements).toBe(1);
    }
  });

  it("keeps to a space, and leaves out what is hidden, staff spaces and other communities", async () => {
    const cast = await aCast(test);
    await aThread(test, await aCast(test));
    const [staff, sql] = await test.tx(cast.communityId, async (tx) => [
      await createSpace(tx, cast.operator, { slug: "staff", name: "Staff", kind: "staff" }, at(1)),
      await createSpace(tx, cast.operator, { slug: "sql", name: "SQL", kind: "topic" }, at(1)),
    ]);
    const shown = await aThread(test, cast);
    const inSql = await aThread(test, cast, { spaceId: sql });
    const secret = await aThread(test, { ...cast, author: cast.moderator }, { spaceId: staff });
    const hidden = await aThread(test, cast);
    await hide(cast.moderator, hidden.openingPostId);
    const idsIn = async (viewer: Viewer, spaceId: Id | null = null) =>
      (await feed(viewer, page(20), spaceId)).rows.map((thread) => thread.id).sort();
    expect(await idsIn(cast.reader)).toEqual([shown.threadId, inSql.threadId].sort());
    expect(await idsIn(cast.reader, sql)).toEqual([inSql.threadId]);
    expect(await idsIn(cast.reader, staff)).toEqual([]);
    expect(await idsIn(cast.moderator, staff)).toEqual([secret.threadId]);
    const slugs = async (viewer: Viewer) =>
      (await test.read(cast.communityId, (reader) => listSpaces(reader, viewer, page(20), at(900)))).rows.map(
        (s) => s.slug,
      );
    expect(await slugs(cast.reader)).toEqual(["python-101", "sql"]);
    expect(await slugs(cast.moderator)).toEqual(["python-101", "sql", "staff"]);
    const staffSeenBy = (viewer: Viewer) =>
      test.read(cast.communityId, (reader) => spacesById(reader, viewer, [staff], at(900)));
    expect(await staffSeenBy(cast.reader)).toEqual([]);
  });

  it.each([[["2026-03-02T08:00:00.000Z", "nonsense"]], [["yesterday", "01900000-0000-7000-8000-000000000000"]]])(
    "refuses the cursor %j",
    async (cursor) => {
      const cast = await aCast(test);
      expect(await refusalOf(feed(cast.reader, page(20, cursor)))).toMatchObject({
        code: "input.invalid",
        field: "after",
      });
    },
  );
});

describe("the hot statements", () => {
  it("are planned once a connection, not at every call", async () => {
    const cast = await aCast(test);
    const { threadId, openingPostId } = await aQuestion(test, cast);
    const { rows } = await feed(cast.reader);
    const cursor = feedKey(rows[0]!);
    const fresh = new Database({ url: test.url, poolSize: 1, applicationName: "rekindle-test" });
    const plans = await fresh.read(cast.communityId, async (reader) => {
      for (let call = 0; call < 12; call += 1) {
        for (const request of [page(20), page(20, cursor), previous(20, cursor)]) {
          await listThreads(reader, cast.reader, null, request, at(900));
          await listThreads(reader, cast.reader, cast.spaceId, request, at(900));
          await listPosts(reader, cast.reader, [threadId], request, at(900));
        }
        await threadsById(reader, cast.reader, [threadId], at(900));
        await postsById(reader, cast.reader, [openingPostId], at(900));
      }
      const { rows: statements } = await reader.client.query<{ name: string; generic: number; custom: number }>(
        "select name, generic_plans::int as generic, custom_plans::int as custom from pg_prepared_statements",
      );
      return statements.filter(({ name }) => /^(thread|post)/.test(name));
    });
    await fresh.close();
    expect(plans).toHaveLength(11);
    // PostgreSQL tries five plans of their own before it compares.
    for (const plan of plans) expect(plan).toMatchObject({ custom: 5, generic: 7 });
  });
});

describe("threadsById and postsById", () => {
  it("show hidden content to its author and to moderators only, marked", async () => {
    const cast = await aCast(test);
    const { threadId, openingPostId } = await aThread(test, cast);
    await hide(cast.moderator, openingPostId);
    const states = (viewer: Viewer) =>
      test.read(cast.communityId, async (reader) => [
        ...(await threadsById(reader, viewer, [threadId], at(900))).map((thread) => thread.state),
        ...(await postsById(reader, viewer, [openingPostId], at(900))).map((post) => post.state),
      ]);
    expect(await states(cast.reader)).toEqual([]);
    expect(await states(cast.author)).toEqual(["hidden", "hidden"]);
    expect(await states(cast.moderator)).toEqual(["hidden", "hidden"]);
  });
});

describe("listPosts", () => {
  it("reads a thread in order, with authors, my votes and the accepted answer, by key both ways", async () => {
    const cast = await aCast(test);
    const { threadId, openingPostId, first, second } = await aQuestion(test, cast);
    const comment = await aPost(test, cast.author, threadId, { kind: "comment", parentId: first }, at(30));
    await test.tx(cast.communityId, (tx) => castVote(tx, cast.other, { postId: first, value: -1 }, at(31)));
    const all = [openingPostId, first, second, comment];
    const { rows } = await posts(cast.other, threadId);
    expect(rows.map((post) => post.id)).toEqual(all);
    expect(rows[1]).toMatchObject({
      threadId,
      kind: "answer",
      score: -1,
      myVote: -1,
      accepted: false,
      revision: 1,
      bodyHtml: "<p>第一个回答</p>",
      author: { id: cast.reader.memberId },
    });
    const next = await posts(cast.other, threadId, page(2, postKey(rows[0]!)));
    expect(next.rows.map((post) => post.id)).toEqual(all.slice(1, 3));
    expect(next.hasNextPage).toBe(true);
    const tail = await posts(cast.other, threadId, previous(2, null));
    expect(tail.rows.map((post) => post.id)).toEqual(all.slice(2));
  });

  it("reads many threads' posts in one statement, each its own page", async () => {
    const cast = await aCast(test);
    const questions = [await aQuestion(test, cast), await aQuestion(test, cast), await aQuestion(test, cast)];
    const ids = questions.map((question) => question.threadId);
    const [pages, statements] = await counted(cast.communityId, (reader) =>
      listPosts(reader, cast.reader, ids, page(2), at(900)),
    );
    expect(statements).toBe(1);
    expect(pages.map(({ rows, hasNextPage }) => [...rows.map((post) => post.id), hasNextPage])).toEqual(
      questions.map(({ openingPostId, first }) => [openingPostId, first, true]),
    );
  });

  it("leaves hidden posts to their authors and moderators", async () => {
    const cast = await aCast(test);
    const { threadId, openingPostId, first, second } = await aQuestion(test, cast);
    await hide(cast.moderator, first);
    const seen = async (viewer: Viewer) => (await posts(viewer, threadId)).rows.map((post) => [post.id, post.state]);
    const others = [
      [openingPostId, "visible"],
      [second, "visible"],
    ];
    expect(await seen(cast.other)).toEqual(others);
    expect(await seen(cast.reader)).toContainEqual([first, "hidden"]);
    expect(await seen(cast.moderator)).toContainEqual([first, "hidden"]);
    await hide(cast.moderator, openingPostId);
    expect(await seen(cast.other)).toEqual([]);
  });
});
