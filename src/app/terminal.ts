import { SingleBar } from "cli-progress";

/** What a command tells the person at the terminal: results on standard output, everything else on standard error. */
export class Terminal {
  /** Set by commands that finish but found something wrong. */
  exitCode = 0;

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

  /** A progress bar where a person watches; a line every few seconds where none does. */
  progress(label: string): Progress {
    return process.stderr.isTTY ? new BarProgress(label) : new LineProgress(label);
  }
}

export interface Progress {
  /** @param total null while it is not known. */
  update(done: number, total: number | null): void;
  stop(): void;
}

class BarProgress implements Progress {
  readonly #bar: SingleBar;
  #started = false;

  constructor(label: string) {
    this.#bar = new SingleBar({
      format: `${label} [{bar}] {percentage}% | {value} of {total} | {eta_formatted} left`,
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

class LineProgress implements Progress {
  readonly #label: string;
  #lastMs = performance.now();

  constructor(label: string) {
    this.#label = label;
  }

  update(done: number, total: number | null): void {
    const nowMs = performance.now();
    if (nowMs - this.#lastMs < LINE_EVERY_MS) return;
    this.#lastMs = nowMs;
    process.stderr.write(`${this.#label}: ${done}${total === null ? "" : ` of ${total}`}\n`);
  }

  stop(): void {}
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
