import { isDeeperThan, NESTING_DEPTH_MAX } from "../events/event-rules.ts";
import type { Line } from "./log-lines.ts";
import type { Fields, LogRecord, RecordReader } from "./record-readers.ts";
import type { UnreadableRecord } from "./row-batches.ts";

/** One JSON object a line; empty lines are passed over. */
export class JsonLineReader implements RecordReader {
  readonly columns = null;

  read(lines: readonly (Line | UnreadableRecord)[]): (LogRecord | UnreadableRecord)[] {
    return lines
      .filter((line) => "malformed" in line || line.text.trim() !== "")
      .map((line) => ("malformed" in line ? line : readJsonLine(line)));
  }

  finish(): LogRecord[] {
    return [];
  }
}

/** NUL, and halves of surrogate pairs, as JSON.stringify escapes them: PostgreSQL stores neither. */
const UNSTORABLE = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f][0-9a-f]{2})/;

function readJsonLine({ row, text }: Line): LogRecord | UnreadableRecord {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { row, malformed: "is not JSON" };
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return { row, malformed: "is not a JSON object" };
  }
  // Before anything writes it as JSON again, which overflows the stack where reading does not.
  if (isDeeperThan(value, NESTING_DEPTH_MAX)) {
    return { row, malformed: `nests more than ${NESTING_DEPTH_MAX} objects and lists` };
  }
  if (text.includes("\\u") && UNSTORABLE.test(JSON.stringify(value))) {
    return { row, malformed: "holds a NUL character or half of a surrogate pair" };
  }
  return { row, fields: value as Fields };
}
