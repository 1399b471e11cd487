import type pg from "pg";
import { beforeAll, describe, expect, it } from "vitest";
import { feedKey, listThreads } from "../../src/community/thread-feed-queries.ts";
import type { Viewer } from "../../src/identity/viewer.ts";
import type { Id } from "../../src/kernel/ids.ts";
import type { PageRequest } from "../../src/kernel/pagination.ts";
import type { Reader } from "../../src/platform/database/database.ts";
import { aCast, at, type Cast } from "../support/content-builders.ts";
import { anEntitlement, aSpace, aSpaceModerator } from "../support/space-builders.ts";
import { useDatabase } from "../support/test-database.ts";
import { aViewer } from "../support/value-builders.ts";

const test = useDatabase();
const THREADS = 8_000;

describe("the feed of who may read only some spaces", () => {
  let cast: Cast;
  /** The last of them is the newest threads' by far. */
  let spaceIds: Id[];
  let viewers: Record<string, Viewer>;

  beforeAll(async () => {
    cast = await aCast(test);
    spaceIds = [];
    for (const product of ["a", "b", "c", "d", "e", "f"]) {
      spaceIds.push(await aSpace(test, cast, { readAccess: "entitled", product }));
    }
    // Threads come in bursts, several at a time: the first 7,000 are in the last space, but for one in a thousand.
    await test.rows(
      `with made as (
         select n, uuidv7() as id, uuidv7() as post, $3::timestamptz - (n / 3) * interval '1 second' as at,
                ($4::uuid[])[case when n < 7000 and n % 1000 > 0 then 6 else 1 + n % 5 end] as space
         from generate_series(1, ${THREADS}) n
       ), thread as (
         insert into threads (community_id, id, space_id, author_id, kind, title, tags, state, created_at, last_activity_at, opening_post_id)
         select $1, id, space, $2, 'discussion', 'Thread ' || n, '{}', case when n % 50 = 0 then 'hidden' else 'visible' end, at, at, post
         from made
       )
       insert into posts (community_id, id, thread_id, author_id, kind, body_markdown, body_html, revision, state, created_at)
       select $1, post, id, $2, 'opening', '…', '…', 1, case when n % 50 = 0 then 'hidden' else 'visible' end, at from made`,
      [cast.communityId, cast.author.memberId, at(900), spaceIds],
    );
    await test.rows("vacuum analyze");
    const aBuyer = async (...products: string[]) => {
      const member = await aViewer(test, cast.communityId, at(0));
      for (const product of products) await anEntitlement(test, cast, member, { product });
      return member;
    };
    const here = await aBuyer("b");
    await aSpaceModerator(test, cast, here, spaceIds[3]!);
    viewers = {
      everything: await aBuyer("a", "b", "c", "d", "e", "f"),
      "the newest only": await aBuyer("f"),
      "two old ones": await aBuyer("a", "c"),
      "one bought and one moderated": here,
      nothing: await aBuyer(),
    };
  });

  async function readableIds(viewer: Viewer): Promise<Id[]> {
    const rows = await test.rows<{ id: Id }>(
      `select t.id from threads t join readable_spaces($1, $2, 'nothing', $3) s on s.id = t.space_id
       where t.community_id = $1 and t.state = 'visible' order by t.last_activity_at desc, t.id desc`,
      [cast.communityId, viewer.memberId, at(1_000)],
    );
    return rows.map(({ id }) => id);
  }

  const feed = (viewer: Viewer, request: PageRequest) =>
    test.read(cast.communityId, (reader) => listThreads(reader, viewer, null, request, at(1_000)));

  it.each(["everything", "the newest only", "two old ones", "one bought and one moderated", "nothing"])(
    "pages through all that may be read and nothing else, both ways: %s",
    async (name) => {
      const viewer = viewers[name]!;
      const expected = await readableIds(viewer);
      for (const [direction, size] of [
        ["forward", 100],
        ["backward", 77],
      ] as const) {
        const seen: Id[] = [];
        let cursor: PageRequest["cursor"] = null;
        do {
          const { rows, hasNextPage, hasPreviousPage } = await feed(viewer, { direction, size, cursor });
          const more = direction === "forward" ? hasNextPage : hasPreviousPage;
          const ids = rows.map(({ id }) => id);
          if (direction === "forward") seen.push(...ids);
          else seen.unshift(...ids);
          const last = direction === "forward" ? rows.at(-1) : rows[0];
          cursor = more ? feedKey(last!) : null;
        } while (cursor !== null);
        expect(seen).toEqual(expected);
      }
    },
  );

  it("never reads what it has to skip: thousands of unreadable threads cost no more than a page", async () => {
    const blocks: Record<string, number> = {};
    for (const [name, viewer] of Object.entries(viewers)) blocks[name] = await blocksRead(viewer);
    expect(blocks.everything).toBeLessThan(700);
    for (const read of Object.values(blocks)) expect(read).toBeLessThan(1_500);
  });

  /** The blocks that PostgreSQL looks at for the first page. */
  function blocksRead(viewer: Viewer): Promise<number> {
    return test.read(cast.communityId, async (reader) => {
      let caught: pg.QueryConfig | undefined;
      const query = async (config: pg.QueryConfig) => {
        caught = config;
        return { rows: [] };
      };
      const overheard: Reader = { ...reader, client: { query } as unknown as pg.PoolClient };
      await listThreads(overheard, viewer, null, { direction: "forward", size: 20, cursor: null }, at(1_000));
      const { text, values } = caught!;
      const explained = await reader.client.query(`explain (analyze, buffers, format json) ${text}`, values);
      const { Plan: plan } = explained.rows[0]["QUERY PLAN"][0];
      return plan["Shared Hit Blocks"] + plan["Shared Read Blocks"];
    });
  }
});
