import type { Id } from "../../src/kernel/ids.ts";
import type { TestDatabase } from "../support/test-database.ts";

/** What an import writes to, besides the record of its runs. */
const TABLES = [
  "spaces",
  "members",
  "external_identities",
  "threads",
  "posts",
  "anonymous_votes",
  "acceptances",
  "badge_awards",
  "events",
];

/** How many rows each table has and a hash of all that is in them, which does not depend on the community's own id. */
export async function importedState(test: TestDatabase, communityId: Id): Promise<Record<string, string>> {
  const state: Record<string, string> = {};
  for (const table of TABLES) {
    const [row] = await test.rows<{ rows: number; hash: string }>(
      `select count(*)::int as rows, md5(coalesce(string_agg(content, E'\\n' order by content), '')) as hash
       from (select (to_jsonb(t) - 'community_id' - 'transaction_id')::text as content from ${table} t
             where community_id = $1) t`,
      [communityId],
    );
    state[table] = `${row!.rows} rows ${row!.hash}`;
  }
  return state;
}
