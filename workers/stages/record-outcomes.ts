import type { Id } from "../../src/kernel/ids.ts";
import { type OutcomeBatch, recordOutcomes } from "../../src/nudges/outcome-actions.ts";
import type { StageResult, StageRun } from "../stage.ts";

/** Records what became of everyone whose window has passed, in batches until none is left. */
export async function runRecordOutcomes({ db, communityId, now, onProgress }: StageRun): Promise<StageResult> {
  let rows = 0;
  let after: Id | null = null;
  do {
    const from: Id | null = after;
    const batch: OutcomeBatch = await db.transaction(communityId, (tx) => recordOutcomes(tx, from, now));
    rows += batch.recorded;
    after = batch.next;
    onProgress(rows, null);
  } while (after !== null);
  return { rows };
}
