import type { ModelState } from "../../drizzle/tables/signals.ts";
import { CATALOGUE_VERSION } from "../features/feature-catalogue.ts";
import type { Instant } from "../kernel/instant.ts";
import type { Reader, Tx } from "../platform/database/database.ts";
import { type ChurnModel, championAsOf, championModel, latestTrainedThrough } from "./churn-queries.ts";
import { type ChurnEvaluation, type ChurnFit, evaluateChurn, type TrainingSet } from "./learning-rules.ts";
import { isSameModel, mayReplace } from "./model-rules.ts";

/** What was fitted, and what it was fitted on and judged by. */
export interface FittedModel {
  readonly fit: ChurnFit;
  readonly set: TrainingSet;
}

export type Judgement =
  /** Nothing has been learnt since this version: the same data give the same model. */
  | { readonly kind: "unchanged"; readonly version: number }
  | {
      readonly kind: "new";
      /**
       * `candidate`: not put to use because the champion does better. `retired`: good enough as of a past day, which it serves, while
       * the model that has seen later days stays in use.
       */
      readonly state: ModelState;
      readonly evaluation: ChurnEvaluation;
      /** The champion before, on the same rows; null for a first model, and when the features have changed since. */
      readonly before: { readonly version: number; readonly evaluation: ChurnEvaluation } | null;
    };

export type TrainingOutcome =
  | Extract<Judgement, { kind: "unchanged" }>
  | (Omit<Extract<Judgement, { kind: "new" }>, "kind"> & { readonly kind: "trained"; readonly version: number });

/**
 * Judges a fitted model in time, beside the champion as of its day: the first becomes it, a later one takes over when it is not worse on
 * the same rows. A champion that has seen later days is not asked, since it may know the very labels it would be judged by.
 */
export async function judgeChurnModel(reader: Reader, { fit, set }: FittedModel): Promise<Judgement> {
  const champion = await championAsOf(reader, set.asOf);
  const latest = await latestTrainedThrough(reader, fit.artefact.trainThrough);
  const same = [champion, latest].find((model) => model !== null && isSameModel(model.artefact, fit.artefact));
  if (same) return { kind: "unchanged", version: same.version };
  const before = champion === null ? null : judgeAgain(champion, set);
  const isEarned = before === null || mayReplace(fit.evaluation, before.evaluation);
  const state = isEarned ? await earnedState(reader, champion) : "candidate";
  return { kind: "new", state, evaluation: fit.evaluation, before };
}

/** A model takes over from the champion of its day; when that is not the one in use, later days have theirs already. */
async function earnedState(reader: Reader, champion: ChurnModel | null): Promise<ModelState> {
  const inUse = await championModel(reader);
  return inUse === null || inUse.version === champion?.version ? "champion" : "retired";
}

function judgeAgain({ version, artefact }: ChurnModel, set: TrainingSet) {
  return artefact.catalogueVersion === CATALOGUE_VERSION ? { version, evaluation: evaluateChurn(artefact, set) } : null;
}

/**
 * Stores a fitted model as the next version and puts it to use when it has earned it; nothing when it is one that is there already.
 * Fitting takes seconds of CPU, so it was done before this transaction. Trainings of one community wait for each other here.
 */
export async function storeChurnModel(tx: Tx, fitted: FittedModel, now: Instant): Promise<TrainingOutcome> {
  await tx.client.query("select pg_advisory_xact_lock(hashtextextended('churn-models:' || $1, 0))", [tx.communityId]);
  const judgement = await judgeChurnModel(tx, fitted);
  if (judgement.kind === "unchanged") return judgement;
  const { state, evaluation, before } = judgement;
  if (state === "champion") {
    await tx.client.query("update churn_models set state = $2 where community_id = $1 and state = $3", [
      tx.communityId,
      "retired" satisfies ModelState,
      "champion" satisfies ModelState,
    ]);
  }
  const { artefact } = fitted.fit;
  const { rows } = await tx.client.query<{ version: number }>(
    `insert into churn_models (community_id, version, state, learner, artefact, evaluation, trained_through, created_at)
     select $1, coalesce(max(version), 0) + 1, $2, 'logistic', $3, $4, $5, $6 from churn_models where community_id = $1
     returning version`,
    [tx.communityId, state, JSON.stringify(artefact), JSON.stringify(evaluation), artefact.trainThrough, now],
  );
  return { kind: "trained", version: rows[0]!.version, state, evaluation, before };
}
