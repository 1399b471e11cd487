import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InvariantError } from "../../src/kernel/assert.ts";
import { Rng, type RngState } from "../../src/math/rng.ts";

const take = (count: number, draw: () => number) => Array.from({ length: count }, draw);
const average = (numbers: readonly number[]) => numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
const variance = (numbers: readonly number[]) => {
  const mean = average(numbers);
  return average(numbers.map((value) => (value - mean) ** 2));
};

/** xoshiro128** as published, in arbitrary precision. */
function* slowXoshiro(state: RngState): Generator<number, never> {
  const word = 2n ** 32n;
  const rotate = (x: bigint, k: bigint) => ((x << k) | (x >> (32n - k))) % word;
  const s = state.map(BigInt) as [bigint, bigint, bigint, bigint];
  for (;;) {
    yield Number((rotate((s[1] * 5n) % word, 7n) * 9n) % word);
    const t = (s[1] << 9n) % word;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate(s[3], 11n);
  }
}

describe("the generator", () => {
  it("gives the published sequence from state 1, 2, 3, 4", () => {
    const rng = Rng.fromState([1, 2, 3, 4]);
    expect(take(10, () => rng.uint32())).toEqual([
      11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804,
    ]);
  });

  it("agrees with the definition in big integers from any state", () => {
    const word = fc.integer({ min: 0, max: 2 ** 32 - 1 });
    const states = fc.tuple(word, word, word, word).filter((state) => state.some((part) => part !== 0));
    fc.assert(
      fc.property(states, (state) => {
        const rng = Rng.fromState(state);
        const reference = slowXoshiro(state);
        expect(take(50, () => rng.uint32())).toEqual(take(50, () => reference.next().value));
      }),
      { seed: 7 },
    );
  });

  it("gives the same numbers for a seed, today and next year", () => {
    const rng = Rng.seeded("rekindle");
    expect(take(4, () => rng.uint32())).toEqual([557799704, 1427667727, 3732012281, 1411795160]);
    expect(Rng.seeded(42).uniform()).toBe(Rng.seeded("42").uniform());
  });

  it("gives other numbers for another seed, however alike", () => {
    const firsts = Array.from({ length: 5_000 }, (_, seed) => Rng.seeded(seed).uniform());
    expect(new Set(firsts).size).toBe(5_000);
    expect(average(firsts)).toBeCloseTo(0.5, 1);
    expect(variance(firsts)).toBeCloseTo(1 / 12, 2);
  });

  it("refuses the state it could never leave, and seeds that are no numbers", () => {
    expect(() => Rng.fromState([0, 0, 0, 0])).toThrow(InvariantError);
    expect(() => Rng.seeded(Number.NaN)).toThrow(InvariantError);
  });

  it("forks by name: whatever the parent drew, and apart from its siblings", () => {
    const fresh = Rng.seeded(1);
    const used = Rng.seeded(1);
    take(100, () => used.uniform());
    expect(used.fork("member 7").uint32()).toBe(fresh.fork("member 7").uint32());
    expect(fresh.fork("member 7").uint32()).not.toBe(fresh.fork("member 8").uint32());
    expect(fresh.fork("a").fork("b").uint32()).not.toBe(fresh.fork("b").fork("a").uint32());
  });
});

