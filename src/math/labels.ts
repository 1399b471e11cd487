import { assert } from "../kernel/assert.ts";

/** How many labels are 1 and how many 0; throws InvariantError on any other value. */
export function classCounts(y: ArrayLike<number>): { readonly positives: number; readonly negatives: number } {
  let positives = 0;
  for (let index = 0; index < y.length; index += 1) {
    assert(y[index] === 0 || y[index] === 1, "a label is 0 or 1");
    positives += y[index]!;
  }
  return { positives, negatives: y.length - positives };
}
