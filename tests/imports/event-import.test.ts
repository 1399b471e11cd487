import { describe, expect, it } from "vitest";
import { communityById } from "../../src/identity/community-queries.ts";
import { type EventImport, importEvents } from "../../src/imports/event-import.ts";
import { parseEventMapping, parseKindNames } from "../../src/imports/event-mapping-rules.ts";
import { parseTimeReading } from "../../src/imports/event-time-rules.ts";
import type { ImportReport } from "../../src/imports/run-import.ts";
import type { Id } from "../../src/kernel/ids.ts";
import { rollUpAll } from "../events/signals-builders.ts";
import { refusalOf } from "../support/content-builders.ts";
import { useDatabase } from "../support/test-database.ts";
import { anEmptyCommunity, aViewer } from "../support/value-builders.ts";
import { useFolder } from "./import-files.ts";
import { importedState } from "./import-state.ts";

const test = useDatabase();
const folder = useFolder();
const NOW = new Date("2026-03-01T08:00:00.000Z");
const LATER = new Date("2026-03-02T08:00:00.000Z");

async function importLog(
  communityId: Id,
  path: string,
  { now = NOW, ...options }: Partial<EventImport> & { now?: Date } = {},
): Promise<ImportReport> {
  const community = (await communityById(test.db.system, communityId))!;
  const outcome = await importEvents(test.db, { path, reading: {}, community, createMembers: true, ...options }, now);
  if (outcome.kind !== "imported") throw new Error(outcome.kind);
  return outcome;
}

const eventsOf = (communityId: Id) =>
  test.rows(
    `select e.message_id, e.kind, e.properties, e.anonymous_id, m.display_name as member
     from events e left join members m on m.community_id = e.community_id and m.id = e.member_id
     where e.community_id = $1 order by e.occurred_at, e.message_id`,
    [communityId],
  );

const LOG = [
  {
    messageId: "m1",
    userId: "u1",
    event: "Lesson Started",
    timestamp: "2026-02-01T08:00:00Z",
    properties: { lesson: 3 },
  },
  { messageId: "m2", userId: "u1", event: "Cat Petted", timestamp: "2026-01-31T08:00:00Z" },
  { messageId: "m3", anonymousId: "a1", type: "page", timestamp: "2026-02-02T08:00:00Z" },
  { messageId: "m4", userId: "u2", event: "login", timestamp: "2026-02-03T08:00:00Z" },
  { messageId: "m4", userId: "u2", event: "login", timestamp: "2026-02-03T08:00:00Z" },
  { userId: "u1", type: "identify", timestamp: "2026-02-03T08:00:00Z" },
  { messageId: "m5", userId: "u1", event: "login", timestamp: "2026-03-01T09:00:00Z" },
  { messageId: "m6", userId: "u1", event: "login" },
];
const LINES = `${LOG.map((message) => JSON.stringify(message)).join("\n")}\nnot JSON\n`;

