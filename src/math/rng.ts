import { assert } from "../kernel/assert.ts";
import { fnv1a32, mix32 } from "./fnv1a.ts";

/** The four 32-bit words that a generator remembers; not all zero. */
export type RngState = readonly [number, number, number, number];

/**
 * A seeded stream of random numbers: the same seed gives the same numbers on every machine.
 * The generator is xoshiro128** (period 2¹²⁸ − 1); it is for simulation and statistics, never for secrets.
 *
 * @see Blackman, Vigna (2021), "Scrambled linear pseudorandom number generators", ACM TOMS 47(4)
 */
export class Rng {
  #a: number;
  #b: number;
  #c: number;
  #d: number;
  readonly #origin: string;

  private constructor([a, b, c, d]: RngState) {
    this.#a = a | 0;
    this.#b = b | 0;
    this.#c = c | 0;
    this.#d = d | 0;
    assert((this.#a | this.#b | this.#c | this.#d) !== 0, "a generator's state is not all zero");
    this.#origin = [a, b, c, d].join(".");
  }

  /** The stream named `seed`; a number and its decimal text name the same stream. */
  static seeded(seed: number | string): Rng {
    assert(typeof seed === "string" || Number.isFinite(seed), "a numeric seed is finite");
    const word = (index: number) => mix32(fnv1a32(`${index}:${seed}`) + index);
    // The chance that a seed hashes to the forbidden all-zero state is 2⁻¹²⁸; the last word rules it out.
    return new Rng([word(0), word(1), word(2), word(3) || 1]);
  }

  /** Continues from a known state, as published test vectors do. */
  static fromState(state: RngState): Rng {
    return new Rng(state);
  }

  /**
   * A child stream that depends only on this stream's seed and `name`, not on how many numbers were drawn:
   * giving every member a fork keeps one member's draws from moving another's.
   */
  fork(name: number | string): Rng {
    return Rng.seeded(`${this.#origin}/${name}`);
  }

  /** An integer uniform in [0, 2³²). */
  uint32(): number {
    const scrambled = Math.imul(rotateLeft(Math.imul(this.#b, 5), 7), 9);
    const shifted = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= shifted;
    this.#d = rotateLeft(this.#d, 11);
    return scrambled >>> 0;
  }

  /** A multiple of 2⁻⁵³ uniform in [0, 1), from two draws. */
  uniform(): number {
    const high = this.uint32() >>> 5;
    const low = this.uint32() >>> 6;
    return (high * 2 ** 26 + low) * 2 ** -53;
  }

  /** An integer uniform in [0, count), without bias: draws above the largest multiple of `count` are thrown away. */
  below(count: number): number {
    assert(Number.isInteger(count) && count >= 1 && count <= 2 ** 32, "a count is an integer from 1 to 2^32");
    const limit = 2 ** 32 - (2 ** 32 % count);
    let drawn = this.uint32();
    while (drawn >= limit) drawn = this.uint32();
    return drawn % count;
  }

  /** An integer uniform in [min, max], both included. */
  int(min: number, max: number): number {
    assert(Number.isInteger(min) && Number.isInteger(max) && min <= max, "an integer range runs from min up to max");
    return min + this.below(max - min + 1);
  }

  /** True with probability `probability`. */
  chance(probability: number): boolean {
    assert(probability >= 0 && probability <= 1, "a probability lies in [0, 1]");
    return this.uniform() < probability;
  }

  /** Normal with the given mean and standard deviation (Box, Muller 1958; one of the pair is used, so no state is hidden). */
  normal(mean = 0, deviation = 1): number {
    assert(deviation >= 0, "a standard deviation is not negative");
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    return mean + deviation * radius * Math.cos(2 * Math.PI * this.uniform());
  }

  /** Exponential with the given mean. */
  exponential(mean = 1): number {
    assert(mean > 0, "a mean waiting time is positive");
    return -mean * Math.log(1 - this.uniform());
  }

  /** Poisson: how many arrivals of rate 1 fall before `mean`. Takes time in proportion to `mean`. */
  poisson(mean: number): number {
    assert(mean >= 0 && mean < 1e6, "a Poisson mean lies in [0, 1e6)");
    let arrivals = -1;
    for (let elapsed = 0; elapsed <= mean; arrivals += 1) elapsed += this.exponential();
    return arrivals;
  }

  /**
   * Gamma with density ∝ x^(shape−1)·e^(−x/scale); its mean is shape·scale.
   *
   * @see Marsaglia, Tsang (2000), "A simple method for generating gamma variables", ACM TOMS 26(3)
   */
  gamma(shape: number, scale = 1): number {
    assert(shape > 0 && scale > 0, "a gamma's shape and scale are positive");
    if (shape < 1) return this.gamma(shape + 1, scale) * (1 - this.uniform()) ** (1 / shape);
    const d = shape - 1 / 3;
    const c = 1 / Math.sqrt(9 * d);
    for (;;) {
      const z = this.normal();
      const v = (1 + c * z) ** 3;
      if (v > 0 && Math.log(1 - this.uniform()) < z * z * 0.5 + d * (1 - v + Math.log(v))) return d * v * scale;
    }
  }

  /** Beta with mean alpha/(alpha + beta), as the share of one gamma in the sum of two. */
  beta(alpha: number, beta: number): number {
    const first = this.gamma(alpha);
    return first / (first + this.gamma(beta));
  }

  /** One of `items`, each as likely. */
  pick<Item>(items: readonly Item[]): Item {
    assert(items.length > 0, "there is something to pick from");
    return items[this.below(items.length)] as Item;
  }

  /** One of `items`, each in proportion to its weight; items of weight 0 are never picked. */
  weighted<Item>(items: readonly Item[], weights: readonly number[]): Item {
    assert(items.length === weights.length, "every item has a weight");
    // Indexed loops: with `every` and `entries` V8 never settled on a compiled form, and a simulation took a third longer.
    let total = 0;
    for (let index = 0; index < weights.length; index += 1) {
      assert(weights[index]! >= 0, "weights are not negative, not all 0");
      total += weights[index]!;
    }
    assert(total > 0 && total < Infinity, "weights are not negative, not all 0");
    let left = this.uniform() * total;
    let last = -1;
    for (let index = 0; index < weights.length && left >= 0; index += 1) {
      if (weights[index] === 0) continue;
      last = index;
      left -= weights[index]!;
    }
    return items[last] as Item;
  }

  /** A new array with the same items in random order (Fisher, Yates); every order is as likely. */
  shuffle<Item>(items: readonly Item[]): Item[] {
    const shuffled = [...items];
    for (let last = shuffled.length - 1; last > 0; last -= 1) {
      const other = this.below(last + 1);
      [shuffled[last], shuffled[other]] = [shuffled[other] as Item, shuffled[last] as Item];
    }
    return shuffled;
  }
}

function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}
