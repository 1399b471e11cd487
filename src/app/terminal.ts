import { SingleBar } from "cli-progress";

/** What a command tells the person at the terminal: results on standard output, everything else on standard error. */
export class Terminal {
  /** Set by commands that finish but found something wrong. */
  exitCode = 0;

  constructor() {
    for (const stream of [process.stdout, process.stderr]) stream.on("error", ignoreGoneReader);
  }

  /** One line of the result. */
  print(line = ""): void {
    process.stdout.write(`${line}\n`);
  }

  /** The result as JSON, for programs. */
  printJson(value: unknown): void {
    this.print(JSON.stringify(value, null, 2));
  }

  /** What goes on meanwhile. */
  note(line: string): void {
    process.stderr.write(`${line}\n`);
  }

  complain(message: string): void {
    process.stderr.write(`${message}\n`);
  }

  /** Columns under their headings; numbers to the right. */
  printTable(headings: readonly string[], rows: readonly (readonly (string | number)[])[]): void {
    const cells = rows.map((row) => row.map(String));
    const widths = headings.map((heading, i) =>
      Math.max(displayWidth(heading), ...cells.map((row) => displayWidth(row[i] ?? ""))),
    );
    const line = (row: readonly string[], numeric: readonly boolean[]) =>
      row
        .map((cell, i) => pad(cell, widths[i] ?? 0, numeric[i] ?? false))
        .join("  ")
        .trimEnd();
    const numeric = headings.map((_, i) => rows.length > 0 && rows.every((row) => typeof row[i] === "number"));
    this.print(line(headings, numeric));
    this.print(widths.map((width) => "─".repeat(width)).join("  "));
    for (const row of cells) this.print(line(row, numeric));
  }

  /** A progress bar where a person watches; a line every few seconds where none does. Bytes are shown as MB. */
  progress(label: string, unit: ProgressUnit = "steps"): Progress {
    return process.stderr.isTTY ? new BarProgress(label, unit) : new LineProgress(label, unit, this);
  }
}

/** Who reads with `head` goes when they have seen enough: what is being done is done to its end, and nobody is told. */
function ignoreGoneReader(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
}

type ProgressUnit = "steps" | "bytes";

export interface Progress {
  /** @param total null while it is not known. */
  update(done: number, total: number | null): void;
  stop(): void;
}

class BarProgress implements Progress {
  readonly #bar: SingleBar;
  #started = false;

  constructor(label: string, unit: ProgressUnit) {
    this.#bar = new SingleBar({
      format: `${label} [{bar}] {percentage}% | {value} of {total}${unit === "bytes" ? " MB" : ""} | {eta_formatted} left`,
      formatValue: (value, _options, type) =>
        type === "value" || type === "total" ? inUnit(value, unit) : String(value),
      stream: process.stderr,
      hideCursor: true,
    });
  }

  update(done: number, total: number | null): void {
    const shown = total ?? done;
    if (!this.#started) this.#bar.start(shown, done);
    this.#started = true;
    this.#bar.setTotal(shown);
    this.#bar.update(done);
  }

  stop(): void {
    if (this.#started) this.#bar.stop();
  }
}

const LINE_EVERY_MS = 5_000;

export class LineProgress implements Progress {
  readonly #label: string;
  readonly #unit: ProgressUnit;
  readonly #terminal: Pick<Terminal, "note">;
  readonly #everyMs: number;
  #lastMs = performance.now();
  #isShown = false;
  #unseen: string | null = null;

  constructor(label: string, unit: ProgressUnit, terminal: Pick<Terminal, "note">, everyMs = LINE_EVERY_MS) {
    this.#label = label;
    this.#unit = unit;
    this.#terminal = terminal;
    this.#everyMs = everyMs;
  }

  update(done: number, total: number | null): void {
    this.#unseen = this.#line(done, total);
    if (performance.now() - this.#lastMs >= this.#everyMs) this.#show();
  }

  /** What was begun to be told is told to its end. */
  stop(): void {
    if (this.#isShown) this.#show();
  }

  #show(): void {
    if (this.#unseen !== null) this.#terminal.note(this.#unseen);
    this.#unseen = null;
    this.#isShown = true;
    this.#lastMs = performance.now();
  }

  #line(done: number, total: number | null): string {
    const unit = this.#unit === "bytes" ? " MB" : "";
    const shown = `${this.#label}: ${inUnit(done, this.#unit)}`;
    if (total === null) return `${shown}${unit}`;
    const share = total === 0 ? 100 : Math.floor((done / total) * 100);
    return `${shown} of ${inUnit(total, this.#unit)}${unit} (${share} %)`;
  }
}

function inUnit(value: number, unit: ProgressUnit): string {
  return unit === "bytes" ? (value / 1_000_000).toFixed(1) : String(value);
}

export function asPercent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

/** How many columns a terminal gives a text: Chinese characters take two. */
function displayWidth(text: string): number {
  let width = 0;
  for (const character of text)
    width += /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/.test(
      character,
    )
      ? 2
      : 1;
  return width;
}

function pad(text: string, width: number, right: boolean): string {
  const space = " ".repeat(Math.max(0, width - displayWidth(text)));
  return right ? space + text : text + space;
}
