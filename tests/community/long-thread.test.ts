import { beforeAll, describe, expect, it } from "vitest";
import { listPosts, listReplies, type PostView, postKey } from "../../src/community/post-queries.ts";
import { REPLY_DEPTH_MAX } from "../../src/community/post-rules.ts";
import type { Id } from "../../src/kernel/ids.ts";
import type { Page, PageRequest } from "../../src/kernel/pagination.ts";
import type { Tx } from "../../src/platform/database/database.ts";
import { aCast, aPost, aThread, at, type Cast, refusalOf } from "../support/content-builders.ts";
import { useDatabase } from "../support/test-database.ts";

const test = useDatabase();
const POSTS = 5_000;

/** Rows of `posts` that a statement reads, by whichever way. */
async function readBy<T>(tx: Tx, work: () => Promise<T>): Promise<{ result: T; rows: number; scans: number }> {
  const counted = async () => {
    const { rows } = await tx.client.query(
      `select seq_scan::int as scans, (seq_tup_read + idx_tup_fetch)::int as rows from pg_stat_xact_user_tables where relname = 'posts'`,
    );
    return rows[0] as { scans: number; rows: number };
  };
  const before = await counted();
  const result = await work();
  const after = await counted();
  return { result, rows: after.rows - before.rows, scans: after.scans - before.scans };
}

describe("a thread of 5,000 posts", () => {
  let cast: Cast;
  let threadId: Id;
  let openingPostId: Id;

  beforeAll(async () => {
    cast = await aCast(test);
    ({ threadId, openingPostId } = await aThread(test, cast, {}, at(0)));
    // Every tenth is deleted, and every fifth replies to the tenth before it.
    await test.rows(
      `with made as (
         insert into posts (community_id, id, thread_id, author_id, kind, parent_id, body_markdown, body_html, revision, state,
                            created_at, deleted_at, deleted_by_id)
         select $1, ('01900000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, $2, $3, 'reply',
                case when n % 10 = 5 then ('01900000-0000-7000-8000-' || lpad((n - 5)::text, 12, '0'))::uuid end,
                'x', '<p>x</p>', 1, case when n % 10 = 0 then 'deleted' else 'visible' end, $4::timestamptz + n * interval '1 second',
                case when n % 10 = 0 then now() end, case when n % 10 = 0 then $3::uuid end
         from generate_series(10, $5::int) as n
       )
       update threads set reply_count = (select count(*) from generate_series(10, $5::int) n where n % 10 <> 0),
         last_reply_id = ('01900000-0000-7000-8000-' || lpad(($5::int - 1)::text, 12, '0'))::uuid,
         last_activity_at = $4::timestamptz + ($5::int - 1) * interval '1 second' where id = $2`,
      [cast.communityId, threadId, cast.reader.memberId, at(0), POSTS],
    );
    await test.rows("analyze posts");
  });

  const page = (request: Partial<PageRequest> = {}): PageRequest => ({
    size: 20,
    direction: "forward",
    cursor: null,
    ...request,
  });

  it("is read by pages, each by one index read of no more rows than it shows", async () => {
    await test.tx(cast.communityId, async (tx) => {
      const read = (request: PageRequest) =>
        readBy(tx, async () => (await listPosts(tx, cast.other, [threadId], request, at(9_000)))[0]!);
      let cursor: PageRequest["cursor"] = null;
      const seen = new Set<Id>();
      for (;;) {
        const { result, rows, scans }: { result: Page<PostView>; rows: number; scans: number } = await read(
          page({ size: 50, cursor }),
        );
        expect(scans).toBe(0);
        // One more than the page, which tells that there is more.
        expect(rows).toBeLessThanOrEqual(51);
        for (const { id } of result.rows) seen.add(id);
        if (!result.hasNextPage) break;
        cursor = postKey(result.rows.at(-1)!);
      }
      expect(seen.size).toBe(POSTS - 9 + 1);
      expect(seen.has(openingPostId)).toBe(true);
      const { result, rows } = await read(page({ direction: "backward" }));
      expect(rows).toBeLessThanOrEqual(21);
      expect(result.rows.at(-1)?.state).toBe("deleted");
    });
  });

  it("shows the replies of many posts by one statement", async () => {
    await test.tx(cast.communityId, async (tx) => {
      const [listed] = await listPosts(tx, cast.other, [threadId], page({ size: 100 }), at(9_000));
      const ids = listed!.rows.map(({ id }) => id);
      const { result, scans } = await readBy(tx, () => listReplies(tx, cast.other, ids, page({ size: 5 }), at(9_000)));
      expect(scans).toBe(0);
      expect(result.filter(({ rows }) => rows.length > 0).map(({ rows }) => rows[0]!.parentId)).toEqual(
        ids.filter((id) => /0$/.test(id) && id !== openingPostId),
      );
    });
  });

  it("takes replies six deep", async () => {
    let parentId = await aPost(test, cast.reader, threadId, {}, at(9_000));
    for (let depth = 2; depth <= REPLY_DEPTH_MAX; depth += 1) {
      parentId = await aPost(test, cast.reader, threadId, { parentId }, at(9_000 + depth));
    }
    expect(await refusalOf(aPost(test, cast.reader, threadId, { parentId }))).toMatchObject({ field: "parentId" });
    await aPost(test, cast.reader, threadId, { kind: "comment", parentId }, at(9_100));
    await aPost(test, cast.reader, threadId, { parentId: openingPostId }, at(9_101));
  });
});
