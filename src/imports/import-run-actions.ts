import { and, desc, eq, isNull } from "drizzle-orm";
import { importRuns } from "../../drizzle/tables/platform.ts";
import { type Id, newId } from "../kernel/ids.ts";
import type { Instant } from "../kernel/instant.ts";
import type { Tx } from "../platform/database/database.ts";
import type { Counts, RowTally, TimeSpan } from "./import-tally-rules.ts";

/** How far one pass over a file has come, and what came of its rows. */
export interface PassProgress {
  readonly lastRow: number;
  readonly complete: boolean;
  readonly rows: RowTally;
  /** What was made of the rows: members, threads, events. */
  readonly made: Counts;
  /** Rows that could not be read. */
  readonly broken: number;
}

export interface ImportProgress {
  readonly passes: Readonly<Record<string, PassProgress>>;
  /** When what was imported happened. */
  readonly span: TimeSpan | null;
}

/** One import of one source, which a later process can carry on. */
export interface ImportRun {
  readonly id: Id;
  readonly startedAt: Instant;
  readonly progress: ImportProgress;
  /** Whether an earlier process began it and did not finish. */
  readonly resumed: boolean;
}

/** What is imported: the same source and fingerprint are the same file, read in the same way. */
export interface ImportSource {
  readonly source: string;
  readonly fingerprint: string;
}

/**
 * The run of this source that was not finished, or a new one. A batch that a killed process had already sent is waited for: it holds
 * the run's row, and so either counts as done or never happened.
 */
export async function openImportRun(tx: Tx, input: ImportSource, now: Instant): Promise<ImportRun> {
  const ofSource = and(
    eq(importRuns.communityId, tx.communityId),
    eq(importRuns.source, input.source),
    eq(importRuns.fingerprint, input.fingerprint),
    isNull(importRuns.finishedAt),
  );
  const [unfinished] = await tx.sql
    .select()
    .from(importRuns)
    .where(ofSource)
    .orderBy(desc(importRuns.startedAt))
    .limit(1)
    .for("update");
  if (unfinished !== undefined) {
    const { id, startedAt } = unfinished;
    return { id, startedAt, progress: unfinished.progress as ImportProgress, resumed: true };
  }
  const run = { id: newId(now), startedAt: now, progress: { passes: {}, span: null } satisfies ImportProgress };
  await tx.sql.insert(importRuns).values({ communityId: tx.communityId, ...input, ...run });
  return { ...run, resumed: false };
}

/** Holds the run's row until the batch of this transaction is decided; see {@link openImportRun}. */
export async function lockImportRun(tx: Tx, run: ImportRun): Promise<void> {
  await tx.client.query("select from import_runs where community_id = $1 and id = $2 for update", [
    tx.communityId,
    run.id,
  ]);
}

/** Stores how far the run has come, in the transaction of the batch that brought it there. */
export async function saveImportProgress(tx: Tx, run: ImportRun, progress: ImportProgress): Promise<void> {
  await tx.client.query("update import_runs set progress = $3 where community_id = $1 and id = $2", [
    tx.communityId,
    run.id,
    JSON.stringify(progress),
  ]);
}

export async function finishImportRun(tx: Tx, run: ImportRun, now: Instant): Promise<void> {
  await tx.client.query("update import_runs set finished_at = $3 where community_id = $1 and id = $2", [
    tx.communityId,
    run.id,
    now,
  ]);
}
