import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { experienceFor, levelOf } from "../../src/rewards/level-rules.ts";

describe("levelOf", () => {
  it.each([
    [0, 1, 20],
    [19, 1, 20],
    [20, 2, 60],
    [59, 2, 60],
    [60, 3, 120],
    [1_000, 10, 1_100],
  ])("puts %i experience on level %i, with the next at %i", (experience, level, nextAt) => {
    expect(levelOf(experience)).toMatchObject({ level, nextAt, reachedAt: experienceFor(level) });
  });

  it("lies between its thresholds, and never falls as experience grows", () => {
    const experience = fc.nat(2_000_000_000);
    fc.assert(
      fc.property(experience, experience, (a, b) => {
        const level = levelOf(a);
        expect(level.reachedAt).toBeLessThanOrEqual(a);
        expect(level.nextAt).toBeGreaterThan(a);
        expect(levelOf(Math.max(a, b)).level).toBeGreaterThanOrEqual(levelOf(Math.min(a, b)).level);
      }),
      { seed: 1 },
    );
  });
});
