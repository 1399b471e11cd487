import { describe, expect, it } from "vitest";
import { communityById } from "../../src/identity/community-queries.ts";
import { sumOf } from "../../src/imports/import-tally-rules.ts";
import type { ImportReport } from "../../src/imports/run-import.ts";
import { openStackExchangeDump } from "../../src/imports/stackexchange-dump.ts";
import { importStackExchange } from "../../src/imports/stackexchange-import.ts";
import { Refusal } from "../../src/kernel/refusal.ts";
import { rollUpAll } from "../events/signals-builders.ts";
import { eventTypesOf, refusalOf } from "../support/content-builders.ts";
import { useDatabase } from "../support/test-database.ts";
import { anEmptyCommunity } from "../support/value-builders.ts";
import { generatedDump } from "./generated-dump.ts";
import { dumpXml, TINY_DUMP, tarOf, useFolder } from "./import-files.ts";
import { importedState } from "./import-state.ts";

const test = useDatabase();
const folder = useFolder();
const NOW = new Date("2026-03-01T08:00:00.000Z");
const LATER = new Date("2026-03-02T08:00:00.000Z");

let dumps = 0;

/** Imports files as the dump of `site` into `communityId`. */
async function importFiles(
  communityId: string,
  files: Readonly<Record<string, string>>,
  { now = NOW, site = "tiny" } = {},
): Promise<ImportReport> {
  dumps += 1;
  const path = await folder.write(`${dumps}.tar`, await tarOf(files));
  const community = (await communityById(test.db.system, communityId))!;
  const outcome = await importStackExchange(
    test.db,
    { dump: await openStackExchangeDump(path, { site }), community, name: "Tiny" },
    now,
  );
  if (outcome.kind !== "imported") throw new Error(outcome.kind);
  return outcome;
}

const ACCEPTED_AND_VOTED: Readonly<Record<string, string>> = {
  ...TINY_DUMP,
  "Votes.xml": dumpXml("votes", [
    'Id="1" PostId="1" VoteTypeId="2" CreationDate="2016-08-02T00:00:00.000"',
    'Id="2" PostId="1" VoteTypeId="8" UserId="7" CreationDate="2016-08-03T00:00:00.000" BountyAmount="50"',
    'Id="3" PostId="2" VoteTypeId="99" CreationDate="2016-08-03T00:00:00.000"',
    'Id="4" PostId="2" VoteTypeId="3" CreationDate="2016-08-04T00:00:00.000"',
    'Id="5" PostId="1" VoteTypeId="2" CreationDate="2016-08-04T00:00:00.000"',
    'Id="6" PostId="2" VoteTypeId="1" CreationDate="2016-08-05T00:00:00.000"',
    'Id="7" PostId="999" VoteTypeId="2" CreationDate="2016-08-05T00:00:00.000"',
  ]),
};

