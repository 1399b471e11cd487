import { CHURN } from "../../src/churn/label-rules.ts";
import type { ChurnFit, TrainingSet } from "../../src/churn/learning-rules.ts";
import { scoreChurn } from "../../src/churn/scoring-actions.ts";
import { storeChurnModel } from "../../src/churn/training-actions.ts";
import { readTrainingSet } from "../../src/churn/training-queries.ts";
import { rebuildRollups, rollUpEvents } from "../../src/events/rollup-actions.ts";
import { computeFeatures } from "../../src/features/feature-actions.ts";
import type { StageResult, StageRun } from "../stage.ts";
import { fitInThread } from "../threads/fit-in-thread.ts";

/** Reads events that were not read before, a batch a transaction, until there are no more. */
export async function runRollUpEvents({ db, communityId, now, onProgress }: StageRun): Promise<StageResult> {
  let rows = 0;
  for (;;) {
    const step = await db.transaction(communityId, (tx) => rollUpEvents(tx, now));
    rows += step.rows;
    onProgress(rows, null);
    if (!step.more) return { rows, summary: step.heldBack ? "some events wait for an older transaction" : undefined };
  }
}

/** Deletes the rollups and derives them again. */
export async function redoRollUpEvents({ db, communityId, now }: StageRun): Promise<StageResult> {
  return db.transaction(communityId, (tx) => rebuildRollups(tx, now));
}

/** Makes the day's snapshot of features for everyone whom churn is defined for. */
export async function runComputeFeatures({ db, communityId, asOf }: StageRun): Promise<StageResult> {
  const population = { activeWithinDays: CHURN.populationDays };
  const { members, changed } = await db.transaction(communityId, (tx) => computeFeatures(tx, asOf, { population }));
  return { rows: changed, summary: `${members} members, ${changed} changed` };
}

/**
 * Trains a version from what is known by the day; whether it is put to use, it must earn. The same data give the same model, which is
 * stored once. No transaction is open while it learns.
 *
 * @param learn takes seconds of CPU on a large community, so it does it in a thread.
 */
export async function runTrainChurn(
  { db, communityId, asOf, now }: StageRun,
  learn: (set: TrainingSet) => Promise<ChurnFit> = fitInThread,
): Promise<StageResult> {
  const set = await db.transaction(communityId, (tx) => readTrainingSet(tx, asOf));
  if (set.kind === "insufficient-data") {
    const { train, test, needed } = set;
    const summary = `too little data: ${train.rows} rows to learn from and ${test.rows} to judge by, ${needed.trainRows} and ${needed.testRows} needed`;
    return { rows: 0, summary };
  }
  const fit = await learn(set);
  const outcome = await db.transaction(communityId, (tx) => storeChurnModel(tx, { fit, set }, now));
  if (outcome.kind === "unchanged") return { rows: 0, summary: `nothing new since version ${outcome.version}` };
  const { version, state, evaluation } = outcome;
  const use = state === "retired" ? "serves past days only" : `is ${state}`;
  return { rows: 1, summary: `version ${version} ${use}: AUC ${evaluation.auc?.toFixed(4) ?? "undefined"}` };
}

/** Scores the day's snapshot with the champion as of the day. */
export async function runScoreChurn({ db, communityId, asOf, now }: StageRun): Promise<StageResult> {
  const outcome = await db.transaction(communityId, (tx) => scoreChurn(tx, asOf, now));
  switch (outcome.kind) {
    case "no-model":
      return {
        rows: 0,
        summary: `no model that saw nothing after ${asOf}: run train-churn as of that day, with enough data`,
      };
    case "model-outdated":
      return {
        rows: 0,
        summary: `the features changed since version ${outcome.modelVersion}: it must be trained again`,
      };
    case "scored":
      return { rows: outcome.changed, summary: `${outcome.members} members by version ${outcome.modelVersion}` };
  }
}
