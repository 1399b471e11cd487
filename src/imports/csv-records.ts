import { LINE_CHARS_MAX, type Line } from "./log-lines.ts";
import type { LogRecord, RecordReader } from "./record-readers.ts";
import type { UnreadableRecord } from "./row-batches.ts";

type CsvRecord = LogRecord | UnreadableRecord;

/** Bounds how far a quote that is never closed is followed before its line is given up. */
const RECORD_LINES_MAX = 200;

/**
 * CSV with a header (RFC 4180; a quote inside an unquoted field is taken as it is). A record whose quotes do not come
 * out costs its first line only: reading goes on with the line after it, where csv-parse loses the rest of the file.
 */
export class CsvReader implements RecordReader {
  columns: readonly string[] | null = null;
  private delimiter: Delimiter | null = null;
  /** The lines of a record whose quote is still open. */
  private held: Line[] = [];

  read(lines: readonly (Line | UnreadableRecord)[]): CsvRecord[] {
    const records: CsvRecord[] = [];
    for (const line of lines) {
      if ("malformed" in line) {
        this.giveUpHeld(records);
        records.push(line);
      } else {
        this.take(line, records);
      }
    }
    return records;
  }

  finish(): CsvRecord[] {
    const records: CsvRecord[] = [];
    this.giveUpHeld(records);
    return records;
  }

  private take(line: Line, records: CsvRecord[]): void {
    if (this.held.length === 0 && line.text.trim() === "") return;
    this.delimiter ??= likelyDelimiter(line.text);
    this.held.push(line);
    const staysOpen = this.held.length > 1 && !line.text.includes('"');
    const fields = staysOpen ? "open" : readFields(this.held.map(({ text }) => text).join("\n"), this.delimiter);
    if (fields === "misquoted" || (fields === "open" && this.isHoldingTooMuch())) {
      this.giveUpFirst(records, fields);
    } else if (fields !== "open") {
      const { row } = this.held[0]!;
      this.held = [];
      if (this.columns === null) this.columns = fields.map((name) => name.trim());
      else records.push(toRecord(this.columns, fields, row));
    }
  }

  private isHoldingTooMuch(): boolean {
    const chars = this.held.reduce((sum, { text }) => sum + text.length, 0);
    return this.held.length > RECORD_LINES_MAX || chars > LINE_CHARS_MAX;
  }

  private giveUpHeld(records: CsvRecord[]): void {
    while (this.held.length > 0) this.giveUpFirst(records, "open");
  }

  private giveUpFirst(records: CsvRecord[], why: "open" | "misquoted"): void {
    const [first, ...rest] = this.held;
    this.held = [];
    const malformed = why === "open" ? "has a quote that is never closed" : "has text behind a closing quote";
    records.push({ row: first!.row, malformed });
    for (const line of rest) this.take(line, records);
  }
}

/** A delimiter and how to find the field at a position: quoted, unquoted, or with a quote that is not closed. */
interface Delimiter {
  readonly text: string;
  readonly quoted: RegExp;
}

function likelyDelimiter(header: string): Delimiter {
  const [text] = [",", ";", "\t"].sort((one, other) => header.split(other).length - header.split(one).length);
  return { text: text!, quoted: new RegExp(`"([^"]*(?:""[^"]*)*)"(?=${text}|$)`, "y") };
}

function readFields(text: string, delimiter: Delimiter): string[] | "open" | "misquoted" {
  if (!text.includes('"')) return text.split(delimiter.text);
  const fields: string[] = [];
  for (let position = 0; position <= text.length; position += delimiter.text.length) {
    if (text[position] === '"') {
      delimiter.quoted.lastIndex = position;
      const match = delimiter.quoted.exec(text);
      if (match === null) return hasClosingQuote(text, position) ? "misquoted" : "open";
      fields.push(match[1]!.replaceAll('""', '"'));
      position += match[0].length;
    } else {
      const end = text.indexOf(delimiter.text, position);
      fields.push(end === -1 ? text.slice(position) : text.slice(position, end));
      position = end === -1 ? text.length : end;
    }
  }
  return fields;
}

function hasClosingQuote(text: string, opening: number): boolean {
  const closing = /[^"]*(?:""[^"]*)*"(?!")/y;
  closing.lastIndex = opening + 1;
  return closing.test(text);
}

function toRecord(columns: readonly string[], values: readonly string[], row: number): CsvRecord {
  if (values.length !== columns.length) {
    return { row, malformed: `has ${values.length} columns where the header has ${columns.length}` };
  }
  if (values.some((value) => value.includes("\0"))) return { row, malformed: "holds a NUL character" };
  return { row, fields: Object.fromEntries(columns.map((column, index) => [column, values[index]])) };
}
