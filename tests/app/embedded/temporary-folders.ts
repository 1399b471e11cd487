import { cp, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, inject } from "vitest";
import {
  acquirePostgres,
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  stopOrphan,
} from "../../../src/app/embedded/embedded-postgres.ts";

const cleanups: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanups.splice(0).reverse()) await cleanUp();
});

/** A folder for this test; whatever PostgreSQL is left running in it is stopped, and it is removed, however the test ends. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(inject("scratchFolder"), "embedded-"));
  cleanups.push(async () => {
    await stopOrphan(folder);
    await rm(folder, { recursive: true, force: true });
  });
  return folder;
}

/** Acquires until the test's end at most. */
export async function acquire(
  folder: string,
  options: Partial<EmbeddedPostgresOptions> = {},
): Promise<EmbeddedPostgres> {
  const postgres = await acquirePostgres({ folder, settings: { fsync: "off" }, ...options });
  cleanups.push(postgres.release);
  return postgres;
}

let prepared: Promise<string> | undefined;

/** A folder with a database in it that nobody runs: a copy of one made once, for making one takes a second. */
export async function folderWithDatabase(): Promise<string> {
  prepared ??= prepareDatabase();
  const folder = await temporaryFolder();
  await cp(join(await prepared, "postgres"), join(folder, "postgres"), { recursive: true });
  // Folders that run at the same time would take turns with one remembered port.
  await rm(join(folder, "postgres", "port"));
  return folder;
}

async function prepareDatabase(): Promise<string> {
  const folder = await mkdtemp(join(inject("scratchFolder"), "embedded-"));
  await (await acquirePostgres({ folder, settings: { fsync: "off" } })).release();
  return folder;
}

afterAll(async () => {
  if (prepared !== undefined) await rm(await prepared, { recursive: true });
});
