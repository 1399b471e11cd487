import pg from "pg";
import { provisionCommunity } from "../src/app/provisioning.ts";
import type { Id } from "../src/kernel/ids.ts";
import type { Database } from "../src/platform/database/database.ts";

export interface CommunitySize {
  readonly members: number;
  readonly threads: number;
  readonly postsPerThread: number;
}

/** An id made of a kind and a number, in SQL: so that rows can name each other without being looked up. */
const id = (kind: string, n: string) => `md5('${kind}' || ${n})::uuid`;

/**
 * Fills a community of `size` by set-based SQL, for measuring: texts are of a real length and mean nothing. Returns its id. Ends with
 * VACUUM and ANALYZE, as a database that has lived for a day.
 */
export async function fillCommunity(db: Database, ownerUrl: string, size: CommunitySize): Promise<Id> {
  const now = new Date();
  const community = await provisionCommunity(
    { db },
    { slug: "bench", name: "Bench", locale: "en", timeZone: "UTC" },
    now,
  );
  const owner = new pg.Client({ connectionString: ownerUrl });
  await owner.connect();
  const run = (text: string) => owner.query(text.replaceAll("$community", `'${community}'::uuid`));
  const { members, threads, postsPerThread } = size;
  const at = (seconds: string) => `(now() - ((${seconds}) || ' seconds')::interval)::timestamptz(3)`;
  await run(`insert into spaces (community_id, id, slug, name, kind, created_at)
    select $community, ${id("space", "n")}, 'space-' || n, 'Space ' || n, 'topic', now() from generate_series(0, 9) n`);
  await run(`insert into members (community_id, id, display_name, locale, time_zone, role, joined_at)
    select $community, ${id("member", "n")}, 'Member ' || n, 'en', 'UTC', 'member', now() from generate_series(0, ${members - 1}) n`);
  await run(`insert into point_balances (community_id, member_id, experience, coins, updated_at)
    select $community, ${id("member", "n")}, n % 977, 0, now() from generate_series(0, ${members - 1}) n`);
  await run(`insert into threads (community_id, id, space_id, author_id, kind, title, tags, state, created_at, last_activity_at,
      opening_post_id, last_reply_id, reply_count)
    select $community, ${id("thread", "n")}, ${id("space", "n % 10")}, ${id("member", `(n * 7919) % ${members}`)},
      case when n % 3 = 0 then 'question' else 'discussion' end, 'How does one read thread number ' || n || ' in a list?',
      array['tag-' || n % 50, 'tag-' || n % 7], 'visible', ${at("n * 60 + 86400")}, ${at("n * 60")}, ${id("post", `n || '.0'`)},
      ${id("post", `n || '.' || ${postsPerThread - 1}`)}, ${postsPerThread - 1}
    from generate_series(0, ${threads - 1}) n`);
  await run(`insert into posts (community_id, id, thread_id, author_id, kind, body_markdown, body_html, revision, state, score, created_at)
    select $community, ${id("post", "n || '.' || p")}, ${id("thread", "n")}, ${id("member", `(n * 7919 + p * 104729) % ${members}`)},
      case when p = 0 then 'opening' when n % 3 = 0 then 'answer' else 'reply' end, repeat('Words of a post. ', 20),
      '<p>' || repeat('Words of a post. ', 20) || '</p>', 1, 'visible', case when p = 0 then 1 else 0 end, ${at(`n * 60 + (${postsPerThread} - p)`)}
    from generate_series(0, ${threads - 1}) n, generate_series(0, ${postsPerThread - 1}) p`);
  await run(`insert into votes (community_id, post_id, member_id, id, value, cast_at)
    select $community, ${id("post", "n || '.0'")}, ${id("member", `(n * 31 + 1) % ${members}`)}, ${id("vote", "n")}, 1, now()
    from generate_series(0, ${threads - 1}) n`);
  await owner.query("vacuum analyze");
  await owner.end();
  return community;
}
