import { randomBytes } from "node:crypto";
import { chown, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";

/** How to reach a server as its superuser. */
export interface Access {
  readonly port: number;
  readonly user: string;
  readonly password: string;
}

const UNDEFINED_FILE = "58P01";
const DUPLICATE_DATABASE = "42P04";
/** It cuts everybody off because a backend crashed, and lets nobody in while it recovers from that. */
const RECOVERING: ReadonlySet<string> = new Set(["57P02", "57P03"]);
const RETRY_MS = 50;
const CONNECT_MS_MAX = 10_000;

export function databaseUrl({ port, user, password }: Access, database: string): string {
  return `postgresql://${encodeURIComponent(user)}:${encodeURIComponent(password)}@127.0.0.1:${port}/${encodeURIComponent(database)}`;
}

/**
 * Makes sure that the server we reach is the one over `data`, and that `database` exists in it.
 *
 * The password alone proves nothing: a copied folder has the same one, and the port of the original. Nor does the name in
 * `data_directory`: mounts and links give one folder many names. So we put a word into the folder, and ask the server to
 * read it to us.
 */
export async function verifyServer(data: string, access: Access, database: string, deadlineMs: number): Promise<void> {
  for (;;) {
    const attempt = await verifyOnce(data, access, database);
    if (attempt === "verified") return;
    if (Date.now() > deadlineMs) throw attempt.cutOff;
    await sleep(RETRY_MS);
  }
}

/**
 * A server that recovers from the crash of one of its backends is up, and good again in a moment. It may turn us away, or cut us
 * off in the middle: it takes notice of the crash only after a while, and of who has come in since.
 */
async function verifyOnce(data: string, access: Access, database: string): Promise<"verified" | { cutOff: unknown }> {
  const url = databaseUrl(access, "postgres");
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_MS_MAX });
  client.on("error", () => {}); // A connection that breaks fails the query that waits on it; that is where it is handled.
  try {
    await client.connect();
    if (!(await readsFrom(client, data)))
      throw new Error(`the server on port ${access.port} keeps its data elsewhere, not in ${data}`);
    await ensureDatabase(client, database);
    return "verified";
  } catch (error) {
    if (isCutOff(error)) return { cutOff: error };
    throw error;
  } finally {
    await client.end().catch(() => {});
  }
}

function isCutOff(error: unknown): boolean {
  if (error instanceof pg.DatabaseError) return RECOVERING.has(error.code ?? "");
  const { code, message } = error as NodeJS.ErrnoException;
  return code === "ECONNRESET" || code === "EPIPE" || /^Connection terminated|not queryable$/.test(message);
}

async function readsFrom(client: pg.Client, data: string): Promise<boolean> {
  const word = randomBytes(16).toString("hex");
  const name = `rekindle.${word.slice(0, 8)}`;
  const file = join(data, name);
  try {
    const { uid, gid } = await stat(data);
    await writeFile(file, word, { mode: 0o600 });
    await chown(file, uid, gid);
    const { rows } = await client.query<{ word: string }>("select pg_read_file($1) as word", [name]);
    return rows[0]?.word === word;
  } catch (error) {
    if (error instanceof pg.DatabaseError && error.code === UNDEFINED_FILE) return false;
    throw error;
  } finally {
    await rm(file, { force: true });
  }
}

async function ensureDatabase(client: pg.Client, database: string): Promise<void> {
  const { rowCount } = await client.query("select from pg_database where datname = $1", [database]);
  if (rowCount) return;
  try {
    await client.query(`create database ${client.escapeIdentifier(database)}`);
  } catch (error) {
    if (!(error instanceof pg.DatabaseError && error.code === DUPLICATE_DATABASE)) throw error;
  }
}
