import { fitChurn, type TrainingSet } from "../../src/churn/learning-rules.ts";

/** What the thread does: see `fit-in-thread.ts`. */
export function run(input: TrainingSet) {
  return fitChurn(input);
}
