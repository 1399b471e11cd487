import { describe, expect, it } from "vitest";
import { pipelineRuns } from "../../../drizzle/tables/platform.ts";
import { type Id, newId } from "../../../src/kernel/ids.ts";
import { addMs } from "../../../src/kernel/instant.ts";
import { useApi } from "../../support/test-api.ts";
import { useDatabase } from "../../support/test-database.ts";
import { anEmptyCommunity, aViewer } from "../../support/value-builders.ts";

const NOW = new Date("2026-03-02T02:00:00Z");
const test = useDatabase();
const api = useApi(test, () => NOW);
const STAGES = ["decide-nudges", "deliver-nudges", "score-churn"];

/** A community whose stages ran in turns, a minute apart; the last run failed. */
async function aCommunityThatRan(runs: number): Promise<Id> {
  const communityId = await anEmptyCommunity(test, NOW);
  const rows = Array.from({ length: runs }, (_, index) => {
    const startedAt = addMs(NOW, index * 60_000);
    const failed = index === runs - 1;
    return {
      communityId,
      id: newId(startedAt),
      stage: STAGES[index % STAGES.length]!,
      asOf: startedAt,
      state: failed ? ("failed" as const) : ("succeeded" as const),
      rows: failed ? null : index,
      summary: failed ? null : `run ${index}`,
      error: failed ? "the database went away" : null,
      startedAt,
      finishedAt: addMs(startedAt, 1_000),
    };
  });
  await test.db.system.insert(pipelineRuns).values(rows);
  return communityId;
}

const LATEST = "{ pipelineLatestRuns { id stage asOf state rows summary error startedAt finishedAt } }";
const RUNS = `query ($stage: String, $first: Int, $after: String, $last: Int, $before: String) {
  pipelineRuns(stage: $stage, first: $first, after: $after, last: $last, before: $before) {
    nodes { stage summary error } pageInfo { hasNextPage startCursor endCursor } } }`;
const START = `mutation ($stage: String!) { pipelineRunStart(input: { stage: $stage }) {
  stage userErrors { code message field } } }`;

describe("the pipeline over the API", () => {
  it("shows the latest run of each stage", async () => {
    const communityId = await aCommunityThatRan(8);
    const operator = await aViewer(test, communityId, NOW, { role: "operator" });
    const { pipelineLatestRuns: latest } = await api.ask(operator, LATEST);
    expect(latest.map((run: { stage: string; summary: string }) => [run.stage, run.summary])).toEqual([
      ["decide-nudges", "run 6"],
      ["deliver-nudges", null],
      ["score-churn", "run 5"],
    ]);
    expect(latest[1]).toMatchObject({ state: "FAILED", rows: null, error: "the database went away" });
    const idle = await aViewer(test, await anEmptyCommunity(test, NOW), NOW, { role: "operator" });
    expect(await api.ask(idle, LATEST)).toEqual({ pipelineLatestRuns: [] });
    expect((await api.ask(idle, RUNS)).pipelineRuns.nodes).toEqual([]);
  });

  it("lists runs, newest first, of all stages or of one", async () => {
    const communityId = await aCommunityThatRan(7);
    const operator = await aViewer(test, communityId, NOW, { role: "operator" });
    const list = async (variables = {}) => (await api.ask(operator, RUNS, variables)).pipelineRuns;
    const summaries = (page: { nodes: { summary: string }[] }) => page.nodes.map((run) => run.summary);
    const first = await list({ first: 3 });
    expect(summaries(first)).toEqual([null, "run 5", "run 4"]);
    const rest = await list({ first: 9, after: first.pageInfo.endCursor });
    expect(summaries(rest)).toEqual(["run 3", "run 2", "run 1", "run 0"]);
    expect(summaries(await list({ last: 2, before: rest.pageInfo.startCursor }))).toEqual(["run 5", "run 4"]);
    expect(summaries(await list({ stage: "score-churn" }))).toEqual(["run 5", "run 2"]);
    expect(summaries(await list({ stage: "no-such-stage" }))).toEqual([]);
    const forged = await api.send(operator, RUNS, { after: Buffer.from('["1"]').toString("base64url") });
    expect(forged.errors[0].extensions).toMatchObject({ code: "BAD_USER_INPUT", field: "after" });
  });

  it("asks the workers to run a stage, and knows which there are", async () => {
    const communityId = await anEmptyCommunity(test, NOW);
    const operator = await aViewer(test, communityId, NOW, { role: "operator" });
    const start = async (stage: string) => (await api.ask(operator, START, { stage })).pipelineRunStart;
    expect(await start("score-churn")).toEqual({ stage: "score-churn", userErrors: [] });
    expect(api.enqueued).toEqual([{ communityId, stage: "score-churn" }]);
    expect(await start("mine-bitcoin")).toMatchObject({
      stage: null,
      userErrors: [{ code: "not-found", field: ["input", "stage"] }],
    });
    expect(api.enqueued).toHaveLength(1);
  });

  it("is for operators, and for services that may operate", async () => {
    const communityId = await anEmptyCommunity(test, NOW);
    for (const [who, allowed] of [
      [{ role: "member" }, false],
      [{ role: "moderator" }, false],
      [{ role: "service", scopes: ["events:write", "events:import", "coupons:settle"] }, false],
      [{ role: "service", scopes: ["operate"] }, true],
    ] as const) {
      const viewer = await aViewer(test, communityId, NOW, who);
      for (const [query, variables] of [
        [LATEST, {}],
        [RUNS, {}],
        [START, { stage: "score-churn" }],
      ] as const) {
        const { errors } = await api.send(viewer, query, variables);
        expect(errors?.[0].extensions.code).toBe(allowed ? undefined : "FORBIDDEN");
      }
    }
  });
});
