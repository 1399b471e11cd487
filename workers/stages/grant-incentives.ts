import type { Id } from "../../src/kernel/ids.ts";
import { grantIncentive } from "../../src/nudges/grant-actions.ts";
import { type DueGrant, dueGrants } from "../../src/nudges/grant-queries.ts";
import { policiesByVersion } from "../../src/nudges/policy-actions.ts";
import type { StageResult, StageRun } from "../stage.ts";

/** Gives what was decided, each in a transaction of its own: a grant, its record and its event stand or fall together. */
export async function runGrantIncentives(run: StageRun): Promise<StageResult> {
  const { db, communityId, now } = run;
  let granted = 0;
  let impossible = 0;
  let after: Id | null = null;
  for (;;) {
    const from: Id | null = after;
    const { due, policies } = await db.read(communityId, async (reader) => {
      const found: DueGrant[] = await dueGrants(reader, from, now);
      return {
        due: found,
        policies: await policiesByVersion(
          reader,
          found.map((each) => each.policyVersion),
        ),
      };
    });
    if (due.length === 0) break;
    for (const grant of due) {
      const action = policies.get(grant.policyVersion)?.actions.find((each) => each.action === grant.action);
      if (action === undefined) continue;
      const result = await db.transaction(communityId, (tx) => grantIncentive(tx, grant, action, now));
      if (result.kind === "granted") granted += 1;
      else if (result.kind !== "already-granted") impossible += 1;
    }
    run.onProgress(granted, null);
    after = due.at(-1)?.decisionId ?? null;
  }
  const left = impossible === 0 ? "" : `, ${impossible} could not be given: their campaign has no code left or is over`;
  return { rows: granted, summary: `${granted} granted${left}` };
}
