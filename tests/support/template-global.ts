import pg from "pg";
import type { TestProject } from "vitest/node";
import { migrateDatabase } from "../../src/platform/database/migrate.ts";

export const TEMPLATE_DATABASE = "rekindle_template";

/** Migrates one template database; test files copy it in about 0.1 s (`useDatabase`). Runs after `postgres-global.ts`. */
export async function setup(project: TestProject): Promise<void> {
  const admin = project.getProvidedContext().postgresUrl;
  const client = new pg.Client({ connectionString: admin });
  await client.connect();
  await client.query(`create database ${TEMPLATE_DATABASE}`);
  await client.end();
  await migrateDatabase(databaseUrl(admin, TEMPLATE_DATABASE));
}

export function databaseUrl(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}
