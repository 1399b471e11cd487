import { assert } from "../kernel/assert.ts";
import { addDays, type Day, daysBetween } from "../kernel/calendar.ts";

/** What churn means. As-of days are inclusive: T is the end of the day. */
export interface ChurnDefinition {
  /** Members active within so many days up to T are asked about; others have left already. */
  readonly populationDays: number;
  /** Label 1: no activity of their own in the so many days after T. */
  readonly horizonDays: number;
  /** Days between the cutoffs that a model learns from. */
  readonly cutoffEveryDays: number;
  /** The share of the latest cutoffs that a model is judged by, and never learns from. */
  readonly testShare: number;
}

export const CHURN: ChurnDefinition = { populationDays: 60, horizonDays: 30, cutoffEveryDays: 15, testShare: 0.3 };

/**
 * The days at which past members can be asked about: the first has a whole population window behind it, the last a whole horizon
 * before it that is over.
 *
 * @param firstDay on which anybody was active. @param lastDay that is known; it may not be over, and so counts in no horizon.
 */
export function cutoffsBetween(firstDay: Day, lastDay: Day, definition: ChurnDefinition = CHURN): Day[] {
  const cutoffs: Day[] = [];
  let cutoff = addDays(firstDay, definition.populationDays - 1);
  while (daysBetween(cutoff, lastDay) > definition.horizonDays) {
    cutoffs.push(cutoff);
    cutoff = addDays(cutoff, definition.cutoffEveryDays);
  }
  return cutoffs;
}

export interface TimeSplit {
  readonly train: readonly Day[];
  readonly test: readonly Day[];
}

/**
 * Splits cutoffs in time: the latest are the test, and training cutoffs are those whose horizon was over at the first test cutoff, so
 * that no label was learnt from days that a test row's features have seen. Null when either side would be empty.
 */
export function splitInTime(cutoffs: readonly Day[], definition: ChurnDefinition = CHURN): TimeSplit | null {
  assert(definition.testShare > 0 && definition.testShare < 1, "a test takes a part of the cutoffs");
  // Rounded first: 0.3 · 10 is not quite 3 in binary.
  const testCount = Math.ceil(Number((cutoffs.length * definition.testShare).toFixed(9)));
  const test = cutoffs.slice(cutoffs.length - testCount);
  const train = cutoffs.filter(
    (cutoff) => test[0] !== undefined && daysBetween(cutoff, test[0]) >= definition.horizonDays,
  );
  return test.length === 0 || train.length === 0 ? null : { train, test };
}
