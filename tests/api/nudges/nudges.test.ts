import { beforeAll, describe, expect, it } from "vitest";
import type { Viewer } from "../../../src/identity/viewer.ts";
import { type Id, newId } from "../../../src/kernel/ids.ts";
import { addMs, DAY_MS } from "../../../src/kernel/instant.ts";
import { GRANT_OBSTACLES } from "../../../src/nudges/grant-rules.ts";
import { DEFAULT_POLICY } from "../../../src/nudges/policy-rules.ts";
import { runDecideNudges } from "../../../workers/stages/decide-nudges.ts";
import { runDeliverNudges } from "../../../workers/stages/deliver-nudges.ts";
import { runGrantIncentives } from "../../../workers/stages/grant-incentives.ts";
import { runRecordOutcomes } from "../../../workers/stages/record-outcomes.ts";
import {
  aCampaign,
  aCommunityWith,
  aRun,
  gift,
  NOW,
  nudge,
  scoreAll,
  someMembers,
  TODAY,
} from "../../nudges/nudge-builders.ts";
import { useApi } from "../../support/test-api.ts";
import { useDatabase } from "../../support/test-database.ts";
import { anEmptyCommunity, aViewer } from "../../support/value-builders.ts";

const test = useDatabase();
const api = useApi(test, () => NOW);
const LATER = addMs(NOW, 30 * DAY_MS);

const SETTINGS = `settings { riskMin memberValue returnMin explorationRate grantEveryDays monthlyBudget holdoutPercent outcomeDays
  actions { action cost priorLift coins campaignId } frequencyCap { max days } quietHours { from until } }`;
const POLICY = `{ nudgePolicy { version publishedAt ${SETTINGS} } }`;
const PUBLISH = `mutation ($input: NudgePolicyPublishInput!) { nudgePolicyPublish(input: $input) {
  nudgePolicy { version ${SETTINGS} } userErrors { code field ... on RevisionOutdatedError { seen current } } } }`;
const DECISIONS = `query ($first: Int, $after: String, $action: NudgeAction, $holdout: Boolean, $memberId: ID) {
  nudgeDecisions(first: $first, after: $after, action: $action, holdout: $holdout, memberId: $memberId) {
    nodes { id member { id displayName } asOf policyVersion modelVersion probability holdout action cost grantState grantReason decidedAt
      options { action propensity } leftOut { action reason }
      deliveries { channel state reason settledAt } outcome { retained activeDays windowEnd } }
    pageInfo { hasNextPage endCursor } } }`;
const REPORT = `query ($from: String!, $to: String!) { nudgeReport(from: $from, to: $to) { asOf
  actions { action decisions cost withdrawn returned } budgets { month allowed spent returned }
  result { __typename
    ... on NudgeReportInsufficientData { treatedMembers heldOutMembers needed }
    ... on NudgeReportAnalysis { treated { members retained cost } heldOut { members retained cost }
      lift { estimate low high confidence } incrementallyRetained { estimate low high }
      costPerIncrementallyRetained { estimate low high } } } } }`;

/** What an operator sends to publish the default policy. */
const draft = (change: Record<string, unknown> = {}) => ({
  ...DEFAULT_POLICY,
  actions: [
    { action: "NUDGE", cost: 1, priorLift: 0.03 },
    { action: "GRANT_POINTS", cost: 50, priorLift: 0.06, coins: 50 },
  ],
  ...change,
});

