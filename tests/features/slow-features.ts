import { OWN_KINDS } from "../../src/events/tracking-plan-catalogue.ts";
import { FEATURES, type Measure, NEVER_DAYS } from "../../src/features/feature-catalogue.ts";
import { addDays, type Day, daysBetween } from "../../src/kernel/calendar.ts";

export interface DayCount {
  readonly member: string;
  readonly day: Day;
  readonly kind: string;
  readonly count: number;
}

/** The catalogue's features by reading its definitions aloud: what the compiled statement is compared with. */
export function slowFeatures(
  history: readonly DayCount[],
  asOf: Day,
  withinDays: number | null,
): Map<string, number[]> {
  const members = [...new Set(history.map((row) => row.member))].sort();
  const vectors = new Map<string, number[]>();
  for (const member of members) {
    const known = history.filter((row) => row.member === member && row.day <= asOf);
    const ownDays = activeDays(known, OWN_KINDS);
    if (known.length === 0) continue;
    if (withinDays !== null && !ownDays.some((day) => daysBetween(day, asOf) < withinDays)) continue;
    vectors.set(
      member,
      FEATURES.map(({ measure }) => slowMeasure(known, asOf, measure)),
    );
  }
  return vectors;
}

function slowMeasure(known: readonly DayCount[], asOf: Day, measure: Measure): number {
  const days = activeDays(known, measure.kinds);
  const total = (from: Day | null) =>
    known
      .filter((row) => (measure.kinds as readonly string[]).includes(row.kind) && (from === null || row.day >= from))
      .reduce((sum, row) => sum + row.count, 0);
  const firstOf = (window: number | null) => (window === null ? null : addDays(asOf, 1 - window));
  const since = (day: Day | undefined) =>
    day === undefined ? NEVER_DAYS : Math.min(daysBetween(day, asOf), NEVER_DAYS);
  switch (measure.of) {
    case "count":
      return total(firstOf(measure.days));
    case "active-days":
      return days.filter((day) => day >= (firstOf(measure.days) ?? day)).length;
    case "active-weeks":
      return new Set(days.map((day) => Math.floor(daysBetween(day, asOf) / 7)).filter((week) => week < measure.weeks))
        .size;
    case "days-since-last":
      return since(days.at(-1));
    case "days-since-last-but-one":
      return since(days.at(-2));
    case "days-since-first":
      return days.length === 0 ? 0 : daysBetween(days[0]!, asOf);
    case "count-per-active-day":
      return days.length === 0 ? 0 : total(null) / days.length;
  }
}

function activeDays(known: readonly DayCount[], kinds: readonly string[]): Day[] {
  return [...new Set(known.filter((row) => kinds.includes(row.kind)).map((row) => row.day))].sort();
}
