import { describe, expect, it } from "vitest";
import {
  championModel,
  churnReport,
  explainMember,
  latestScoredDay,
  latestScores,
  scoreCursor,
  scoresPage,
} from "../../src/churn/churn-queries.ts";
import type { ChurnEvaluation, TrainingSet } from "../../src/churn/learning-rules.ts";
import { fitChurn, predictChurn } from "../../src/churn/learning-rules.ts";
import { mayReplace } from "../../src/churn/model-rules.ts";
import { scoreChurn } from "../../src/churn/scoring-actions.ts";
import { readTrainingSet } from "../../src/churn/training-queries.ts";
import { computeFeatures } from "../../src/features/feature-actions.ts";
import { addDays, daysBetween } from "../../src/kernel/calendar.ts";
import type { Id } from "../../src/kernel/ids.ts";
import { DAY_MS } from "../../src/kernel/instant.ts";
import { encodeCursor, readPageRequest } from "../../src/kernel/pagination.ts";
import { stageNamed } from "../../workers/pipeline.ts";
import { runTrainChurn } from "../../workers/stages/derive-signals.ts";
import { fitInThread } from "../../workers/threads/fit-in-thread.ts";
import { aCommunity, NOW } from "../events/signals-builders.ts";
import { aRun } from "../nudges/nudge-builders.ts";
import { useDatabase } from "../support/test-database.ts";
import { aLivingCommunity, FIRST_DAY, train as trainAs } from "./churn-builders.ts";

const database = useDatabase();
const DAYS = 240;
const AS_OF = addDays(FIRST_DAY, DAYS - 1);
const COMMUNITY = { members: 100, days: DAYS, seed: 7 };

async function theSet(communityId: Id, asOf = AS_OF, rowsMax?: number): Promise<TrainingSet> {
  const set = await database.tx(communityId, (tx) => readTrainingSet(tx, asOf, { rowsMax }));
  if (set.kind !== "training-set") throw new Error(`too little data: ${JSON.stringify(set)}`);
  return set;
}

const train = (communityId: Id, asOf = AS_OF) => trainAs(database, communityId, { asOf }, NOW);

/** Learns from labels that were mixed up. */
const mislearn = (set: TrainingSet) =>
  fitChurn({ ...set, train: { ...set.train, y: set.train.y.map((label) => 1 - label) } });

async function score(communityId: Id, asOf = AS_OF) {
  await database.tx(communityId, (tx) => computeFeatures(tx, asOf, { population: { activeWithinDays: 60 } }));
  return database.tx(communityId, (tx) => scoreChurn(tx, asOf, NOW));
}

describe("a training set", () => {
  it("labels who was active in the population's window and not in the horizon after it", async () => {
    const { communityId } = await aLivingCommunity(database, COMMUNITY);
    const { train, test, trainCutoffs, testCutoffs } = await theSet(communityId);
    const days = await database.rows<{ member_id: Id; day: string }>(
      "select member_id, day::text from member_days where community_id = $1 and kind = 'answer.posted'",
      [communityId],
    );
    let row = 0;
    const side = { X: [...train.memberIds, ...test.memberIds], y: [...train.y, ...test.y] };
    for (const cutoff of [...trainCutoffs, ...testCutoffs]) {
      const active = (from: number, to: number) =>
        new Set(
          days.flatMap(({ member_id: id, day }) => {
            const after = (Date.parse(day) - Date.parse(cutoff)) / DAY_MS;
            return after > from && after <= to ? [id] : [];
          }),
        );
      const [asked, stayed] = [active(-60, 0), active(0, 30)];
      for (const memberId of [...asked].sort()) {
        expect(side.X[row]).toBe(memberId);
        expect(side.y[row]).toBe(stayed.has(memberId) ? 0 : 1);
        row += 1;
      }
    }
    expect(row).toBe(side.y.length);
  });

  it("sees nothing of what happens after the day it is read as of", async () => {
    const { communityId } = await aLivingCommunity(database, COMMUNITY);
    const early = addDays(AS_OF, -60);
    const before = await theSet(communityId, early);
    await database.rows("delete from member_days where community_id = $1 and day > $2", [communityId, early]);
    expect(await theSet(communityId, early)).toEqual(before);
  });

  it("is sampled by member when it would be too large", async () => {
    const { communityId } = await aLivingCommunity(database, { ...COMMUNITY, members: 200 });
    const whole = await theSet(communityId);
    const part = await theSet(communityId, AS_OF, 500);
    expect(part.train.y.length).toBeLessThan(whole.train.y.length * 0.8);
    const members = new Set(part.train.memberIds);
    const ofThem = whole.train.memberIds.filter((id) => members.has(id));
    expect(part.train.memberIds).toEqual(ofThem);
  });
});

