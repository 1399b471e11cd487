import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fnv1a32, mix32, unitHash } from "../../src/math/fnv1a.ts";
import { splitByHash } from "../../src/math/split.ts";

/** The definition in arbitrary precision. */
function slowFnv1a32(text: string): number {
  let hash = 2166136261n;
  for (const byte of Buffer.from(text, "utf8")) hash = ((hash ^ BigInt(byte)) * 16777619n) % 2n ** 32n;
  return Number(hash);
}

describe("fnv1a32", () => {
  it.each([
    ["", 0x811c9dc5],
    ["a", 0xe40c292c],
    ["b", 0xe70c2de5],
    ["foobar", 0xbf9cf968],
    ["chongo was here!\n", 0xd49930d5],
  ])("gives %j its published hash", (text, hash) => {
    expect(fnv1a32(text)).toBe(hash);
  });

  it("agrees with the definition in big integers, Chinese and emoji included", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => fnv1a32(text) === slowFnv1a32(text)),
      { seed: 5 },
    );
    expect(fnv1a32("知识付费 🎓")).toBe(slowFnv1a32("知识付费 🎓"));
  });
});

describe("mix32", () => {
  it("gives MurmurHash3's finaliser: 0 stays 0, and 1 becomes 0x514e28b7", () => {
    expect([mix32(0), mix32(1)]).toEqual([0, 0x514e28b7]);
  });
});

describe("unitHash", () => {
  it("spreads keys that differ in one digit evenly over [0, 1)", () => {
    const tenths = Array.from({ length: 10 }, () => 0);
    for (let key = 0; key < 20_000; key += 1) {
      const tenth = Math.floor(unitHash(`holdout:member-${key}`) * 10);
      tenths[tenth] = tenths[tenth]! + 1;
    }
    // Chi-squared with 9 degrees of freedom; 27.9 is exceeded once in a thousand.
    const chiSquared = tenths.reduce((sum, count) => sum + (count - 2_000) ** 2 / 2_000, 0);
    expect(chiSquared).toBeLessThan(27.9);
  });
});

describe("splitByHash", () => {
  it("tests the ids whose published hash is a multiple of five", () => {
    // 0xe40c292c and 0xbf9cf968 are; 0xe70c2de5 is not.
    expect(splitByHash(["a", "b", "foobar"])).toEqual({ train: [1], test: [0, 2] });
  });

  it("puts an id on the same side whatever others come or go", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string(), { maxLength: 40 }), fc.integer({ min: 2, max: 7 }), (ids, folds) => {
        const { train, test } = splitByHash(ids, folds);
        expect([...train, ...test].sort((a, b) => a - b)).toEqual(ids.map((_, index) => index));
        for (const index of test) expect(splitByHash([ids[index]!], folds).test).toEqual([0]);
        for (const index of train) expect(splitByHash([ids[index]!], folds).test).toEqual([]);
      }),
      { seed: 6 },
    );
  });

  it("tests about one row in five", () => {
    const { test } = splitByHash(Array.from({ length: 10_000 }, (_, index) => `row ${index}`));
    expect(test.length / 10_000).toBeCloseTo(0.2, 1);
  });
});
