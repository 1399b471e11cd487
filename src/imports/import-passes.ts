import type { Instant } from "../kernel/instant.ts";
import type { Tx } from "../platform/database/database.ts";
import type { BrokenRow } from "./import-letter-actions.ts";
import type { Counts, RowTally } from "./import-tally-rules.ts";
import type { BatchOptions, LeftOutRow, RowBatch } from "./row-batches.ts";

/** What a batch's rows came to. */
export interface Loaded {
  /** Of the rows that this pass is for: a part's passes together count each row once. Without those in `broken`. */
  readonly rows: RowTally;
  /** What was made of them: members, threads, events. */
  readonly made?: Counts;
  /** When what was imported happened. */
  readonly times?: readonly Instant[];
  /** Rows that turned out to be broken once they were looked at. */
  readonly broken?: readonly BrokenRow[];
}

/** One reading of one file, from its first row to its last. */
export interface Pass {
  /** Names its progress. */
  readonly name: string;
  /** The part whose rows it accounts for. */
  readonly part: string;
  /** What there is to read, in the unit of its batches' `bytesRead`. */
  readonly bytes: number;
  batches(options: BatchOptions): AsyncIterable<PassBatch>;
}

export interface PassBatch {
  readonly leftOut: readonly LeftOutRow[];
  readonly lastRow: number;
  readonly bytesRead: number;
  load(tx: Tx): Promise<Loaded>;
}

interface PassDefinition<Row> extends Omit<Pass, "batches"> {
  read(options: BatchOptions): AsyncIterable<RowBatch<Row>>;
  load(tx: Tx, rows: readonly Row[]): Promise<Loaded>;
  /** Whether this pass accounts for the rows that the reader leaves out: one of a file's passes does. */
  readonly tellsLeftOut: boolean;
}

/** A pass over rows of one type, in a form in which passes over rows of any type make a list. */
export function definePass<Row>({ read, load, tellsLeftOut, ...pass }: PassDefinition<Row>): Pass {
  return {
    ...pass,
    async *batches(options) {
      for await (const { rows, leftOut, lastRow, bytesRead } of read(options)) {
        yield { leftOut: tellsLeftOut ? leftOut : [], lastRow, bytesRead, load: (tx) => load(tx, rows) };
      }
    },
  };
}
