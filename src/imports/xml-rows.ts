import { StringDecoder } from "node:string_decoder";
import { unreadable } from "./byte-source.ts";
import type { RecordChunk, UnreadableRecord } from "./row-batches.ts";

export type Attributes = ReadonlyMap<string, string>;

/** The attributes of one `<row …/>`; `row` counts from 1. */
export interface XmlRow {
  readonly row: number;
  readonly attributes: Attributes;
}

/** More than ten times the longest row of a real dump. A longer one is malformed, and bounds the memory. */
const ROW_CHARS_MAX = 4_194_304;

/**
 * The rows of a dump file such as `<posts><row Id="1" …/>…</posts>`, a batch for each chunk of bytes.
 *
 * XML forbids `<` inside attribute values, so every `<` begins a tag: that finds rows whether they have a line each or
 * not, and finds the next one after a row that is broken. A broken row is returned as malformed, and does not stop the
 * rest.
 *
 * Memory: one chunk and one row.
 *
 * @param root the element around the rows, e.g. `posts`.
 * @throws Refusal `import.unreadable` when the file is of another kind, or ends before its closing tag.
 */
export async function* readXmlRows(
  bytes: AsyncIterable<Uint8Array>,
  file: { readonly name: string; readonly bytes: number },
  root: string,
): AsyncGenerator<RecordChunk<XmlRow>> {
  const decoder = new StringDecoder("utf8");
  const scanner = new RowScanner(file.name, root);
  let bytesRead = 0;
  for await (const chunk of bytes) {
    bytesRead += chunk.byteLength;
    const text = decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    yield { records: scanner.scan(text), bytesRead, bytesTotal: file.bytes };
  }
  // A tag ends where the next begins, so the last one needs one more.
  yield { records: scanner.scan(`${decoder.end()}<`), bytesRead, bytesTotal: file.bytes };
  scanner.assertComplete();
}

/** Before the root's opening tag, among the rows, after a tag that made no sense, after the root's closing tag. */
type ScannerState = "prologue" | "rows" | "resynchronising" | "complete";

type ScannedRow = XmlRow | UnreadableRecord;

class RowScanner {
  private state: ScannerState = "prologue";
  private pending = "";
  private rowsSeen = 0;

  constructor(
    private readonly file: string,
    private readonly root: string,
  ) {}

  /** The rows that end in `text`; what follows the last `<` waits for more. */
  scan(text: string): ScannedRow[] {
    const rows: ScannedRow[] = [];
    const all = this.pending + text;
    let start = 0;
    for (let end = tagEnd(all, 0); end !== -1; end = tagEnd(all, start)) {
      this.readTag(all.slice(start, end), rows);
      start = end;
    }
    this.pending = all.slice(start);
    if (this.pending.length > ROW_CHARS_MAX) {
      this.readTag(this.pending, rows);
      this.pending = "";
    }
    return rows;
  }

  assertComplete(): void {
    if (this.state === "complete") return;
    throw unreadable(
      this.file,
      `ends before its closing tag </${this.root}>, after row ${this.rowsSeen}: it was cut short`,
      "copy or download the dump again",
    );
  }

  private readTag(tag: string, rows: ScannedRow[]): void {
    if (this.state === "prologue") {
      this.readPrologue(tag);
    } else if (/^<row[\s/>]/.test(tag)) {
      this.rowsSeen += 1;
      rows.push(this.readRow(tag));
    } else if (tag.startsWith(`</${this.root}`) && tag.includes(">")) {
      this.state = "complete";
    } else if (this.state === "rows" && !IGNORED_TAG.test(tag)) {
      this.rowsSeen += 1;
      rows.push(this.malformed("is not a <row> element"));
    }
  }

  private readRow(tag: string): ScannedRow {
    if (tag.length > ROW_CHARS_MAX) return this.malformed(`is longer than ${ROW_CHARS_MAX} characters`);
    const parsed = parseRow(tag);
    if (typeof parsed === "string") return this.malformed(parsed);
    this.state = "rows";
    return { row: this.rowsSeen, attributes: parsed };
  }

  /** Until the next good row, tags are taken for the rest of the broken one, and not counted. */
  private malformed(reason: string): UnreadableRecord {
    this.state = "resynchronising";
    return { row: this.rowsSeen, malformed: reason };
  }

  private readPrologue(tag: string): void {
    if (IGNORED_TAG.test(tag)) return;
    if (!new RegExp(`^<${this.root}\\s*/?>`).test(tag)) {
      throw unreadable(this.file, `does not begin with <${this.root}>`, "give the XML files of a Stack Exchange dump");
    }
    this.state = /^<\w+\s*\/>/.test(tag) ? "complete" : "rows";
  }
}

/**
 * White space and the byte order mark before the first tag, the XML declaration, a comment, the closing tag of a row
 * that was opened without `/`.
 */
const IGNORED_TAG = /^(\s*$|<\?|<!--|<\/row\s*>\s*$)/;

/**
 * Where the tag that begins at `start` ends: at the next `<`, or -1 while that is not in sight. A comment may hold `<`.
 */
function tagEnd(text: string, start: number): number {
  const from = text.startsWith("<!--", start) ? text.indexOf("-->", start) : start;
  return from === -1 ? -1 : text.indexOf("<", from + 1);
}

const ATTRIBUTE = /\s+([A-Za-z_][\w.:-]*)\s*=\s*(?:"([^"]*)"|'([^']*)')/y;
const ROW_END = /\s*\/?>\s*$/y;

/**
 * The attributes of `<row …/>`, decoded, or why it is malformed. The reason never quotes content: that belongs to
 * members.
 */
function parseRow(tag: string): Attributes | string {
  if (tag.includes("\0")) return "holds a NUL character";
  const attributes = new Map<string, string>();
  let position = "<row".length;
  let last = "the tag's name";
  for (;;) {
    ATTRIBUTE.lastIndex = position;
    const match = ATTRIBUTE.exec(tag);
    if (match === null) break;
    const name = match[1]!;
    if (attributes.has(name)) return `has the attribute ${name} twice`;
    const value = decodeValue(match[2] ?? match[3]!);
    if (value === null) return `the attribute ${name} holds a "&" that begins no valid character reference`;
    attributes.set(name, value);
    last = `the attribute ${name}`;
    position = ATTRIBUTE.lastIndex;
  }
  ROW_END.lastIndex = position;
  return ROW_END.test(tag) ? attributes : `is not well-formed after ${last}`;
}

const NAMED: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };
const REFERENCE = /&(?:(lt|gt|amp|quot|apos)|#x([\da-fA-F]{1,6})|#(\d{1,7}));|&/g;

/**
 * An attribute's value as XML means it (§3.3.3: raw line breaks and tabs are spaces), or null when a reference is no
 * character.
 */
function decodeValue(raw: string): string | null {
  const spaced = /[\t\n\r]/.test(raw) ? raw.replace(/\r\n|[\t\n\r]/g, " ") : raw;
  if (!spaced.includes("&")) return spaced;
  let valid = true;
  const value = spaced.replace(REFERENCE, (_, named?: string, hex?: string, decimal?: string) => {
    if (named !== undefined) return NAMED[named]!;
    const code = hex !== undefined ? Number.parseInt(hex, 16) : Number(decimal);
    // NaN fails too. Control characters other than NUL are forbidden as well, but occur in real dumps and harm nobody.
    if (code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff)) return String.fromCodePoint(code);
    valid = false;
    return "";
  });
  return valid ? value : null;
}
