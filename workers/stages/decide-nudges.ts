import { type DecisionCounts, decideBatch } from "../../src/nudges/decision-actions.ts";
import { type Candidate, nextCandidates, scoresToUse } from "../../src/nudges/decision-queries.ts";
import { publishedPolicy } from "../../src/nudges/policy-actions.ts";
import type { StageResult, StageRun } from "../stage.ts";

const NONE: DecisionCounts = { decided: 0, heldOut: 0, treated: 0, cost: 0 };

/** Decides for everyone at risk, most undecided first, a batch a transaction: what a killed run decided stays decided. */
export async function runDecideNudges(run: StageRun): Promise<StageResult> {
  const { db, communityId, asOf, now } = run;
  const { policy, scoredOn } = await db.read(communityId, async (reader) => ({
    policy: await publishedPolicy(reader),
    scoredOn: await scoresToUse(reader, asOf),
  }));
  if (policy === null) return { rows: 0, summary: "no policy is published: publish one first" };
  if (scoredOn === null) return { rows: 0, summary: "no scores of the last three days: run score-churn first" };
  let total = NONE;
  let after: Candidate | null = null;
  for (;;) {
    const scores = { asOf: scoredOn, riskMin: policy.settings.riskMin };
    const from: Candidate | null = after;
    const candidates: Candidate[] = await db.read(communityId, (reader) => nextCandidates(reader, scores, from));
    if (candidates.length === 0) break;
    const counts = await db.transaction(communityId, (tx) => decideBatch(tx, { asOf, policy, candidates }, now));
    total = {
      decided: total.decided + counts.decided,
      heldOut: total.heldOut + counts.heldOut,
      treated: total.treated + counts.treated,
      cost: total.cost + counts.cost,
    };
    run.onProgress(total.decided, null);
    after = candidates.at(-1) ?? null;
  }
  const { decided, heldOut, treated, cost } = total;
  return { rows: decided, summary: `${decided} decided: ${treated} treated for ${cost} coins, ${heldOut} held out` };
}
