import { Redis } from "ioredis";
import pg from "pg";
import type { QueueConnection } from "../../workers/queues.ts";
import { describeError } from "../platform/log-redaction.ts";
import { hasCode, systemError } from "./system-errors.ts";

/** A server's setting under which we could lose what we promised to keep. The message says how to mend it. */
export class UnsafeServerError extends Error {
  override readonly name = "UnsafeServerError";
}

/** A server that the configuration names cannot be worked with. The message says which, and what to do. */
export class UnreachableServer extends Error {
  override readonly name = "UnreachableServer";
}

const POSTGRES_VERSION_MIN = 15;

/**
 * Refuses servers that answer before they have written: PostgreSQL with `synchronous_commit` or `fsync` off loses acknowledged
 * points in a crash, and Redis that evicts keys loses jobs.
 */
export async function checkServers(databaseUrl: string, queues: QueueConnection): Promise<void> {
  await checkPostgres(databaseUrl);
  if (queues.kind === "redis") await checkRedis(queues.url);
}

async function checkPostgres(url: string): Promise<void> {
  const client = new pg.Client({
    connectionString: url,
    application_name: "rekindle-preflight",
    connectionTimeoutMillis: 10_000,
  });
  await client.connect().catch((error: unknown) => {
    throw new UnreachableServer(explainPostgres(url, error), { cause: error });
  });
  try {
    const { rows } = await client.query<{ name: string; setting: string }>(
      "select name, setting from pg_settings where name in ('synchronous_commit', 'server_version_num')",
    );
    const setting = (name: string) => rows.find((row) => row.name === name)?.setting ?? "";
    if (Number(setting("server_version_num")) < POSTGRES_VERSION_MIN * 10_000) {
      throw new UnsafeServerError(
        `Rekindle needs PostgreSQL ${POSTGRES_VERSION_MIN} or newer: upgrade the server at DATABASE_URL.`,
      );
    }
    if (setting("synchronous_commit") === "off") {
      throw new UnsafeServerError(
        "PostgreSQL runs with synchronous_commit=off and would forget acknowledged writes in a crash: " +
          "run “alter system set synchronous_commit = on; select pg_reload_conf();” and start again.",
      );
    }
  } finally {
    await client.end();
  }
}

async function checkRedis(url: string): Promise<void> {
  const redis = new Redis(url, {
    ...{ lazyConnect: true, maxRetriesPerRequest: 1, connectTimeout: 10_000 },
    retryStrategy: () => null,
  });
  // `connect` says only that the connection is closed; why, is said here.
  let failure: unknown = null;
  redis.on("error", (error) => {
    failure ??= error;
  });
  try {
    const memory = await redis
      .connect()
      .then(() => redis.info("memory"))
      .catch((error: unknown) => {
        throw new UnreachableServer(explainRedis(url, failure ?? error), { cause: failure ?? error });
      });
    const policy = /maxmemory_policy:(\S+)/.exec(memory)?.[1];
    if (policy !== undefined && policy !== "noeviction") {
      throw new UnsafeServerError(
        `Redis runs with maxmemory-policy ${policy} and would drop queued jobs: set it to noeviction and start again.`,
      );
    }
  } finally {
    redis.disconnect();
  }
}

/** What to do about a PostgreSQL that lets nobody in. The address is told without its password. */
export function explainPostgres(url: string, error: unknown): string {
  const { username, pathname } = new URL(url);
  const server = `PostgreSQL at ${hostOf(url, 5432)} (DATABASE_URL)`;
  const user = decodeURIComponent(username);
  const database = decodeURIComponent(pathname.slice(1)) || user;
  if (hasCode(error, "28P01", "28000"))
    return `${server} does not let the user ${user} in.\nCorrect the user and the password in DATABASE_URL.`;
  if (hasCode(error, "3D000")) {
    return `${server} has no database ${database}.\nCreate it (createdb ${database}), or correct the name in DATABASE_URL.`;
  }
  if (hasCode(error, "53300"))
    return `${server} has no connection left.\nRaise its max_connections, or lower DATABASE_POOL_SIZE.`;
  return `${server} does not answer: ${reasonOf(error)}.\nStart it, or correct host and port in DATABASE_URL.`;
}

/** What to do about a Redis that lets nobody in. The address is told without its password. */
export function explainRedis(url: string, error: unknown): string {
  const server = `Redis at ${hostOf(url, 6379)} (REDIS_URL)`;
  if (/^(NOAUTH|WRONGPASS)|invalid password/.test(error instanceof Error ? error.message : ""))
    return `${server} does not accept the password.\nCorrect it in REDIS_URL: redis://:password@host:6379`;
  return `${server} does not answer: ${reasonOf(error)}.\nStart it, or correct host and port in REDIS_URL.`;
}

function hostOf(url: string, usualPort: number): string {
  const { hostname, port } = new URL(url);
  return `${hostname || "localhost"}:${port || usualPort}`;
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens there",
  ENOTFOUND: "there is no host of that name",
  EAI_AGAIN: "the name of the host cannot be looked up now",
  ETIMEDOUT: "it takes too long",
  ECONNRESET: "it hangs up",
};

function reasonOf(error: unknown): string {
  const known = REASONS[systemError(error)?.code ?? ""];
  return known ?? describeError(error);
}
