/** A row that was read and is not among a batch's rows: broken, or of a kind that is not imported. */
export interface LeftOutRow {
  readonly file: string;
  /** Counts from 1. In a text log, the line on which the row begins. */
  readonly row: number;
  readonly why: "malformed" | "not-imported";
  /** Never quotes the row: what is in it belongs to members. */
  readonly reason: string;
}

/** Rows in the file's order. `rows` and `leftOut` of all batches together account for every row of the file. */
export interface RowBatch<Row> {
  readonly rows: readonly Row[];
  readonly leftOut: readonly LeftOutRow[];
  /** The last row of this batch: give it as `afterRow` to resume behind this batch. */
  readonly lastRow: number;
  /** How many of `bytesTotal` have been read, for a progress bar; a chunk ahead of the rows at most. */
  readonly bytesRead: number;
  readonly bytesTotal: number;
}

export interface BatchOptions {
  /** How many rows of the file a batch covers, 1,000 by default; only the last has fewer. */
  readonly batchRows?: number;
  /** Resumes after that row: earlier ones are read past and not returned. */
  readonly afterRow?: number;
}

/** A record that could not even be taken apart. */
export interface UnreadableRecord {
  readonly row: number;
  readonly malformed: string;
}

export interface RecordChunk<Item> {
  readonly records: readonly (Item | UnreadableRecord)[];
  readonly bytesRead: number;
  readonly bytesTotal: number;
}

/** Why a row is left out. Thrown by the rules that read rows, caught by {@link inBatches}. */
export class LeftOut extends Error {
  constructor(
    readonly why: LeftOutRow["why"],
    reason: string,
  ) {
    super(reason);
  }
}

export function malformed(reason: string): LeftOut {
  return new LeftOut("malformed", reason);
}

export function notImported(reason: string): LeftOut {
  return new LeftOut("not-imported", reason);
}

/**
 * Turns chunks of raw records into batches of rows. When `chunks` throws, since the file is cut short, what was read
 * before is returned first: it is good.
 *
 * @param read the rows that a record holds, mostly one. May throw {@link LeftOut}, which leaves out that record alone.
 */
export async function* inBatches<Item extends { readonly row: number }, Row>(
  file: string,
  chunks: AsyncIterable<RecordChunk<Item>>,
  read: (record: Item) => readonly Row[],
  { batchRows = 1_000, afterRow = 0 }: BatchOptions,
): AsyncGenerator<RowBatch<Row>> {
  let waiting: (Item | UnreadableRecord)[] = [];
  let progress = { bytesRead: 0, bytesTotal: 0 };
  const takeBatch = (): RowBatch<Row> => {
    const records = waiting;
    waiting = [];
    return { ...readAll(file, records, read), lastRow: records.at(-1)!.row, ...progress };
  };
  try {
    for await (const { records, bytesRead, bytesTotal } of chunks) {
      progress = { bytesRead, bytesTotal };
      for (const record of records) {
        if (record.row > afterRow) waiting.push(record);
        if (waiting.length === batchRows) yield takeBatch();
      }
    }
  } catch (error) {
    if (waiting.length > 0) yield takeBatch();
    throw error;
  }
  if (waiting.length > 0) yield takeBatch();
}

function readAll<Item extends { readonly row: number }, Row>(
  file: string,
  records: readonly (Item | UnreadableRecord)[],
  read: (record: Item) => readonly Row[],
): { rows: Row[]; leftOut: LeftOutRow[] } {
  const rows: Row[] = [];
  const leftOut: LeftOutRow[] = [];
  for (const record of records) {
    try {
      if ("malformed" in record) throw malformed(record.malformed);
      rows.push(...read(record));
    } catch (error) {
      if (!(error instanceof LeftOut)) throw error;
      leftOut.push({ file, row: record.row, why: error.why, reason: error.message });
    }
  }
  return { rows, leftOut };
}