describe("training", () => {
  it("says what there is and what is needed when there is too little", async () => {
    const empty = await aCommunity(database);
    expect(await train(empty)).toMatchObject({ kind: "insufficient-data", cutoffs: 0, train: { rows: 0 } });
    const { communityId } = await aLivingCommunity(database, { members: 8, days: DAYS, seed: 1 });
    const outcome = await train(communityId);
    expect(outcome).toMatchObject({ kind: "insufficient-data", needed: { trainRows: 100 } });
    expect(outcome.kind === "insufficient-data" && outcome.train.rows).toBeGreaterThan(0);
  });

  it("makes the first model champion, judged on time it has not seen", async () => {
    const { communityId } = await aLivingCommunity(database, COMMUNITY);
    const outcome = await train(communityId);
    expect(outcome).toMatchObject({ kind: "trained", version: 1, state: "champion", before: null });
    const champion = await database.read(communityId, championModel);
    expect(champion!.artefact.model.converged).toBe(true);
    expect(champion!.artefact.model.gradientNorm).toBeLessThan(1e-8);
    const { evaluation, artefact } = champion!;
    expect(evaluation.auc!).toBeGreaterThan(0.65);
    expect(daysBetween(artefact.trainThrough, evaluation.testFrom)).toBeGreaterThanOrEqual(30);
    expect(evaluation.recencyAlone.auc).not.toBeNull();
    expect(evaluation.gains.map((gain) => gain.fraction)).toEqual(expect.arrayContaining([0.05, 0.1, 0.2]));
  });

  it("is the same twice, stores nothing new when nothing was learnt, and a new version when something was", async () => {
    const { communityId } = await aLivingCommunity(database, COMMUNITY);
    const first = await train(communityId, addDays(AS_OF, -40));
    const again = await train(communityId, addDays(AS_OF, -40));
    const later = await train(communityId);
    expect(first).toMatchObject({ kind: "trained", version: 1 });
    expect(again).toEqual({ kind: "unchanged", version: 1 });
    expect(later).toMatchObject({ kind: "trained", version: 2, before: { version: 1 } });
    const states = await database.rows("select state from churn_models where community_id = $1 order by version", [
      communityId,
    ]);
    expect(states.filter((row) => row.state === "champion")).toHaveLength(1);
  });

  it("keeps the champion when the candidate does worse on the same rows", async () => {
    const { communityId } = await aLivingCommunity(database, COMMUNITY);
    await train(communityId, addDays(AS_OF, -40));
    const outcome = await trainAs(database, communityId, { asOf: AS_OF, learn: mislearn }, NOW);
    expect(outcome).toMatchObject({ kind: "trained", version: 2, state: "candidate" });
    expect((await database.read(communityId, championModel))!.version).toBe(1);
    // What did not earn it is no more new the next day than what did.
    const again = await trainAs(database, communityId, { asOf: AS_OF, learn: mislearn }, NOW);
    expect(again).toEqual({ kind: "unchanged", version: 2 });
  });

  it("is the same model when all versions are gone, stage and redo alike, with no transaction open while it learns", async () => {
    const { communityId } = await aLivingCommunity(database, COMMUNITY);
    const models = () =>
      database.rows("select * from churn_models where community_id = $1 order by version", [communityId]);
    const run = aRun(database, communityId, { asOf: AS_OF, now: NOW });
    let open: unknown[] = [];
    const learn = async (set: TrainingSet) => {
      open = await database.rows(
        "select state, query from pg_stat_activity where backend_type = 'client backend' and datname = current_database() and xact_start is not null and pid <> pg_backend_pid()",
      );
      return fitInThread(set);
    };
    expect(await runTrainChurn(run, learn)).toMatchObject({ rows: 1 });
    expect(open).toEqual([]);
    const first = await models();
    const redo = stageNamed("train-churn")!.redo!;
    expect(await redo(run)).toEqual({ rows: 0, summary: "nothing new since version 1" });
    expect(await models()).toEqual(first);
    await database.rows("delete from churn_models where community_id = $1", [communityId]);
    expect(await redo(run)).toMatchObject({ rows: 1 });
    expect(await models()).toEqual(first);
  });

  it("is stored once when it is done by several at once, and not at all when it dies in between", async () => {
    const { communityId } = await aLivingCommunity(database, COMMUNITY);
    const run = aRun(database, communityId, { asOf: AS_OF, now: NOW });
    await expect(runTrainChurn(run, () => Promise.reject(new Error("killed")))).rejects.toThrow("killed");
    expect(await database.read(communityId, championModel)).toBeNull();
    const results = await Promise.all([1, 2, 3].map(() => runTrainChurn(run, async (set) => fitChurn(set))));
    expect(results.map(({ rows }) => rows).sort()).toEqual([0, 0, 1]);
  });

  it.each([
    ["better", 0.3, 0.86, true],
    ["as good but for chance", 0.3015, 0.846, true],
    ["less believable", 0.31, 0.86, false],
    ["worse at telling members apart", 0.3, 0.84, false],
  ])("lets a candidate that is %s take over: %d, %d", (_what, logLoss, auc, expected) => {
    const champion = { logLoss: 0.3, auc: 0.85 } as ChurnEvaluation;
    expect(mayReplace({ ...champion, logLoss, auc }, champion)).toBe(expected);
  });

  it("survives the database: a stored model predicts as the fitted one did", async () => {
    const { communityId } = await aLivingCommunity(database, COMMUNITY);
    const set = await theSet(communityId);
    const { artefact } = fitChurn(set);
    await train(communityId);
    const stored = await database.read(communityId, championModel);
    expect(predictChurn(stored!.artefact, set.test.X)).toEqual(predictChurn(artefact, set.test.X));
  });
});

