import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type pg from "pg";
import { listThreads } from "../src/community/thread-feed-queries.ts";
import type { Viewer } from "../src/identity/viewer.ts";
import type { Id } from "../src/kernel/ids.ts";
import type { Reader } from "../src/platform/database/database.ts";
import { withBenchDatabase } from "./bench-database.ts";
import { fillCommunity } from "./community-data.ts";
import { applyLoad, type LoadResult, median, type PostRequest, proveLoad } from "./load.ts";
import { postGraphileFeed, startPostGraphile } from "./servers/postgraphile.ts";
import { type SpawnedServer, spawnServer } from "./servers/spawn-server.ts";
import { atLeast, type Target } from "./targets.ts";

const SIZE = { members: 50_000, threads: 50_000, postsPerThread: 4 };
const CONNECTIONS = 32;
const PAGE = 20;
const PAGES_COUNTED = [1, 20, 100];

const FEED = `query Feed($first: Int!) { threads(first: $first) {
  nodes { id title tags replyCount score myVote createdAt lastActivityAt
    author { id displayName points { experience } }
    lastReply { postId createdAt author { id displayName points { experience } } } }
  pageInfo { hasNextPage endCursor } } }`;

type Side = "rekindle" | "bare" | "postgraphile";

interface SideFigures {
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Of the server's process alone: the figure to trust on a shared machine. */
  readonly cpuMicrosPerRequest: number;
  readonly answerBytes: number;
  readonly rounds: readonly number[];
}

export interface FeedResult {
  readonly name: "feed";
  readonly figures: {
    readonly threads: number;
    readonly posts: number;
    readonly connections: number;
    readonly pageSize: number;
    readonly sides: Readonly<Partial<Record<Side, SideFigures>>>;
    /** Rekindle's requests/s ÷ the bare server's, of the medians. */
    readonly ratioToBare: number;
    /** Null where PostGraphile could not be had. */
    readonly ratioToPostGraphile: number | null;
    /** SQL statements of one request, by page size. */
    readonly statements: Readonly<Record<number, number>>;
  };
  readonly targets: readonly Target[];
}

export interface FeedOptions {
  readonly rounds?: number;
  readonly seconds?: number;
}

/**
 * The feed over HTTP: Rekindle with tokens, row-level security, limits and metrics, beside a bare server that runs the same SQL prepared,
 * and PostGraphile on the same tables. Rounds alternate, so that a noisy machine is noisy for all.
 */
export async function benchFeed({ rounds = 3, seconds = 8 }: FeedOptions = {}): Promise<FeedResult> {
  return withBenchDatabase(4, async ({ db, url }) => {
    const community = await fillCommunity(db, url, SIZE);
    const statement = await db.read(community, captureStatement);
    const folder = await mkdtemp(join(tmpdir(), "rekindle-bench-feed-"));
    const servers = new Map<Side, SpawnedServer>();
    try {
      const rekindle = { DATABASE_URL: url, REKINDLE_FOLDER: folder, PORT: "0", REQUESTS_PER_MINUTE: "0" };
      servers.set("rekindle", await spawnServer(script("rekindle.ts"), rekindle));
      const bare = { BENCH_OPTIONS: JSON.stringify({ url, communityId: community, statement }) };
      servers.set("bare", await spawnServer(script("bare.ts"), bare));
      const postgraphile = await startPostGraphile(url);
      if (postgraphile !== null) servers.set("postgraphile", postgraphile);

      const sides = await compareSides(servers, community, rounds, seconds);
      const ratioTo = (side: Side) => {
        const other = sides[side]?.requestsPerSecond;
        return other === undefined ? null : round3(sides.rekindle!.requestsPerSecond / other);
      };
      const ratioToBare = ratioTo("bare")!;
      const ratioToPostGraphile = ratioTo("postgraphile");
      return {
        name: "feed",
        figures: {
          threads: SIZE.threads,
          posts: SIZE.threads * SIZE.postsPerThread,
          connections: CONNECTIONS,
          pageSize: PAGE,
          sides,
          ratioToBare,
          ratioToPostGraphile,
          statements: await countStatements(servers.get("rekindle")!),
        },
        targets: [
          atLeast("ratioToBare", ratioToBare, 0.4),
          ...(ratioToPostGraphile === null ? [] : [atLeast("ratioToPostGraphile", ratioToPostGraphile, 1)]),
        ],
      };
    } finally {
      for (const server of servers.values()) await server.stop();
      await rm(folder, { recursive: true, force: true });
    }
  });
}

