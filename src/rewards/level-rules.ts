import { assert } from "../kernel/assert.ts";

/** Experience that the step from level 1 to level 2 takes; every later step takes that much more than the one before. */
const STEP = 20;

/** Where a member stands. Levels follow from experience alone, so spending coins never costs a level. */
export interface Level {
  /** From 1. */
  readonly level: number;
  readonly experience: number;
  /** Where this level began. */
  readonly reachedAt: number;
  /** Where the next one begins. */
  readonly nextAt: number;
}

/** Experience at which `level` begins: STEP · level · (level − 1) / 2, so 0, 20, 60, 120, 200, … */
export function experienceFor(level: number): number {
  assert(Number.isInteger(level) && level >= 1, "levels count from 1");
  return (STEP * level * (level - 1)) / 2;
}

/** The level that `experience` has reached: the largest whose threshold is not above it. */
export function levelOf(experience: number): Level {
  assert(Number.isInteger(experience) && experience >= 0, "experience is a whole number, not negative");
  // Solves STEP · n · (n − 1) / 2 ≤ experience for n; the loop mends a rounding of the root at large values.
  let level = Math.max(1, Math.floor((1 + Math.sqrt(1 + (8 * experience) / STEP)) / 2));
  while (experienceFor(level) > experience) level -= 1;
  while (experienceFor(level + 1) <= experience) level += 1;
  return { level, experience, reachedAt: experienceFor(level), nextAt: experienceFor(level + 1) };
}
