import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { dataSetPath } from "../../bench/data-sets.ts";
import { type EventLogOptions, readEventLog } from "../../src/imports/event-log.ts";
import { parseEventMapping, parseKindNames } from "../../src/imports/event-mapping-rules.ts";
import { readAll, useFolder } from "./import-files.ts";

const folder = useFolder();

async function read(content: string | Uint8Array, options: EventLogOptions = {}) {
  return readAll(readEventLog(await folder.write("events.log", content), options));
}

const jsonLines = (...records: unknown[]) => records.map((record) => JSON.stringify(record)).join("\n");

describe("a log of events", () => {
  it("in Segment's format needs no mapping", async () => {
    const at = "2026-03-01T08:00:00.000Z";
    const { rows, leftOut } = await read(
      jsonLines(
        {
          type: "track",
          event: "Lesson Started",
          userId: "u1",
          messageId: "m1",
          timestamp: at,
          properties: { lesson: 3 },
        },
        { type: "page", name: "Home", anonymousId: "a1", messageId: "m2", timestamp: at },
        { type: "identify", userId: "u1", messageId: "m3", timestamp: at, traits: { email: "u1@example.org" } },
      ),
    );
    expect(rows).toEqual([
      {
        row: 1,
        userId: "u1",
        anonymousId: null,
        kind: "Lesson Started",
        count: 1,
        occurredAt: new Date(at),
        messageId: "m1",
        properties: { lesson: 3 },
      },
      {
        row: 2,
        userId: null,
        anonymousId: "a1",
        kind: "page.viewed",
        count: 1,
        occurredAt: new Date(at),
        messageId: "m2",
        properties: {},
      },
    ]);
    expect(leftOut).toMatchObject([{ row: 3, why: "not-imported", reason: "type identify, which is no event" }]);
  });

  it("keeps of a flat record what is asked for, and nothing else", async () => {
    const csv = "uid,action,time,course,email\nu1,play,2026-03-01 08:00:00,c1,u1@example.org\n";
    const { rows } = await read(csv, { mapping: parseEventMapping("properties=course") });
    expect(rows).toMatchObject([{ userId: "u1", kind: "play", properties: { course: "c1" } }]);
    expect((await read(csv)).rows[0]!.properties).toEqual({});
    expect(JSON.stringify(rows)).not.toContain("example.org");
  });

  it("is read by the columns that are named, inside objects too, gzip or not", async () => {
    const content = jsonLines({ who: { id: 17 }, what: { name: "x" }, when: 1_772_352_000 });
    const options = { mapping: parseEventMapping("memberId=who.id, kind=what.name, occurredAt=when") };
    for (const bytes of [content, gzipSync(content)]) {
      const { rows } = await read(bytes, options);
      expect(rows).toMatchObject([{ userId: "17", kind: "x", occurredAt: new Date("2026-03-01T08:00:00.000Z") }]);
    }
  });

  it("gives every row the same message id each time, and equal rows different ones", async () => {
    const csv = "user_id,event,ts\nu1,play,1772352000\nu1,play,1772352000\n";
    const first = (await read(csv)).rows.map(({ messageId }) => messageId);
    const second = (await read(`${csv}u2,play,1772352000\n`)).rows.map(({ messageId }) => messageId);
    expect(new Set(second).size).toBe(3);
    expect(second.slice(0, 2)).toEqual(first);
  });

  it("may be a table of counts, a row a day and a column a kind", async () => {
    const csv = "enrollment_id,day,video,wiki\n1,0,2,1\n1,3,0,0\n1,4,x,1\n";
    const { rows, leftOut } = await read(csv, {
      mapping: parseEventMapping("occurredAt=day,counts=video+wiki"),
      time: { format: { kind: "days", since: new Date("2014-05-25T00:00:00Z") }, timeZone: "UTC" },
      kindNames: parseKindNames("video=video.watched,*=page.viewed"),
    });
    expect(rows.map(({ kind, count }) => [kind, count])).toEqual([
      ["video.watched", 2],
      ["page.viewed", 1],
    ]);
    expect(new Set(rows.map(({ messageId }) => messageId)).size).toBe(2);
    expect(leftOut).toMatchObject([
      { row: 3, why: "not-imported", reason: "counts nothing" },
      { row: 4, why: "malformed", reason: "the count video is not a whole number" },
    ]);
  });

  it.each<[string, string, string, string]>([
    ["no JSON", '{"userId":', "malformed", "is not JSON"],
    ["an array", "[1]", "malformed", "is not a JSON object"],
    ["a NUL", '{"userId":"a\\u0000"}', "malformed", "holds a NUL character or half of a surrogate pair"],
    ["half a surrogate pair", '{"userId":"\\ud83d"}', "malformed", "holds a NUL character or half of a surrogate pair"],
    ["no member", '{"event":"x","ts":1772352000}', "not-imported", "names no member"],
    ["an empty member", '{"event":"x","ts":1772352000,"userId":" "}', "not-imported", "names no member"],
    ["an id that lost digits", '{"userId":12345678901234567890}', "malformed", "an id is neither text"],
    ["an object for an id", '{"userId":{}}', "malformed", "an id is neither text"],
    ["no kind", '{"userId":"u1","ts":1772352000}', "malformed", "has no kind"],
    ["no time", '{"userId":"u1","event":"x"}', "malformed", "has no time"],
    ["no such time", '{"userId":"u1","event":"x","ts":"soon"}', "malformed", "its time is not a time"],
  ])("reports a row with %s, and reads on", async (_, broken, why, reason) => {
    const good = '{"userId":"u1","event":"x","ts":1772352000}';
    const { rows, leftOut, error } = await read(`${good}\n${broken}\n\n${good}`);
    expect(error).toBeNull();
    expect(rows.map(({ row }) => row)).toEqual([1, 4]);
    expect(leftOut).toEqual([
      { file: expect.stringContaining("events.log"), row: 2, why, reason: expect.stringContaining(reason) },
    ]);
  });

  it("comes in batches that can be resumed behind", async () => {
    const csv = `user_id,event,ts\n${"u1,x,1772352000\n".repeat(25)}`;
    const { batches } = await read(csv, { batchRows: 10 });
    expect(batches.map(({ rows, lastRow }) => [rows.length, lastRow])).toEqual([
      [10, 11],
      [10, 21],
      [5, 26],
    ]);
    expect(batches.at(-1)).toMatchObject({ bytesRead: csv.length, bytesTotal: csv.length });
    const resumed = await read(csv, { batchRows: 10, afterRow: batches[0]!.lastRow });
    expect(resumed.batches).toEqual(batches.slice(1));
  });

  it("that is called JSON lines and holds none is refused as that, not for the columns of a CSV file", async () => {
    const path = await folder.write("rubbish.jsonl", "not json\nnor this\n");
    expect((await readAll(readEventLog(path))).error).toMatchObject({
      code: "import.unreadable",
      data: { file: expect.stringContaining("rubbish.jsonl"), reason: expect.stringContaining("no JSON object") },
    });
  });

  it.each([
    ["cut short", gzipSync("user_id,event,ts\nu1,x,1772352000\n".repeat(99)).subarray(0, -20), "ends too early"],
    ["one JSON array", '[{"userId":"u1"}]', "is one JSON array"],
    ["a web page", "<html></html>", "is neither JSON lines nor CSV"],
    ["binary", new Uint8Array([1, 0, 2, 0, 3]), "is neither JSON lines nor CSV"],
    ["empty", "", "is empty"],
  ])("that is %s is refused, naming the file and what to do", async (_, content, reason) => {
    expect((await read(content)).error).toMatchObject({
      code: "import.unreadable",
      data: {
        file: expect.stringContaining("events.log"),
        reason: expect.stringContaining(reason),
        remedy: expect.stringMatching(/\w/),
      },
    });
  });
});

