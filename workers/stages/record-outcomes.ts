import { recordOutcomes } from "../../src/nudges/outcome-actions.ts";
import type { StageResult, StageRun } from "../stage.ts";

/** Records what became of everyone whose window has passed, in batches until none is left. */
export async function runRecordOutcomes(run: StageRun): Promise<StageResult> {
  let rows = 0;
  for (;;) {
    const recorded = await run.db.transaction(run.communityId, (tx) => recordOutcomes(tx, run.asOf, run.now));
    if (recorded === 0) return { rows };
    rows += recorded;
    run.onProgress(rows, null);
  }
}
