import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import pg from "pg";
import type { Id } from "../../src/kernel/ids.ts";
import { type SpawnedServer, spawnServer } from "./spawn-server.ts";

const FOLDER = fileURLToPath(new URL("../peers/postgraphile", import.meta.url));

/** PostGraphile on the tables at `url`, installed when first needed; null, said aloud, where it cannot be had. */
export async function startPostGraphile(url: string): Promise<SpawnedServer | null> {
  try {
    if (!existsSync(join(FOLDER, "node_modules/postgraphile"))) {
      await promisify(execFile)("npm", ["ci", "--ignore-scripts"], { cwd: FOLDER, timeout: 300_000 });
    }
    await prepareFeed(url);
    const env = { BENCH_OPTIONS: JSON.stringify({ url }), NODE_ENV: "production", GRAPHILE_ENV: "production" };
    return await spawnServer(join(FOLDER, "server.mjs"), env, []);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    process.stderr.write(`PostGraphile could not be started and is left out: ${reason}\n`);
    return null;
  }
}

/**
 * Gives it what we have: the feed's relations by name (an opening post and a last reply are no foreign keys of ours), and an index in
 * its order of nulls.
 */
async function prepareFeed(url: string): Promise<void> {
  const owner = new pg.Client({ connectionString: url });
  await owner.connect();
  const relation = (columns: string, to: string, field: string, back: string) =>
    `@foreignKey (community_id, ${columns}) references ${to} (community_id, id)|@fieldName ${field}|@foreignFieldName ${back}`;
  const describe = (table: string, ...relations: string[]) =>
    owner.query(`comment on table ${table} is E'${relations.join("\\n")}'`);
  try {
    await describe(
      "threads",
      relation("author_id", "members", "author", "threadsOfAuthor"),
      relation("opening_post_id", "posts", "openingPost", "threadsByOpeningPost"),
      relation("last_reply_id", "posts", "lastReply", "threadsByLastReply"),
    );
    await describe("posts", relation("author_id", "members", "writer", "postsOfWriter"));
    await owner.query("create index on threads (community_id, state, last_activity_at desc, id desc)");
    await owner.query("analyze threads");
  } finally {
    await owner.end();
  }
}

/** The feed as PostGraphile says it: the same threads in the same order, without the space, the roles and the caller's votes. */
export function postGraphileFeed(community: Id, first: number): string {
  const condition = `condition: { communityId: "${community}", state: "visible" }`;
  const member = "{ rowId displayName pointBalanceByCommunityIdAndMemberId { experience } }";
  const query = `query Feed($first: Int!) {
    allThreads(first: $first, orderBy: [LAST_ACTIVITY_AT_DESC, ROW_ID_DESC], ${condition}) {
      nodes { rowId title tags replyCount createdAt lastActivityAt openingPost { score } author ${member}
        lastReply { rowId createdAt writer ${member} } }
      pageInfo { hasNextPage endCursor } } }`;
  return JSON.stringify({ query, variables: { first } });
}
