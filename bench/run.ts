import { mkdir, writeFile } from "node:fs/promises";
import { cpus, loadavg, totalmem } from "node:os";
import { fileURLToPath } from "node:url";
import { tellTargets } from "./targets.ts";

interface Bench {
  readonly about: string;
  /** Measures; null when its data set is not on this machine. */
  readonly run: () => Promise<object | null>;
}

/** Every benchmark, in the order they run: the start first, on a machine that nothing has warmed. */
const BENCHES: Readonly<Record<string, Bench>> = {
  start: {
    about: "from npm start to /readyz, cold and warm",
    run: async () => (await import("./start.ts")).benchStart(),
  },
  feed: {
    about: "the feed over HTTP, beside a bare server and PostGraphile",
    run: async () => (await import("./feed.ts")).benchFeed(),
  },
  hostile: {
    about: "what hostile GraphQL costs the innocent",
    run: async () => (await import("./hostile.ts")).benchHostile(),
  },
  "events-ingest": {
    about: "events a second over HTTP, beside COPY",
    run: async () => (await import("./events-ingest.ts")).benchEventsIngest(),
  },
  "import-stackexchange": {
    about: "rows a second of a Stack Exchange dump",
    run: async () => (await import("./import-stackexchange.ts")).benchImportStackExchange(),
  },
  "churn-telco": {
    about: "churn on IBM's Telco customers, beside scikit-learn",
    run: async () => (await import("./churn-telco.ts")).benchChurnTelco(),
  },
  "churn-stackexchange": {
    about: "churn on three Stack Exchange communities, beside scikit-learn",
    run: async () => (await import("./churn-stackexchange.ts")).benchChurnStackExchange(),
  },
};

const RESULTS = fileURLToPath(new URL("./results/", import.meta.url));

const HELP = `npm run bench [-- NAME …]

Runs the benchmarks named, or all of them, one after the other. Prints one JSON object on standard output, and on standard error
progress and which targets were met; keeps each result in bench/results/NAME.json. Fails when a target was missed.

${Object.entries(BENCHES)
  .map(([name, { about }]) => `  ${name.padEnd(22)}${about}`)
  .join("\n")}

Examples:
  npm run bench
  npm run --silent bench -- feed start > figures.json
`;

async function main(names: readonly string[]): Promise<number> {
  if (names.includes("--help") || names.includes("-h")) {
    process.stdout.write(HELP);
    return 0;
  }
  const unknown = names.filter((name) => !Object.hasOwn(BENCHES, name));
  if (unknown.length > 0) {
    process.stderr.write(`There is no benchmark ${unknown.join(", ")}.\n\n${HELP}`);
    return 2;
  }
  const results: Record<string, unknown> = {};
  let failures = 0;
  for (const name of names.length > 0 ? names : Object.keys(BENCHES)) {
    process.stderr.write(`${name}: ${BENCHES[name]!.about} …\n`);
    const outcome = await runBench(BENCHES[name]!);
    if ("failed" in outcome) failures += 1;
    results[name] = outcome;
    await mkdir(RESULTS, { recursive: true });
    await writeFile(`${RESULTS}${name}.json`, `${JSON.stringify(outcome, null, 2)}\n`);
    process.stderr.write(
      `${name}: ${"failed" in outcome ? outcome.failed : "skipped" in outcome ? outcome.skipped : `${outcome.took} s`}\n`,
    );
    const { lines, missed } = tellTargets("result" in outcome ? outcome.result : {});
    for (const line of lines) process.stderr.write(`  ${line}\n`);
    failures += missed;
  }
  process.stdout.write(`${JSON.stringify(results, null, 2)}\n`);
  return failures === 0 ? 0 : 1;
}

type Outcome = { failed: string } | { skipped: string } | { machine: object; took: number; result: object };

/** A benchmark that fails says so in its place, and the others run on. */
async function runBench({ run }: Bench): Promise<Outcome> {
  const machine = describeMachine();
  const startedAt = performance.now();
  try {
    const result = await run();
    if (result === null) return { skipped: "its data set is not on this machine: see REKINDLE_DATA" };
    return { machine, took: Math.round((performance.now() - startedAt) / 1_000), result };
  } catch (error) {
    return { failed: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

/** What the figures depend on. The load says who else was at work when the benchmark began. */
function describeMachine(): object {
  const gigabytes = Math.round(totalmem() / 2 ** 30);
  return {
    at: new Date().toISOString(),
    node: process.version,
    cores: cpus().length,
    processor: cpus()[0]?.model ?? "unknown",
    gigabytes,
    loadBefore: loadavg()[0],
  };
}

process.exitCode = await main(process.argv.slice(2));
