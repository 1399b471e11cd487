import fc from "fast-check";
import { IANAZone } from "luxon";
import { describe, expect, it } from "vitest";
import {
  addDays,
  type Day,
  dayIn,
  daysBetween,
  isDay,
  isTimeZone,
  minuteOfDay,
  startOfDay,
} from "../../src/kernel/calendar.ts";
import { addMs, DAY_MS, HOUR_MS } from "../../src/kernel/instant.ts";

const at = (text: string) => new Date(text);
const ZONES = [
  "UTC",
  "Asia/Shanghai",
  "America/New_York",
  "Europe/Berlin",
  "Australia/Lord_Howe",
  "America/Sao_Paulo",
  "America/Havana",
  "Asia/Kathmandu",
  "Pacific/Apia",
  "Pacific/Kiritimati",
];
const zones = fc.constantFrom(...ZONES);
const instants = fc.date({ min: at("1971-01-01T00:00:00Z"), max: at("2036-12-31T00:00:00Z"), noInvalidDate: true });
const days = instants.map((instant): Day => instant.toISOString().slice(0, 10));

describe("dayIn", () => {
  it.each([
    ["Asia/Shanghai", "2026-03-01T15:59:59.999Z", "2026-03-01"],
    ["Asia/Shanghai", "2026-03-01T16:00:00.000Z", "2026-03-02"],
    ["America/New_York", "2026-03-02T04:59:59.999Z", "2026-03-01"],
    ["Pacific/Kiritimati", "2026-02-28T10:00:00.000Z", "2026-03-01"],
    ["Asia/Kathmandu", "2026-03-01T18:14:59.999Z", "2026-03-01"],
    // On the spring day in New York the offset is another in the evening than in the morning; in autumn likewise.
    ["America/New_York", "2026-03-08T04:59:59.999Z", "2026-03-07"],
    ["America/New_York", "2026-03-09T03:59:59.999Z", "2026-03-08"],
    ["America/New_York", "2026-11-01T03:59:59.999Z", "2026-10-31"],
    ["America/New_York", "2026-11-02T04:59:59.999Z", "2026-11-01"],
    // Samoa left 30 December 2011 out.
    ["Pacific/Apia", "2011-12-30T09:59:59.999Z", "2011-12-29"],
    ["Pacific/Apia", "2011-12-30T10:00:00.000Z", "2011-12-31"],
  ])("in %s at %s is %s", (zone, instant, day) => {
    expect(dayIn(zone, at(instant))).toBe(day);
  });
});

describe("startOfDay", () => {
  it.each([
    ["Asia/Shanghai", "2026-03-02", "2026-03-01T16:00:00.000Z", 24],
    ["America/New_York", "2026-03-08", "2026-03-08T05:00:00.000Z", 23],
    ["America/New_York", "2026-11-01", "2026-11-01T04:00:00.000Z", 25],
    ["Europe/Berlin", "2026-03-29", "2026-03-28T23:00:00.000Z", 23],
    ["Europe/Berlin", "2026-10-25", "2026-10-24T22:00:00.000Z", 25],
    ["Australia/Lord_Howe", "2026-04-05", "2026-04-04T13:00:00.000Z", 24.5],
    // Midnight itself is skipped: the day begins at one o'clock.
    ["America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00.000Z", 23],
    ["Asia/Beirut", "2022-03-27", "2022-03-26T22:00:00.000Z", 23],
    // The hour before midnight comes twice: the day before is the long one.
    ["America/Sao_Paulo", "2018-02-17", "2018-02-17T02:00:00.000Z", 25],
    ["America/Sao_Paulo", "2018-02-18", "2018-02-18T03:00:00.000Z", 24],
    // Midnight comes twice: the day begins with the first.
    ["America/Havana", "2023-11-05", "2023-11-05T04:00:00.000Z", 25],
    ["Asia/Amman", "2021-10-29", "2021-10-28T21:00:00.000Z", 25],
  ])("in %s of %s is %s, and it has %d hours", (zone, day, start, hours) => {
    const begin = startOfDay(zone, day);
    expect(begin.toISOString()).toBe(start);
    expect((startOfDay(zone, addDays(day, 1)).getTime() - begin.getTime()) / HOUR_MS).toBe(hours);
  });

  it("is on its day, and the moment before on the day before", () => {
    fc.assert(
      fc.property(zones, instants, (zone, instant) => {
        const day = dayIn(zone, instant);
        const start = startOfDay(zone, day);
        expect(start.getTime()).toBeLessThanOrEqual(instant.getTime());
        expect(dayIn(zone, start)).toBe(day);
        expect(dayIn(zone, addMs(start, -1)) < day).toBe(true);
        expect(instant.getTime() - start.getTime()).toBeLessThan(DAY_MS + 2 * HOUR_MS);
      }),
      { seed: 1, numRuns: 400 },
    );
  });
});