describe("the policy", () => {
  let communityId: Id;
  let operator: Viewer;
  beforeAll(async () => {
    communityId = await anEmptyCommunity(test, NOW);
    operator = await aViewer(test, communityId, NOW, { role: "operator" });
  });
  const publish = async (input: unknown) => (await api.ask(operator, PUBLISH, { input })).nudgePolicyPublish;

  it("is none, then the version that was published, and can be sent back as it is shown", async () => {
    expect(await api.ask(operator, POLICY)).toEqual({ nudgePolicy: null });
    expect(await publish({ seenVersion: 0, settings: draft() })).toMatchObject({
      nudgePolicy: { version: 1 },
      userErrors: [],
    });
    const { nudgePolicy } = await api.ask(operator, POLICY);
    expect(nudgePolicy).toMatchObject({ version: 1, publishedAt: NOW.toISOString() });
    expect(nudgePolicy.settings).toEqual({
      ...DEFAULT_POLICY,
      actions: [
        { action: "NUDGE", cost: 1, priorLift: 0.03, coins: null, campaignId: null },
        { action: "GRANT_POINTS", cost: 50, priorLift: 0.06, coins: 50, campaignId: null },
      ],
    });
    const campaignId = `CouponCampaign:${await aCampaign(test, communityId, 0)}`;
    const coupon = { action: "GRANT_COUPON", cost: 20, priorLift: 0.1, campaignId, coins: null };
    const settings = { ...nudgePolicy.settings, actions: [...nudgePolicy.settings.actions, coupon] };
    const second = await publish({ seenVersion: 1, settings });
    expect(second).toMatchObject({ nudgePolicy: { version: 2, settings }, userErrors: [] });
  });

  it.each<[string, Record<string, unknown>, string, string]>([
    ["no holdout", { holdoutPercent: 0 }, "input.invalid", "settings.holdoutPercent"],
    [
      "an action that always can be done",
      { actions: [{ action: "NOTHING", cost: 0, priorLift: 0 }] },
      "input.invalid",
      "settings.actions.0.action",
    ],
    [
      "a campaign of nobody",
      { actions: [{ action: "GRANT_COUPON", cost: 1, priorLift: 0.1, campaignId: `CouponCampaign:${newId(NOW)}` }] },
      "not-found",
      "settings.actions.0.campaignId",
    ],
    [
      "a campaign that is none",
      { actions: [{ action: "GRANT_COUPON", cost: 1, priorLift: 0.1, campaignId: "spring" }] },
      "input.invalid",
      "settings.actions.0.campaignId",
    ],
    [
      "a gift of no coins",
      { actions: [{ action: "GRANT_POINTS", cost: 1, priorLift: 0.1 }] },
      "input.invalid",
      "settings.actions.0.coins",
    ],
  ])("with %s is refused, naming the setting", async (_what, change, code, field) => {
    const { version } = (await api.ask(operator, POLICY)).nudgePolicy ?? { version: 0 };
    expect(await publish({ seenVersion: version, settings: draft(change) })).toEqual({
      nudgePolicy: null,
      userErrors: [{ code, field: ["input", ...field.split(".")] }],
    });
  });

  it("that somebody else has changed since is not overwritten", async () => {
    const { version } = (await api.ask(operator, POLICY)).nudgePolicy;
    expect(await publish({ seenVersion: version - 1, settings: draft() })).toEqual({
      nudgePolicy: null,
      userErrors: [{ code: "revision.outdated", field: ["input", "seenVersion"], seen: version - 1, current: version }],
    });
  });
});

