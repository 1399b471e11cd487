import type { Line } from "./log-lines.ts";
import type { UnreadableRecord } from "./row-batches.ts";

export type Fields = Readonly<Record<string, unknown>>;

/** One record of a log before its meaning is looked at. `row` is the line on which it begins. */
export interface LogRecord {
  readonly row: number;
  readonly fields: Fields;
}

/** Makes records of lines that come in order; keeps those of a record that is not complete. */
export interface RecordReader {
  /** The names in a CSV file's header; null for JSON lines, where each record brings its own. */
  readonly columns: readonly string[] | null;
  read(lines: readonly (Line | UnreadableRecord)[]): (LogRecord | UnreadableRecord)[];
  finish(): (LogRecord | UnreadableRecord)[];
}