describe("minuteOfDay", () => {
  it.each([
    ["Asia/Shanghai", "2026-03-01T16:00:00.000Z", 0],
    ["Asia/Shanghai", "2026-03-01T15:59:59.999Z", 1_439],
    ["Asia/Kathmandu", "2026-03-01T00:00:00.000Z", 345],
    ["America/New_York", "2026-03-08T06:59:00.000Z", 119],
    ["America/New_York", "2026-03-08T07:00:00.000Z", 180],
    ["America/New_York", "2026-11-01T05:30:00.000Z", 90],
    ["America/New_York", "2026-11-01T06:30:00.000Z", 90],
  ])("in %s at %s is %d", (zone, instant, minute) => {
    expect(minuteOfDay(zone, at(instant))).toBe(minute);
  });
});

describe("days of the calendar", () => {
  it("are moved and counted as days, whatever the clocks do", () => {
    expect(addDays("2024-02-28", 1)).toBe("2024-02-29");
    expect(addDays("2026-01-01", -1)).toBe("2025-12-31");
    expect(daysBetween("2026-03-07", "2026-03-09")).toBe(2);
    fc.assert(
      fc.property(days, fc.integer({ min: -5_000, max: 5_000 }), (day, count) => {
        const moved = addDays(day, count);
        expect(daysBetween(day, moved)).toBe(count);
        expect(addDays(moved, -count)).toBe(day);
        expect(moved > day).toBe(count > 0);
      }),
      { seed: 1 },
    );
  });

  it.each(["", "2026-3-1", "2026-02-30", "2026-03-01T00:00:00Z", "20260301", "tomorrow", "12026-01-01", "2026-W10"])(
    "are not %j",
    (text) => {
      expect(isDay(text)).toBe(false);
      expect(() => addDays(text, 1)).toThrow(/Invariant/);
      expect(() => daysBetween("2026-01-01", text)).toThrow(/Invariant/);
      expect(() => startOfDay("UTC", text)).toThrow(/Invariant/);
    },
  );
});

describe("isTimeZone", () => {
  it.each(ZONES)("takes %s", (zone) => {
    expect(isTimeZone(zone)).toBe(true);
  });

  it.each(["", "Mars/Olympus", "+08:00", "-0500", "UTC+8", "Asia/Shanghai\n", "local", "system", "'; select 1"])(
    "refuses %j",
    (zone) => {
      expect(isTimeZone(zone)).toBe(false);
    },
  );

  it("is asked before a zone is used: an unknown one is a bug", () => {
    expect(() => dayIn("Mars/Olympus", at("2026-03-01T00:00:00Z"))).toThrow(/Invariant/);
    expect(() => startOfDay("Mars/Olympus", "2026-03-01")).toThrow(/Invariant/);
    expect(() => minuteOfDay("UTC", at("never"))).toThrow(/Invariant/);
  });

  it("does not keep a formatter for every spelling that it meets: 33 kB each were measured", () => {
    const instant = at("2026-03-01T00:00:00Z");
    const name = "america/argentina/comodrivadavia";
    const spelled = (bits: number) =>
      [...name].map((letter, index) => ((bits >> index) & 1 ? letter.toUpperCase() : letter)).join("");
    dayIn(spelled(1), instant);
    const kept = IANAZone.create(spelled(1));
    expect(IANAZone.create(spelled(1))).toBe(kept);
    for (let bits = 2; bits < 2_500; bits += 1) expect(dayIn(spelled(bits), instant)).toBe("2026-02-28");
    expect(IANAZone.create(spelled(1))).not.toBe(kept);
    expect(dayIn("Asia/Shanghai", instant)).toBe("2026-03-01");
  });
});