describe("decisions", () => {
  let communityId: Id;
  let operator: Viewer;
  let members: Id[];
  const decisions = async (variables = {}, as = operator) => (await api.ask(as, DECISIONS, variables)).nudgeDecisions;

  beforeAll(async () => {
    ({ communityId } = await aCommunityWith(test, { actions: [nudge, gift], monthlyBudget: 203, holdoutPercent: 30 }));
    operator = await aViewer(test, communityId, NOW, { role: "operator" });
    members = await someMembers(test, communityId, 60);
    await scoreAll(test, communityId, members);
    await runDecideNudges(aRun(test, communityId));
    await runDeliverNudges(aRun(test, communityId));
  });

  it("are listed with what was possible, what was not and why, page by page", async () => {
    const seen: { id: string; options: { propensity: number }[] }[] = [];
    let after: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof decisions>> = await decisions({ first: 25, after });
      seen.push(...page.nodes);
      after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
    } while (after !== null);
    expect(new Set(seen.map((decision) => decision.id)).size).toBe(60);
    expect(seen.map((decision) => decision.id)).toEqual(
      seen
        .map((decision) => decision.id)
        .sort()
        .reverse(),
    );
    for (const { options } of seen) expect(options.reduce((sum, each) => sum + each.propensity, 0)).toBeCloseTo(1, 12);
  });

  it("are found by action, by group and by member", async () => {
    const nudged = (await decisions({ first: 100, action: "NUDGE" })).nodes;
    const gifts = (await decisions({ first: 100, action: "GRANT_POINTS" })).nodes;
    const heldOut = (await decisions({ first: 100, holdout: true })).nodes;
    // 203 coins: four gifts of 50, and three nudges of 1.
    expect([gifts.length, nudged.length]).toEqual([4, 3]);
    expect(nudged[0]).toMatchObject({
      asOf: TODAY,
      policyVersion: 1,
      modelVersion: 1,
      holdout: false,
      cost: 1,
      leftOut: [{ action: "GRANT_POINTS", reason: "NO_BUDGET" }],
      deliveries: [
        { channel: "IN_APP", state: "SENT", reason: null, settledAt: NOW.toISOString() },
        { channel: "EMAIL", state: "SKIPPED", reason: "no-address", settledAt: NOW.toISOString() },
      ],
      outcome: null,
      grantState: null,
    });
    expect(gifts[0]).toMatchObject({ cost: 50, grantState: "PROMISED", grantReason: null });
    expect(heldOut.length).toBeGreaterThan(0);
    expect(heldOut[0]).toMatchObject({
      action: "NOTHING",
      deliveries: [],
      leftOut: [{ reason: "HOLDOUT" }, { reason: "HOLDOUT" }],
    });
    const about = (await decisions({ memberId: `Member:${members[0]}` })).nodes;
    expect(about.map((decision: { member: { id: string } }) => decision.member.id)).toEqual([`Member:${members[0]}`]);
  });

  it("have a name for everything that may be in the way of a gift", async () => {
    const { __type: named } = await api.ask(operator, '{ __type(name: "NudgeGrantObstacle") { enumValues { name } } }');
    expect(named.enumValues.map((value: { name: string }) => value.name).sort()).toEqual(
      GRANT_OBSTACLES.map((obstacle) => obstacle.toUpperCase().replaceAll("-", "_")).sort(),
    );
  });

  it("say what became of a gift and why", async () => {
    const [gift] = (await decisions({ first: 1, action: "GRANT_POINTS" })).nodes;
    await test.rows("update members set suspended_at = $2 where id = $1", [gift.member.id.split(":")[1], NOW]);
    await runGrantIncentives(aRun(test, communityId));
    const after = (await decisions({ first: 100, action: "GRANT_POINTS" })).nodes;
    const states = after.map(({ id, grantState, grantReason }: typeof gift) => [
      id === gift.id,
      grantState,
      grantReason,
    ]);
    expect(states).toEqual([
      [true, "WITHDRAWN", "SUSPENDED"],
      ...new Array(after.length - 1).fill([false, "GIVEN", null]),
    ]);
    const { nudgeReport } = await api.ask(operator, REPORT, { from: TODAY, to: TODAY });
    expect(nudgeReport.actions).toContainEqual({
      action: "GRANT_POINTS",
      decisions: after.length,
      cost: 50 * after.length,
      withdrawn: 1,
      returned: 50,
    });
    expect(nudgeReport.budgets).toEqual([{ month: "2026-03", allowed: 203, spent: 203, returned: 50 }]);
  });

  it("take as many statements for many as for few", async () => {
    const few = await api.statements(() => decisions({ first: 2 }));
    expect(await api.statements(() => decisions({ first: 50 }))).toBe(few);
  });

  it.each([
    ["a forged cursor", { after: Buffer.from('["x"]').toString("base64url") }, "after"],
    ["a member that is none", { memberId: "x" }, "memberId"],
    ["a page of 101", { first: 101 }, "first"],
  ])("refuse %s", async (_what, variables, field) => {
    const { errors } = await api.send(operator, DECISIONS, variables);
    expect(errors[0].extensions).toMatchObject({ code: "BAD_USER_INPUT", field });
  });

  it("are found by global id, by operators only", async () => {
    const [decision] = (await decisions({ first: 1 })).nodes;
    const find = "query ($id: ID!) { node(id: $id) { id ... on NudgeDecision { member { id } } } }";
    expect((await api.ask(operator, find, { id: decision.id })).node).toEqual({
      id: decision.id,
      member: { id: decision.member.id },
    });
    expect((await api.ask(await aViewer(test, communityId, NOW), find, { id: decision.id })).node).toBeNull();
  });

  it("are other communities' business no more than their policy", async () => {
    const elsewhere = await aViewer(test, await anEmptyCommunity(test, NOW), NOW, { role: "operator" });
    expect((await decisions({}, elsewhere)).nodes).toEqual([]);
    expect(await api.ask(elsewhere, POLICY)).toEqual({ nudgePolicy: null });
  });

  it("and the policy and its report are for operators alone", async () => {
    const span = { from: TODAY, to: TODAY };
    const input = { seenVersion: 1, settings: draft() };
    for (const role of ["member", "moderator"] as const) {
      const viewer = await aViewer(test, communityId, NOW, { role });
      for (const [query, variables] of [
        [POLICY, {}],
        [DECISIONS, {}],
        [REPORT, span],
        [PUBLISH, { input }],
      ] as const) {
        const { data, errors } = await api.send(viewer, query, variables);
        expect([errors[0].extensions.code, Object.values(data ?? {})]).toEqual([
          "FORBIDDEN",
          data === null ? [] : [null],
        ]);
      }
    }
  });
});