describe("scoring", () => {
  it("says so when there is no model, or one of other features", async () => {
    const { communityId } = await aLivingCommunity(database, COMMUNITY);
    expect(await score(communityId)).toEqual({ kind: "no-model" });
    await train(communityId);
    await database.rows(
      `update churn_models set artefact = jsonb_set(artefact, '{catalogueVersion}', '1') where community_id = $1`,
      [communityId],
    );
    expect(await score(communityId)).toEqual({ kind: "model-outdated", modelVersion: 1 });
  });

  it("scores the population, writes only what changes, and takes scores from those who left it", async () => {
    const { communityId } = await aLivingCommunity(database, COMMUNITY);
    await train(communityId);
    const first = await score(communityId);
    if (first.kind !== "scored") throw new Error(first.kind);
    expect(first).toMatchObject({ changed: first.members, gone: 0 });
    expect(first.members).toBeGreaterThan(30);
    expect(await score(communityId)).toEqual({ ...first, changed: 0 });

    const [{ member_id: gone }] = (await database.rows(
      "select member_id from churn_scores where community_id = $1 limit 1",
      [communityId],
    )) as [{ member_id: Id }];
    await database.rows("delete from member_days where community_id = $1 and member_id = $2", [communityId, gone]);
    expect(await score(communityId)).toEqual({ ...first, members: first.members - 1, changed: 0, gone: 1 });
  });

  it("is paged by risk, and found by member", async () => {
    const { communityId } = await aLivingCommunity(database, COMMUNITY);
    await train(communityId);
    await score(communityId);
    const page = (after?: string) =>
      database.read(communityId, (reader) => scoresPage(reader, AS_OF, readPageRequest({ first: 20, after }, 2)));
    const first = await page();
    const second = await page(encodeCursor(scoreCursor(first.rows.at(-1)!)));
    const shown = [...first.rows, ...second.rows];
    expect(new Set(shown.map((row) => row.memberId)).size).toBe(40);
    expect(shown.map((row) => row.probability)).toEqual(shown.map((row) => row.probability).sort((a, b) => b - a));
    const back = await database.read(communityId, (reader) =>
      scoresPage(reader, AS_OF, readPageRequest({ last: 20, before: encodeCursor(scoreCursor(second.rows[0]!)) }, 2)),
    );
    expect(back.rows).toEqual(first.rows);
    expect(await database.read(communityId, latestScoredDay)).toBe(AS_OF);
    const [one] = await database.read(communityId, (reader) => latestScores(reader, [shown[3]!.memberId]));
    expect(one).toEqual(shown[3]);
  });

  it("is reported with how the model did and how the scores spread", async () => {
    const { communityId } = await aLivingCommunity(database, COMMUNITY);
    const nothing = await database.read(communityId, churnReport);
    expect(nothing).toEqual({ champion: null, versions: [], scores: null });
    await train(communityId);
    const scored = await score(communityId);
    const report = await database.read(communityId, churnReport);
    expect(report.champion!.evaluation.auc).toBe(report.versions[0]!.evaluation.auc);
    expect(report.scores).toMatchObject({ asOf: AS_OF, members: scored.kind === "scored" ? scored.members : 0 });
  });
});

