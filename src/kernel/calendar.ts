import { DateTime, IANAZone } from "luxon";
import { assert } from "./assert.ts";
import { DAY_MS, type Instant } from "./instant.ts";

/** A calendar day, `YYYY-MM-DD`, in whichever zone it was taken. */
export type Day = string;

/** Whether `text` is a day of the calendar, as {@link Day} writes it. */
export function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && DateTime.fromISO(text, { zone: "utc" }).isValid;
}

/** Whether `zone` is an IANA time zone that this runtime knows. An offset such as `+08:00` is none: it has no daylight saving. */
export function isTimeZone(zone: string): boolean {
  return /^[A-Za-z]/.test(zone) && IANAZone.isValidZone(zone);
}

/** The calendar day on which `instant` falls in `zone`. */
export function dayIn(zone: string, instant: Instant): Day {
  return localTime(zone, instant).toFormat("yyyy-MM-dd");
}

/** The first instant of `day` in `zone` (a day that starts with a skipped hour starts after the gap). */
export function startOfDay(zone: string, day: Day): Instant {
  assert(isDay(day), "the day is YYYY-MM-DD");
  const local = DateTime.fromISO(day, { zone: known(zone) }).startOf("day");
  assert(local.isValid, "the zone is a known IANA time zone");
  // Where midnight comes twice, Luxon takes the later one or the earlier as it pleases: the day begins with the first.
  const [first] = local.getPossibleOffsets();
  return (first ?? local).toJSDate();
}

/** The wall-clock time in `zone`, as minutes since midnight (0–1439). */
export function minuteOfDay(zone: string, instant: Instant): number {
  const local = localTime(zone, instant);
  return local.hour * 60 + local.minute;
}

/** `day` moved by whole calendar days. */
export function addDays(day: Day, days: number): Day {
  return midnightUtc(day).plus({ days }).toFormat("yyyy-MM-dd");
}

/** Whole calendar days from `from` to `to`; negative when `to` is earlier. */
export function daysBetween(from: Day, to: Day): number {
  return Math.round((midnightUtc(to).toMillis() - midnightUtc(from).toMillis()) / DAY_MS);
}

function midnightUtc(day: Day): DateTime {
  assert(isDay(day), "the day is YYYY-MM-DD");
  return DateTime.fromISO(day, { zone: "utc" });
}

function localTime(zone: string, instant: Instant): DateTime {
  const local = DateTime.fromJSDate(instant, { zone: known(zone) });
  assert(local.isValid, "the zone is a known IANA time zone and the instant a time");
  return local;
}

/** About 600 zones exist, and their names may be written in any case: members must not fill the memory with spellings. */
const SPELLINGS_MAX = 1_000;
const spellings = new Set<string>();

/** `zone`, after making room for it: Luxon keeps a formatter for every spelling of a zone that it meets, for good. */
function known(zone: string): string {
  if (spellings.has(zone)) return zone;
  if (spellings.size === SPELLINGS_MAX) {
    IANAZone.resetCache();
    spellings.clear();
  }
  spellings.add(zone);
  return zone;
}
