import { recordOutcomes } from "../../src/nudges/outcome-actions.ts";
import type { StageResult, StageRun } from "../stage.ts";

/** Records what became of everyone whose window has passed, in batches until none is left. */
export async function runRecordOutcomes({ db, communityId, now, onProgress }: StageRun): Promise<StageResult> {
  let rows = 0;
  for (;;) {
    const recorded = await db.transaction(communityId, (tx) => recordOutcomes(tx, now));
    if (recorded === 0) return { rows };
    rows += recorded;
    onProgress(rows, null);
  }
}
