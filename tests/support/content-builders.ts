import { createPost, type PostCreation } from "../../src/community/post-actions.ts";
import { createSpace } from "../../src/community/space-actions.ts";
import { createThread, type ThreadCreation } from "../../src/community/thread-actions.ts";
import type { Viewer } from "../../src/identity/viewer.ts";
import type { DomainEvent } from "../../src/kernel/domain-events.ts";
import type { Id } from "../../src/kernel/ids.ts";
import { addMs, type Instant } from "../../src/kernel/instant.ts";
import { Refusal } from "../../src/kernel/refusal.ts";
import type { TestDatabase } from "./test-database.ts";
import { anEmptyCommunity, aViewer } from "./value-builders.ts";

/** When the stories of content tests begin; `at(n)` is n seconds later. */
const START: Instant = new Date("2026-03-02T08:00:00.000Z");
export const at = (seconds: number): Instant => addMs(START, seconds * 1_000);

/** A community with a space, and one person of each kind that content tests need. */
export interface Cast {
  readonly communityId: Id;
  readonly spaceId: Id;
  readonly author: Viewer;
  readonly reader: Viewer;
  readonly other: Viewer;
  readonly moderator: Viewer;
  readonly operator: Viewer;
}

export async function aCast(test: TestDatabase): Promise<Cast> {
  const communityId = await anEmptyCommunity(test, START);
  const operator = await aViewer(test, communityId, START, { role: "operator" });
  const spaceId = await test.tx(communityId, (tx) =>
    createSpace(tx, operator, { slug: "python-101", name: "Python 入门", kind: "course" }, START),
  );
  return {
    communityId,
    spaceId,
    author: await aViewer(test, communityId, START),
    reader: await aViewer(test, communityId, START),
    other: await aViewer(test, communityId, START),
    moderator: await aViewer(test, communityId, START, { role: "moderator" }),
    operator,
  };
}

/** A thread by `cast.author`, a discussion unless said otherwise. */
export function aThread(test: TestDatabase, cast: Cast, options: Partial<ThreadCreation> = {}, now: Instant = at(1)) {
  const input: ThreadCreation = {
    spaceId: cast.spaceId,
    kind: "discussion",
    title: "列表和元组有什么区别？",
    body: "它们看起来差不多。",
    tags: ["python"],
    ...options,
  };
  return test.tx(cast.communityId, (tx) => createThread(tx, cast.author, input, now));
}

/** A post by `viewer`: a reply unless said otherwise. */
export async function aPost(
  test: TestDatabase,
  viewer: Viewer,
  threadId: Id,
  options: Partial<Omit<PostCreation, "threadId">> = {},
  now: Instant = at(10),
): Promise<Id> {
  const input: PostCreation = { threadId, kind: "reply", parentId: null, body: "元组不可变。", ...options };
  const { postId } = await test.tx(viewer.communityId, (tx) => createPost(tx, viewer, input, now));
  return postId;
}

/** A question with two answers by two members. */
export async function aQuestion(test: TestDatabase, cast: Cast) {
  const { threadId, openingPostId } = await aThread(test, cast, { kind: "question" });
  const first = await aPost(test, cast.reader, threadId, { kind: "answer", body: "第一个回答" }, at(10));
  const second = await aPost(test, cast.other, threadId, { kind: "answer", body: "第二个回答" }, at(20));
  return { threadId, openingPostId, first, second };
}

/** What a community's transactions told, oldest first. */
export async function eventsOf(test: TestDatabase, communityId: Id): Promise<DomainEvent[]> {
  const rows = await test.rows<{ payload: DomainEvent }>(
    "select payload from outbox where community_id = $1 order by occurred_at, id",
    [communityId],
  );
  return rows.map((row) => row.payload);
}

/** The types of {@link eventsOf}. */
export async function eventTypesOf(test: TestDatabase, communityId: Id): Promise<string[]> {
  return (await eventsOf(test, communityId)).map((event) => event.type);
}

/** The refusal that `work` ends in; fails when it ends otherwise. */
export async function refusalOf(work: Promise<unknown>): Promise<Refusal> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error("expected a refusal, and nothing was refused");
}
