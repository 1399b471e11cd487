import { readdirSync } from "node:fs";
import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { clusterPaths } from "./cluster.ts";
import { acquirePostgres, type EmbeddedPostgres, type EmbeddedPostgresOptions } from "./embedded-postgres.ts";
import { identifyProcess, isAlive } from "./process-identity.ts";

const LOOK_MS = 1_000;

/** After a start that failed: a full disk or memory may take a while to be mended. */
const RETRY_MS = 5_000;

/**
 * Acquires the PostgreSQL of a folder, and brings it up again when it ends under us (killed for want of memory, say), on the same
 * port and over the same data: who uses it sees connections break, and mends them. Of several processes that watch one
 * server, one starts it and the others join.
 */
export async function keepPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { onProgress = () => {} } = options;
  const first = await acquirePostgres(options);
  const stopping = new AbortController();
  let current = first;

  const revive = async () => {
    onProgress("The embedded PostgreSQL has ended unexpectedly. Starting it again …");
    const revived = await acquirePostgres(options);
    const dead = current;
    current = revived;
    await dead.release();
    onProgress(
      revived.url === first.url
        ? "The embedded PostgreSQL is back."
        : `The embedded PostgreSQL is back, but port ${first.port} was taken meanwhile: stop Rekindle and start it again.`,
    );
  };
  const watch = async () => {
    for (let identity = await identifyProcess(current.processId); ; ) {
      await sleep(LOOK_MS, undefined, { ref: false, signal: stopping.signal });
      if (identity !== null && (await isAlive(identity))) continue;
      try {
        await revive();
        identity = await identifyProcess(current.processId);
      } catch (error) {
        onProgress(error instanceof Error ? error.message : String(error));
        await sleep(RETRY_MS, undefined, { ref: false, signal: stopping.signal });
      }
    }
  };
  // For an end that leaves no time to release, such as a second Ctrl-C. Committed work is safe whatever stops the server.
  const stopAtExit = () => {
    try {
      const users = readdirSync(clusterPaths(resolve(options.folder)).leases).length;
      if (users === 1) process.kill(current.processId, "SIGINT");
    } catch {
      // The server or its folder is gone already.
    }
  };
  process.once("exit", stopAtExit);
  // It ends by being aborted, in one of its sleeps.
  const watched = watch().catch(() => {});
  return {
    ...first,
    release: async () => {
      stopping.abort();
      await watched;
      await current.release();
      process.removeListener("exit", stopAtExit);
    },
  };
}
