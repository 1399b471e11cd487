import { beforeAll, describe, expect, it } from "vitest";
import { scoreChurn } from "../../../src/churn/scoring-actions.ts";
import { computeFeatures } from "../../../src/features/feature-actions.ts";
import type { Viewer } from "../../../src/identity/viewer.ts";
import { addDays } from "../../../src/kernel/calendar.ts";
import type { Id } from "../../../src/kernel/ids.ts";
import { encodeCursor } from "../../../src/kernel/pagination.ts";
import { aLivingCommunity, FIRST_DAY, train } from "../../churn/churn-builders.ts";

import { NOW } from "../../events/signals-builders.ts";
import { useApi } from "../../support/test-api.ts";
import { useDatabase } from "../../support/test-database.ts";
import { anEmptyCommunity, aViewer } from "../../support/value-builders.ts";

const test = useDatabase();
const api = useApi(test, () => NOW);
const DAYS = 240;
const AS_OF = addDays(FIRST_DAY, DAYS - 1);

const REPORT = `{ churnReport { champion { version state trainedThrough evaluation { rows positives baseRate auc averagePrecision
  logLoss brier calibrationError calibration { low high rows meanPrediction observedRate } gains { fraction precision recall lift }
  testFrom testThrough recencyAlone { auc } } } versions { version state } scores { asOf members byTenth } } }`;
const SCORES = `query ($first: Int, $after: String, $last: Int, $before: String) {
  churnScores(first: $first, after: $after, last: $last, before: $before) {
    nodes { asOf probability modelVersion member { id displayName } } pageInfo { hasNextPage startCursor endCursor } } }`;
const EXPLAIN = `query ($id: ID!) { churnExplanation(memberId: $id) { __typename
  ... on ChurnNotScored { memberId }
  ... on ChurnOutdated { score { probability } }
  ... on ChurnExplained { score { probability asOf } averageProbability remainder
    factors { feature value contribution oddsRatio sentence } } } }`;

describe("churn over the API", () => {
  let communityId: Id;
  let operator: Viewer;

  beforeAll(async () => {
    ({ communityId } = await aLivingCommunity(test, { members: 100, days: DAYS, seed: 7 }));
    operator = await aViewer(test, communityId, NOW, { role: "operator" });
    await train(test, communityId, { asOf: AS_OF }, NOW);
    await test.tx(communityId, (tx) => computeFeatures(tx, AS_OF, { population: { activeWithinDays: 60 } }));
    await test.tx(communityId, (tx) => scoreChurn(tx, AS_OF, NOW));
  });

  it("reports the model in use and how members stand", async () => {
    const { churnReport } = await api.ask(operator, REPORT);
    const { champion, versions, scores } = churnReport;
    expect(champion).toMatchObject({ version: 1, state: "CHAMPION" });
    expect(champion.evaluation.auc).toBeGreaterThan(0.5);
    expect(champion.evaluation.calibration.length).toBeGreaterThan(0);
    expect(versions).toEqual([{ version: 1, state: "CHAMPION" }]);
    expect(scores.asOf).toBe(AS_OF);
    expect(scores.byTenth).toHaveLength(10);
    expect(scores.byTenth.reduce((sum: number, members: number) => sum + members, 0)).toBe(scores.members);
  });

  it("lists members by risk, page by page, in a number of statements that does not grow", async () => {
    const list = async (variables = {}) => (await api.ask(operator, SCORES, variables)).churnScores;
    const all = (await list({ first: 100 })).nodes;
    const probabilities = all.map((score: { probability: number }) => score.probability);
    expect(probabilities).toEqual([...probabilities].sort((a, b) => b - a));
    const first = await list({ first: 7 });
    const rest = await list({ first: 100, after: first.pageInfo.endCursor });
    expect([...first.nodes, ...rest.nodes]).toEqual(all);
    expect((await list({ last: 3, before: rest.pageInfo.startCursor })).nodes).toEqual(all.slice(4, 7));
    const few = await api.statements(() => list({ first: 2 }));
    expect(await api.statements(() => list({ first: 40 }))).toBe(few);
  });

  it.each([
    ["of no number", ["high", "00000000-0000-7000-8000-000000000000"]],
    ["of no member", ["0.5", "somebody"]],
    ["beyond all numbers", ["Infinity", "00000000-0000-7000-8000-000000000000"]],
    ["of another list", ["0.5"]],
  ])("refuses a cursor %s", async (_what, key) => {
    const { errors } = await api.send(operator, SCORES, { after: encodeCursor(key, "churn") });
    expect(errors[0].extensions).toMatchObject({ code: "BAD_USER_INPUT", field: "after" });
  });

  it("explains a score in the viewer's language, says why it cannot, and knows who was never scored", async () => {
    const [riskiest] = (await api.ask(operator, SCORES, { first: 1 })).churnScores.nodes;
    const explain = async (as: Viewer, id: string) => (await api.ask(as, EXPLAIN, { id })).churnExplanation;
    const explained = await explain(operator, riskiest.member.id);
    expect(explained).toMatchObject({
      __typename: "ChurnExplained",
      score: { asOf: AS_OF, probability: riskiest.probability },
    });
    expect(explained.factors[0].sentence).toMatch(/times the average member's\.$/);
    const inChinese = await explain({ ...operator, locale: "zh-CN" }, riskiest.member.id);
    expect(inChinese.factors[0].sentence).toMatch(/^.+：.+，使流失几率为平均成员的/);

    const self = `Member:${operator.memberId}`;
    expect(await explain(operator, self)).toEqual({ __typename: "ChurnNotScored", memberId: self });
    await test.rows("delete from feature_snapshots where community_id = $1 and member_id = $2", [
      communityId,
      riskiest.member.id.slice("Member:".length),
    ]);
    expect(await explain(operator, riskiest.member.id)).toEqual({
      __typename: "ChurnOutdated",
      score: { probability: riskiest.probability },
    });
  });

  it("finds no member whom there is not, or who is another community's", async () => {
    const stranger = await aViewer(test, await anEmptyCommunity(test, NOW), NOW);
    for (const id of ["00000000-0000-7000-8000-000000000000", stranger.memberId]) {
      const { data, errors } = await api.send(operator, EXPLAIN, { id: `Member:${id}` });
      expect(data?.churnExplanation ?? null).toBeNull();
      expect(errors[0].extensions).toMatchObject({ refusal: "not-found", field: "memberId" });
    }
  });

  it("has nothing to say before a model was trained", async () => {
    const elsewhere = await aViewer(test, await anEmptyCommunity(test, NOW), NOW, { role: "operator" });
    expect(await api.ask(elsewhere, REPORT)).toEqual({ churnReport: { champion: null, versions: [], scores: null } });
    expect((await api.ask(elsewhere, SCORES)).churnScores.nodes).toEqual([]);
  });

  it("is for operators alone", async () => {
    const viewer = await aViewer(test, communityId, NOW, { role: "moderator" });
    for (const [query, variables] of [
      [REPORT, {}],
      [SCORES, {}],
      [EXPLAIN, { id: "Member:x" }],
    ] as const) {
      const { errors } = await api.send(viewer, query, variables);
      expect(errors[0].extensions.code).toBe("FORBIDDEN");
    }
  });
});
