import { describe, expect, it } from "vitest";
import { readEventTime, type TimeFormat } from "../../src/imports/event-time-rules.ts";

const read = (value: unknown, format: TimeFormat = { kind: "detect" }, timeZone = "UTC") => {
  const time = readEventTime(value, { format, timeZone });
  return typeof time === "string" ? time : time.toISOString();
};

describe("the time of an event", () => {
  it.each<[unknown, string]>([
    ["2014-05-25", "2014-05-25T00:00:00.000Z"],
    ["2014-05-25T10:11:12Z", "2014-05-25T10:11:12.000Z"],
    ["2014-05-25T10:11:12.3456789Z", "2014-05-25T10:11:12.345Z"],
    ["2014-05-25 10:11", "2014-05-25T10:11:00.000Z"],
    ["2014-05-25 10:11:12,5 UTC", "2014-05-25T10:11:12.500Z"],
    ["2014-05-25T10:11:12+08:00", "2014-05-25T02:11:12.000Z"],
    ["2014-05-25T10:11:12-0330", "2014-05-25T13:41:12.000Z"],
    ["2014-05-25T23:30:00-01", "2014-05-26T00:30:00.000Z"],
    [" 2014-05-25 ", "2014-05-25T00:00:00.000Z"],
    [1_538_367_702_000, "2018-10-01T04:21:42.000Z"],
    ["1538367702000", "2018-10-01T04:21:42.000Z"],
    [1_538_367_702, "2018-10-01T04:21:42.000Z"],
    ["1538367702.25", "2018-10-01T04:21:42.250Z"],
    ["1.538367702e9", "2018-10-01T04:21:42.000Z"],
  ])("is detected in %j", (value, expected) => {
    expect(read(value)).toBe(expected);
  });

  it.each<[unknown, TimeFormat]>([
    ["yesterday", { kind: "detect" }],
    ["2014-02-30", { kind: "detect" }],
    ["2014-05-25T25:00:00", { kind: "detect" }],
    ["25/05/2014", { kind: "detect" }],
    [true, { kind: "detect" }],
    [Number.NaN, { kind: "detect" }],
    ["1538367702000", { kind: "iso" }],
    ["2014-05-25", { kind: "ms" }],
    ["2014-05-25", { kind: "s" }],
    ["1.5", { kind: "days", since: new Date("2014-05-25") }],
  ])("is refused in %j read as %j", (value, format) => {
    expect(read(value, format)).toMatch(/^is not a /);
  });

  it.each<[unknown, TimeFormat]>([
    [14, { kind: "detect" }],
    ["1970-01-01", { kind: "detect" }],
    [1_538_367_702, { kind: "ms" }],
    [1_538_367_702_000, { kind: "s" }],
  ])("%j read as %j is too far off to be believed", (value, format) => {
    expect(read(value, format)).toBe("lies outside the years 2000 to 2099: check the time format");
  });

  it("counts days from where the log starts", () => {
    expect(read("29", { kind: "days", since: new Date("2014-05-25T00:00:00Z") })).toBe("2014-06-23T00:00:00.000Z");
  });

  it.each([
    ["2026-03-01 08:00:00", "Asia/Shanghai", "2026-03-01T00:00:00.000Z"],
    ["2026-03-01T08:00:00Z", "Asia/Shanghai", "2026-03-01T08:00:00.000Z"],
    ["2026-07-01", "Europe/Berlin", "2026-06-30T22:00:00.000Z"],
    ["2026-03-29 02:30:00", "Europe/Berlin", "2026-03-29T01:30:00.000Z"],
    ["2026-10-25 02:30:00", "Europe/Berlin", "2026-10-25T00:30:00.000Z"],
  ])("%s in %s is %s", (value, timeZone, expected) => {
    expect(read(value, { kind: "detect" }, timeZone)).toBe(expected);
  });
});
