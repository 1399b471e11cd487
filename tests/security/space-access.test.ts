import { beforeAll, describe, expect, it } from "vitest";
import type { ApiKeyScope } from "../../drizzle/tables/identity.ts";
import { createPost } from "../../src/community/post-actions.ts";
import { createThread } from "../../src/community/thread-actions.ts";
import type { EntitlementGrant } from "../../src/identity/entitlement-rules.ts";
import type { Viewer } from "../../src/identity/viewer.ts";
import type { Id } from "../../src/kernel/ids.ts";
import { reportPost } from "../../src/moderation/report-actions.ts";
import { hidePost } from "../../src/moderation/visibility-actions.ts";
import { aCast, at, type Cast } from "../support/content-builders.ts";
import { anEntitlement, anExperience, aRefund, aSpace, aSpaceModerator } from "../support/space-builders.ts";
import { type Data, useApi } from "../support/test-api.ts";
import { useDatabase } from "../support/test-database.ts";
import { aViewer } from "../support/value-builders.ts";

const test = useDatabase();
const api = useApi(test, () => at(1_000));

/** Everybody who asks, and what that makes them in the space: the rule's answer. What each may then do is in {@link PROBES}. */
const PERSONAS = {
  anonymous: "uninvited",
  entitled: "reader",
  "entitled until later": "reader",
  "entitled anew": "reader",
  "not entitled": "stranger",
  "entitled to something else": "stranger",
  "entitled from later on": "stranger",
  expired: "stranger",
  refunded: "stranger",
  "of another cohort": "stranger",
  "of no cohort": "stranger",
  "of a low level": "stranger",
  "the author, expired": "stranger",
  "a moderator of this space": "moderator",
  "a moderator of another space": "stranger",
  "a moderator": "moderator",
  "an operator": "moderator",
  "a key that operates": "reader",
  "a key that sells": "uninvited",
  "an operator of another community": "stranger",
} as const;

type Persona = keyof typeof PERSONAS;
type Standing = (typeof PERSONAS)[Persona];

/** What is asked about, made anew for each probe that changes something. */
interface Exhibit {
  readonly space: string;
  readonly thread: string;
  readonly opening: string;
  readonly answer: string;
  /** An answer that was hidden. */
  readonly hidden: string;
  readonly report: string;
  /** A poll, and a discussion later than that. */
  readonly poll: string;
  readonly other: string;
  readonly key: string;
}

interface Probe {
  /** Declares what it uses of the exhibit, and selects `found`: what tells that something was seen or done. */
  readonly query: string;
  readonly found: (data: Data, exhibit: Exhibit) => boolean;
  readonly reader: string;
  readonly stranger: string;
  readonly moderator: string;
}

const sees = { reader: "yes", stranger: "no", moderator: "yes" } as const;
const does = { reader: "yes", stranger: "not-found", moderator: "yes" } as const;
const moderates = { reader: "not-allowed", stranger: "not-found", moderator: "yes" } as const;
const any = (data: Data) => Object.values(data)[0] !== null;
const done = () => true;
const listed = (field: string, of: keyof Exhibit) => (data: Data, exhibit: Exhibit) =>
  data[field].nodes.some((node: Data) => node.id === exhibit[of]);
const payload = "{ userErrors { code } }";

