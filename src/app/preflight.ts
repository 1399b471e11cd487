import { Redis } from "ioredis";
import pg from "pg";
import type { QueueConnection } from "../../workers/queues.ts";

/** A server's setting under which we could lose what we promised to keep. The message says how to mend it. */
export class UnsafeServerError extends Error {
  override readonly name = "UnsafeServerError";
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
  await client.connect();
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
  const redis = new Redis(url, { lazyConnect: true, maxRetriesPerRequest: 1, connectTimeout: 10_000 });
  // The failure reaches the caller through `connect`; without a listener ioredis prints it as well.
  redis.on("error", () => {});
  try {
    await redis.connect();
    const policy = /maxmemory_policy:(\S+)/.exec(await redis.info("memory"))?.[1];
    if (policy !== undefined && policy !== "noeviction") {
      throw new UnsafeServerError(
        `Redis runs with maxmemory-policy ${policy} and would drop queued jobs: set it to noeviction and start again.`,
      );
    }
  } finally {
    redis.disconnect();
  }
}