describe("a mapping", () => {
  it.each([
    ["memberId", "“memberId” is not FIELD=COLUMN"],
    ["=ts", "“=ts” is not FIELD=COLUMN"],
    ["kind=", "“kind=” is not FIELD=COLUMN"],
    ["kind=:", "“kind=:” is not FIELD=COLUMN"],
    ["who=userId", "there is no field “who”"],
  ])("%j is refused", (text, reason) => {
    expect(() => parseEventMapping(text)).toThrow(
      expect.objectContaining({
        code: "input.invalid",
        data: { reason: expect.stringContaining(reason) },
        field: "map",
      }),
    );
  });

  it.each(["NextSong", "a=b=c", "=b", "a="])("of kinds, %j, is refused", (text) => {
    expect(() => parseKindNames(text)).toThrow(expect.objectContaining({ code: "input.invalid", field: "kinds" }));
  });

  it.each([
    ["", "no column found for memberId, kind; the columns are who, what, ts"],
    ["memberId=who,kind=which", "no column found for kind"],
    ["memberId=who,kind=what,messageId=id,properties=ts+nope", "no column found for messageId, nope"],
  ])("%j that a CSV file does not fit is refused before its rows are", async (text, reason) => {
    const { error, batches } = await read("who,what,ts\nu1,x,1772352000\n", { mapping: parseEventMapping(text) });
    expect(batches).toEqual([]);
    expect(error).toMatchObject({ code: "input.invalid", data: { reason: expect.stringContaining(reason) } });
  });
});

const skipped = " (skipped: the file is absent; set REKINDLE_DATA to the data sets' folder)";

describe("real logs", () => {
  const sparkify = dataSetPath("sparkify_events_few_users.json.gz");
  it.skipIf(sparkify === null)(`Sparkify's JSON lines, as they are${sparkify === null ? skipped : ""}`, async () => {
    const { rows, leftOut } = await readAll(readEventLog(sparkify!));
    expect([rows.length, leftOut.length]).toEqual([3_452, 0]);
    expect(new Set(rows.map(({ userId }) => userId)).size).toBe(5);
    expect(rows[0]).toMatchObject({ userId: "95", kind: "NextSong", occurredAt: new Date(1_538_367_702_000) });
  });

  const enrolments = dataSetPath("kddcup2015_enrollments.csv.gz");
  it.skipIf(enrolments === null)(`KDD Cup's enrolments${enrolments === null ? skipped : ""}`, async () => {
    const mapping = parseEventMapping("occurredAt=start_date,kind=:course.enrolled,properties=course");
    const { rows, leftOut } = await readAll(readEventLog(enrolments!, { mapping }));
    expect([rows.length, leftOut.length]).toEqual([57_366, 0]);
    expect(rows[0]).toMatchObject({ userId: "4365", kind: "course.enrolled", properties: { course: "C1038" } });
  });

  const daily = dataSetPath("kddcup2015_daily_events.csv.gz");
  it.skipIf(daily === null)(
    `KDD Cup's counts of each day, every event of them${daily === null ? skipped : ""}`,
    async () => {
      const kinds = "access+discussion+navigate+page_close+problem+video+wiki";
      let events = 0;
      let leftOut = 0;
      for await (const batch of readEventLog(daily!, {
        mapping: parseEventMapping(`occurredAt=day,counts=${kinds}`),
        time: { format: { kind: "days", since: new Date("2014-05-25T00:00:00Z") }, timeZone: "UTC" },
      })) {
        leftOut += batch.leftOut.length;
        for (const { count } of batch.rows) events += count;
      }
      expect([events, leftOut]).toEqual([3_815_440, 0]);
    },
    120_000,
  );
});
