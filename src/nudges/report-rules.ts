import { type Day, daysBetween, isDay } from "../kernel/calendar.ts";
import { Refusal } from "../kernel/refusal.ts";

/** Days of decisions, both included. */
export interface Span {
  readonly from: Day;
  readonly to: Day;
}

const SPAN_DAYS_MAX = 366;

/** Reads a span from untrusted texts. @throws Refusal `input.invalid` naming the end at fault. */
export function readSpan({ from, to }: Span): Span {
  for (const [field, day] of [["from", from] as const, ["to", to] as const]) {
    if (!isDay(day)) throw new Refusal("input.invalid", { reason: "give a day as YYYY-MM-DD" }, field);
  }
  const days = daysBetween(from, to) + 1;
  if (days < 1 || days > SPAN_DAYS_MAX) {
    throw new Refusal("input.invalid", { reason: `give from 1 to ${SPAN_DAYS_MAX} days, the first one first` }, "to");
  }
  return { from, to };
}
