import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { acquirePostgres } from "../src/app/embedded/embedded-postgres.ts";
import { Database } from "../src/platform/database/database.ts";
import { migrateDatabase } from "../src/platform/database/migrate.ts";

export interface BenchDatabase {
  readonly db: Database;
  /** The superuser's address. */
  readonly url: string;
}

/** Runs `act` against a PostgreSQL of its own with the settings that the product runs with (fsync on), and removes it afterwards. */
export async function withBenchDatabase<T>(poolSize: number, act: (database: BenchDatabase) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "rekindle-bench-"));
  try {
    const postgres = await acquirePostgres({ folder });
    try {
      await migrateDatabase(postgres.url);
      const db = new Database({ url: postgres.url, poolSize, applicationName: "rekindle-bench" });
      try {
        return await act({ db, url: postgres.url });
      } finally {
        await db.close();
      }
    } finally {
      await postgres.release();
    }
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}
