import type { GraphQLObjectType, GraphQLSchema } from "graphql";
import { beforeAll, describe, expect, it } from "vitest";
import type { ApiKeyScope } from "../../drizzle/tables/identity.ts";
import { buildApiSchema } from "../../schema/api-schema.ts";
import { nodeId } from "../../schema/graphql/node-id.ts";
import { API_KEY_SCOPES } from "../../src/identity/scope-catalogue.ts";
import type { Viewer } from "../../src/identity/viewer.ts";
import { reportPost } from "../../src/moderation/report-actions.ts";
import { aCast, aThread, at, type Cast } from "../support/content-builders.ts";
import { useApi } from "../support/test-api.ts";
import { useDatabase } from "../support/test-database.ts";
import { aViewer } from "../support/value-builders.ts";
import { minimalOperation } from "./minimal-operation.ts";

/** Who may call a root field. What depends on the object asked for is tested where that object is. */
type Rule = "member" | "moderator" | "operator" | "settler" | "seller" | "person in charge";

/** Every query and mutation. A field that is not here fails the test, whoever adds it decides who may call it. */
const RULES: Readonly<Record<string, Rule>> = {
  answerAccept: "member",
  answerUnaccept: "member",
  apiKeyCreate: "person in charge",
  apiKeyRevoke: "person in charge",
  badges: "member",
  churnExplanation: "operator",
  churnReport: "operator",
  churnScores: "operator",
  community: "member",
  consentSet: "member",
  consents: "member",
  couponCampaignCreate: "operator",
  couponCampaigns: "operator",
  couponCodes: "operator",
  couponCodesGenerate: "operator",
  couponCommit: "settler",
  couponHold: "settler",
  couponRelease: "settler",
  draftDelete: "member",
  draftSave: "member",
  drafts: "member",
  entitlementExtend: "seller",
  entitlementGrant: "seller",
  entitlementRevoke: "seller",
  me: "member",
  member: "member",
  memberUpdate: "member",
  myCoupons: "member",
  node: "member",
  notifications: "member",
  notificationsMarkRead: "member",
  nudgeDecisions: "operator",
  nudgePolicy: "operator",
  nudgePolicyPublish: "operator",
  nudgeReport: "operator",
  pipelineLatestRuns: "operator",
  pipelineRunStart: "operator",
  pipelineRuns: "operator",
  pollClose: "member",
  pollVote: "member",
  pointRulePublish: "operator",
  pointRules: "operator",
  pointsStatement: "member",
  pointsWhy: "member",
  post: "member",
  postAmend: "member",
  postCreate: "member",
  postDelete: "member",
  postDiff: "member",
  postEdit: "member",
  // Whoever moderates the post's space: see `tests/security/space-access.test.ts`.
  postHide: "member",
  postRemove: "member",
  postReport: "member",
  postRestore: "member",
  postRevisions: "member",
  postUndelete: "member",
  report: "member",
  reportDismiss: "member",
  reports: "moderator",
  space: "member",
  spaceCreate: "operator",
  spaceModeratorAdd: "operator",
  spaceModeratorRemove: "operator",
  spaceUpdate: "operator",
  spaces: "member",
  thread: "member",
  threadCreate: "member",
  threadLock: "member",
  threadMerge: "member",
  threadMove: "member",
  threadPin: "member",
  threadSlowModeSet: "member",
  threadSplit: "member",
  threadUnlock: "member",
  threadUnpin: "member",
  threads: "member",
  voteCast: "member",
  voteRemove: "member",
};

/** People by what they are, and keys by what they were made for. */
type Role = "anonymous" | "member" | "suspended" | "moderator" | "operator" | "no scope" | ApiKeyScope;

const PEOPLE: readonly Role[] = ["member", "suspended", "moderator", "operator"];

const ALLOWED: Readonly<Record<Rule, readonly Role[]>> = {
  member: [...PEOPLE, "operate"],
  moderator: ["moderator", "operator"],
  operator: ["operator", "operate"],
  settler: [...PEOPLE, "coupons:settle"],
  seller: ["operator", "entitlements:write", "operate"],
  "person in charge": ["operator"],
};

const ROLES: readonly Role[] = ["anonymous", ...PEOPLE, "no scope", ...API_KEY_SCOPES];

describe("who may call what", () => {
  const test = useDatabase();
  const api = useApi(test, () => at(100));
  let schema: GraphQLSchema;
  let viewers: Record<Role, Viewer | null>;

  beforeAll(async () => {
    schema = await buildApiSchema();
    const cast: Cast = await aCast(test);
    const aKey = (...scopes: ApiKeyScope[]) => aViewer(test, cast.communityId, at(0), { role: "service", scopes });
    viewers = {
      anonymous: null,
      member: cast.reader,
      suspended: { ...cast.other, suspended: true },
      moderator: cast.moderator,
      operator: cast.operator,
      "no scope": await aKey(),
      "events:write": await aKey("events:write"),
      "events:import": await aKey("events:import"),
      "coupons:settle": await aKey("coupons:settle"),
      "entitlements:write": await aKey("entitlements:write"),
      operate: await aKey("operate"),
    };
  });

  it("has a rule for every query and mutation, and no rule for what does not exist", () => {
    const fields = roots(schema).flatMap(({ root }) => Object.keys(root.getFields()));
    expect(Object.keys(RULES).sort()).toEqual(fields.sort());
  });

  it.each(Object.entries(RULES))("%s: %s", async (field, rule) => {
    const found = roots(schema).find(({ root }) => root.getFields()[field] !== undefined);
    if (found === undefined) throw new Error(`${field} is not in the schema`);
    const { query, variables } = minimalOperation(found.kind, found.root, field);
    const letThrough: Role[] = [];
    for (const role of ROLES) {
      const answer = await api.send(viewers[role], query, variables);
      if (!isDenied(answer)) letThrough.push(role);
    }
    expect(letThrough).toEqual(ROLES.filter((role) => ALLOWED[rule].includes(role)));
  });
});

