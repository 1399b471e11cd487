import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MESSAGE_BYTES_MAX, readMessage } from "../../src/events/event-rules.ts";
import { kindNamed, OWN_KINDS, TRACKING_PLAN } from "../../src/events/tracking-plan-catalogue.ts";
import { NOW } from "./signals-builders.ts";

function eventOf(message: object, sentAt?: unknown) {
  const read = readMessage(
    { type: "track", event: "Lesson Started", userId: "u1", messageId: "m1", ...message },
    NOW,
    sentAt,
  );
  if (read.kind !== "event") throw new Error(`not an event: ${JSON.stringify(read)}`);
  return read.event;
}

function nested(depth: number): unknown {
  return JSON.parse("[".repeat(depth) + "]".repeat(depth));
}

describe("reading a message", () => {
  it("takes a track call whose event the plan names, however it is spelt", () => {
    for (const event of ["Lesson Started", "lesson_started", "lesson.started", "lessonStarted", " LESSON-STARTED "]) {
      expect(eventOf({ event }).kind).toBe("lesson.started");
    }
    expect(eventOf({ event: "Order Completed" }).kind).toBe("purchase.completed");
  });

  it("keeps an event that the plan does not name as custom, with its name", () => {
    expect(eventOf({ event: "Plushie Hugged", properties: { size: 2 } })).toMatchObject({
      kind: "custom",
      properties: { size: 2, event: "Plushie Hugged" },
    });
  });

  it("takes page and screen calls as views, and ignores calls that tell it nothing", () => {
    expect(eventOf({ type: "page", event: undefined }).kind).toBe("page.viewed");
    expect(eventOf({ type: "screen", event: undefined }).kind).toBe("page.viewed");
    expect(readMessage({ type: "identify", userId: "u1", traits: {} }, NOW)).toEqual({
      kind: "ignored",
      type: "identify",
    });
  });

  it.each([
    ["a past time as it is", { timestamp: "2026-03-01T08:00:00Z" }, "2026-03-01T08:00:00.000Z"],
    ["a time with an offset", { timestamp: "2026-03-01T08:00:00+08:00" }, "2026-03-01T00:00:00.000Z"],
    ["milliseconds since 1970", { timestamp: Date.UTC(2026, 2, 1) }, "2026-03-01T00:00:00.000Z"],
    ["no time as the time received", {}, "2026-03-02T12:00:00.000Z"],
    ["a future time as the time received", { timestamp: "2031-01-01T00:00:00Z" }, "2026-03-02T12:00:00.000Z"],
    [
      "a clock ten minutes slow, set right by sentAt",
      { timestamp: "2026-03-02T11:40:00Z", sentAt: "2026-03-02T11:50:00Z" },
      "2026-03-02T11:50:00.000Z",
    ],
    [
      "a clock a year ahead, set right by sentAt",
      { timestamp: "2027-03-02T11:00:00Z", sentAt: "2027-03-02T12:00:00Z" },
      "2026-03-02T11:00:00.000Z",
    ],
  ])("reads %s", (_what, fields, occurredAt) => {
    expect(eventOf(fields).occurredAt.toISOString()).toBe(occurredAt);
  });

  it("gives a message without an id the hash of its content, so that a retry meets itself", () => {
    const first = eventOf({ messageId: undefined });
    expect(eventOf({ messageId: undefined }).messageId).toBe(first.messageId);
    expect(eventOf({ messageId: undefined, event: "login" }).messageId).not.toBe(first.messageId);
  });

  it.each([
    ["something that is no object", 42, "", "JSON object"],
    ["a track call without a name", { type: "track", userId: "u" }, "event", "names its event"],
    ["an unknown type", { type: "tracc", event: "x", userId: "u" }, "type", "one of"],
    ["nobody's event", { event: "login" }, "userId", "userId or anonymousId"],
    ["an unreadable time", { event: "login", userId: "u", timestamp: "yesterday" }, "timestamp", "ISO 8601"],
    ["a time before 2000", { event: "login", userId: "u", timestamp: "1999-12-31T23:59:59Z" }, "timestamp", "2000"],
    ["properties that are a list", { event: "login", userId: "u", properties: [] }, "properties", "object"],
    ["an id that is an object", { event: "login", userId: { id: 1 } }, "userId", "string"],
    ["an endless id", { event: "login", userId: "u", messageId: "x".repeat(300) }, "messageId", "255"],
    ["NUL", { event: "login", userId: "u\u0000" }, "", "\\u0000"],
    ["half a surrogate pair", { event: "login", userId: "u", properties: { x: "\ud800" } }, "", "surrogate"],
    [
      "too large a message",
      { event: "login", userId: "u", properties: { x: "字".repeat(MESSAGE_BYTES_MAX / 2) } },
      "",
      "bytes",
    ],
    ["too deep a message", { event: "login", userId: "u", properties: { x: nested(50) } }, "properties", "deep"],
  ])("refuses %s, naming the field", (_what, message, field, problem) => {
    expect(readMessage(message, NOW)).toMatchObject({
      kind: "malformed",
      problems: expect.arrayContaining([{ field, problem: expect.stringContaining(problem) }]),
    });
  });

  it("lets text through that only looks like an escaped NUL", () => {
    expect(eventOf({ properties: { path: "C:\\u0000" } }).properties).toEqual({ path: "C:\\u0000" });
  });

  it("names every problem of a message at once", () => {
    expect(readMessage({ type: "track", timestamp: "?", properties: 1 }, NOW)).toMatchObject({
      problems: [{ field: "event" }, { field: "properties" }, { field: "timestamp" }, { field: "userId" }],
    });
  });

  it("never throws, and never lets an event happen after it was received", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), fc.jsonValue(), (timestamp, sentAt, userId) => {
        const read = readMessage({ type: "track", event: "login", timestamp, userId }, NOW, sentAt);
        expect(read.kind === "event" ? read.event.occurredAt.getTime() : 0).toBeLessThanOrEqual(NOW.getTime());
      }),
    );
  });
});

describe("the tracking plan", () => {
  it("names each kind once, in both languages", () => {
    const kinds = TRACKING_PLAN.map((entry) => entry.kind);
    expect(new Set(kinds).size).toBe(kinds.length);
    for (const entry of TRACKING_PLAN) {
      expect(kindNamed(entry.kind)).toBe(entry.kind);
      expect(entry.name["zh-CN"]).toMatch(/\p{Script=Han}/u);
    }
  });

  it("counts as active what a member did, not what happened to them", () => {
    expect(OWN_KINDS).toContain("answer.posted");
    for (const kind of ["answer.received", "badge.awarded", "member.joined", "answer.accepted", "custom"] as const) {
      expect(OWN_KINDS).not.toContain(kind);
    }
  });
});
