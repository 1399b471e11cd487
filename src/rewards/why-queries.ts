import type { Id } from "../kernel/ids.ts";
import type { Reader } from "../platform/database/database.ts";
import { entryBySourceKey } from "./ledger-queries.ts";
import { type StatementRow, statementRowsById } from "./points-queries.ts";
import { earlierOf, reappliedKey } from "./statement-rules.ts";

/** An award can be hidden and restored again and again; the answer stops where nobody would read on. */
const STEPS_MAX = 20;

/**
 * Why an entry stands as it does: what it was posted for, and whatever took it back or posted it anew, oldest first. Empty
 * when there is no such entry.
 */
export async function pointsWhy(reader: Reader, entryId: Id): Promise<StatementRow[]> {
  const steps: StatementRow[] = [];
  let entry = await originOf(reader, entryId);
  while (entry !== null && steps.length < STEPS_MAX) {
    steps.push(entry);
    const { reversalOf, reversedById } = entry;
    const nextId = reversalOf === null ? reversedById : await entryBySourceKey(reader, reappliedKey(reversalOf));
    entry = nextId === null ? null : await entryOf(reader, nextId);
  }
  return steps;
}

/** The entry with which the story of `entryId` began. */
async function originOf(reader: Reader, entryId: Id): Promise<StatementRow | null> {
  let entry = await entryOf(reader, entryId);
  for (let back = 0; entry !== null && back < 2 * STEPS_MAX; back += 1) {
    const earlierId = earlierOf(entry);
    if (earlierId === null) break;
    entry = await entryOf(reader, earlierId);
  }
  return entry;
}

async function entryOf(reader: Reader, entryId: Id): Promise<StatementRow | null> {
  const [entry] = await statementRowsById(reader, [entryId]);
  return entry ?? null;
}
