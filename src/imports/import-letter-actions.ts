import { basename } from "node:path";
import { importedId } from "../kernel/ids.ts";
import type { Tx } from "../platform/database/database.ts";
import type { ImportRun } from "./import-run-actions.ts";

/** The source of dead letters that were rows of an imported file. */
export const IMPORT_LETTERS = "import";

/** A file may be broken throughout: of one pass so many rows are told of one by one, and the others counted only. */
export const LETTERS_MAX = 10_000;

/** A row that could not be read: where it is and why. What it holds belongs to members, and stays in the file. */
export interface BrokenRow {
  readonly file: string;
  readonly row: number;
  readonly reason: string;
}

/** Keeps broken rows, each once however often its file is imported. */
export async function buryRows(tx: Tx, run: ImportRun, source: string, rows: readonly BrokenRow[]): Promise<void> {
  if (rows.length === 0) return;
  const letters = rows.map(({ file: path, row, reason }) => {
    const file = basename(path);
    return {
      id: importedId(new Date(0), "letter", tx.communityId, source, file, String(row)),
      reference: `${file}, row ${row}`,
      payload: { source, file, row },
      error: `${reason}; mend the row and import again`,
    };
  });
  await tx.client.query(
    `insert into dead_letters (id, community_id, source, reference, payload, error, failed_at)
     select id, $1, '${IMPORT_LETTERS}', reference, payload, error, $3
     from json_to_recordset($2::json) as letter(id uuid, reference text, payload jsonb, error text)
     on conflict (id) do update set error = excluded.error, failed_at = excluded.failed_at, replayed_at = null`,
    [tx.communityId, JSON.stringify(letters), run.startedAt],
  );
}

/** Settles the letters of `source` that its run, now at its end, did not meet again: those rows were mended. */
export async function settleMendedRows(tx: Tx, run: ImportRun, source: string): Promise<void> {
  await tx.client.query(
    `update dead_letters set replayed_at = $3
     where community_id = $1 and source = '${IMPORT_LETTERS}' and payload->>'source' = $2 and replayed_at is null
       and failed_at < $3`,
    [tx.communityId, source, run.startedAt],
  );
}
