import { describe, expect, it } from "vitest";
import { type GrantObstacle, mayPass, whyNotGiven } from "../../src/nudges/grant-rules.ts";

describe("what is in the way of a gift", () => {
  it.each<[GrantObstacle, boolean]>([
    ["no-consent", false],
    ["suspended", false],
    ["campaign-over", false],
    ["campaign-not-begun", true],
    ["no-codes-left", true],
    ["no-uses-left", true],
    ["member-limit", true],
    ["overdue", false],
  ])("%s may pass: %s", (obstacle, passes) => {
    expect(mayPass(obstacle)).toBe(passes);
  });

  it.each([
    [true, true, "suspended"],
    [true, false, "suspended"],
    [false, false, "no-consent"],
    [false, true, null],
  ])("suspended: %s, agreeing: %s → %s", (suspended, consentsToNudges, reason) => {
    expect(whyNotGiven({ suspended, consentsToNudges })).toBe(reason);
  });
});
