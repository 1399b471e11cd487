import { and, eq, sql } from "drizzle-orm";
import { nudgeBudgets, nudgeDecisions } from "../../drizzle/tables/nudges.ts";
import { drawOf, isHeldOut } from "../experiments/assignment-rules.ts";
import type { Day } from "../kernel/calendar.ts";
import { newId } from "../kernel/ids.ts";
import type { Instant } from "../kernel/instant.ts";
import type { Tx } from "../platform/database/database.ts";
import { type Candidate, couponsLeft, type History, lockHistories } from "./decision-queries.ts";
import { type Decision, decide } from "./decision-rules.ts";
import type { Policy } from "./policy-actions.ts";
import type { PolicySettings } from "./policy-rules.ts";

export interface DecisionBatch {
  readonly asOf: Day;
  readonly policy: Policy;
  readonly candidates: readonly Candidate[];
}

export interface DecisionCounts {
  readonly decided: number;
  readonly heldOut: number;
  readonly treated: number;
  readonly cost: number;
}

/**
 * Decides for a batch of candidates, in their order, within the month's budget: one decision a member and day, whoever else is
 * deciding. Locks the members, then the budget, so that neither the frequency cap nor the budget can be passed by two at once.
 */
export async function decideBatch(tx: Tx, batch: DecisionBatch, now: Instant): Promise<DecisionCounts> {
  const { settings, version } = batch.policy;
  const memberIds = batch.candidates.map((candidate) => candidate.memberId);
  const histories = await lockHistories(tx, memberIds, {
    asOf: batch.asOf,
    capDays: settings.frequencyCap.days,
    grantDays: settings.grantEveryDays,
  });
  const couponAction = settings.actions.find((action) => action.action === "grant-coupon");
  let couponsRemaining = couponAction === undefined ? 0 : await couponsLeft(tx, couponAction.campaignId, now);
  let budgetLeft = await lockBudget(tx, settings.monthlyBudget, now);
  const rows: (typeof nudgeDecisions.$inferInsert)[] = [];
  for (const candidate of batch.candidates) {
    const history = histories.get(candidate.memberId);
    if (history === undefined || history.decidedToday) continue;
    const { decision, heldOut } = decideFor(tx, batch, candidate, history, {
      budgetLeft,
      couponsLeft: couponsRemaining,
    });
    budgetLeft -= decision.cost;
    if (decision.action === "grant-coupon") couponsRemaining -= 1;
    rows.push({
      communityId: tx.communityId,
      id: newId(now),
      memberId: candidate.memberId,
      asOf: batch.asOf,
      policyVersion: version,
      modelVersion: candidate.modelVersion,
      probability: candidate.probability,
      holdout: heldOut,
      action: decision.action,
      cost: decision.cost,
      actionSet: decision.actionSet,
      leftOut: decision.leftOut,
      decidedAt: now,
    });
  }
  if (rows.length > 0) await tx.sql.insert(nudgeDecisions).values(rows);
  const cost = rows.reduce((sum, row) => sum + row.cost, 0);
  if (cost > 0) await spendBudget(tx, cost, now);
  return {
    decided: rows.length,
    heldOut: rows.filter((row) => row.holdout).length,
    treated: rows.filter((row) => row.action !== "nothing").length,
    cost,
  };
}

function decideFor(
  tx: Tx,
  batch: DecisionBatch,
  candidate: Candidate,
  history: History,
  supplies: { budgetLeft: number; couponsLeft: number },
): { decision: Decision; heldOut: boolean } {
  const { settings, version } = batch.policy;
  const heldOut = isHeldOut(tx.communityId, candidate.memberId, settings.holdoutPercent);
  const facts = { ...history, probability: candidate.probability, heldOut };
  const draw = drawOf(`${tx.communityId}:${version}:${batch.asOf}`, candidate.memberId);
  return { decision: decide(facts, settings, supplies, draw), heldOut };
}

/** The budget's month, by UTC: one calendar for the whole community. */
function monthOf(now: Instant): string {
  return now.toISOString().slice(0, 7);
}

/** Locks the month's budget and returns what is left of it. A policy with another budget changes what is allowed. */
async function lockBudget(tx: Tx, allowed: PolicySettings["monthlyBudget"], now: Instant): Promise<number> {
  const [budget] = await tx.sql
    .insert(nudgeBudgets)
    .values({ communityId: tx.communityId, month: monthOf(now), allowed, spent: 0 })
    .onConflictDoUpdate({
      target: [nudgeBudgets.communityId, nudgeBudgets.month],
      set: { allowed: sql`greatest(${nudgeBudgets.spent}, excluded.allowed)` },
    })
    .returning();
  return budget ? budget.allowed - budget.spent : 0;
}

async function spendBudget(tx: Tx, cost: number, now: Instant): Promise<void> {
  await tx.sql
    .update(nudgeBudgets)
    .set({ spent: sql`${nudgeBudgets.spent} + ${cost}` })
    .where(and(eq(nudgeBudgets.communityId, tx.communityId), eq(nudgeBudgets.month, monthOf(now))));
}
