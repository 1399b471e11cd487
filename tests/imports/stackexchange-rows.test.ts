import { dirname } from "node:path";
import { buffer } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { dataSetPath } from "../../bench/data-sets.ts";
import { DUMP_PARTS, type DumpPart, openStackExchangeDump } from "../../src/imports/stackexchange-dump.ts";
import { readDumpRows } from "../../src/imports/stackexchange-rows.ts";
import { dumpXml, readAll, TINY_DUMP, tarOf, useFolder } from "./import-files.ts";

const folder = useFolder();

async function openTiny(changes: Readonly<Record<string, string>> = {}) {
  const path = await folder.write("tiny.tar", await tarOf({ ...TINY_DUMP, ...changes }));
  return openStackExchangeDump(path);
}

describe("the rows of a dump", () => {
  it("are typed, with times in UTC, votes by the day, and content as it was written", async () => {
    const dump = await openTiny();
    const rows = await Promise.all(DUMP_PARTS.map(async (part) => (await readAll(readDumpRows(dump, part))).rows));
    expect(Object.fromEntries(DUMP_PARTS.map((part, index) => [part, rows[index]]))).toEqual({
      users: [
        {
          kind: "user",
          id: -1,
          createdAt: new Date("2016-08-02T00:14:10.580Z"),
          lastSeenAt: new Date("2016-08-02T00:14:10.580Z"),
          displayName: "Community",
          reputation: 1,
        },
        {
          kind: "user",
          id: 7,
          createdAt: new Date("2016-08-02T15:36:49.227Z"),
          lastSeenAt: new Date("2017-03-01T09:00:00.000Z"),
          displayName: "user7",
          reputation: 101,
        },
      ],
      posts: [
        {
          kind: "question",
          id: 1,
          createdAt: new Date("2016-08-02T15:39:14.947Z"),
          editedAt: new Date("2016-08-18T13:20:02.773Z"),
          score: 5,
          bodyHtml: "<p>What is it?</p>\n",
          userId: 7,
          userName: null,
          title: 'What is "backprop"?',
          tags: ["neural-networks", "c++"],
          acceptedAnswerId: 2,
          viewCount: 169,
          closedAt: null,
        },
        {
          kind: "answer",
          id: 2,
          questionId: 1,
          createdAt: new Date("2016-08-02T15:40:20.623Z"),
          editedAt: null,
          score: -1,
          bodyHtml: "<p>反向传播 😀</p>",
          userId: null,
          userName: "user42",
        },
      ],
      comments: [
        {
          kind: "comment",
          id: 3,
          postId: 1,
          createdAt: new Date("2016-08-02T16:00:00.000Z"),
          score: 2,
          text: "Why?",
          userId: 7,
          userName: null,
        },
        {
          kind: "comment",
          id: 4,
          postId: 2,
          createdAt: new Date("2016-08-02T16:00:01.000Z"),
          score: 0,
          text: "Thanks",
          userId: null,
          userName: "left long ago",
        },
      ],
      votes: [
        { kind: "vote", id: 1, postId: 1, type: "up", day: "2016-08-02", userId: null, bountyAmount: null },
        { kind: "vote", id: 2, postId: 1, type: "bounty-start", day: "2016-08-03", userId: 7, bountyAmount: 50 },
      ],
      badges: [
        {
          kind: "badge",
          id: 1,
          userId: 7,
          name: "Informed",
          awardedAt: new Date("2016-08-02T15:38:29.913Z"),
          class: "bronze",
          tagBased: false,
        },
      ],
      "post-history": [
        {
          kind: "post-history",
          id: 1,
          postId: 1,
          type: "body-initial",
          revisionId: "acd1",
          occurredAt: new Date("2016-08-02T15:39:14.947Z"),
          userId: 7,
          userName: null,
          text: "What is it?",
          comment: null,
        },
      ],
    });
  });

  it.each<[DumpPart, number, string]>([
    ["posts", 3, "post type 5, tag wiki"],
    ["votes", 3, "vote type 99, unknown"],
    ["post-history", 2, "post history type 77, unknown"],
  ])("that are not imported are counted with a reason: %s", async (part, row, reason) => {
    const { leftOut } = await readAll(readDumpRows(await openTiny(), part));
    expect(leftOut).toEqual([{ file: expect.stringMatching(/\.xml$/), row, why: "not-imported", reason }]);
  });

  it.each<[string, string, string]>([
    ["no id", 'PostId="1" VoteTypeId="2" CreationDate="2016-08-02T00:00:00.000"', "has no Id"],
    [
      "a word for a number",
      'Id="1" PostId="x" VoteTypeId="2" CreationDate="2016-08-02T00:00:00"',
      "PostId is not a whole number",
    ],
    ["a fraction", 'Id="1.5" PostId="1" VoteTypeId="2" CreationDate="2016-08-02T00:00:00"', "Id is not a whole number"],
    ["no time", 'Id="1" PostId="1" VoteTypeId="2"', "has no CreationDate"],
    [
      "30 February",
      'Id="1" PostId="1" VoteTypeId="2" CreationDate="2016-02-30T00:00:00"',
      "CreationDate is not a time",
    ],
    [
      "another zone",
      'Id="1" PostId="1" VoteTypeId="2" CreationDate="2016-02-03T00:00:00+02"',
      "CreationDate is not a time",
    ],
    ["broken XML", 'Id="1" PostId="1 VoteTypeId="2"', "is not well-formed after the attribute PostId"],
  ])("with %s are reported by file and number, and the rest is read", async (_, attributes, reason) => {
    const good = 'Id="9" PostId="1" VoteTypeId="3" CreationDate="2016-08-02T00:00:00.000"';
    const dump = await openTiny({ "Votes.xml": dumpXml("votes", [good, attributes, good]) });
    const { rows, leftOut, error } = await readAll(readDumpRows(dump, "votes"));
    expect(error).toBeNull();
    expect(rows.map(({ id }) => id)).toEqual([9, 9]);
    expect(leftOut).toEqual([{ file: "Votes.xml", row: 2, why: "malformed", reason: expect.stringContaining(reason) }]);
  });

  it("come in batches that can be resumed behind", async () => {
    const votes = Array.from({ length: 25 }, (_, index) => {
      return `Id="${index + 1}" PostId="1" VoteTypeId="${index === 11 ? 99 : 2}" CreationDate="2016-08-02T00:00:00.000"`;
    });
    const dump = await openTiny({ "Votes.xml": dumpXml("votes", votes) });
    const { batches } = await readAll(readDumpRows(dump, "votes", { batchRows: 10 }));
    expect(batches.map(({ rows, leftOut, lastRow }) => [rows.length, leftOut.length, lastRow])).toEqual([
      [10, 0, 10],
      [9, 1, 20],
      [5, 0, 25],
    ]);
    expect(batches.at(-1)).toMatchObject({ bytesRead: batches[0]!.bytesTotal, bytesTotal: dump.files[3]!.bytes });
    const resumed = await readAll(readDumpRows(dump, "votes", { batchRows: 10, afterRow: batches[0]!.lastRow }));
    expect(resumed.batches).toEqual(batches.slice(1));
  });

  it("of a file that was cut short are returned before that is said", async () => {
    const users = TINY_DUMP["Users.xml"]!;
    const posts = TINY_DUMP["Posts.xml"]!;
    const path = await folder.write("cut/Posts.xml", posts.slice(0, posts.indexOf(' Id="3"')));
    await folder.write("cut/Users.xml", users);
    const { rows, leftOut, error } = await readAll(readDumpRows(await openStackExchangeDump(dirname(path)), "posts"));
    expect(rows.map(({ id }) => id)).toEqual([1, 2]);
    expect(leftOut).toHaveLength(1);
    expect(error).toMatchObject({ code: "import.unreadable", data: { file: "Posts.xml" } });
  });
});

