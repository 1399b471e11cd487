import { assert } from "../kernel/assert.ts";
import { fnv1a32 } from "./fnv1a.ts";

/** Which rows to learn from and which to judge by, as indices in ascending order. */
export interface Split {
  readonly train: readonly number[];
  readonly test: readonly number[];
}

/**
 * Splits by identity: row i is a test row iff fnv1a32(ids[i]) mod `folds` = 0, about 1 in `folds`.
 * An id stays on its side whatever other rows come or go, and two rows of one id are never parted.
 */
export function splitByHash(ids: readonly string[], folds = 5): Split {
  assert(Number.isInteger(folds) && folds >= 2, "a split has at least two folds");
  const train: number[] = [];
  const test: number[] = [];
  for (const [index, id] of ids.entries()) (fnv1a32(id) % folds === 0 ? test : train).push(index);
  return { train, test };
}
