import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { newId } from "../../src/kernel/ids.ts";
import { Database } from "../../src/platform/database/database.ts";
import { migrateDatabase } from "../../src/platform/database/migrate.ts";
import { databaseUrl } from "../support/template-global.ts";

const suffix = randomBytes(6).toString("hex");
const admin = inject("postgresUrl");
let server: pg.Client;

beforeAll(async () => {
  server = new pg.Client({ connectionString: admin });
  await server.connect();
});
afterAll(() => server.end());

async function withDatabase(act: (url: string, name: string) => Promise<void>, owner = "default"): Promise<void> {
  const name = `migrate_${randomBytes(6).toString("hex")}`;
  await server.query(`create database ${name} owner ${owner}`);
  try {
    await act(databaseUrl(admin, name), name);
  } finally {
    await server.query(`drop database ${name} with (force)`);
  }
}

/** Everything a migration leaves behind: tables and columns, policies, grants, and which migrations ran. */
async function schemaOf(url: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const queries = [
      "select table_name, column_name, data_type, is_nullable from information_schema.columns where table_schema = 'public' order by 1, 2",
      "select tablename, policyname, roles::text, qual, with_check from pg_policies order by 1, 2",
      "select table_name, privilege_type from information_schema.table_privileges where grantee = 'rekindle_app' order by 1, 2",
      "select hash from drizzle.__drizzle_migrations order by id",
    ];
    const results = [];
    for (const query of queries) results.push((await client.query(query)).rows);
    return results;
  } finally {
    await client.end();
  }
}

describe("migrateDatabase", () => {
  it("changes nothing the second time", () =>
    withDatabase(async (url) => {
      await migrateDatabase(url);
      const first = await schemaOf(url);
      await migrateDatabase(url);
      expect(await schemaOf(url)).toEqual(first);
    }));

  it("may be run by three processes at once", { timeout: 60_000 }, () =>
    withDatabase(async (url) => {
      const script = fileURLToPath(new URL("scripts/migrate.ts", import.meta.url));
      const ends = Array.from({ length: 3 }, async () => {
        const child = spawn(process.execPath, ["--import", "tsx", script], {
          env: { ...process.env, MIGRATE_URL: url },
          stdio: ["ignore", "ignore", "pipe"],
        });
        let errors = "";
        child.stderr.on("data", (chunk) => {
          errors += chunk;
        });
        const [code] = await once(child, "close");
        return { code, errors };
      });
      for (const { code, errors } of await Promise.all(ends)) expect(code, errors).toBe(0);
      await withDatabase(async (alone) => {
        await migrateDatabase(alone);
        expect(await schemaOf(url)).toEqual(await schemaOf(alone));
      });
    }),
  );

  it("needs no superuser: an owner who may take the application's role, and not grant it, will do", async () => {
    const owner = `owner_${suffix}`;
    await server.query(`create role ${owner} login password 'secret'`);
    await server.query(`grant rekindle_app to ${owner}`);
    try {
      await withDatabase(async (url) => {
        const address = new URL(url);
        address.username = owner;
        address.password = "secret";
        for (let time = 0; time < 2; time += 1) await migrateDatabase(address.href);
        const db = new Database({ url: address.href, poolSize: 1, applicationName: "rekindle-test" });
        const { rows } = await db.read(newId(new Date(0)), ({ client }) => client.query("select current_user"));
        expect(rows).toEqual([{ current_user: "rekindle_app" }]);
        await db.close();
      }, owner);
    } finally {
      await server.query(`drop role ${owner}`);
    }
  });

  it("lets a server that is not there be an error, not the end of the process", async () => {
    await expect(migrateDatabase(admin.replace(/:\d+\//, ":1/"))).rejects.toThrow(/ECONNREFUSED/);
  });
});
