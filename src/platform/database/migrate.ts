import { fileURLToPath } from "node:url";
import { drizzle } from "drizzle-orm/node-postgres";
import { migrate } from "drizzle-orm/node-postgres/migrator";
import pg from "pg";

const MIGRATIONS = fileURLToPath(new URL("../../../drizzle/migrations", import.meta.url));

/** Only one process migrates at a time; the others wait and then find nothing to do. */
const MIGRATION_LOCK = 7_265_107;

/** Append-only tables: the application's role may insert and read, and nothing else. */
const APPEND_ONLY = ["ledger_entries", "ledger_lines", "moderation_actions"];

/**
 * Makes the application's role, and lets the owner take it. Roles belong to the whole server, so another database's migration
 * may make it at the same time; and an owner who may take it already need not be allowed to grant it.
 */
const APPLICATION_ROLE = `do $$ begin
  if not exists (select from pg_roles where rolname = 'rekindle_app') then
    begin
      create role rekindle_app nologin;
    exception when duplicate_object or unique_violation then null;
    end;
  end if;
  begin
    set local role rekindle_app;
    reset role;
  exception when insufficient_privilege then
    execute format('grant rekindle_app to %I', current_user);
  end;
end $$`;

/**
 * Brings the database at `url` to the newest schema and grants the application's role what it needs. `url` names the owner of
 * the tables, who may create roles. Running it again changes nothing.
 */
export async function migrateDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, application_name: "rekindle-migrate", keepAlive: true });
  // A connection that breaks fails the statement in hand; without a listener it would end the process as well.
  client.on("error", () => {});
  try {
    await client.connect();
    await client.query("select pg_advisory_lock($1)", [MIGRATION_LOCK]);
    await client.query(APPLICATION_ROLE);
    await migrate(drizzle(client), { migrationsFolder: MIGRATIONS });
    await client.query(`
      grant usage on schema public to rekindle_app;
      grant select, insert, update, delete on all tables in schema public to rekindle_app;
      revoke update, delete, truncate on ${APPEND_ONLY.join(", ")} from rekindle_app;
    `);
  } finally {
    await client.end().catch(() => {});
  }
}
