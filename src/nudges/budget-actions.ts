import { and, eq, sql } from "drizzle-orm";
import { nudgeBudgets } from "../../drizzle/tables/nudges.ts";
import type { Instant } from "../kernel/instant.ts";
import type { Tx } from "../platform/database/database.ts";
import type { PolicySettings } from "./policy-rules.ts";

/** The budget's month, by UTC: one calendar for the whole community. */
function monthOf(now: Instant): string {
  return now.toISOString().slice(0, 7);
}

/**
 * Opens the month's budget and returns what is left of it. A policy with another budget changes what is allowed. The row stays
 * locked until the transaction ends: deciding locks nothing after it that giving locks before it.
 */
export async function openBudget(tx: Tx, allowed: PolicySettings["monthlyBudget"], now: Instant): Promise<number> {
  const { communityId, month, spent, returned } = nudgeBudgets;
  const [budget] = await tx.sql
    .insert(nudgeBudgets)
    .values({ communityId: tx.communityId, month: monthOf(now), allowed, spent: 0, returned: 0 })
    .onConflictDoUpdate({
      target: [communityId, month],
      set: { allowed: sql`greatest(${spent} - ${returned}, excluded.allowed)` },
    })
    .returning();
  return budget ? budget.allowed - budget.spent + budget.returned : 0;
}

export async function spendBudget(tx: Tx, cost: number, now: Instant): Promise<void> {
  await tx.sql
    .update(nudgeBudgets)
    .set({ spent: sql`${nudgeBudgets.spent} + ${cost}` })
    .where(and(eq(nudgeBudgets.communityId, tx.communityId), eq(nudgeBudgets.month, monthOf(now))));
}

/** Gives back to a month what was spent in it on what could not be given. What was spent stays written down. */
export async function returnToBudget(tx: Tx, month: string, cost: number): Promise<void> {
  await tx.sql
    .update(nudgeBudgets)
    .set({ returned: sql`${nudgeBudgets.returned} + ${cost}` })
    .where(and(eq(nudgeBudgets.communityId, tx.communityId), eq(nudgeBudgets.month, month)));
}
