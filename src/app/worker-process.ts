import { join } from "node:path";
import { Queues } from "../../workers/queues.ts";
import { startWorkers } from "../../workers/worker-process.ts";
import type { Logger } from "../platform/logging.ts";
import { createFolderMailer, createSmtpMailer, type Mailer } from "../platform/mailer.ts";
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

/** The queues of this workspace. A connection that breaks is told of, and mends itself. */
export function openQueues({ queueConnection }: Workspace, logger: Logger): Queues {
  return new Queues(queueConnection, (error) =>
    logger.warn({ err: error }, "a queue's connection failed and is tried again"),
  );
}

/** SMTP where it is configured, else files to look at. */
export function mailerOf({ config }: Workspace): Mailer {
  return config.smtpUrl === null
    ? createFolderMailer(join(config.folder, "mail"), config.mailFrom)
    : createSmtpMailer(config.smtpUrl, config.mailFrom);
}
