import { describe, expect, it } from "vitest";
import { type SkipReason, sleeps, whyNoMail, whyNotTold } from "../../src/nudges/delivery-rules.ts";

const NIGHT = { from: 22 * 60, until: 8 * 60 };
const reachable = { suspended: false, consentsToNudges: true, consentsToEmail: true, emailCipher: "k1.x" };

describe("whyNotTold and whyNoMail", () => {
  it.each<[string, Partial<typeof reachable> | { emailCipher: null }, boolean, SkipReason | null, SkipReason | null]>([
    ["somebody who said yes to all", {}, true, null, null],
    ["somebody suspended", { suspended: true }, true, "suspended", "suspended"],
    ["somebody who opted out", { consentsToNudges: false }, true, "no-consent", "no-consent"],
    ["somebody who never agreed to e-mail", { consentsToEmail: false }, true, null, "no-consent"],
    ["somebody without an address", { emailCipher: null }, true, null, "no-address"],
    ["a past day", {}, false, null, "past-day"],
    ["a past day of somebody who opted out", { consentsToNudges: false }, false, "no-consent", "no-consent"],
  ])("for %s", (_what, change, live, notTold, noMail) => {
    const addressee = { ...reachable, ...change };
    expect({ notTold: whyNotTold(addressee), noMail: whyNoMail(addressee, live) }).toEqual({ notTold, noMail });
  });
});

describe("sleeps", () => {
  it.each([
    ["Asia/Shanghai", "2026-03-01T13:59:59Z", false, "21:59"],
    ["Asia/Shanghai", "2026-03-01T14:00:00Z", true, "22:00"],
    ["Asia/Shanghai", "2026-03-01T16:30:00Z", true, "00:30 on the next day"],
    ["Asia/Shanghai", "2026-03-02T00:00:00Z", false, "08:00"],
    ["Asia/Kathmandu", "2026-03-01T16:14:59Z", false, "21:59, at +05:45"],
    ["Asia/Kathmandu", "2026-03-01T16:15:00Z", true, "22:00, at +05:45"],
    // Clocks go forward: 02:00 becomes 03:00, and the morning comes an hour earlier.
    ["America/New_York", "2026-03-07T12:59:00Z", true, "07:59 the day before"],
    ["America/New_York", "2026-03-08T06:59:59Z", true, "01:59, the last minute before the gap"],
    ["America/New_York", "2026-03-08T07:00:00Z", true, "03:00, the first after it"],
    ["America/New_York", "2026-03-08T11:59:59Z", true, "07:59"],
    ["America/New_York", "2026-03-08T12:00:00Z", false, "08:00"],
    // Clocks go back: 02:00 becomes 01:00, and the night is an hour longer.
    ["America/New_York", "2026-11-01T05:30:00Z", true, "01:30 for the first time"],
    ["America/New_York", "2026-11-01T06:30:00Z", true, "01:30 for the second time"],
    ["America/New_York", "2026-11-01T12:30:00Z", true, "07:30, when it was 08:30 a day before"],
    ["America/New_York", "2026-11-01T13:00:00Z", false, "08:00"],
    ["America/New_York", "2026-11-02T02:59:59Z", false, "21:59"],
    ["America/New_York", "2026-11-02T03:00:00Z", true, "22:00"],
  ])("in %s at %s: %s (%s)", (timeZone, instant, asleep) => {
    expect(sleeps({ timeZone }, NIGHT, new Date(instant))).toBe(asleep);
  });

  it("knows quiet hours that fall into the hour that comes twice, or never", () => {
    const quiet = { from: 60, until: 120 };
    const at = (instant: string) => sleeps({ timeZone: "America/New_York" }, quiet, new Date(instant));
    expect(["2026-11-01T05:00:00Z", "2026-11-01T06:59:00Z", "2026-11-01T07:00:00Z"].map(at)).toEqual([
      true,
      true,
      false,
    ]);
    const lost = { from: 120, until: 180 };
    const instants = Array.from({ length: 24 * 60 }, (_, minute) => new Date(Date.UTC(2026, 2, 8, 5, minute)));
    expect(instants.some((instant) => sleeps({ timeZone: "America/New_York" }, lost, instant))).toBe(false);
  });
});
