import { DateTime } from "luxon";
import { assert } from "../kernel/assert.ts";
import { isDay, isTimeZone, startOfDay } from "../kernel/calendar.ts";
import { DAY_MS, HOUR_MS, type Instant, MINUTE_MS } from "../kernel/instant.ts";
import { Refusal } from "../kernel/refusal.ts";

/**
 * How a log writes its times. `detect`: ISO 8601, or a number that is taken for milliseconds or seconds since 1970 by
 * its size. `days`: whole days since the instant `since`, as logs that start at a course's start have them.
 */
export type TimeFormat =
  | { readonly kind: "detect" | "iso" | "ms" | "s" }
  | { readonly kind: "days"; readonly since: Instant };

export interface TimeReading {
  readonly format: TimeFormat;
  /** The IANA zone of times that name none. */
  readonly timeZone: string;
}

export const DETECT_TIME: TimeReading = { format: { kind: "detect" }, timeZone: "UTC" };

/** As the event API: nothing this product measures happened before. */
const EARLIEST_MS = Date.UTC(2000, 0, 1);
const LATEST_MS = Date.UTC(2100, 0, 1);

const NOT_ISO = "is not a time such as 2026-03-01T08:00:00Z";

const ISO =
  /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?)\s*(?:(Z|UTC)|([+-]\d{2}):?(\d{2})?)?)?$/;

/**
 * Reads `--time`: `detect`, `iso`, `ms`, `s`, or `days:2014-05-01` for whole days since the start of that day in `timeZone`.
 * @throws Refusal `input.invalid` on `time` or `timeZone`.
 */
export function parseTimeReading(format: string, timeZone: string): TimeReading {
  if (!isTimeZone(timeZone)) {
    throw new Refusal("input.invalid", { reason: "give an IANA time zone such as Asia/Shanghai" }, "timeZone");
  }
  const [kind = "", day = ""] = format.split(":");
  if (kind === "days" && isDay(day)) return { format: { kind, since: startOfDay(timeZone, day) }, timeZone };
  if ((kind === "detect" || kind === "iso" || kind === "ms" || kind === "s") && format === kind) {
    return { format: { kind }, timeZone };
  }
  throw new Refusal("input.invalid", { reason: "give detect, iso, ms, s or days:YYYY-MM-DD" }, "time");
}

/** The instant that `value` stands for, or in words why it stands for none. */
export function readEventTime(value: unknown, reading: TimeReading): Instant | string {
  const ms = toMilliseconds(typeof value === "string" ? value.trim() : value, reading);
  if (typeof ms === "string") return ms;
  if (ms < EARLIEST_MS || ms >= LATEST_MS) return "lies outside the years 2000 to 2099: check the time format";
  return new Date(ms);
}

function toMilliseconds(value: unknown, { format, timeZone }: TimeReading): number | string {
  const number = toNumber(value);
  switch (format.kind) {
    case "iso":
      return readIso(value, timeZone);
    case "ms":
      return number === null ? "is not a number of milliseconds" : Math.trunc(number);
    case "s":
      return number === null ? "is not a number of seconds" : Math.trunc(number * 1_000);
    case "days":
      return number === null || !Number.isInteger(number)
        ? "is not a whole number of days"
        : format.since.getTime() + number * DAY_MS;
    case "detect":
      // Seconds reach 1e11 in the year 5138, milliseconds were there in 1973.
      return number === null ? readIso(value, timeZone) : Math.trunc(number < 1e11 ? number * 1_000 : number);
  }
}

function toNumber(value: unknown): number | null {
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  return typeof value === "string" && /^-?\d+(\.\d+)?(e\+?\d+)?$/i.test(value) ? Number(value) : null;
}

/** A date alone is its first instant. */
function readIso(value: unknown, timeZone: string): number | string {
  const match = typeof value === "string" ? ISO.exec(value) : null;
  if (match === null) return NOT_ISO;
  const [, day, clock = "00:00", utc, offsetHours, offsetMinutes = "00"] = match;
  const local = `${day}T${clock.replace(",", ".")}`;
  if (utc === undefined && offsetHours === undefined && timeZone !== "UTC") return inZone(local, timeZone);
  const time = new Date(`${local}Z`);
  // NaN differs too. Date moves 30 February to March, which is refused.
  if (time.getUTCDate() !== Number(day!.slice(8))) return NOT_ISO;
  return offsetHours === undefined ? time.getTime() : time.getTime() - offsetMs(offsetHours, offsetMinutes);
}

function offsetMs(hours: string, minutes: string): number {
  const sign = hours.startsWith("-") ? -1 : 1;
  return Number(hours) * HOUR_MS + sign * Number(minutes) * MINUTE_MS;
}

/**
 * Ten times slower than UTC, so kept for logs that need it. A time that the zone skips is the one an hour later; of a
 * time that it repeats, the first is meant (luxon by itself takes the one whose offset today's date has).
 */
function inZone(local: string, timeZone: string): number | string {
  assert(isTimeZone(timeZone), "the zone of a log's times is a known IANA time zone");
  const time = DateTime.fromISO(local, { zone: timeZone });
  return time.isValid ? Math.min(...time.getPossibleOffsets().map((possible) => possible.toMillis())) : NOT_ISO;
}