const PROBES: Readonly<Record<string, Probe>> = {
  spaces: { query: "{ spaces(first: 100) { nodes { id } } }", found: listed("spaces", "space"), ...sees },
  space: { query: "query($space: ID!) { space(id: $space) { id } }", found: any, ...sees },
  "node of the space": { query: "query($space: ID!) { node(id: $space) { id } }", found: any, ...sees },
  "the feed": { query: "{ threads(first: 100) { nodes { id } } }", found: listed("threads", "thread"), ...sees },
  "the feed of the space": {
    query: "query($space: ID!) { threads(spaceId: $space, first: 100) { nodes { id } } }",
    found: listed("threads", "thread"),
    ...sees,
  },
  thread: { query: "query($thread: ID!) { thread(id: $thread) { id } }", found: any, ...sees },
  "node of the thread": { query: "query($thread: ID!) { node(id: $thread) { id } }", found: any, ...sees },
  "the thread's posts": {
    query: "query($thread: ID!) { thread(id: $thread) { posts { nodes { id } } } }",
    found: ({ thread }, { answer }) => (thread?.posts.nodes ?? []).some((node: Data) => node.id === answer),
    ...sees,
  },
  post: { query: "query($answer: ID!) { post(id: $answer) { id thread { id } } }", found: any, ...sees },
  "node of the post": { query: "query($answer: ID!) { node(id: $answer) { id } }", found: any, ...sees },
  "a hidden post": {
    query: "query($hidden: ID!) { post(id: $hidden) { id } }",
    found: any,
    ...sees,
    reader: "no",
  },
  "hidden posts of the thread": {
    query: "query($thread: ID!) { thread(id: $thread) { posts { nodes { id } } } }",
    found: ({ thread }, { hidden }) => (thread?.posts.nodes ?? []).some((node: Data) => node.id === hidden),
    ...sees,
    reader: "no",
  },
  "somebody's report": {
    query: "query($report: ID!) { report(id: $report) { id post { id } } }",
    found: ({ report }) => report !== null && report.post !== null,
    ...sees,
    reader: "no",
  },
  "the reports": {
    query: "{ reports(first: 100) { nodes { id } } }",
    found: listed("reports", "report"),
    reader: "FORBIDDEN",
    stranger: "FORBIDDEN",
    moderator: "yes",
  },
  threadCreate: {
    query: `mutation($space: ID!) { did: threadCreate(input: { spaceId: $space, kind: QUESTION, title: "我也想问", body: "…" }) ${payload} }`,
    found: done,
    ...does,
  },
  postCreate: {
    query: `mutation($thread: ID!) { did: postCreate(input: { threadId: $thread, kind: ANSWER, body: "答" }) ${payload} }`,
    found: done,
    ...does,
  },
  voteCast: {
    query: `mutation($answer: ID!) { did: voteCast(input: { postId: $answer, value: UP }) ${payload} }`,
    found: done,
    ...does,
  },
  voteRemove: {
    query: `mutation($answer: ID!) { did: voteRemove(input: { postId: $answer }) ${payload} }`,
    found: done,
    ...does,
  },
  postReport: {
    query: `mutation($opening: ID!) { did: postReport(input: { postId: $opening, revision: 1, reason: SPAM }) ${payload} }`,
    found: done,
    ...does,
  },
  postEdit: {
    query: `mutation($answer: ID!) { did: postEdit(input: { postId: $answer, revision: 1, body: "改" }) ${payload} }`,
    found: done,
    ...moderates,
    moderator: "not-allowed",
  },
  postAmend: {
    query: `mutation($answer: ID!) { did: postAmend(input: { postId: $answer, revision: 1, body: "改", reason: "…" }) ${payload} }`,
    found: done,
    ...moderates,
  },
  postRemove: {
    query: `mutation($answer: ID!) { did: postRemove(input: { postId: $answer, revision: 1, reason: "…" }) ${payload} }`,
    found: done,
    ...moderates,
  },
  postUndelete: {
    query: `mutation($answer: ID!) { did: postUndelete(input: { postId: $answer }) ${payload} }`,
    found: done,
    ...moderates,
    moderator: "not-allowed",
  },
  "what a post has said": {
    query: "query($answer: ID!) { postRevisions(postId: $answer) { nodes { bodyMarkdown } } }",
    found: ({ postRevisions }) => postRevisions.nodes.length > 0,
    ...sees,
  },
  "what changed in a post": {
    query: "query($answer: ID!) { postDiff(postId: $answer, from: 1, to: 1) { parts { text } } }",
    found: any,
    ...sees,
  },
  "replies to a post": {
    query: "query($opening: ID!) { node(id: $opening) { ... on Post { replies { nodes { id } } } } }",
    found: any,
    ...sees,
  },
  "pinned threads": {
    query: "query($space: ID!) { space(id: $space) { pinnedThreads { id } threadCount } }",
    found: ({ space }) => space !== null && space.threadCount > 0,
    ...sees,
  },
  draftSave: {
    query: `mutation($thread: ID!) { did: draftSave(input: { place: { threadId: $thread }, revision: 0, body: "…" }) ${payload} }`,
    found: done,
    ...does,
  },
  pollVote: {
    query: `mutation($poll: ID!) { did: pollVote(input: { threadId: $poll, positions: [1] }) ${payload} }`,
    found: done,
    ...does,
  },
  poll: {
    query: "query($poll: ID!) { thread(id: $poll) { poll { options { text } } } }",
    found: ({ thread }) => thread?.poll != null,
    ...sees,
  },
  ...Object.fromEntries(
    (
      [
        ["threadLock", ""],
        ["threadUnlock", ""],
        ["threadPin", ""],
        ["threadUnpin", ""],
        ["threadSlowModeSet", ", seconds: 5"],
      ] as const
    ).map(([verb, more]): [string, Probe] => [
      verb,
      {
        query: `mutation($thread: ID!) { did: ${verb}(input: { threadId: $thread, reason: "…"${more} }) ${payload} }`,
        found: done,
        ...moderates,
      },
    ]),
  ),
  threadMove: {
    query: `mutation($thread: ID!, $space: ID!) { did: threadMove(input: { threadId: $thread, spaceId: $space, reason: "…" }) ${payload} }`,
    found: done,
    ...moderates,
  },
  threadMerge: {
    query: `mutation($poll: ID!, $other: ID!) { did: threadMerge(input: { threadId: $other, intoThreadId: $poll, reason: "…" }) ${payload} }`,
    found: done,
    ...moderates,
  },
  threadSplit: {
    query: `mutation($thread: ID!, $answer: ID!) { did: threadSplit(input: { threadId: $thread, postIds: [$answer], kind: QUESTION, title: "另一题", reason: "…" }) ${payload} }`,
    found: done,
    ...moderates,
  },
  postDelete: {
    query: `mutation($answer: ID!) { did: postDelete(input: { postId: $answer }) ${payload} }`,
    found: done,
    ...moderates,
    moderator: "not-allowed",
  },
  answerAccept: {
    query: `mutation($answer: ID!, $key: String!) { did: answerAccept(input: { postId: $answer, idempotencyKey: $key }) ${payload} }`,
    found: done,
    ...moderates,
  },
  postHide: {
    query: `mutation($answer: ID!) { did: postHide(input: { postId: $answer, revision: 1, reason: "…" }) ${payload} }`,
    found: done,
    ...moderates,
  },
  postRestore: {
    query: `mutation($hidden: ID!) { did: postRestore(input: { postId: $hidden, revision: 1, reason: "…" }) ${payload} }`,
    found: done,
    ...moderates,
    reader: "not-found",
  },
  reportDismiss: {
    query: `mutation($report: ID!) { did: reportDismiss(input: { reportId: $report, revision: 1, reason: "…" }) ${payload} }`,
    found: done,
    ...moderates,
  },
};

