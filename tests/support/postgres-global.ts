import { existsSync, rmSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { acquirePostgres, stopOrphan } from "../../src/app/embedded/embedded-postgres.ts";
import { scratchParent } from "./scratch-folder.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The superuser's address of the server that this test run has for itself. */
    postgresUrl: string;
    /** A folder of this run, for what its tests keep on disk. Whatever becomes of the run, the next one clears it away. */
    scratchFolder: string;
  }
}

const FOLDER_PREFIX = "rekindle-tests-";

/**
 * One embedded PostgreSQL for the test run, in a folder of its own that goes away with it. `fsync` is off, for no test outlives
 * the machine; `synchronous_commit` stays on, because what a commit promises is what many tests are about.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const parent = await scratchParent();
  await removeAbandoned(parent);
  const folder = await mkdtemp(join(parent, FOLDER_PREFIX));
  try {
    const postgres = await acquirePostgres({ folder, settings: { fsync: "off", full_page_writes: "off" } });
    // A run that is cut short by process.exit gets no teardown; then a signal is all that can still be sent.
    const stopAtOnce = () => {
      try {
        process.kill(postgres.processId, "SIGQUIT");
      } catch {
        // It is gone already.
      }
      rmSync(folder, { recursive: true, force: true });
    };
    process.once("exit", stopAtOnce);
    project.provide("postgresUrl", postgres.url);
    project.provide("scratchFolder", folder);
    return async () => {
      process.removeListener("exit", stopAtOnce);
      await postgres.release();
      await removeFolder(folder);
    };
  } catch (error) {
    await removeFolder(folder);
    throw error;
  }
}

/** Clears away what runs that were killed outright have left: their servers, and their folders. */
async function removeAbandoned(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const folder = join(parent, name);
    const leases = join(folder, "postgres", "leases");
    // A run that is just beginning has its folder before its first lease: leave it alone.
    if (!name.startsWith(FOLDER_PREFIX) || !existsSync(leases)) continue;
    try {
      await stopOrphan(folder);
      if ((await readdir(leases)).length === 0) await removeFolder(folder);
    } catch {
      // Another run is clearing it away too, or it belongs to another user: not worth failing this run.
    }
  }
}

function removeFolder(folder: string): Promise<void> {
  return rm(folder, { recursive: true, force: true, maxRetries: 3 });
}
