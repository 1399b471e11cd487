import { access, constants, mkdir, readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { type BinaryFolders, prepareBinaries } from "./binaries.ts";
import { type ClusterPaths, clusterPaths, ensureCluster } from "./cluster.ts";
import { countLeases, type Lease, takeLease } from "./leases.ts";
import { databaseUrl, verifyServer } from "./ownership.ts";
import { findPostmaster, type Postmaster, stopPostmaster, waitUntilReady } from "./postmaster.ts";
import { withProcessLock } from "./process-lock.ts";
import { chooseServerUser } from "./server-user.ts";
import { explainFailure, StartFailure } from "./start-failure.ts";
import { startServer } from "./start-server.ts";

export interface EmbeddedPostgresOptions {
  /** Everything is kept under `<folder>/postgres`. One machine (or container) at a time may use a folder. */
  readonly folder: string;
  /** The superuser's name; fixed when the cluster is made. */
  readonly user?: string;
  /** Created when missing. */
  readonly database?: string;
  /** For everything until the server answers; a crash's log may have to be replayed, so not below a minute. */
  readonly startTimeoutMs?: number;
  /** PostgreSQL settings over ours, for a server that this call starts; a running one keeps its own. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly binaries?: BinaryFolders;
  readonly onProgress?: (message: string) => void;
}

export interface EmbeddedPostgres {
  /** The superuser's address, password included. */
  readonly url: string;
  readonly port: number;
  readonly processId: number;
  /** `cold`: the cluster was made; `warm`: started over existing data; `adopted`: it was running already. */
  readonly started: "cold" | "warm" | "adopted";
  /** Gives up this use of the server, and stops it if it was the last. */
  release(): Promise<void>;
}

const START_MS_MAX = 120_000;

/**
 * Brings up the PostgreSQL of `folder`, or joins the one that runs there. Processes share it: each call holds a lease until it
 * releases it or its process ends, and the last to release stops the server. After a `kill -9` of the last one the server is
 * an orphan, whom the next call adopts.
 *
 * @throws StartFailure with what went wrong, the remedy, and the end of the server's log.
 */
export async function acquirePostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { startTimeoutMs = START_MS_MAX } = options;
  const paths = clusterPaths(resolve(options.folder));
  await prepareHome(paths);
  try {
    return await withProcessLock(paths.startLock, startTimeoutMs, async () => {
      const lease = await takeLease(paths.leases);
      try {
        return await bringUp(paths, options, lease, Date.now() + startTimeoutMs);
      } catch (error) {
        await leave(paths, lease, null);
        throw error;
      }
    });
  } catch (error) {
    throw explainFailure("Bringing up the embedded PostgreSQL", error);
  }
}

/** Stops the server of `folder` if no living process uses it, which is an orphan then. */
export async function stopOrphan(folder: string): Promise<void> {
  const paths = clusterPaths(resolve(folder));
  await withProcessLock(paths.startLock, START_MS_MAX, () => stopIfUnused(paths, null));
}

async function bringUp(
  paths: ClusterPaths,
  options: EmbeddedPostgresOptions,
  lease: Lease,
  deadlineMs: number,
): Promise<EmbeddedPostgres> {
  const { user = "rekindle", database = "rekindle", startTimeoutMs = START_MS_MAX } = options;
  const running = await waitUntilReady(paths.data, deadlineMs, () => false);
  const { postmaster, started } =
    running === null
      ? await start(paths, user, options, deadlineMs)
      : { postmaster: running, started: "adopted" as const };
  const password = (await readFile(paths.password, "utf8")).trim();
  const access = { port: postmaster.port, user, password };
  await verifyServer(paths.data, access, database, deadlineMs);

  let released: Promise<void> | undefined;
  const release = () => withProcessLock(paths.startLock, startTimeoutMs, () => leave(paths, lease, postmaster));
  return {
    url: databaseUrl(access, database),
    port: postmaster.port,
    processId: postmaster.identity.pid,
    started,
    release: () => {
      released ??= release();
      return released;
    },
  };
}

async function start(paths: ClusterPaths, superuser: string, options: EmbeddedPostgresOptions, deadlineMs: number) {
  const { settings = {}, onProgress = () => {} } = options;
  const serverUser = await chooseServerUser(paths.data);
  const binaries = await prepareBinaries(options.binaries ?? {}, serverUser, paths.runtime);
  const cluster = await ensureCluster(paths, superuser, binaries, serverUser, settings.fsync !== "off");
  onProgress(
    cluster === "created"
      ? `PostgreSQL: made an empty database in ${paths.data}`
      : `PostgreSQL: starting over ${paths.data}`,
  );
  const postmaster = await startServer(paths, binaries, serverUser, settings, deadlineMs);
  return { postmaster, started: cluster === "created" ? ("cold" as const) : ("warm" as const) };
}

async function leave(paths: ClusterPaths, lease: Lease, known: Postmaster | null): Promise<void> {
  await lease.drop();
  await stopIfUnused(paths, known);
}

/** The caller holds the start lock. `known` counts when the folder was deleted under the running server. */
async function stopIfUnused(paths: ClusterPaths, known: Postmaster | null): Promise<void> {
  if ((await countLeases(paths.leases)) > 0) return;
  const last = (await findPostmaster(paths.data)) ?? known;
  if (last !== null) await stopPostmaster(last.identity, paths.log);
}

async function prepareHome({ home }: ClusterPaths): Promise<void> {
  if (process.platform === "win32") {
    throw new StartFailure(
      "The embedded PostgreSQL is not supported on Windows.",
      "Run Rekindle in WSL, or set DATABASE_URL to a PostgreSQL server (15 or newer) of your own.",
    );
  }
  try {
    await mkdir(home, { recursive: true });
    await access(home, constants.W_OK);
  } catch (error) {
    throw new StartFailure(
      `The data folder ${home} cannot be written to (${(error as Error).message}).`,
      "Make it writable for this user, or choose another one.",
    );
  }
}