describe("a Stack Exchange import", () => {
  it("makes threads with answers, comments, votes and the accepted answer, as the product keeps them", async () => {
    const communityId = await anEmptyCommunity(test, NOW);
    const report = await importFiles(communityId, ACCEPTED_AND_VOTED);
    expect(report.made).toEqual({
      members: 2,
      threads: 1,
      answers: 1,
      acceptances: 1,
      comments: 2,
      votes: 3,
      badges: 1,
      events: 7,
    });
    const threads = await test.rows(
      `select t.title, t.kind, t.tags, t.reply_count, t.created_at, t.last_activity_at, m.display_name as author,
              s.slug as space, accepted.body_html as accepted, latest.body_html as latest
       from threads t
       join members m on m.community_id = t.community_id and m.id = t.author_id
       join spaces s on s.community_id = t.community_id and s.id = t.space_id
       join posts accepted on accepted.community_id = t.community_id and accepted.id = t.accepted_post_id
       join posts latest on latest.community_id = t.community_id and latest.id = t.last_reply_id
       where t.community_id = $1`,
      [communityId],
    );
    expect(threads).toEqual([
      {
        title: 'What is "backprop"?',
        kind: "question",
        tags: ["neural-networks", "c++"],
        reply_count: 3,
        created_at: new Date("2016-08-02T15:39:14.947Z"),
        last_activity_at: new Date("2016-08-02T16:00:01.000Z"),
        author: "user7",
        space: "tiny",
        accepted: "<p>反向传播 😀</p>",
        latest: "<p>Thanks</p>",
      },
    ]);
    const posts = await test.rows(
      `select p.kind, p.score, p.body_html, p.edited_at is not null as edited, m.display_name as author, parent.kind as parent
       from posts p join members m on m.community_id = p.community_id and m.id = p.author_id
       left join posts parent on parent.community_id = p.community_id and parent.id = p.parent_id
       where p.community_id = $1 order by p.created_at`,
      [communityId],
    );
    expect(posts).toEqual([
      { kind: "opening", score: 2, body_html: "<p>What is it?</p>", edited: true, author: "user7", parent: null },
      {
        kind: "answer",
        score: -1,
        body_html: "<p>反向传播 😀</p>",
        edited: false,
        author: "deleted user",
        parent: null,
      },
      { kind: "comment", score: 0, body_html: "<p>Why?</p>", edited: false, author: "user7", parent: "opening" },
      {
        kind: "comment",
        score: 0,
        body_html: "<p>Thanks</p>",
        edited: false,
        author: "deleted user",
        parent: "answer",
      },
    ]);
    const [acceptance] = await test.rows("select accepted_at from acceptances where community_id = $1", [communityId]);
    expect(acceptance).toEqual({ accepted_at: new Date("2016-08-05T23:59:59.999Z") });
  });

  it("accounts for every row of every part", async () => {
    const communityId = await anEmptyCommunity(test, NOW);
    const { parts } = await importFiles(communityId, ACCEPTED_AND_VOTED);
    expect(parts).toEqual({
      users: { read: 2, imported: 2, alreadyThere: 0, leftOut: {} },
      posts: { read: 3, imported: 2, alreadyThere: 0, leftOut: { "post type 5, tag wiki": 1 } },
      comments: { read: 2, imported: 2, alreadyThere: 0, leftOut: {} },
      votes: {
        read: 7,
        imported: 4,
        alreadyThere: 0,
        leftOut: {
          "vote type bounty-start": 1,
          "vote type 99, unknown": 1,
          "a vote on a post that is not imported": 1,
        },
      },
      badges: { read: 1, imported: 1, alreadyThere: 0, leftOut: {} },
      "post-history": {
        read: 2,
        imported: 0,
        alreadyThere: 0,
        leftOut: { "what posts said before they were edited": 1, "post history type 77, unknown": 1 },
      },
    });
  });

  it("records what members did and received as events, but none of deleted accounts and the housekeeper", async () => {
    const communityId = await anEmptyCommunity(test, NOW);
    await importFiles(communityId, ACCEPTED_AND_VOTED);
    const events = await test.rows(
      `select e.kind, m.display_name as member, e.occurred_at from events e
       join members m on m.community_id = e.community_id and m.id = e.member_id
       where e.community_id = $1 order by e.occurred_at, e.kind`,
      [communityId],
    );
    expect(events.map(({ kind, member }) => [kind, member])).toEqual([
      ["member.joined", "user7"],
      ["badge.awarded", "user7"],
      ["question.asked", "user7"],
      ["answer.received", "user7"],
      ["comment.posted", "user7"],
      ["vote.received.up", "user7"],
      ["vote.received.up", "user7"],
    ]);
    await rollUpAll(test, communityId);
    const [days] = await test.rows("select sum(count)::int as events from member_days where community_id = $1", [
      communityId,
    ]);
    expect(days).toEqual({ events: events.length });
  });

  it("changes nothing when it is done again, and tells that all was there", async () => {
    const communityId = await anEmptyCommunity(test, NOW);
    const files = generatedDump(11, { users: 40, posts: 120, comments: 90, votes: 200, badges: 30 });
    const first = await importFiles(communityId, files);
    const before = await importedState(test, communityId);
    const second = await importFiles(communityId, files, { now: LATER });
    expect(await importedState(test, communityId)).toEqual(before);
    expect(second.made).toEqual({});
    for (const [part, { read, imported, alreadyThere, leftOut }] of Object.entries(first.parts)) {
      expect(second.parts[part]).toEqual({ read, imported: 0, alreadyThere: imported + alreadyThere, leftOut });
    }
  });

  it("adds what a later dump of the same site has, and keeps what members did since", async () => {
    const communityId = await anEmptyCommunity(test, NOW);
    await importFiles(communityId, TINY_DUMP);
    await test.rows("update posts set body_html = 'edited here' where community_id = $1 and kind = 'opening'", [
      communityId,
    ]);
    const report = await importFiles(communityId, ACCEPTED_AND_VOTED, { now: LATER });
    expect(report.made).toEqual({ votes: 2, events: 1 });
    const [opening] = await test.rows(
      "select body_html, score from posts where community_id = $1 and kind = 'opening'",
      [communityId],
    );
    expect(opening).toEqual({ body_html: "edited here", score: 2 });
  });

  it("awards no points and tells nobody", async () => {
    const communityId = await anEmptyCommunity(test, NOW);
    await importFiles(communityId, ACCEPTED_AND_VOTED);
    expect(await eventTypesOf(test, communityId)).toEqual([]);
    expect(await test.rows("select from ledger_entries where community_id = $1", [communityId])).toEqual([]);
  });

  it("keeps two sites in one community apart", async () => {
    const communityId = await anEmptyCommunity(test, NOW);
    await importFiles(communityId, TINY_DUMP);
    const { made } = await importFiles(communityId, TINY_DUMP, { site: "tiny-meta" });
    expect(made).toMatchObject({ members: 2, threads: 1, answers: 1, comments: 2 });
  });

  it("keeps broken rows as dead letters, once, and settles them when the dump is mended", async () => {
    const communityId = await anEmptyCommunity(test, NOW);
    const broken = {
      ...TINY_DUMP,
      "Comments.xml": TINY_DUMP["Comments.xml"]!.replace('Text="Why?"', "Text=Why?"),
    };
    const letters = () =>
      test.rows(
        "select source, reference, payload, error, replayed_at from dead_letters where community_id = $1 and source = 'import'",
        [communityId],
      );
    const first = await importFiles(communityId, broken);
    expect(first.broken).toBe(1);
    await importFiles(communityId, broken, { now: LATER });
    expect(await letters()).toEqual([
      {
        source: "import",
        reference: "Comments.xml, row 1",
        payload: { file: "Comments.xml", row: 1, source: "stackexchange:tiny" },
        error: "is not well-formed after the attribute Score; mend the row and import again",
        replayed_at: null,
      },
    ]);
    const muchLater = new Date("2026-03-03T08:00:00.000Z");
    const mended = await importFiles(communityId, TINY_DUMP, { now: muchLater });
    expect(mended.made).toEqual({ comments: 1, events: 1 });
    expect((await letters()).map((letter) => letter.replayed_at)).toEqual([muchLater]);
  });

  it("keeps what came before the place where a file is cut short, and carries on when it is whole", async () => {
    const communityId = await anEmptyCommunity(test, NOW);
    const cut = { ...TINY_DUMP, "Votes.xml": TINY_DUMP["Votes.xml"]!.replace("</votes>", "") };
    const refusal = await refusalOf(importFiles(communityId, cut));
    expect(refusal).toBeInstanceOf(Refusal);
    expect(refusal.code).toBe("import.unreadable");
    const [kept] = await test.rows("select count(*)::int as votes from anonymous_votes where community_id = $1", [
      communityId,
    ]);
    expect(kept).toEqual({ votes: 1 });
    const whole = await importFiles(communityId, TINY_DUMP, { now: LATER });
    expect(whole.resumed).toBe(false);
    expect(whole.parts.votes).toMatchObject({ imported: 0, alreadyThere: 1 });
    expect(whole.made).toMatchObject({ badges: 1 });
  });

  it("lets one import of a community run at a time", async () => {
    const communityId = await anEmptyCommunity(test, NOW);
    const path = await folder.write("busy.tar", await tarOf(TINY_DUMP));
    const community = (await communityById(test.db.system, communityId))!;
    const dump = await openStackExchangeDump(path, { site: "tiny" });
    const held = await test.db.exclusively(`import:${communityId}`, () =>
      importStackExchange(test.db, { dump, community, name: "Tiny" }, NOW),
    );
    expect(held).toEqual({ held: true, result: { kind: "already-running" } });
  });

  it.each([1, 2, 3])("loads a dump with everything that may be wrong with one (seed %i)", async (seed) => {
    const communityId = await anEmptyCommunity(test, NOW);
    const sizes = { users: 30, posts: 200, comments: 100, votes: 300, badges: 40 };
    const { parts, made } = await importFiles(communityId, generatedDump(seed, sizes));
    for (const [part, size] of Object.entries(sizes)) expect(parts[part]!.read).toBe(size);
    expect(made.acceptances).toBeGreaterThan(10);
    expect(parts.posts!.leftOut["malformed: CreationDate is not a time such as 2016-08-02T15:39:14.947"]).toBe(2);
    expect(sumOf(parts.votes!.leftOut)).toBeGreaterThan(0);
  });
});
