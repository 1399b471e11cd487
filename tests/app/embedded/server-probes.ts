import pg from "pg";
import type { EmbeddedPostgres } from "../../../src/app/embedded/embedded-postgres.ts";
import { identifyProcess } from "../../../src/app/embedded/process-identity.ts";

/** The rows of the last of the statements. */
export async function query(
  postgres: Pick<EmbeddedPostgres, "url">,
  ...statements: string[]
): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  try {
    let rows: Record<string, unknown>[] = [];
    for (const statement of statements) rows = (await client.query(statement)).rows;
    return rows;
  } finally {
    await client.end();
  }
}

export async function isRunning(postgres: Pick<EmbeddedPostgres, "processId">): Promise<boolean> {
  return (await identifyProcess(postgres.processId)) !== null;
}