describe("integers and picks", () => {
  it("stay within their bounds, and reach both ends", () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.integer({ min: -50, max: 50 }),
        fc.integer({ min: 0, max: 5 }),
        (seed, min, width) => {
          const rng = Rng.seeded(seed);
          const drawn = new Set(take(300, () => rng.int(min, min + width)));
          expect([...drawn].sort((a, b) => a - b)).toEqual(
            Array.from({ length: width + 1 }, (_, index) => min + index),
          );
        },
      ),
      { seed: 8 },
    );
  });

  it("have no bias where 2^32 is no multiple of the count", () => {
    const rng = Rng.seeded("bias");
    const lowHalf = take(60_000, () => rng.below(3 * 2 ** 30)).filter((value) => value < 2 ** 31);
    // Reducing modulo the count without rejection would give 3/4 where 2/3 is right.
    expect(lowHalf.length / 60_000).toBeCloseTo(2 / 3, 2);
  });

  it("pick in proportion to weights, and never what weighs nothing", () => {
    const rng = Rng.seeded("weights");
    const picked = Array.from({ length: 30_000 }, () =>
      rng.weighted(["never", "once", "thrice", "never"], [0, 1, 3, 0]),
    );
    expect(picked).not.toContain("never");
    expect(picked.filter((item) => item === "thrice").length / 30_000).toBeCloseTo(0.75, 1);
    expect(rng.weighted(["only"], [1e-300])).toBe("only");
    // The largest uniform number, 1 − 2⁻⁵³, and weights whose rounded sum exceeds what subtracting them one by one removes.
    const last = Rng.fromState([1, 2199679431, 1, 0]);
    expect(last.weighted(["a", "b", "c", "d", "e", "never"], [0.4, 0.2, 0.4, 0.1, 0.8, 0])).toBe("e");
  });

  it.each([
    ["below 0", (rng: Rng) => rng.below(0)],
    ["a range upside down", (rng: Rng) => rng.int(2, 1)],
    ["nothing to pick", (rng: Rng) => rng.pick([])],
    ["weights that are all 0", (rng: Rng) => rng.weighted(["a"], [0])],
    ["a negative weight", (rng: Rng) => rng.weighted(["a", "b"], [2, -1])],
    ["a NaN weight", (rng: Rng) => rng.weighted(["a", "b"], [1, Number.NaN])],
    ["a missing weight", (rng: Rng) => rng.weighted(["a", "b"], [1])],
    ["a chance of 1.1", (rng: Rng) => rng.chance(1.1)],
    ["a shape of 0", (rng: Rng) => rng.gamma(0)],
    ["a negative mean", (rng: Rng) => rng.poisson(-1)],
  ])("refuse %s", (_, draw) => {
    expect(() => draw(Rng.seeded(1))).toThrow(InvariantError);
  });

  it("shuffle into every order equally often, leaving the original alone", () => {
    const rng = Rng.seeded("shuffle");
    const original = Object.freeze(["a", "b", "c"]);
    const counts = new Map<string, number>();
    for (let round = 0; round < 12_000; round += 1) {
      const order = rng.shuffle(original).join("");
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    for (const count of counts.values()) expect(Math.abs(count - 2_000)).toBeLessThan(200);
  });
});

describe("distributions have the mean and variance of their formula", () => {
  it.each<[name: string, draw: (rng: Rng) => number, mean: number, variance: number]>([
    ["uniform", (rng) => rng.uniform(), 1 / 2, 1 / 12],
    ["chance(0.3)", (rng) => Number(rng.chance(0.3)), 0.3, 0.21],
    ["normal(3, 2)", (rng) => rng.normal(3, 2), 3, 4],
    ["exponential(5)", (rng) => rng.exponential(5), 5, 25],
    ["poisson(0)", (rng) => rng.poisson(0), 0, 0],
    ["poisson(0.4)", (rng) => rng.poisson(0.4), 0.4, 0.4],
    ["poisson(40)", (rng) => rng.poisson(40), 40, 40],
    ["gamma(0.5, 2)", (rng) => rng.gamma(0.5, 2), 1, 2],
    ["gamma(9, 0.5)", (rng) => rng.gamma(9, 0.5), 4.5, 2.25],
    ["beta(2, 3)", (rng) => rng.beta(2, 3), 0.4, 0.04],
    ["beta(0.5, 0.5)", (rng) => rng.beta(0.5, 0.5), 0.5, 0.125],
  ])("%s", (name, draw, mean, spread) => {
    const rng = Rng.seeded(name);
    const drawn = take(40_000, () => draw(rng));
    // Four standard errors of the mean; the variance's own error is larger for skewed shapes.
    expect(Math.abs(average(drawn) - mean)).toBeLessThanOrEqual(4 * Math.sqrt(spread / 40_000));
    expect(Math.abs(variance(drawn) - spread)).toBeLessThanOrEqual(0.08 * spread);
  });
});
