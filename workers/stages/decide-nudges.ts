import { DECISION_BATCH, type DecisionCounts, decideBatch } from "../../src/nudges/decision-actions.ts";
import { type Candidate, nextCandidates, scoresToUse } from "../../src/nudges/decision-queries.ts";
import { publishedPolicy } from "../../src/nudges/policy-queries.ts";
import type { StageResult, StageRun } from "../stage.ts";

/** Decides for everyone at risk, most undecided first, a batch a transaction: what a killed run decided stays decided. */
export async function runDecideNudges(run: StageRun): Promise<StageResult> {
  const { db, communityId, asOf, now } = run;
  const { policy, scoredOn } = await db.read(communityId, async (reader) => ({
    policy: await publishedPolicy(reader),
    scoredOn: await scoresToUse(reader, asOf),
  }));
  if (policy === null) return { rows: 0, summary: "no policy is published: publish one first" };
  if (scoredOn === null) return { rows: 0, summary: "no scores of the last three days: run score-churn first" };
  const total = { decided: 0, heldOut: 0, treated: 0, cost: 0 };
  for await (const candidates of candidateBatches(run, { asOf: scoredOn, riskMin: policy.settings.riskMin })) {
    const counts: DecisionCounts = await db.transaction(communityId, (tx) =>
      decideBatch(tx, { asOf, policy, candidates }, now),
    );
    total.decided += counts.decided;
    total.heldOut += counts.heldOut;
    total.treated += counts.treated;
    total.cost += counts.cost;
    run.onProgress(total.decided, null);
  }
  const { decided, heldOut, treated, cost } = total;
  return { rows: decided, summary: `${decided} decided: ${treated} treated for ${cost} coins, ${heldOut} held out` };
}

/** Pages of candidates, cut into batches. */
async function* candidateBatches(
  { db, communityId }: StageRun,
  scores: { asOf: string; riskMin: number },
): AsyncGenerator<readonly Candidate[]> {
  let after: Candidate | null = null;
  for (;;) {
    const from: Candidate | null = after;
    const page: Candidate[] = await db.read(communityId, (reader) => nextCandidates(reader, scores, from));
    for (let start = 0; start < page.length; start += DECISION_BATCH) yield page.slice(start, start + DECISION_BATCH);
    after = page.at(-1) ?? null;
    if (after === null) return;
  }
}