describe("an import of events", () => {
  it("calls members what the log calls them, as far as others may be shown it", async () => {
    const communityId = await anEmptyCommunity(test, NOW);
    const users = ["Ada\u202e\nLovelace", "\u2067", "名".repeat(100)];
    const lines = users.map((userId) => JSON.stringify({ userId, event: "login", timestamp: "2026-02-01T08:00:00Z" }));
    await importLog(communityId, await folder.write("names.jsonl", lines.join("\n")));
    const rows = await test.rows("select display_name from members where community_id = $1 order by 1", [communityId]);
    expect(rows.map((row) => row.display_name).sort()).toEqual(["Ada Lovelace", "Member", "名".repeat(80)]);
  });

  it("stores what a log tells, makes members of its users, and accounts for every row", async () => {
    const communityId = await anEmptyCommunity(test, NOW);
    const report = await importLog(communityId, await folder.write("log.jsonl", LINES));
    expect(report.parts).toEqual({
      rows: {
        read: 9,
        imported: 4,
        alreadyThere: 1,
        leftOut: {
          "type identify, which is no event": 1,
          "malformed: its time lies in the future": 1,
          "malformed: has no time": 1,
          "malformed: is not JSON": 1,
        },
      },
    });
    expect(report).toMatchObject({ made: { events: 4, members: 2 }, broken: 3 });
    expect(await eventsOf(communityId)).toEqual([
      { message_id: "m2", kind: "custom", properties: { event: "Cat Petted" }, anonymous_id: null, member: "u1" },
      { message_id: "m1", kind: "lesson.started", properties: { lesson: 3 }, anonymous_id: null, member: "u1" },
      { message_id: "m3", kind: "page.viewed", properties: {}, anonymous_id: "a1", member: null },
      { message_id: "m4", kind: "login", properties: {}, anonymous_id: null, member: "u2" },
    ]);
    const letters = await test.rows(
      "select reference from dead_letters where community_id = $1 and source = 'import' order by reference",
      [communityId],
    );
    expect(letters.map(({ reference }) => reference)).toEqual([
      "log.jsonl, row 7",
      "log.jsonl, row 8",
      "log.jsonl, row 9",
    ]);
  });

  it("dates members by the first that was seen of them, in whatever order the log is", async () => {
    const communityId = await anEmptyCommunity(test, NOW);
    await importLog(communityId, await folder.write("late.jsonl", JSON.stringify(LOG[0])));
    await importLog(communityId, await folder.write("early.jsonl", JSON.stringify(LOG[1])));
    const [member] = await test.rows("select joined_at from members where community_id = $1", [communityId]);
    expect(member).toEqual({ joined_at: new Date("2026-01-31T08:00:00Z") });
  });

  it("changes nothing when it is done again", async () => {
    const communityId = await anEmptyCommunity(test, NOW);
    const path = await folder.write("again.jsonl", LINES);
    await importLog(communityId, path);
    const before = await importedState(test, communityId);
    const again = await importLog(communityId, path, { now: LATER });
    // An hour after it was first read, what lay in the future has come.
    expect(again.parts.rows).toMatchObject({ read: 9, imported: 1, alreadyThere: 5 });
    expect((await importLog(communityId, path, { now: LATER })).made).toEqual({});
    const { events, ...after } = await importedState(test, communityId);
    expect(after).toEqual({ ...before, events: undefined });
    expect(events).toMatch(/^5 rows/);
  });

  it("finds the members whom the platform's ids name, by its own ids and by ours", async () => {
    const communityId = await anEmptyCommunity(test, NOW);
    const { memberId } = await aViewer(test, communityId, NOW);
    const line = JSON.stringify({ userId: memberId, event: "login", timestamp: "2026-02-01T08:00:00Z" });
    const report = await importLog(communityId, await folder.write("ours.jsonl", line));
    expect(report.made).toEqual({ events: 1 });
    expect(await test.rows("select member_id from events where community_id = $1", [communityId])).toEqual([
      { member_id: memberId },
    ]);
  });

  it("keeps events for users whom nobody knows when no members are to be made, and gives them to those who come", async () => {
    const communityId = await anEmptyCommunity(test, NOW);
    const first = await importLog(communityId, await folder.write("waiting.jsonl", JSON.stringify(LOG[0])), {
      createMembers: false,
    });
    expect(first.made).toEqual({ events: 1 });
    expect((await eventsOf(communityId)).map(({ member }) => member)).toEqual([null]);
    await importLog(communityId, await folder.write("coming.jsonl", JSON.stringify(LOG[1])));
    expect((await eventsOf(communityId)).map(({ member }) => member)).toEqual(["u1", "u1"]);
  });

  it("turns a table of counts into as many events, which the days then count", async () => {
    const communityId = await anEmptyCommunity(test, NOW);
    const table = "enrollment_id,day,video,problem\n7,0,3,0\n7,2,250,1\n8,1,0,0\n8,2,1001,4\n";
    const report = await importLog(communityId, await folder.write("daily.csv", table), {
      reading: {
        mapping: parseEventMapping("occurredAt=day,counts=video+problem"),
        kindNames: parseKindNames("video=video.watched,problem=quiz.submitted"),
        time: parseTimeReading("days:2025-05-01", "Asia/Shanghai"),
      },
    });
    expect(report.parts.rows).toEqual({
      read: 4,
      imported: 2,
      alreadyThere: 0,
      leftOut: { "counts nothing": 1, "malformed: counts more than 1000 at once": 1 },
    });
    expect(report.made).toEqual({ events: 254, members: 1 });
    await rollUpAll(test, communityId);
    const days = await test.rows(
      "select day::text, kind, count from member_days where community_id = $1 order by day, kind",
      [communityId],
    );
    expect(days).toEqual([
      { day: "2025-05-01", kind: "video.watched", count: 3 },
      { day: "2025-05-03", kind: "quiz.submitted", count: 1 },
      { day: "2025-05-03", kind: "video.watched", count: 250 },
    ]);
  });

  it("carries on behind the last batch when it is stopped", async () => {
    const communityId = await anEmptyCommunity(test, NOW);
    const lines = Array.from({ length: 2_500 }, (_, index) =>
      JSON.stringify({
        userId: `u${index % 50}`,
        event: "login",
        timestamp: "2026-02-01T08:00:00Z",
        messageId: `m${index}`,
      }),
    );
    const path = await folder.write("long.jsonl", lines.join("\n"));
    let batches = 0;
    const stop = () => {
      batches += 1;
      if (batches === 2) throw new Error("stopped");
    };
    await expect(importLog(communityId, path, { onProgress: stop })).rejects.toThrow("stopped");
    const [stored] = await test.rows("select count(*)::int as events from events where community_id = $1", [
      communityId,
    ]);
    expect(stored).toEqual({ events: 2_000 });
    const report = await importLog(communityId, path);
    expect(report).toMatchObject({ resumed: true, made: { events: 2_500, members: 50 } });
    expect(report.parts.rows).toEqual({ read: 2_500, imported: 2_500, alreadyThere: 0, leftOut: {} });
  });

  it("survives a log that nests without end", async () => {
    const communityId = await anEmptyCommunity(test, NOW);
    const deep = `{"userId":"u1","event":"login","timestamp":"2026-02-01T08:00:00Z","properties":{"a":${"[".repeat(100_000)}${"]".repeat(100_000)}}}`;
    const report = await importLog(
      communityId,
      await folder.write("deep.jsonl", `${deep}\n${JSON.stringify(LOG[0])}\n`),
    );
    expect(report).toMatchObject({ made: { events: 1 }, broken: 1 });
  });

  it("refuses a file that is not there", async () => {
    const communityId = await anEmptyCommunity(test, NOW);
    const refusal = await refusalOf(importLog(communityId, "nowhere.jsonl"));
    expect(refusal).toMatchObject({ code: "import.unreadable", data: { reason: "does not exist" } });
  });
});

describe("--time", () => {
  it.each([
    ["detect", { kind: "detect" }],
    ["iso", { kind: "iso" }],
    ["ms", { kind: "ms" }],
    ["s", { kind: "s" }],
    ["days:2014-05-01", { kind: "days", since: new Date("2014-04-30T16:00:00.000Z") }],
  ])("reads %s", (text, format) => {
    expect(parseTimeReading(text, "Asia/Shanghai")).toEqual({ format, timeZone: "Asia/Shanghai" });
  });

  it.each(["", "days", "days:soon", "minutes", "s:1"])("refuses “%s”", async (text) => {
    expect(await refusalOf((async () => parseTimeReading(text, "UTC"))())).toMatchObject({ field: "time" });
  });

  it("refuses a zone that is none", async () => {
    expect(await refusalOf((async () => parseTimeReading("iso", "+08:00"))())).toMatchObject({ field: "timeZone" });
  });
});
