import { Worker } from "node:worker_threads";
import type { ChurnFit, TrainingSet } from "../../src/churn/learning-rules.ts";

/**
 * Fits a churn model in a thread of its own: seconds of arithmetic in the main one would keep it from renewing its jobs' locks, and
 * from answering. The training set is copied there.
 */
export function fitInThread(set: TrainingSet): Promise<ChurnFit> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(new URL("./thread.mjs", import.meta.url), {
      workerData: { module: new URL("./fit-thread.ts", import.meta.url).href, input: set },
    });
    thread.once("message", resolve);
    thread.once("error", reject);
    thread.once("exit", (code) => reject(new Error(`the training thread ended with code ${code} before it answered`)));
  });
}
