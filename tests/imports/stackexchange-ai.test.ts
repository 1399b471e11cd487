import { describe, expect, it } from "vitest";
import { dataSetPath } from "../../bench/data-sets.ts";
import { renderMarkdown } from "../../src/community/markdown-rules.ts";
import { communityById } from "../../src/identity/community-queries.ts";
import { sumOf } from "../../src/imports/import-tally-rules.ts";
import { bodyOfHtml } from "../../src/imports/stackexchange-body-rules.ts";
import { openStackExchangeDump } from "../../src/imports/stackexchange-dump.ts";
import { importStackExchange } from "../../src/imports/stackexchange-import.ts";
import { readDumpRows } from "../../src/imports/stackexchange-rows.ts";
import { useDatabase } from "../support/test-database.ts";
import { anEmptyCommunity } from "../support/value-builders.ts";
import { readAll } from "./import-files.ts";

const test = useDatabase();
const NOW = new Date("2026-03-01T08:00:00.000Z");
const path = dataSetPath("stackexchange_ai_2017-03.tar.xz");

// The data sets are no part of the repository: without them there is nothing to show.
describe.skipIf(path === null)("the ai dump", () => {
  it("comes in whole: counts by kind, scores and acceptances are the dump's own", async () => {
    const communityId = await anEmptyCommunity(test, NOW);
    const community = (await communityById(test.db.system, communityId))!;
    const dump = await openStackExchangeDump(path!);
    const outcome = await importStackExchange(test.db, { dump, community, name: "ai" }, NOW);
    if (outcome.kind !== "imported") throw new Error(outcome.kind);
    // The data set's description counts them too.
    expect(Object.fromEntries(Object.entries(outcome.parts).map(([part, { read }]) => [part, read]))).toEqual({
      users: 4_931,
      posts: 1_735,
      comments: 1_700,
      votes: 7_056,
      badges: 4_708,
      "post-history": 4_846,
    });
    expect(outcome.made).toEqual({
      members: 4_931,
      threads: 604,
      answers: 1_004,
      acceptances: 285,
      comments: 1_700,
      votes: 5_382,
      badges: 4_708,
      events: 20_788,
    });
    expect(sumOf(outcome.parts.posts!.leftOut)).toBe(127);

    const { rows: dumped } = await readAll(readDumpRows(dump, "posts"));
    const { rows: votes } = await readAll(readDumpRows(dump, "votes"));
    const key = (createdAt: Date, score: number) => `${createdAt.toISOString()} ${score}`;
    const posts = await test.rows<{ created_at: Date; score: number }>(
      "select created_at, score from posts where community_id = $1 and kind <> 'comment'",
      [communityId],
    );
    expect(posts.map((post) => key(post.created_at, post.score)).sort()).toEqual(
      dumped.map((post) => key(post.createdAt, post.score)).sort(),
    );
    const acceptances = await test.rows<{ day: string }>(
      "select to_char(accepted_at at time zone 'UTC', 'YYYY-MM-DD') as day from acceptances where community_id = $1",
      [communityId],
    );
    expect(acceptances.map(({ day }) => day).sort()).toEqual(
      votes
        .filter(({ type }) => type === "accepted")
        .map(({ day }) => day)
        .sort(),
    );
  }, 120_000);

  it("has bodies that may be edited: the stored Markdown renders to what is shown, white space between tags aside", async () => {
    const { rows } = await readAll(readDumpRows(await openStackExchangeDump(path!), "posts"));
    const squeezed = (html: string) => html.replace(/\s+/g, " ").replaceAll("> <", "><");
    for (const { bodyHtml } of rows) {
      const { markdown, html } = bodyOfHtml(bodyHtml);
      expect(squeezed(renderMarkdown(markdown))).toBe(squeezed(html));
    }
  }, 120_000);
});
