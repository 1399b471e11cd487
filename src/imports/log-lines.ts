import type { UnreadableRecord } from "./row-batches.ts";

/** A line of a text file, counted from 1. */
export interface Line {
  readonly row: number;
  readonly text: string;
}

/** Bounds the memory: an event of a megabyte is none. */
export const LINE_CHARS_MAX = 1_048_576;

/** Cuts text that comes in pieces into lines, without their ends and without a byte order mark. */
export class LineSplitter {
  private pending = "";
  private row = 0;
  private skippingLine = false;

  split(text: string): (Line | UnreadableRecord)[] {
    const pieces = (this.pending + text).split("\n");
    this.pending = pieces.pop()!;
    const lines = pieces.map((piece) => this.endLine(piece));
    if (this.pending.length > LINE_CHARS_MAX) {
      this.skippingLine = true;
      this.pending = "";
    }
    return lines;
  }

  /** The rest, with the last line when the file does not end with a line end. */
  finish(text: string): (Line | UnreadableRecord)[] {
    const lines = this.split(text);
    return this.pending === "" && !this.skippingLine ? lines : [...lines, this.endLine(this.pending)];
  }

  private endLine(piece: string): Line | UnreadableRecord {
    this.row += 1;
    if (this.skippingLine || piece.length > LINE_CHARS_MAX) {
      this.skippingLine = false;
      return { row: this.row, malformed: `is longer than ${LINE_CHARS_MAX} characters` };
    }
    const text = piece.endsWith("\r") ? piece.slice(0, -1) : piece;
    return { row: this.row, text: this.row === 1 ? text.replace(/^\uFEFF/, "") : text };
  }
}