/** Cells that differ from what the standing says, each with its reason. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  // Who moderates elsewhere has a queue, in which these are not.
  "a moderator of another space: the reports": "no",
  "an operator of another community: the reports": "no",
};

describe("who sees and does what in a space for those who bought it", () => {
  let cast: Cast;
  let spaceId: Id;
  let viewers: Record<Persona, Viewer | null>;
  let authors: { asker: Viewer; answerer: Viewer };
  let shared: Exhibit;

  beforeAll(async () => {
    cast = await aCast(test);
    const bought = { product: "python", cohort: "2026-spring" };
    spaceId = await aSpace(test, cast, { readAccess: "entitled", readExperienceMin: 20, ...bought });
    const elsewhere = await aSpace(test, cast);
    const aMember = async (experience: number, ...entitlements: Partial<EntitlementGrant>[]) => {
      const member = await aViewer(test, cast.communityId, at(0));
      if (experience > 0) await anExperience(test, cast, member, experience);
      for (const entitlement of entitlements) await anEntitlement(test, cast, member, entitlement);
      return member;
    };
    const aKey = (scope: ApiKeyScope) => aViewer(test, cast.communityId, at(0), { role: "service", scopes: [scope] });
    const [refunded, here, there] = [await aMember(20), await aMember(0), await aMember(20)];
    await aRefund(test, cast, await anEntitlement(test, cast, refunded, bought));
    await aSpaceModerator(test, cast, here, spaceId);
    await aSpaceModerator(test, cast, there, elsewhere);
    authors = { asker: await aMember(20, { ...bought, endsAt: at(100) }), answerer: await aMember(20, bought) };
    viewers = {
      anonymous: null,
      entitled: await aMember(20, bought),
      "entitled until later": await aMember(25, { ...bought, endsAt: at(1_001) }),
      "entitled anew": await aMember(20, { ...bought, endsAt: at(500) }, { ...bought, startsAt: at(500) }),
      "not entitled": await aMember(20),
      "entitled to something else": await aMember(20, { ...bought, product: "sql" }),
      "entitled from later on": await aMember(20, { ...bought, startsAt: at(1_001) }),
      expired: await aMember(20, { ...bought, endsAt: at(1_000) }),
      refunded,
      "of another cohort": await aMember(20, { ...bought, cohort: "2025-autumn" }),
      "of no cohort": await aMember(20, { ...bought, cohort: null }),
      "of a low level": await aMember(19, bought),
      "the author, expired": authors.asker,
      "a moderator of this space": here,
      "a moderator of another space": there,
      "a moderator": cast.moderator,
      "an operator": cast.operator,
      "a key that operates": await aKey("operate"),
      "a key that sells": await aKey("entitlements:write"),
      "an operator of another community": (await aCast(test)).operator,
    };
    shared = await anExhibit();
  });

  function anExhibit(): Promise<Exhibit> {
    return test.tx(cast.communityId, async (tx) => {
      const question = { spaceId, kind: "question" as const, title: "装饰器怎么用？", body: "求助", tags: [] };
      const { threadId, openingPostId } = await createThread(tx, authors.asker, question, at(10));
      const answer = { threadId, kind: "answer" as const, parentId: null, body: "用 @" };
      const { postId } = await createPost(tx, authors.answerer, answer, at(11));
      const hidden = await createPost(tx, authors.answerer, answer, at(12));
      const told = { postId, revision: 1, reason: "spam" as const, details: "" };
      const { reportId } = await reportPost(tx, cast.operator, told, at(13));
      await hidePost(tx, cast.moderator, { postId: hidden.postId, revision: 1, reason: "spam" }, at(14));
      const options = { options: ["甲", "乙"], choice: "single", results: "always", closesAt: null } as const;
      const poll = await createThread(tx, authors.asker, { ...question, kind: "poll", poll: options }, at(15));
      const other = await createThread(tx, authors.asker, { ...question, kind: "discussion" }, at(16));
      return {
        poll: `Thread:${poll.threadId}`,
        other: `Thread:${other.threadId}`,
        space: `Space:${spaceId}`,
        thread: `Thread:${threadId}`,
        opening: `Post:${openingPostId}`,
        answer: `Post:${postId}`,
        hidden: `Post:${hidden.postId}`,
        report: `Report:${reportId}`,
        key: threadId,
      };
    });
  }

  it.each(Object.entries(PERSONAS))("%s: %s", async (name, standing) => {
    const persona = name as Persona;
    const [row, expected]: Record<string, string>[] = [{}, {}];
    for (const [probe, { query, found }] of Object.entries(PROBES)) {
      const changes = query.startsWith("mutation") && standing === "moderator";
      const exhibit = changes ? await anExhibit() : shared;
      row![probe] = outcomeOf(await api.send(viewers[persona], query, { ...exhibit }), found, exhibit);
      expected![probe] = EXCEPTIONS[`${persona}: ${probe}`] ?? expectedOf(probe, standing);
    }
    expect(row).toEqual(expected);
  });
});

function expectedOf(probe: string, standing: Standing): string {
  return standing === "uninvited" ? "UNAUTHENTICATED" : PROBES[probe]![standing];
}

/** An answer in a word: what it was refused with, or whether something was found or done. */
function outcomeOf({ data, errors }: Data, found: Probe["found"], exhibit: Exhibit): string {
  if (errors !== undefined) return errors[0].extensions.code;
  const [refusal] = data.did?.userErrors ?? [];
  return refusal?.code ?? (found(data, exhibit) ? "yes" : "no");
}
