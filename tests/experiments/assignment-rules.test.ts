import { describe, expect, it } from "vitest";
import { bucketOf, drawOf, isHeldOut } from "../../src/experiments/assignment-rules.ts";
import { importedId } from "../../src/kernel/ids.ts";

const COMMUNITY = importedId(new Date("2026-01-01"), "community");
const MEMBERS = Array.from({ length: 20_000 }, (_, i) => importedId(new Date("2026-01-01"), "member", String(i)));

describe("assignment", () => {
  it("puts a member into the same bucket every time", () => {
    for (const member of MEMBERS.slice(0, 100)) expect(bucketOf("salt", member)).toBe(bucketOf("salt", member));
  });

  it("fills the buckets evenly", () => {
    const tenths = new Array<number>(10).fill(0);
    for (const member of MEMBERS) tenths[Math.floor(bucketOf("salt", member) / 1_000)]! += 1;
    // χ² with 9 degrees of freedom: above 27.9 has probability 0.001.
    const expected = MEMBERS.length / 10;
    const chiSquare = tenths.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    expect(chiSquare).toBeLessThan(27.9);
  });

  it("holds out the share that was asked for", () => {
    const held = MEMBERS.filter((member) => isHeldOut(COMMUNITY, member, 10)).length;
    expect(held / MEMBERS.length).toBeGreaterThan(0.09);
    expect(held / MEMBERS.length).toBeLessThan(0.11);
    expect(MEMBERS.some((member) => isHeldOut(COMMUNITY, member, 0))).toBe(false);
    expect(MEMBERS.every((member) => isHeldOut(COMMUNITY, member, 100))).toBe(true);
  });

  it("only adds members when the holdout grows", () => {
    const small = MEMBERS.filter((member) => isHeldOut(COMMUNITY, member, 5));
    expect(small.every((member) => isHeldOut(COMMUNITY, member, 20))).toBe(true);
  });

  it("is independent between salts", () => {
    const both = MEMBERS.filter((member) => bucketOf("a", member) < 5_000 && bucketOf("b", member) < 5_000).length;
    expect(Math.abs(both / MEMBERS.length - 0.25)).toBeLessThan(0.015);
  });

  it("draws uniformly in [0, 1)", () => {
    const draws = MEMBERS.map((member) => drawOf("2026-01-01", member));
    expect(Math.min(...draws)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...draws)).toBeLessThan(1);
    expect(draws.reduce((sum, draw) => sum + draw, 0) / draws.length).toBeCloseTo(0.5, 1);
  });
});
