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

export async function killOutright(pid: number): Promise<void> {
  process.kill(pid, "SIGKILL");
  while ((await identifyProcess(pid)) !== null) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** A connection that may break without failing the test, and the process that serves it. */
export async function connectedTo(
  postgres: Pick<EmbeddedPostgres, "url">,
): Promise<{ readonly client: pg.Client; readonly pid: number }> {
  const client = new pg.Client({ connectionString: postgres.url });
  client.on("error", () => {});
  await client.connect();
  const { rows } = await client.query<{ pid: number }>("select pg_backend_pid() as pid");
  return { client, pid: rows[0]!.pid };
}

/** Waits until something holds; the test's own time limit ends it. */
export async function holds(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 5));
}