const REAL_DUMPS = [
  "stackexchange_ai_2017-03.tar.xz",
  "stackexchange_beer_2016-12.tar.xz",
  "stackexchange_quantumcomputing_2018-09.tar.xz",
].map((name) => ({ name, path: dataSetPath(name) }));

describe.each(REAL_DUMPS)("$name", ({ path }) => {
  const skipped = path === null ? " (skipped: the dump is absent; set REKINDLE_DATA to the data sets' folder)" : "";

  it.skipIf(path === null)(`has every row accounted for, by kind${skipped}`, async () => {
    const dump = await openStackExchangeDump(path!);
    for (const file of dump.files) {
      const { rows, leftOut, error } = await readAll(readDumpRows<DumpPart>(dump, file.part));
      expect(error).toBeNull();
      expect(leftOut.filter(({ why }) => why === "malformed")).toEqual([]);
      // Counted on the raw text, by another way than the reader's.
      const xml = (await buffer(dump.read(file.part))).toString();
      const count = (pattern: RegExp) => xml.match(pattern)?.length ?? 0;
      const kinds = (kind: string) => rows.filter((row) => row.kind === kind).length;
      expect([file.part, rows.length + leftOut.length]).toEqual([file.part, count(/^ {2}<row /gm)]);
      if (file.part === "posts") {
        expect(kinds("question")).toBe(count(/ PostTypeId="1"/g));
        expect(kinds("answer")).toBe(count(/ PostTypeId="2"/g));
        expect(leftOut).toHaveLength(count(/ PostTypeId="[^12]"/g));
      } else if (file.part !== "post-history") {
        expect(leftOut).toEqual([]);
      }
      if (file.part === "votes") {
        const votes = (type: string) => rows.filter((row) => row.kind === "vote" && row.type === type).length;
        expect(votes("up")).toBe(count(/ VoteTypeId="2"/g));
        expect(votes("down")).toBe(count(/ VoteTypeId="3"/g));
        expect(votes("accepted")).toBe(count(/ VoteTypeId="1"/g));
      }
    }
  });
});
