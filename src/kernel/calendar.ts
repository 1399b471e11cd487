import { DateTime, IANAZone } from "luxon";
import { assert } from "./assert.ts";
import type { Instant } from "./instant.ts";

/** A calendar day, `YYYY-MM-DD`, in whichever zone it was taken. */
export type Day = string;

/** Whether `zone` is an IANA time zone that this runtime knows. */
export function isTimeZone(zone: string): boolean {
  return IANAZone.isValidZone(zone);
}

/** The calendar day on which `instant` falls in `zone`. */
export function dayIn(zone: string, instant: Instant): Day {
  const local = DateTime.fromJSDate(instant, { zone });
  assert(local.isValid, "the zone is a known IANA time zone");
  return local.toFormat("yyyy-MM-dd");
}

/** The first instant of `day` in `zone` (a day that starts with a skipped hour starts after the gap). */
export function startOfDay(zone: string, day: Day): Instant {
  const local = DateTime.fromISO(day, { zone });
  assert(local.isValid, "the day is YYYY-MM-DD and the zone a known IANA time zone");
  return local.startOf("day").toJSDate();
}

/** The wall-clock time in `zone`, as minutes since midnight (0–1439). */
export function minuteOfDay(zone: string, instant: Instant): number {
  const local = DateTime.fromJSDate(instant, { zone });
  assert(local.isValid, "the zone is a known IANA time zone");
  return local.hour * 60 + local.minute;
}

/** `day` moved by whole calendar days. */
export function addDays(day: Day, days: number): Day {
  return DateTime.fromISO(day, { zone: "utc" }).plus({ days }).toFormat("yyyy-MM-dd");
}

/** Whole calendar days from `from` to `to`; negative when `to` is earlier. */
export function daysBetween(from: Day, to: Day): number {
  return Math.round(
    (DateTime.fromISO(to, { zone: "utc" }).toMillis() - DateTime.fromISO(from, { zone: "utc" }).toMillis()) /
      86_400_000,
  );
}
