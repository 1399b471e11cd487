import { pathToFileURL } from "node:url";
import { provisionCommunity } from "../src/app/provisioning.ts";
import { communityById } from "../src/identity/community-queries.ts";
import type { RowTally } from "../src/imports/import-tally-rules.ts";
import type { ImportReport } from "../src/imports/run-import.ts";
import { openStackExchangeDump, type StackExchangeDump } from "../src/imports/stackexchange-dump.ts";
import { importStackExchange } from "../src/imports/stackexchange-import.ts";
import type { Id } from "../src/kernel/ids.ts";
import type { Database } from "../src/platform/database/database.ts";
import { withBenchDatabase } from "./bench-database.ts";
import { dataSetPath } from "./data-sets.ts";
import { atLeast, atMost, type Target } from "./targets.ts";

const DUMP = "stackexchange_ai_2017-03.tar.xz";
const NOW = new Date("2020-01-01T00:00:00.000Z");

/** How fast a dump comes in, everything included: reading the archive, sanitising, and durable commits. */
export interface ImportStackExchangeResult {
  readonly name: "import-stackexchange";
  readonly figures: {
    readonly dump: string;
    readonly rows: number;
    readonly seconds: number;
    readonly rowsPerSecond: number;
    /** Without the rows of the history of edits, which are only counted. */
    readonly rowsPerSecondWithoutHistory: number;
    readonly parts: Readonly<Record<string, RowTally>>;
    readonly made: Readonly<Record<string, number>>;
    /** The same dump once more: nothing may be new. */
    readonly again: { readonly seconds: number; readonly rowsPerSecond: number; readonly imported: number };
  };
  readonly targets: readonly Target[];
}

/** Imports the ai dump twice into a database of its own, with fsync on. Null when the dump is absent. */
export async function benchImportStackExchange(): Promise<ImportStackExchangeResult | null> {
  const path = dataSetPath(DUMP);
  if (path === null) return null;
  return withBenchDatabase(4, async ({ db }) => {
    const community = { slug: "ai", name: "ai", locale: "en", timeZone: "UTC" } as const;
    const communityId = await provisionCommunity({ db }, community, NOW);
    const first = await timeImport(db, path, communityId);
    const again = await timeImport(db, path, communityId);
    const { parts, made } = first.report;
    const rows = rowsRead(parts);
    const rowsPerSecond = Math.round(rows / first.seconds);
    const importedAgain = Object.values(again.report.parts).reduce((sum, part) => sum + part.imported, 0);
    return {
      name: "import-stackexchange",
      figures: {
        dump: DUMP,
        rows,
        seconds: round(first.seconds),
        rowsPerSecond,
        rowsPerSecondWithoutHistory: Math.round((rows - (parts["post-history"]?.read ?? 0)) / first.seconds),
        parts,
        made,
        again: {
          seconds: round(again.seconds),
          rowsPerSecond: Math.round(rows / again.seconds),
          imported: importedAgain,
        },
      },
      targets: [atLeast("rowsPerSecond", rowsPerSecond, 5_000), atMost("importedAgain", importedAgain, 0)],
    };
  });
}

async function timeImport(
  db: Database,
  path: string,
  communityId: Id,
): Promise<{ report: ImportReport; seconds: number }> {
  const community = await communityById(db.system, communityId);
  if (community === null) throw new Error("the community was just created");
  const startedMs = performance.now();
  const dump: StackExchangeDump = await openStackExchangeDump(path);
  const outcome = await importStackExchange(db, { dump, community, name: "ai" }, NOW);
  if (outcome.kind !== "imported") throw new Error(outcome.kind);
  return { report: outcome, seconds: (performance.now() - startedMs) / 1_000 };
}

function rowsRead(parts: Readonly<Record<string, RowTally>>): number {
  return Object.values(parts).reduce((sum, part) => sum + part.read, 0);
}

function round(seconds: number): number {
  return Math.round(seconds * 1_000) / 1_000;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const result = await benchImportStackExchange();
  process.stdout.write(`${JSON.stringify(result ?? { skipped: `${DUMP} is absent` }, null, 2)}\n`);
}
