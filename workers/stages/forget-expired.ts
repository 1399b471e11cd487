import { forgetBatch } from "../../src/platform/retention-actions.ts";
import { RETENTIONS, type Retention } from "../../src/platform/retention-catalogue.ts";
import type { StageResult, StageRun } from "../stage.ts";

/**
 * Deletes what has been kept for as long as it serves, in batches until none is left. What is of no community goes with whichever
 * community's run comes first; it is no community's business how much that was.
 */
export async function runForgetExpired(run: StageRun): Promise<StageResult> {
  let rows = 0;
  for (const retention of RETENTIONS) {
    for (;;) {
      const forgotten = await forget(run, retention);
      if (forgotten === 0) break;
      if (retention.of === "community") rows += forgotten;
      run.onProgress(rows, null);
    }
  }
  return { rows };
}

function forget({ db, communityId, now }: StageRun, retention: Retention): Promise<number> {
  return retention.of === "community"
    ? db.transaction(communityId, (tx) => forgetBatch(tx.client, retention, communityId, now))
    : db.systemTransaction((_sql, client) => forgetBatch(client, retention, communityId, now));
}