/** The medians of `rounds` rounds of every side, in turn. */
async function compareSides(
  servers: ReadonlyMap<Side, SpawnedServer>,
  community: Id,
  rounds: number,
  seconds: number,
): Promise<Partial<Record<Side, SideFigures>>> {
  const measured = new Map([...servers.keys()].map((side) => [side, [] as (LoadResult & { cpuMicros: number })[]]));
  const bytes = new Map<Side, number>();
  for (let round = 0; round <= rounds; round += 1) {
    for (const [side, server] of servers) {
      const request = requestOf(side, server, community);
      // The first round warms everything up and does not count: V8 still compiles after some thousand requests.
      if (round === 0) {
        bytes.set(side, Buffer.byteLength(await proveLoad(request)));
        await applyLoad({ ...request, connections: CONNECTIONS, seconds: 2 * seconds });
        continue;
      }
      const before = await server.usage();
      const result = await applyLoad({ ...request, connections: CONNECTIONS, seconds });
      const cpuMs = (await server.usage()).cpuMs - before.cpuMs;
      measured.get(side)!.push({ ...result, cpuMicros: (cpuMs * 1_000) / result.requests });
    }
  }
  const figures: Partial<Record<Side, SideFigures>> = {};
  for (const [side, results] of measured) {
    const middle = (of: (result: LoadResult & { cpuMicros: number }) => number) => median(results.map(of));
    figures[side] = {
      requestsPerSecond: middle((result) => result.requestsPerSecond),
      p50Ms: middle((result) => result.p50Ms),
      p99Ms: middle((result) => result.p99Ms),
      cpuMicrosPerRequest: Math.round(middle((result) => result.cpuMicros)),
      answerBytes: bytes.get(side)!,
      rounds: results.map((result) => result.requestsPerSecond),
    };
  }
  return figures;
}

/** What one request sends to PostgreSQL, once its document and its viewer are known. */
async function countStatements(server: SpawnedServer): Promise<Record<number, number>> {
  const counts: Record<number, number> = {};
  for (const size of PAGES_COUNTED) {
    // Twice in a row to one connection: the second finds everything known.
    await proveLoad(rekindleFeed(server, size));
    const before = await server.usage();
    await proveLoad(rekindleFeed(server, size));
    counts[size] = (await server.usage()).statements! - before.statements!;
  }
  return counts;
}

function requestOf(side: Side, server: SpawnedServer, community: Id): PostRequest {
  if (side === "rekindle") return rekindleFeed(server, PAGE);
  return { url: `${server.url}/graphql`, body: side === "bare" ? "{}" : postGraphileFeed(community, PAGE) };
}

function rekindleFeed(server: SpawnedServer, first: number): PostRequest {
  const headers = { authorization: `Bearer ${server.token}` };
  return { url: `${server.url}/graphql`, headers, body: JSON.stringify({ query: FEED, variables: { first } }) };
}

/** The very statement that the product runs for the first page, caught on its way to PostgreSQL. */
async function captureStatement(reader: Reader): Promise<{ text: string; values: unknown[] }> {
  let caught: { text: string; values: unknown[] } | undefined;
  const query = (config: { text: string; values: unknown[] }) => {
    caught = { text: config.text, values: config.values };
    return reader.client.query(config);
  };
  const viewer: Viewer = {
    communityId: reader.communityId,
    memberId: reader.communityId,
    role: "member",
    locale: "en",
    timeZone: "UTC",
    suspended: false,
  };
  const overheard: Reader = {
    communityId: reader.communityId,
    sql: reader.sql,
    client: { query } as unknown as pg.PoolClient,
  };
  await listThreads(overheard, viewer, null, { size: PAGE, direction: "forward", cursor: null }, new Date());
  if (caught === undefined) throw new Error("the feed ran no statement");
  return caught;
}

function round3(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}

function script(name: string): string {
  return fileURLToPath(new URL(`./servers/${name}`, import.meta.url));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  process.stdout.write(`${JSON.stringify(await benchFeed(), null, 2)}\n`);
}
