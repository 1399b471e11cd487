import { randomBytes } from "node:crypto";
import pg from "pg";
import { afterAll, beforeAll, inject } from "vitest";
import type { Id } from "../../src/kernel/ids.ts";
import { Database, type Reader, type Tx } from "../../src/platform/database/database.ts";
import { brokenInvariants } from "./invariants.ts";
import { databaseUrl, TEMPLATE_DATABASE } from "./template-global.ts";

/** A database of the test file's own, and what tests do with it. */
export interface TestDatabase {
  readonly db: Database;
  readonly url: string;
  /** Runs `act` in a transaction of `communityId`. */
  tx<T>(communityId: Id, act: (tx: Tx) => Promise<T>): Promise<T>;
  read<T>(communityId: Id, read: (reader: Reader) => Promise<T>): Promise<T>;
  /** Rows of a raw query as the owner of the tables: for asserting, past row-level security. */
  rows<Row extends pg.QueryResultRow = pg.QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]>;
}

/**
 * A migrated database for this test file, dropped afterwards. After the file's tests the invariants of
 * `../shared/RELIABILITY.md` are queried; a broken one fails the file.
 */
export function useDatabase(options: { poolSize?: number } = {}): TestDatabase {
  const name = `test_${randomBytes(6).toString("hex")}`;
  const admin = inject("postgresUrl");
  const url = databaseUrl(admin, name);
  let db: Database;
  let owner: pg.Pool;

  beforeAll(async () => {
    await onServer(admin, `create database ${name} template ${TEMPLATE_DATABASE}`);
    db = new Database({ url, poolSize: options.poolSize ?? 10, applicationName: "rekindle-test" });
    owner = new pg.Pool({ connectionString: url, max: 4 });
    // Its last connections may still be closing when the database is dropped under them.
    owner.on("error", () => {});
  });

  afterAll(async () => {
    const broken = await brokenInvariants(owner);
    await db.close();
    await owner.end();
    await onServer(admin, `drop database ${name} with (force)`);
    if (broken.length > 0) throw new Error(`Invariants broken after the tests: ${JSON.stringify(broken)}`);
  });

  return {
    get db() {
      return db;
    },
    url,
    tx: (communityId, act) => db.transaction(communityId, act),
    read: (communityId, read) => db.read(communityId, read),
    rows: async (text, values) => (await owner.query(text, values)).rows,
  };
}

async function onServer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    // Two files copying the template at once must wait for each other, and the lock makes them queue instead of fail.
    await client.query("select pg_advisory_lock(1)");
    await client.query(statement);
  } finally {
    await client.end();
  }
}
