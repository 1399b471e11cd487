import { assert } from "../../src/kernel/assert.ts";
import type { Id } from "../../src/kernel/ids.ts";
import { grantIncentive } from "../../src/nudges/grant-actions.ts";
import { type DueGrant, dueGrants } from "../../src/nudges/grant-queries.ts";
import { policiesByVersion } from "../../src/nudges/policy-queries.ts";
import type { PolicySettings } from "../../src/nudges/policy-rules.ts";
import { withdrawOverdue } from "../../src/nudges/withdrawal-actions.ts";
import type { StageResult, StageRun } from "../stage.ts";

/**
 * Gives what was decided, each in a transaction of its own: a grant, its record and its event stand or fall together. One that fails
 * does not keep the others from theirs: the run goes on, and fails at its end. What could not be given for too long is withdrawn.
 */
export async function runGrantIncentives(run: StageRun): Promise<StageResult> {
  const { db, communityId, now } = run;
  const ends = { granted: 0, withdrawn: await withdrawAllOverdue(run), waiting: 0 };
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
          if (kind === "withdrawn") ends.withdrawn += 1;
          if (kind === "not-yet") ends.waiting += 1;
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
  return { rows: ends.granted, summary: summaryOf(ends) };
}

function summaryOf({ granted, withdrawn, waiting }: { granted: number; withdrawn: number; waiting: number }): string {
  const told = [`${granted} granted`];
  if (waiting > 0) told.push(`${waiting} could not be given yet: their campaign has nothing left for them`);
  if (withdrawn > 0) told.push(`${withdrawn} withdrawn, and their cost returned to the budget`);
  return told.join("; ");
}

/** First, so that nothing is given late and the budget has back what it can. */
async function withdrawAllOverdue({ db, communityId, now }: StageRun): Promise<number> {
  let withdrawn = 0;
  for (;;) {
    const batch = await db.transaction(communityId, (tx) => withdrawOverdue(tx, now));
    if (batch === 0) return withdrawn;
    withdrawn += batch;
  }
}

async function give({ db, communityId, now }: StageRun, grant: DueGrant, settings: PolicySettings | undefined) {
  const action = settings?.actions.find((each) => each.action === grant.action);
  assert(action, "a decision's policy version stays, with the action that was decided");
  const result = await db.transaction(communityId, (tx) => grantIncentive(tx, grant, action, now));
  return result.kind;
}