describe("what the rules above leave to the object asked for", () => {
  const test = useDatabase();
  const api = useApi(test, () => at(100));
  let ours: Cast;
  let theirs: Cast;
  let ids: Record<"Member" | "Space" | "Thread" | "Post" | "Report", string>;

  beforeAll(async () => {
    ours = await aCast(test);
    theirs = await aCast(test);
    const { threadId, openingPostId } = await aThread(test, theirs);
    const { reportId } = await test.tx(theirs.communityId, (tx) =>
      reportPost(tx, theirs.reader, { postId: openingPostId, reason: "spam", details: "", revision: 1 }, at(5)),
    );
    ids = {
      Member: nodeId("Member", theirs.author.memberId),
      Space: nodeId("Space", theirs.spaceId),
      Thread: nodeId("Thread", threadId),
      Post: nodeId("Post", openingPostId),
      Report: nodeId("Report", reportId),
    };
  });

  it.each(["Member", "Space", "Thread", "Post", "Report"] as const)(
    "shows no %s of another community, to nobody",
    async (type) => {
      const query = "query($id: ID!) { node(id: $id) { id } }";
      for (const viewer of [ours.reader, ours.moderator, ours.operator]) {
        expect(await api.ask(viewer, query, { id: ids[type] })).toEqual({ node: null });
      }
      expect((await api.ask(theirs.moderator, query, { id: ids[type] })).node).toEqual({ id: ids[type] });
    },
  );

  it("changes nothing of another community", async () => {
    const attempts = [
      ['postCreate(input: { threadId: $thread, kind: REPLY, body: "hello" })', "post { id }"],
      ['postEdit(input: { postId: $post, revision: 1, body: "mine" })', "post { id }"],
      ["voteCast(input: { postId: $post, value: UP })", "post { id }"],
      ['postHide(input: { postId: $post, revision: 1, reason: "mine" })', "post { id }"],
      ["postReport(input: { postId: $post, revision: 1, reason: SPAM })", "report { id }"],
      ['reportDismiss(input: { reportId: $report, revision: 1, reason: "mine" })', "report { id }"],
      [
        'threadCreate(input: { spaceId: $space, kind: DISCUSSION, title: "A title of mine", body: "hello", tags: [] })',
        "thread { id }",
      ],
    ];
    const before = await test.rows("select count(*) from posts");
    for (const [call, entity] of attempts) {
      const used = ["thread", "post", "report", "space"].filter((name) => call?.includes(`$${name}`));
      const declared = used.map((name) => `$${name}: ID!`).join(", ");
      const variables = { thread: ids.Thread, post: ids.Post, report: ids.Report, space: ids.Space };
      const query = `mutation(${declared}) { answer: ${call} { ${entity} userErrors { code } } }`;
      const { answer } = await api.ask(ours.operator, query, variables);
      expect(answer.userErrors, call).toEqual([{ code: "not-found" }]);
    }
    expect(await test.rows("select count(*) from posts")).toEqual(before);
    expect(await test.rows("select distinct state from posts")).toEqual([{ state: "visible" }]);
  });

  it.each([
    "threadCreate",
    "postCreate",
    "postEdit",
    "postUndelete",
    "pollVote",
    "pollClose",
    "voteCast",
    "answerAccept",
    "postReport",
  ])("refuses %s to a suspended member", async (field) => {
    const schema = await buildApiSchema();
    const { query, variables } = minimalOperation("mutation", schema.getMutationType() as GraphQLObjectType, field);
    const answer = await api.ask({ ...ours.other, suspended: true }, query, variables);
    expect(answer[field].userErrors).toEqual([{ code: "member.suspended", field: null }]);
  });
});

function roots(schema: GraphQLSchema): { kind: "query" | "mutation"; root: GraphQLObjectType }[] {
  const query = schema.getQueryType();
  const mutation = schema.getMutationType();
  if (!query || !mutation) throw new Error("the schema has queries and mutations");
  return [
    { kind: "query", root: query },
    { kind: "mutation", root: mutation },
  ];
}

interface Answer {
  readonly data?: Record<string, { userErrors?: { code: string }[] } | null> | null;
  readonly errors?: { message: string; extensions?: { code?: string; refusal?: string } }[];
}

/** Whether an answer says that the caller may not. A malformed operation would be no test, so it fails. */
function isDenied({ data, errors = [] }: Answer): boolean {
  const codes = errors.map((error) => error.extensions?.code);
  const malformed = codes.filter((code) => code === "GRAPHQL_VALIDATION_FAILED" || code === "GRAPHQL_PARSE_FAILED");
  if (malformed.length > 0) throw new Error(JSON.stringify(errors));
  if (codes.some((code) => code === "UNAUTHENTICATED" || code === "FORBIDDEN")) return true;
  return Object.values(data ?? {}).some((payload) =>
    payload?.userErrors?.some((error) => error.code === "not-allowed"),
  );
}
