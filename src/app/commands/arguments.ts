import { InvalidArgumentError } from "commander";
import type { Day } from "../../kernel/calendar.ts";

/** Reads a day given on the command line. */
export function readDay(text: string): Day {
  const parsed = new Date(`${text}T00:00:00Z`);
  if (
    !/^\d{4}-\d{2}-\d{2}$/.test(text) ||
    Number.isNaN(parsed.getTime()) ||
    parsed.toISOString().slice(0, 10) !== text
  ) {
    throw new InvalidArgumentError("Give a day as YYYY-MM-DD, such as 2017-02-01.");
  }
  return text;
}

/** Reads a whole number of at least 1. */
export function readCount(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError("Give a whole number from 1 on.");
  return Number(text);
}
