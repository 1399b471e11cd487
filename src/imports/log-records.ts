import { StringDecoder } from "node:string_decoder";
import { explainReadError, openBytes, unreadable } from "./byte-source.ts";
import { CsvReader } from "./csv-records.ts";
import { JsonLineReader } from "./json-line-records.ts";
import { LineSplitter } from "./log-lines.ts";
import type { LogRecord, RecordReader } from "./record-readers.ts";
import type { RecordChunk } from "./row-batches.ts";

export interface LogChunk extends RecordChunk<LogRecord> {
  /** A CSV file's header, once it was met. */
  readonly columns: readonly string[] | null;
}

/**
 * The records of a log file: JSON lines, or CSV with a header (comma, semicolon or tab), plain, gzip or xz; told by its
 * first bytes; what its name calls JSON is never taken for CSV. A record that cannot be parsed is returned as malformed, and does not stop the rest. Memory: one chunk
 * and one record.
 *
 * @throws Refusal `import.unreadable` when the file is of another kind, cut short or damaged.
 */
export async function* readLogRecords(path: string): AsyncGenerator<LogChunk> {
  const source = await openBytes(path);
  const decoder = new StringDecoder("utf8");
  const splitter = new LineSplitter();
  let reader: RecordReader | null = null;
  try {
    for await (const bytes of source.bytes) {
      const text = decoder.write(bytes);
      if (text === "") continue;
      reader ??= chooseReader(path, text);
      yield { records: reader.read(splitter.split(text)), columns: reader.columns, ...source.progress() };
    }
    if (reader === null) throw unreadable(path, "holds no records", "give a file of JSON lines or CSV");
    const records = [...reader.read(splitter.finish(decoder.end())), ...reader.finish()];
    yield { records, columns: reader.columns, ...source.progress() };
  } catch (error) {
    throw explainReadError(path, error);
  } finally {
    source.close();
  }
}

function chooseReader(path: string, text: string): RecordReader {
  const opening = text.trimStart();
  if (opening.startsWith("{")) return new JsonLineReader();
  if (opening.startsWith("[")) {
    throw unreadable(path, "is one JSON array", "write one JSON object a line (jq -c '.[]')");
  }
  if (opening.startsWith("<") || text.includes("\0")) {
    throw unreadable(path, "is neither JSON lines nor CSV", "give a file of JSON lines or CSV");
  }
  if (/\.(jsonl|ndjson|json)(\.(gz|xz))?$/i.test(path)) {
    throw unreadable(
      path,
      "is called JSON, and its first line is no JSON object",
      "give a file of JSON objects, one a line",
    );
  }
  return new CsvReader();
}
