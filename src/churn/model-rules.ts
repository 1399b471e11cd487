import type { ChurnArtefact, ChurnEvaluation } from "./learning-rules.ts";

/** How much worse on the same rows still counts as not worse: what chance alone moves these figures by. */
const GATE = { logLossRatioMax: 1.01, aucDropMax: 0.005 } as const;

/**
 * Whether a candidate may take over from the champion, both judged on the same rows: it may not be worse, in telling members apart or
 * in how far its probabilities can be believed.
 */
export function mayReplace(candidate: ChurnEvaluation, champion: ChurnEvaluation): boolean {
  const aucDrop = (champion.auc ?? 0) - (candidate.auc ?? 0);
  return candidate.logLoss <= champion.logLoss * GATE.logLossRatioMax && aucDrop <= GATE.aucDropMax;
}

/** Whether two models are the same but for when they were made. */
export function isSameModel(a: ChurnArtefact, b: ChurnArtefact): boolean {
  return (
    a.catalogueVersion === b.catalogueVersion &&
    a.trainRows === b.trainRows &&
    a.trainThrough === b.trainThrough &&
    a.model.intercept === b.model.intercept &&
    a.model.weights.every((weight, index) => weight === b.model.weights[index])
  );
}
