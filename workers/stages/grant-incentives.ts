import { assert } from "../../src/kernel/assert.ts";
import type { Id } from "../../src/kernel/ids.ts";
import { grantIncentive } from "../../src/nudges/grant-actions.ts";
import { type DueGrant, dueGrants } from "../../src/nudges/grant-queries.ts";
import { policiesByVersion } from "../../src/nudges/policy-queries.ts";
import type { PolicySettings } from "../../src/nudges/policy-rules.ts";
import type { StageResult, StageRun } from "../stage.ts";

/**
 * Gives what was decided, each in a transaction of its own: a grant, its record and its event stand or fall together. One that fails
 * does not keep the others from theirs: the run goes on, and fails at its end.
 */
export async function runGrantIncentives(run: StageRun): Promise<StageResult> {
  const { db, communityId, now } = run;
  const ends = { granted: 0, impossible: 0 };
  const failures: unknown[] = [];
  let after: Id | null = null;
  for (;;) {
    const from: Id | null = after;
    const { due, policies } = await db.read(communityId, async (reader) => {
      const found: DueGrant[] = await dueGrants(reader, from, now);
      const versions = found.map((each) => each.policyVersion);
      return { due: found, policies: await policiesByVersion(reader, versions) };
    });
    if (due.length === 0) break;
    for (const grant of due) {
      await give(run, grant, policies.get(grant.policyVersion)).then(
        (kind) => {
          if (kind === "granted") ends.granted += 1;
          else if (kind !== "already-granted") ends.impossible += 1;
        },
        (error: unknown) => failures.push(error),
      );
    }
    run.onProgress(ends.granted, null);
    after = due.at(-1)?.decisionId ?? null;
  }
  if (failures.length > 0) {
    throw new Error(`${failures.length} of the grants failed, and ${ends.granted} were given`, { cause: failures[0] });
  }
  const { granted, impossible } = ends;
  const left = impossible === 0 ? "" : `, ${impossible} could not be given: their campaign has no code left or is over`;
  return { rows: granted, summary: `${granted} granted${left}` };
}

async function give({ db, communityId, now }: StageRun, grant: DueGrant, settings: PolicySettings | undefined) {
  const action = settings?.actions.find((each) => each.action === grant.action);
  assert(action, "a decision's policy version stays, with the action that was decided");
  const result = await db.transaction(communityId, (tx) => grantIncentive(tx, grant, action, now));
  return result.kind;
}