describe("an explanation", () => {
  it("adds up to the score, and says why in both languages", async () => {
    const { communityId, members } = await aLivingCommunity(database, COMMUNITY);
    await train(communityId);
    await score(communityId);
    const scores = await database.read(communityId, (reader) => latestScores(reader, members));
    const { memberId } = scores[0]!;
    const en = await database.read(communityId, (reader) => explainMember(reader, memberId, "en"));
    const zh = await database.read(communityId, (reader) => explainMember(reader, memberId, "zh-CN"));
    if (en.kind !== "explained" || zh.kind !== "explained") throw new Error(`${en.kind}, ${zh.kind}`);
    const { probability, averageProbability, factors, remainder } = en.explanation;
    const logit = (p: number) => Math.log(p / (1 - p));
    const told = factors.reduce((sum, factor) => sum + factor.contribution, remainder);
    expect(logit(averageProbability) + told).toBeCloseTo(logit(probability), 9);
    expect(probability).toBeCloseTo(en.score.probability, 12);
    expect(factors).toHaveLength(5);
    for (const [index, factor] of factors.entries()) {
      expect(factor.sentence).toMatch(
        /^[A-Z].*: .*\. That makes the odds of leaving [\d.]+ times the average member's\.$/,
      );
      expect(zh.explanation.factors[index]!.sentence).toMatch(/：.*，使流失几率为平均成员的 [\d.]+ 倍。$/);
    }
  });

  it("says so when a member was never scored, or the score's features are gone", async () => {
    const { communityId, members } = await aLivingCommunity(database, COMMUNITY);
    const explain = (id: Id) => database.read(communityId, (reader) => explainMember(reader, id, "en"));
    expect(await explain(members[0]!)).toEqual({ kind: "not-scored" });
    await train(communityId);
    await score(communityId);
    const [scored] = await database.read(communityId, (reader) => latestScores(reader, members));
    await database.rows("update feature_snapshots set catalogue_version = 1 where community_id = $1", [communityId]);
    expect(await explain(scored!.memberId)).toMatchObject({ kind: "outdated" });
  });
});
