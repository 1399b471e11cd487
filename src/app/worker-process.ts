import { join } from "node:path";
import { Redis } from "ioredis";
import { Queues } from "../../workers/queues.ts";
import { startWorkers } from "../../workers/worker-process.ts";
import type { Logger } from "../platform/logging.ts";
import { createFolderMailer, createSmtpMailer, type Mailer } from "../platform/mailer.ts";
import { outageTeller } from "./outages.ts";
import { SUBSCRIBERS } from "./subscribers.ts";
import type { Workspace } from "./workspace.ts";

export interface RunningProcess {
  close(): Promise<void>;
}

/** Starts the workers of this process on a workspace. */
export async function startWorkerProcess(workspace: Workspace, logger: Logger): Promise<RunningProcess> {
  const { db, crypto, clock, databaseUrl } = workspace;
  const mailer = mailerOf(workspace);
  const queues = openQueues(workspace, logger);
  const workers = await startWorkers({
    services: { db, crypto, mailer },
    databaseUrl,
    queues,
    subscribers: SUBSCRIBERS,
    clock,
    logger,
  });
  return {
    close: async () => {
      await workers.close();
      mailer.close();
    },
  };
}

/** The queues of this workspace. A connection that breaks mends itself. */
export function openQueues(workspace: Workspace, logger: Logger): Queues {
  return new Queues(workspace.queueConnection, outagesOf(workspace, logger));
}

const tellers = new WeakMap<Workspace, (error: Error) => void>();

/** What hears of broken connections to the server of queues and hints; all of a process tell of an outage together, once. */
export function outagesOf(workspace: Workspace, logger: Logger): (error: Error) => void {
  const { config, db } = workspace;
  const { redisUrl } = config;
  const teller =
    tellers.get(workspace) ??
    (redisUrl === null
      ? outageTeller("PostgreSQL", () => db.pool.query("select 1"), logger)
      : outageTeller(`Redis at ${new URL(redisUrl).host}`, () => pingRedis(redisUrl), logger));
  tellers.set(workspace, teller);
  return teller;
}

async function pingRedis(url: string): Promise<void> {
  const redis = new Redis(url, { lazyConnect: true, connectTimeout: 2_000, retryStrategy: () => null });
  redis.on("error", () => {}); // It reaches the caller through `connect`.
  try {
    await redis.connect();
    await redis.ping();
  } finally {
    redis.disconnect();
  }
}

/** SMTP where it is configured, else files to look at. */
export function mailerOf({ config }: Workspace): Mailer {
  return config.smtpUrl === null
    ? createFolderMailer(join(config.folder, "mail"), config.mailFrom)
    : createSmtpMailer(config.smtpUrl, config.mailFrom);
}
