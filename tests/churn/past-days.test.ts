import { describe, expect, it } from "vitest";
import { championModel, latestScores } from "../../src/churn/churn-queries.ts";
import { CHURN } from "../../src/churn/label-rules.ts";
import { fitChurn, type TrainingSet } from "../../src/churn/learning-rules.ts";
import { addDays, type Day } from "../../src/kernel/calendar.ts";
import type { Id } from "../../src/kernel/ids.ts";
import { runComputeFeatures, runScoreChurn } from "../../workers/stages/derive-signals.ts";
import { NOW } from "../events/signals-builders.ts";
import { aRun } from "../nudges/nudge-builders.ts";
import { useDatabase } from "../support/test-database.ts";
import { aLivingCommunity, FIRST_DAY, train as trainAs } from "./churn-builders.ts";

const database = useDatabase();
const DAYS = 240;
const TODAY = addDays(FIRST_DAY, DAYS - 1);
const PAST = addDays(TODAY, -45);
const COMMUNITY = { members: 100, days: DAYS, seed: 7 };

const train = (communityId: Id, asOf: Day, learn?: typeof fitChurn) =>
  trainAs(database, communityId, { asOf, learn }, NOW);

async function score(communityId: Id, asOf: Day) {
  const run = aRun(database, communityId, { asOf, now: NOW });
  await runComputeFeatures(run);
  return runScoreChurn(run);
}

async function versionsOn(communityId: Id, asOf: Day): Promise<number[]> {
  const rows = await database.rows<{ version: number }>(
    "select distinct model_version as version from churn_scores where community_id = $1 and as_of = $2",
    [communityId, asOf],
  );
  return rows.map(({ version }) => version);
}

/** Learns from labels that were mixed up. */
const mislearn = (set: TrainingSet) =>
  fitChurn({ ...set, train: { ...set.train, y: set.train.y.map((label) => 1 - label) } });

describe("a past day", () => {
  it("is not scored by a model that was trained or judged on later days", async () => {
    const { communityId } = await aLivingCommunity(database, COMMUNITY);
    await train(communityId, TODAY);
    expect(await score(communityId, PAST)).toMatchObject({ rows: 0, summary: expect.stringContaining(PAST) });
    expect(await versionsOn(communityId, PAST)).toEqual([]);
    expect((await score(communityId, TODAY)).rows).toBeGreaterThan(0);
    expect(await versionsOn(communityId, TODAY)).toEqual([1]);
  });

  it("is scored by the model trained as of it, which leaves the one in use where it is", async () => {
    const { communityId } = await aLivingCommunity(database, COMMUNITY);
    await train(communityId, TODAY);
    expect(await train(communityId, PAST)).toMatchObject({ version: 2, state: "retired", before: null });
    expect(await train(communityId, PAST)).toEqual({ kind: "unchanged", version: 2 });
    expect((await database.read(communityId, championModel))!.version).toBe(1);
    await score(communityId, PAST);
    await score(communityId, TODAY);
    expect(await versionsOn(communityId, PAST)).toEqual([2]);
    expect(await versionsOn(communityId, TODAY)).toEqual([1]);
  });

  it("has the scores that it had when it was today", async () => {
    const { communityId, members } = await aLivingCommunity(database, COMMUNITY);
    const scores = () => database.read(communityId, (reader) => latestScores(reader, members));
    await train(communityId, PAST);
    await score(communityId, PAST);
    const then = await scores();
    expect(then.length).toBeGreaterThan(30);
    expect(await train(communityId, TODAY)).toMatchObject({ version: 2, state: "champion", before: { version: 1 } });
    expect(await score(communityId, PAST)).toMatchObject({ rows: 0 });
    expect(await scores()).toEqual(then);
  });

  it("is served from when the last label that a model was judged by is settled, and not a day before", async () => {
    const { communityId } = await aLivingCommunity(database, COMMUNITY);
    await train(communityId, TODAY);
    const { evaluation } = (await database.read(communityId, championModel))!;
    const settled = addDays(evaluation.testThrough, CHURN.horizonDays);
    await score(communityId, addDays(settled, -1));
    await score(communityId, settled);
    expect(await versionsOn(communityId, addDays(settled, -1))).toEqual([]);
    expect(await versionsOn(communityId, settled)).toEqual([1]);
  });

  it("meets the same gate: a model that does worse than the champion of its day is not used", async () => {
    const { communityId } = await aLivingCommunity(database, COMMUNITY);
    const later = addDays(PAST, 15);
    await train(communityId, PAST);
    await train(communityId, TODAY);
    const worse = await train(communityId, later, mislearn);
    expect(worse).toMatchObject({ version: 3, state: "candidate", before: { version: 1 } });
    await score(communityId, later);
    expect(await versionsOn(communityId, later)).toEqual([1]);
  });
});