describe("the report", () => {
  it("says that there is too little, then what was achieved and as of when", async () => {
    const { communityId } = await aCommunityWith(test, { holdoutPercent: 50, monthlyBudget: 1_000 });
    const operator = await aViewer(test, communityId, NOW, { role: "operator" });
    const members = await someMembers(test, communityId, 200);
    await scoreAll(test, communityId, members);
    await runDecideNudges(aRun(test, communityId));
    const ask = async () => (await api.ask(operator, REPORT, { from: TODAY, to: TODAY })).nudgeReport;
    const before = await ask();
    expect(before).toMatchObject({
      asOf: null,
      result: { __typename: "NudgeReportInsufficientData", treatedMembers: 0, heldOutMembers: 0, needed: 30 },
    });
    const [treated] = before.actions as { action: string | null; decisions: number; cost: number }[];
    expect(treated).toMatchObject({ action: "NUDGE", cost: treated?.decisions });
    const heldOut = 200 - (treated?.decisions ?? 0);
    expect(before.actions[1]).toEqual({ action: null, decisions: heldOut, cost: 0, withdrawn: 0, returned: 0 });
    expect(before.budgets).toEqual([{ month: "2026-03", allowed: 1_000, spent: treated?.decisions, returned: 0 }]);

    await test.rows(
      `insert into member_days (community_id, member_id, day, kind, count)
       select community_id, member_id, as_of + 3, 'login', 1 from nudge_decisions where community_id = $1 and not holdout`,
      [communityId],
    );
    await runRecordOutcomes(aRun(test, communityId, { now: LATER }));
    const { asOf, result } = await ask();
    expect(asOf).toBe(LATER.toISOString());
    const everyone = treated?.decisions ?? 0;
    expect(result).toMatchObject({
      __typename: "NudgeReportAnalysis",
      treated: { members: everyone, retained: everyone, cost: everyone },
      heldOut: { members: heldOut, retained: 0, cost: 0 },
      lift: { estimate: 1, confidence: 0.95 },
      incrementallyRetained: { estimate: everyone },
      costPerIncrementallyRetained: { estimate: 1 },
    });
    const outcome = (await api.ask(operator, DECISIONS, { first: 1, action: "NUDGE" })).nudgeDecisions.nodes[0].outcome;
    expect(outcome).toEqual({ retained: true, activeDays: 1, windowEnd: "2026-03-16" });
  });

  it.each([
    ["no day", "yesterday", TODAY, "from"],
    ["a day that is in no calendar", TODAY, "2026-02-30", "to"],
    ["an end before the start", TODAY, "2026-03-01", "to"],
    ["more than a year", "2024-01-01", TODAY, "to"],
  ])("refuses %s", async (_what, from, to, field) => {
    const communityId = await anEmptyCommunity(test, NOW);
    const operator = await aViewer(test, communityId, NOW, { role: "operator" });
    const { errors } = await api.send(operator, REPORT, { from, to });
    expect(errors[0].extensions).toMatchObject({ code: "BAD_USER_INPUT", field });
  });
});
