import type { LedgerEntry } from "./ledger-queries.ts";

/** What an entry did, as its owner would say. */
export type StatementStep = "earned" | "granted" | "spent" | "taken-back" | "restored";

const REAPPLIED = "reapplied:";

/** The entry's source key tells what posted it; see the actions that make them. */
export function stepOf(entry: Pick<LedgerEntry, "reversalOf" | "sourceKey" | "ruleKey">): StatementStep {
  if (entry.reversalOf !== null) return "taken-back";
  if (entry.sourceKey.startsWith(REAPPLIED)) return "restored";
  if (entry.ruleKey !== null) return "earned";
  return entry.sourceKey.startsWith("spend:") ? "spent" : "granted";
}

/** The source key under which an award that was taken back is posted anew. */
export function reappliedKey(entryId: string): string {
  return `${REAPPLIED}${entryId}`;
}

/** The entry that this one takes back or posts anew; null for the beginning of a story. */
export function earlierOf(entry: Pick<LedgerEntry, "reversalOf" | "sourceKey">): string | null {
  if (entry.reversalOf !== null) return entry.reversalOf;
  return entry.sourceKey.startsWith(REAPPLIED) ? entry.sourceKey.slice(REAPPLIED.length) : null;
}
