import type { ModelState } from "../../drizzle/tables/signals.ts";
import { CATALOGUE_VERSION } from "../features/feature-catalogue.ts";
import type { Day } from "../kernel/calendar.ts";
import type { Instant } from "../kernel/instant.ts";
import type { Tx } from "../platform/database/database.ts";
import { type ChurnModel, championModel } from "./churn-queries.ts";
import { type ChurnEvaluation, type ChurnFit, evaluateChurn, fitChurn, type TrainingSet } from "./learning-rules.ts";
import { isSameModel, mayReplace } from "./model-rules.ts";
import { type InsufficientData, readTrainingSet, type TrainingOptions } from "./training-queries.ts";

export type TrainingOutcome =
  | InsufficientData
  /** Nothing has been learnt since the champion was trained. */
  | { readonly kind: "unchanged"; readonly version: number }
  | {
      readonly kind: "trained";
      readonly version: number;
      /** `candidate`: stored, and not put to use because the champion does better. */
      readonly state: "champion" | "candidate";
      readonly evaluation: ChurnEvaluation;
      /** The champion before, on the same rows; null for a first model, and when the features have changed since. */
      readonly before: { readonly version: number; readonly evaluation: ChurnEvaluation } | null;
    };

/**
 * Trains a model on what is known as of the end of `asOf`, judges it in time, and stores it as a version. The first becomes the champion,
 * which scores members; a later one takes over when it is not worse on the same rows.
 *
 * @param learn takes seconds of CPU on a large community: give one that runs {@link fitChurn} in a thread where others wait.
 */
export async function trainChurn(
  tx: Tx,
  input: { readonly asOf: Day } & TrainingOptions,
  now: Instant,
  learn: (set: TrainingSet) => ChurnFit | Promise<ChurnFit> = fitChurn,
): Promise<TrainingOutcome> {
  const set = await readTrainingSet(tx, input.asOf, input);
  if (set.kind === "insufficient-data") return set;
  return storeChurnModel(tx, await learn(set), set, now);
}

/** Stores a fitted model as the next version and decides whether it is put to use. Trainings of one community wait for each other here. */
async function storeChurnModel(tx: Tx, fit: ChurnFit, set: TrainingSet, now: Instant): Promise<TrainingOutcome> {
  await tx.client.query("select pg_advisory_xact_lock(hashtextextended('churn-models:' || $1, 0))", [tx.communityId]);
  const champion = await championModel(tx);
  if (champion !== null && isSameModel(champion.artefact, fit.artefact)) {
    return { kind: "unchanged", version: champion.version };
  }
  const before = champion === null ? null : judgeAgain(champion, set);
  const state = before === null || mayReplace(fit.evaluation, before.evaluation) ? "champion" : "candidate";
  if (state === "champion" && champion !== null) {
    await tx.client.query("update churn_models set state = $3 where community_id = $1 and version = $2", [
      tx.communityId,
      champion.version,
      "retired" satisfies ModelState,
    ]);
  }
  const { rows } = await tx.client.query<{ version: number }>(
    `insert into churn_models (community_id, version, state, learner, artefact, evaluation, trained_through, created_at)
     select $1, coalesce(max(version), 0) + 1, $2, 'logistic', $3, $4, $5, $6 from churn_models where community_id = $1
     returning version`,
    [
      tx.communityId,
      state,
      JSON.stringify(fit.artefact),
      JSON.stringify(fit.evaluation),
      fit.artefact.trainThrough,
      now,
    ],
  );
  return { kind: "trained", version: rows[0]!.version, state, evaluation: fit.evaluation, before };
}

function judgeAgain({ version, artefact }: ChurnModel, set: TrainingSet) {
  return artefact.catalogueVersion === CATALOGUE_VERSION ? { version, evaluation: evaluateChurn(artefact, set) } : null;
}
