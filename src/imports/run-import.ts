import { assert } from "../kernel/assert.ts";
import type { Id } from "../kernel/ids.ts";
import type { Instant } from "../kernel/instant.ts";
import type { Database, Tx } from "../platform/database/database.ts";
import { buryRows, LETTERS_MAX, settleMendedRows } from "./import-letter-actions.ts";
import type { Pass, PassBatch } from "./import-passes.ts";
import {
  finishImportRun,
  type ImportProgress,
  type ImportRun,
  type ImportSource,
  lockImportRun,
  openImportRun,
  type PassProgress,
  saveImportProgress,
} from "./import-run-actions.ts";
import {
  addCounts,
  addTallies,
  type Counts,
  countNames,
  NO_ROWS,
  type RowTally,
  sumOf,
  type TimeSpan,
  tallyRows,
  widenSpan,
} from "./import-tally-rules.ts";

export interface ImportRequest extends ImportSource {
  readonly db: Database;
  readonly communityId: Id;
  readonly passes: readonly Pass[];
  readonly now: Instant;
  readonly onProgress?: ImportProgressListener;
}

export type ImportProgressListener = (bytesRead: number, bytesTotal: number) => void;

export interface ImportReport {
  readonly kind: "imported";
  /** Whether it carried on where an earlier import had been stopped; the figures are of both together. */
  readonly resumed: boolean;
  readonly parts: Readonly<Record<string, RowTally>>;
  readonly made: Counts;
  /** When what was imported happened; null for nothing. */
  readonly span: TimeSpan | null;
  /** Rows that could not be read; kept as dead letters. */
  readonly broken: number;
}

export type ImportOutcome = ImportReport | { readonly kind: "already-running" };

/**
 * Runs an import to its end: its passes in order, a batch of rows a transaction, how far it came stored with each. Killed at any time,
 * the next one carries on behind the last batch. One import of a community runs at a time.
 *
 * @throws Refusal `import.unreadable` when a file ends in the middle; what came before is kept.
 */
export async function runImport(request: ImportRequest): Promise<ImportOutcome> {
  const { db, communityId } = request;
  const ran = await db.exclusively(`import:${communityId}`, () => runAlone(request));
  return ran.held ? ran.result : { kind: "already-running" };
}

async function runAlone({ db, communityId, passes, now, onProgress, ...source }: ImportRequest): Promise<ImportReport> {
  const begin = <T>(act: (tx: Tx) => Promise<T>) => db.transaction(communityId, act);
  const bytesTotal = passes.reduce((sum, pass) => sum + pass.bytes, 0);
  const run = await begin((tx) => openImportRun(tx, source, now));
  let { progress } = run;
  let bytesDone = 0;
  for (const pass of passes) {
    const { lastRow: afterRow, complete } = progressOf(progress, pass);
    if (!complete) {
      for await (const batch of pass.batches({ afterRow })) {
        progress = await begin((tx) => takeBatch(tx, { run, source, pass, batch, progress }));
        onProgress?.(bytesDone + batch.bytesRead, bytesTotal);
      }
      progress = withPass(progress, pass, { ...progressOf(progress, pass), complete: true });
      await begin((tx) => saveImportProgress(tx, run, progress));
    }
    bytesDone += pass.bytes;
    onProgress?.(bytesDone, bytesTotal);
  }
  await begin(async (tx) => {
    await settleMendedRows(tx, run, source.source);
    await finishImportRun(tx, run, now);
  });
  return reportOf(run, passes, progress);
}

interface BatchToTake {
  readonly run: ImportRun;
  readonly source: ImportSource;
  readonly pass: Pass;
  readonly batch: PassBatch;
  readonly progress: ImportProgress;
}

/** Loads a batch and stores that it was loaded: both, or neither. */
async function takeBatch(tx: Tx, { run, source, pass, batch, progress }: BatchToTake): Promise<ImportProgress> {
  await lockImportRun(tx, run);
  const before = progressOf(progress, pass);
  const { rows, made = {}, times = [], broken: brokenLater = [] } = await batch.load(tx);
  const broken = [...batch.leftOut.filter(({ why }) => why === "malformed"), ...brokenLater];
  await buryRows(tx, run, source.source, broken.slice(0, Math.max(0, LETTERS_MAX - before.broken)));
  const reasons = [
    ...batch.leftOut.filter(({ why }) => why === "not-imported").map(({ reason }) => reason),
    ...broken.map(({ reason }) => `malformed: ${reason}`),
  ];
  const leftOut = tallyRows(reasons.length, 0, countNames(reasons));
  const after = withPass({ ...progress, span: widenSpan(progress.span, times) }, pass, {
    lastRow: batch.lastRow,
    complete: false,
    rows: [rows, leftOut].reduce(addTallies, before.rows),
    made: addCounts(before.made, made),
    broken: before.broken + broken.length,
  });
  await saveImportProgress(tx, run, after);
  return after;
}

const NOT_BEGUN: PassProgress = { lastRow: 0, complete: false, rows: NO_ROWS, made: {}, broken: 0 };

function progressOf(progress: ImportProgress, pass: Pass): PassProgress {
  return progress.passes[pass.name] ?? NOT_BEGUN;
}

function withPass(progress: ImportProgress, pass: Pass, after: PassProgress): ImportProgress {
  return { ...progress, passes: { ...progress.passes, [pass.name]: after } };
}

function reportOf(run: ImportRun, passes: readonly Pass[], progress: ImportProgress): ImportReport {
  const parts: Record<string, RowTally> = {};
  for (const pass of passes) {
    parts[pass.part] = addTallies(parts[pass.part] ?? NO_ROWS, progressOf(progress, pass).rows);
  }
  for (const { read, imported, alreadyThere, leftOut } of Object.values(parts)) {
    assert(read === imported + alreadyThere + sumOf(leftOut), "every row that was read is accounted for");
  }
  const ofPasses = passes.map((pass) => progressOf(progress, pass));
  return {
    kind: "imported",
    resumed: run.resumed,
    parts,
    made: ofPasses.map(({ made }) => made).reduce(addCounts, {}),
    span: progress.span,
    broken: ofPasses.reduce((sum, pass) => sum + pass.broken, 0),
  };
}
