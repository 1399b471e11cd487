import { resolve } from "node:path";
import { migrateQueues, type QueueConnection } from "../../workers/queues.ts";
import type { Clock } from "../kernel/instant.ts";
import type { Config } from "../platform/config.ts";
import { Crypto } from "../platform/crypto.ts";
import { Database } from "../platform/database/database.ts";
import { migrateDatabase } from "../platform/database/migrate.ts";
import type { EmbeddedPostgres } from "./embedded/embedded-postgres.ts";
import { keepPostgres } from "./embedded/keep-postgres.ts";
import { prepareFolder } from "./installation-folder.ts";
import { checkServers } from "./preflight.ts";
import { Secrets } from "./secrets.ts";

/** What a process works with: its database brought up and migrated, its secrets read. */
export interface Workspace {
  readonly config: Config;
  readonly db: Database;
  /** The address of the database's owner. */
  readonly databaseUrl: string;
  readonly queueConnection: QueueConnection;
  readonly crypto: Crypto;
  readonly secrets: Secrets;
  readonly clock: Clock;
  /** How the embedded PostgreSQL came up; null for a server by URL. */
  readonly embedded: EmbeddedPostgres["started"] | null;
  close(): Promise<void>;
}

export interface WorkspaceOptions {
  readonly config: Config;
  readonly clock: Clock;
  readonly applicationName: string;
  readonly onProgress?: (message: string) => void;
}

/**
 * Opens the installation's database, its own embedded one or the server at DATABASE_URL, and brings it to the newest schema.
 * The embedded one is shared with a running server, is brought up again when it dies, and stops when its last user leaves.
 */
export async function openWorkspace({
  config,
  clock,
  applicationName,
  onProgress,
}: WorkspaceOptions): Promise<Workspace> {
  const folder = resolve(config.folder);
  // Production keeps nothing in it that it could not do without.
  if (!config.production) await prepareFolder(folder);
  const secrets = await Secrets.open({ ...config, folder });
  const embedded = config.databaseUrl === null ? await keepPostgres({ folder, onProgress }) : null;
  const databaseUrl = config.databaseUrl ?? embedded?.url ?? "";
  const queueConnection: QueueConnection =
    config.redisUrl === null ? { kind: "postgres", url: databaseUrl } : { kind: "redis", url: config.redisUrl };
  try {
    await checkServers(databaseUrl, queueConnection);
    await migrateDatabase(databaseUrl);
    await migrateQueues(queueConnection);
  } catch (error) {
    await embedded?.release();
    throw error;
  }
  const db = new Database({ url: databaseUrl, poolSize: config.databasePoolSize, applicationName });
  return {
    config,
    db,
    databaseUrl,
    queueConnection,
    crypto: new Crypto(secrets.encryptionKeys),
    secrets,
    clock,
    embedded: embedded?.started ?? null,
    close: async () => {
      await db.close();
      await embedded?.release();
    },
  };
}
