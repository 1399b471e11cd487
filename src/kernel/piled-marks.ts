/**
 * Marks that one letter may carry. Thai and Vietnamese pile two or three, Hebrew with its chant five, Tibetan stacks eight; what piles
 * more is made to spill over the lines above and below.
 */
export const MARKS_ON_A_LETTER_MAX = 10;

/** A run of marks that is too long, after the marks that may stay. Invisible joiners between marks do not end a run. */
const EXCESS = new RegExp(`((?:\\p{Mark}\\p{Format}*){${MARKS_ON_A_LETTER_MAX}})(?:\\p{Mark}\\p{Format}*)+`, "gu");

/** Whether a letter carries more marks than any writing needs. */
export function hasPiledMarks(text: string): boolean {
  return text.search(EXCESS) >= 0;
}

/** `text` with no more marks on a letter than may be. */
export function withoutPiledMarks(text: string): string {
  return text.replace(EXCESS, "$1");
}
