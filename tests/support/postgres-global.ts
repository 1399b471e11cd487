import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { acquirePostgres } from "../../src/app/embedded/embedded-postgres.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The superuser's address of the server that this test run has for itself. */
    postgresUrl: string;
  }
}

/**
 * One embedded PostgreSQL for the test run, in a folder of its own that goes away with it. `fsync` is off, for no test outlives
 * the machine; `synchronous_commit` stays on, because what a commit promises is what many tests are about.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), "rekindle-tests-"));
  const removeFolder = () => rm(folder, { recursive: true, force: true });
  try {
    const postgres = await acquirePostgres({ folder, settings: { fsync: "off", full_page_writes: "off" } });
    // Teardown is skipped when the run is cut short by process.exit; a signal is all that can still be sent then.
    const stopAtOnce = () => process.kill(postgres.processId, "SIGQUIT");
    process.once("exit", stopAtOnce);
    project.provide("postgresUrl", postgres.url);
    return async () => {
      process.removeListener("exit", stopAtOnce);
      await postgres.release();
      await removeFolder();
    };
  } catch (error) {
    await removeFolder();
    throw error;
  }
}
