import { assert } from "../kernel/assert.ts";
import type { Instant } from "../kernel/instant.ts";

export type Counts = Readonly<Record<string, number>>;

/** What became of a part's rows: every row that was read is imported, already there, or left out for a reason. */
export interface RowTally {
  readonly read: number;
  readonly imported: number;
  readonly alreadyThere: number;
  readonly leftOut: Counts;
}

/** The times between which something happened. In JSON, so as text. */
export interface TimeSpan {
  readonly from: string;
  readonly to: string;
}

export const NO_ROWS: RowTally = { read: 0, imported: 0, alreadyThere: 0, leftOut: {} };

/** Reasons name what is in the file, and a file may hold anything: what goes beyond is counted together. */
const REASONS_MAX = 50;
const OTHER_REASONS = "other reasons";

/** A tally of rows of which `imported` were new and `leftOut` could not be; the others were there. */
export function tallyRows(read: number, imported: number, leftOut: Counts = {}): RowTally {
  const alreadyThere = read - imported - sumOf(leftOut);
  assert(alreadyThere >= 0, "no row is counted twice");
  return { read, imported, alreadyThere, leftOut };
}

export function addTallies(one: RowTally, other: RowTally): RowTally {
  return {
    read: one.read + other.read,
    imported: one.imported + other.imported,
    alreadyThere: one.alreadyThere + other.alreadyThere,
    leftOut: boundReasons(addCounts(one.leftOut, other.leftOut)),
  };
}

export function addCounts(one: Counts, other: Counts): Counts {
  const sum: Record<string, number> = { ...one };
  for (const [name, count] of Object.entries(other)) {
    if (count > 0) sum[name] = (sum[name] ?? 0) + count;
  }
  return sum;
}

/** How often each name occurs. */
export function countNames(names: readonly string[]): Counts {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

export function sumOf(counts: Counts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

/** `span` widened to hold `times`. */
export function widenSpan(span: TimeSpan | null, times: readonly Instant[]): TimeSpan | null {
  let widened = span;
  for (const time of times) {
    const text = time.toISOString();
    if (widened === null) widened = { from: text, to: text };
    else if (text < widened.from) widened = { ...widened, from: text };
    else if (text > widened.to) widened = { ...widened, to: text };
  }
  return widened;
}

function boundReasons(counts: Counts): Counts {
  const reasons = Object.keys(counts).filter((reason) => reason !== OTHER_REASONS);
  if (reasons.length <= REASONS_MAX) return counts;
  const kept = Object.fromEntries(reasons.slice(0, REASONS_MAX).map((reason) => [reason, counts[reason]!]));
  return addCounts(kept, { [OTHER_REASONS]: sumOf(counts) - sumOf(kept) });
}
