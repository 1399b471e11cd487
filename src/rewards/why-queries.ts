import type { Id } from "../kernel/ids.ts";
import type { Reader } from "../platform/database/database.ts";
import { entryBySourceKey } from "./ledger-queries.ts";
import type { PointRule } from "./point-rules.ts";
import { type StatementRow, statementRowsById } from "./points-queries.ts";
import { ruleVersion } from "./rule-queries.ts";

/** One step of the answer to "why do I have these points?". */
export type WhyStep =
  | { readonly step: "earned" | "granted" | "spent"; readonly entry: StatementRow; readonly rule: PointRule | null }
  | { readonly step: "taken-back" | "restored"; readonly entry: StatementRow; readonly rule: PointRule | null };

/** An award can be hidden and restored again and again; the answer stops where nobody would read on. */
const STEPS_MAX = 20;

/**
 * Why an entry stands as it does: what it was posted for, and whatever took it back or posted it anew, oldest first. Empty
 * when there is no such entry.
 */
export async function pointsWhy(reader: Reader, entryId: Id): Promise<WhyStep[]> {
  const steps: WhyStep[] = [];
  let nextId: Id | null = await originOf(reader, entryId);
  while (nextId !== null && steps.length < STEPS_MAX) {
    const [entry] = await statementRowsById(reader, [nextId]);
    if (entry === undefined) break;
    const rule = entry.ruleKey === null ? null : await ruleVersion(reader, entry.ruleKey, entry.ruleVersion ?? 0);
    steps.push({ step: stepOf(entry), entry, rule });
    nextId =
      entry.reversalOf === null ? entry.reversedById : await entryBySourceKey(reader, `reapplied:${entry.reversalOf}`);
  }
  return steps;
}

/** The entry with which the chain of `entryId` began. */
async function originOf(reader: Reader, entryId: Id): Promise<Id | null> {
  let id = entryId;
  for (let back = 0; back < 2 * STEPS_MAX; back += 1) {
    const [entry] = await statementRowsById(reader, [id]);
    if (entry === undefined) return null;
    const earlier = entry.reversalOf ?? (isReapplied(entry) ? entry.sourceKey.slice(REAPPLIED.length) : null);
    if (earlier === null) return id;
    id = earlier;
  }
  return id;
}

const REAPPLIED = "reapplied:";

function isReapplied(entry: StatementRow): boolean {
  return entry.sourceKey.startsWith(REAPPLIED);
}

function stepOf(entry: StatementRow): WhyStep["step"] {
  if (entry.reversalOf !== null) return "taken-back";
  if (isReapplied(entry)) return "restored";
  if (entry.ruleKey !== null) return "earned";
  return entry.sourceKey.startsWith("spend:") ? "spent" : "granted";
}
