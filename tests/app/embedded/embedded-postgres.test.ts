import { once } from "node:events";
import { cp, readFile, rm, stat } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import pg from "pg";
import { describe, expect, it } from "vitest";
import type { EmbeddedPostgres } from "../../../src/app/embedded/embedded-postgres.ts";
import { inAnotherProcess } from "./in-another-process.ts";
import { isRunning, query } from "./server-probes.ts";
import { acquire, folderWithDatabase, temporaryFolder } from "./temporary-folders.ts";

describe("acquirePostgres alone", () => {
  it("makes a database first, then starts over it on the same port, and is adopted while it runs", async () => {
    const folder = await temporaryFolder();
    const cold = await acquire(folder);
    expect(cold.started).toBe("cold");
    await query(cold, "create table kept as select 42 as answer");
    await cold.release();
    await cold.release();
    expect(await isRunning(cold)).toBe(false);

    const warm = await acquire(folder);
    expect(warm).toMatchObject({ started: "warm", url: cold.url, port: cold.port });
    expect(await query(warm, "select answer from kept")).toEqual([{ answer: 42 }]);

    const adopted = await acquire(folder, { database: "another database" });
    expect(adopted).toMatchObject({ started: "adopted", processId: warm.processId });
    expect(await query(adopted, "select current_database() as name")).toEqual([{ name: "another database" }]);
    await warm.release();
    expect(await isRunning(adopted)).toBe(true);
    await adopted.release();
    expect(await isRunning(adopted)).toBe(false);
  });

  it("is durable, in UTF-8 with Chinese trigrams, reachable from this machine by password only, and keeps values out of its log", async () => {
    const folder = await folderWithDatabase();
    const postgres = await acquire(folder, { settings: {} });
    const [row] = await query(
      postgres,
      "create extension pg_trgm",
      `select current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit,
              current_setting('max_wal_size') as wal, current_setting('listen_addresses') as address,
              current_setting('server_encoding') as encoding, current_setting('timezone') as zone,
              array_length(show_trgm('学习社区'), 1) as trigrams, lower('ÄÉ') as lower,
              (select rolpassword like 'SCRAM-SHA-256$%' from pg_authid where rolname = 'rekindle') as scram`,
    );
    expect(row).toEqual({
      fsync: "on",
      commit: "on",
      wal: "1GB",
      address: "127.0.0.1",
      encoding: "UTF8",
      zone: "UTC",
      trigrams: 5,
      lower: "äé",
      scram: true,
    });
    const client = new pg.Client({ connectionString: postgres.url });
    await client.connect();
    await client.query("create table canaries (email text primary key)");
    for (const _ of [1, 2])
      await client.query("insert into canaries values ($1)", ["canary@example.org"]).catch(() => {});
    await expect(client.query("select $1::uuid", ["canary@example.org"])).rejects.toThrow("uuid");
    await client.query("do $$ begin raise warning 'canary@example.org'; end $$");
    await client.end();
    const wrong = new URL(postgres.url);
    wrong.password = "wrong";
    await expect(query({ url: wrong.href }, "select 1")).rejects.toThrow("password authentication failed");
    const log = await readFile(join(folder, "postgres", "server.log"), "utf8");
    expect(log).toContain("ready to accept connections");
    expect(log).not.toContain("canary");
    expect((await stat(join(folder, "postgres", "password"))).mode & 0o777).toBe(0o600);
  });

  it("takes another port when the one of last time is taken", async () => {
    const folder = await folderWithDatabase();
    const first = await acquire(folder);
    await first.release();
    const squatter = createServer().listen(first.port, "127.0.0.1");
    await once(squatter, "listening");
    const second = await acquire(folder);
    squatter.close();
    expect(second.started).toBe("warm");
    expect(second.port).not.toBe(first.port);
  });

  it("stops its server even when the folder was deleted under it", async () => {
    const folder = await folderWithDatabase();
    const postgres = await acquire(folder);
    await rm(folder, { recursive: true, maxRetries: 5 });
    await postgres.release();
    expect(await isRunning(postgres)).toBe(false);
  });
});

describe("acquirePostgres among processes", () => {
  it("shares one server among those who begin together on a fresh folder; the last one out stops it", async () => {
    const folder = await temporaryFolder();
    const holders = [1, 2, 3].map(() => inAnotherProcess("hold-postgres", folder));
    const held = await Promise.all(holders.map((holder) => holder.next<EmbeddedPostgres>()));
    expect(held.map(({ started }) => started).sort()).toEqual(["adopted", "adopted", "cold"]);
    expect(new Set(held.map(({ processId }) => processId)).size).toBe(1);
    for (const [index, holder] of holders.entries()) {
      expect(await isRunning(held[0]!)).toBe(true);
      holder.proceed();
      await holder.ended();
      expect(await isRunning(held[0]!)).toBe(index < 2);
    }
  });

  it("adopts the orphan that a kill -9 leaves, with the data, and stops it when done", async () => {
    const folder = await folderWithDatabase();
    const victim = inAnotherProcess("hold-postgres", folder);
    const left = await victim.next<EmbeddedPostgres>();
    await query(left, "create table kept as select 42 as answer");
    await victim.signalGroup("SIGKILL");
    expect(await isRunning(left)).toBe(true);

    const adopted = await acquire(folder);
    expect(adopted).toMatchObject({ started: "adopted", processId: left.processId });
    expect(await query(adopted, "select answer from kept")).toEqual([{ answer: 42 }]);
    await adopted.release();
    expect(await isRunning(left)).toBe(false);
  });

  it("leaves SIGINT to the program, and does not let a terminal's Ctrl-C reach the server", async () => {
    const folder = await folderWithDatabase();
    const holder = inAnotherProcess("hold-postgres", folder);
    const held = await holder.next<EmbeddedPostgres>();
    expect(await holder.signalGroup("SIGINT")).toEqual({ signal: "SIGINT" });
    expect(await isRunning(held)).toBe(true);
    expect(await query(held, "select 1 as one")).toEqual([{ one: 1 }]);
  });

  it("does not take the server of a copied folder for its own", async () => {
    const [folder, copy] = [await folderWithDatabase(), await temporaryFolder()];
    const original = await acquire(folder);
    await query(original, "create table kept as select 42 as answer", "checkpoint");
    await cp(join(folder, "postgres"), join(copy, "postgres"), { recursive: true });
    const own = await acquire(copy);
    expect(own.started).toBe("warm");
    expect(own.processId).not.toBe(original.processId);
    await query(own, "drop table kept");
    expect(await query(original, "select answer from kept")).toEqual([{ answer: 42 }]);
  });
});
