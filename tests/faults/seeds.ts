import { it } from "vitest";
import { Rng } from "../../src/math/rng.ts";

/** `npm run soak`: the same tests with many seeds, for as long as it takes. */
export const SOAK = process.env.REKINDLE_SOAK === "1";

/** Replays one seed: `REKINDLE_SEED=12345 npx vitest run tests/faults/…`. */
const SEED = process.env.REKINDLE_SEED;

/** How many rounds a test takes, `here` in `npm test` and `soaking` in `npm run soak`. */
export const rounds = (here: number, soaking: number): number => (SOAK ? soaking : here);

/** A test once for each seed: always the same one in `npm test`, new ones in a soak. Its name tells the seed. */
export function itForSeeds(
  does: string,
  options: { timeoutMs: number; soaking?: number },
  test: (rng: Rng) => Promise<void>,
): void {
  const first = SOAK ? Date.now() % 1_000_000 : 1;
  const seeds =
    SEED === undefined ? Array.from({ length: rounds(1, options.soaking ?? 5) }, (_, n) => first + n) : [SEED];
  for (const seed of seeds) {
    it(`${does} (REKINDLE_SEED=${seed})`, { timeout: options.timeoutMs }, () => test(Rng.seeded(seed)));
  }
}

/** What a test measured, for whoever reads the run. */
export function report(line: string): void {
  process.stderr.write(`  measured: ${line}\n`);
}
