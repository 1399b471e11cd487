import { spawn } from "node:child_process";
import { chmod, cp, readdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { acquirePostgres } from "../../../src/app/embedded/embedded-postgres.ts";
import { identifyProcess } from "../../../src/app/embedded/process-identity.ts";
import { StartFailure } from "../../../src/app/embedded/start-failure.ts";
import { connectedTo, holds, isRunning, killOutright, query } from "./server-probes.ts";
import { acquire, folderWithDatabase, temporaryFolder } from "./temporary-folders.ts";

const isRoot = process.getuid?.() === 0;

describe("acquirePostgres after trouble", () => {
  it("starts again on the same port after the server was killed outright, with all that was committed", async () => {
    const folder = await folderWithDatabase();
    const first = await acquire(folder);
    await query(first, "create table kept as select 42 as answer");
    await killOutright(first.processId);
    const again = await acquire(folder);
    expect(again).toMatchObject({ started: "warm", url: first.url });
    expect(await query(again, "select answer from kept")).toEqual([{ answer: 42 }]);
  });

  it("waits for backends of a killed server that are still at work", async () => {
    const folder = await folderWithDatabase();
    const first = await acquire(folder);
    const busy = await connectedTo(first);
    // Far longer than the test: it takes no notice that its server is gone, and is ended when it has been waited for.
    const work = busy.client.query("select count(*) from generate_series(1, 1e9::bigint) a").catch(() => {});
    await holds(async () => {
      const [row] = await query(first, `select state from pg_stat_activity where pid = ${busy.pid}`);
      return row?.state === "active";
    });
    await killOutright(first.processId);
    const coming = acquire(folder);
    const log = join(folder, "postgres", "server.log");
    await holds(async () => (await readFile(log, "utf8").catch(() => "")).includes("pre-existing shared memory block"));
    expect(await identifyProcess(busy.pid)).not.toBeNull();
    await killOutright(busy.pid);
    expect((await coming).started).toBe("warm");
    await work;
  });

  it("waits while the server recovers from the crash of one of its backends", async () => {
    const folder = await folderWithDatabase();
    const first = await acquire(folder);
    const crashing = await connectedTo(first);
    const bystander = await connectedTo(first);
    const noticed = new Promise((resolve) => bystander.client.once("end", resolve));
    await killOutright(crashing.pid);
    await noticed;
    const again = await acquire(folder);
    expect(again).toMatchObject({ started: "adopted", processId: first.processId });
    expect(await query(again, "select 1 as one")).toEqual([{ one: 1 }]);
  });

  it("stops a server at once that recovers from a crash, and starts over it again", async () => {
    const folder = await folderWithDatabase();
    const first = await acquire(folder);
    await query(first, "create table kept as select 42 as answer");
    await killOutright((await connectedTo(first)).pid);
    const log = join(folder, "postgres", "server.log");
    await holds(async () => (await readFile(log, "utf8")).includes("reinitializing"));
    const startedMs = performance.now();
    await first.release();
    expect(performance.now() - startedMs).toBeLessThan(30_000);
    const again = await acquire(folder);
    expect(again.started).toBe("warm");
    expect(await query(again, "select answer from kept")).toEqual([{ answer: 42 }]);
  });

  it("begins again when the server cuts it off in the middle, because it takes notice of a crash only then", async () => {
    const folder = await folderWithDatabase();
    const first = await acquire(folder);
    const crashing = await connectedTo(first);
    await crashing.client.query("begin; lock table pg_database in share mode");
    const coming = acquire(folder, { database: "begun before the crash" });
    await holds(async () => {
      const waiting = "select from pg_stat_activity where query like 'create database%' and wait_event_type = 'Lock'";
      return (await query(first, waiting)).length === 1;
    });
    await killOutright(crashing.pid);
    const again = await coming;
    expect(again).toMatchObject({ started: "adopted", processId: first.processId });
    const name = "select current_database() as name";
    expect(await query(again, name)).toEqual([{ name: "begun before the crash" }]);
  });

  it("sees through a postmaster.pid whose pid a stranger has by now", async () => {
    const folder = await folderWithDatabase();
    const first = await acquire(folder);
    const { uid, gid } = await stat(join(folder, "postgres", "data"));
    const pidFile = join(folder, "postgres", "data", "postmaster.pid");
    const recorded = await readFile(pidFile, "utf8");
    await killOutright(first.processId);
    const stranger = spawn("sleep", ["60"], isRoot ? { uid, gid } : {});
    try {
      await writeFile(pidFile, recorded.replace(/^\d+/, String(stranger.pid)));
      const again = await acquire(folder);
      expect(again.started).toBe("warm");
      expect(again.processId).not.toBe(stranger.pid);
      await again.release();
      expect(await identifyProcess(stranger.pid!)).not.toBeNull();
    } finally {
      stranger.kill();
    }
  });

  it("counts no lease of a dead process, nor of one whose pid another has by now", async () => {
    const folder = await folderWithDatabase();
    const postgres = await acquire(folder);
    const leases = join(folder, "postgres", "leases");
    await writeFile(join(leases, `${process.pid}.long-ago.abcd`), "");
    await writeFile(join(leases, "4194305.long-ago.abcd"), "");
    await writeFile(join(leases, "rubbish"), "");
    await postgres.release();
    expect(await isRunning(postgres)).toBe(false);
    expect(await readdir(leases)).toEqual([]);
  });

  it("begins anew when making the database was cut short", async () => {
    const folder = await folderWithDatabase();
    const home = join(folder, "postgres");
    await rename(join(home, "data"), join(home, "data.unfinished"));
    expect((await acquire(folder)).started).toBe("cold");
    expect(await readdir(home)).not.toContain("data.unfinished");
  });

  it.skipIf(!isRoot)(
    "runs as an unprivileged user when we are root, over data that root copied, in a folder open or closed",
    async () => {
      const folder = await temporaryFolder();
      const closed = await acquire(folder);
      expect((await stat(`/proc/${closed.processId}`)).uid).toBe(65_534);
      await closed.release();
      await chmod(folder, 0o755);
      await cp(join(folder, "postgres"), join(folder, "restored", "postgres"), { recursive: true });
      const open = await acquire(join(folder, "restored"));
      expect((await stat(`/proc/${open.processId}`)).uid).toBe(65_534);
      expect(open).toMatchObject({ started: "warm" });
      await open.release();
    },
  );
});

describe("acquirePostgres when it cannot", () => {
  async function failure(options: Parameters<typeof acquirePostgres>[0]): Promise<StartFailure> {
    const error = await acquirePostgres(options).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(StartFailure);
    return error as StartFailure;
  }

  it("names a folder that cannot be used, and what to do", async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, "file"), "");
    expect(await failure({ folder: join(folder, "file") })).toMatchObject({
      problem: expect.stringContaining("cannot be written to"),
      remedy: "Make it writable for this user, or choose another one.",
    });
  });

  it("touches nothing in a data folder that it did not make", async () => {
    const folder = await temporaryFolder();
    await cp(import.meta.filename, join(folder, "postgres", "data", "precious.txt"));
    expect((await failure({ folder })).remedy).toContain("Move it away");
    expect(await readdir(join(folder, "postgres", "data"))).toEqual(["precious.txt"]);
  });

  it("refuses data of another major version", async () => {
    const folder = await folderWithDatabase();
    await writeFile(join(folder, "postgres", "data", "PG_VERSION"), "17\n");
    expect((await failure({ folder })).problem).toContain("was written by PostgreSQL 17");
  });

  it("shows the end of the server's log when that refuses to start, and leaves nothing running", async () => {
    const folder = await folderWithDatabase();
    const error = await failure({ folder, settings: { fsync: "off", shared_buffers: "rubbish" } });
    expect(error.problem).toContain("the server ended while starting");
    expect(error.logTail).toContain('invalid value for parameter "shared_buffers"');
    expect((await acquire(folder)).started).toBe("warm");
  });

  it("gives up in time, and leaves nothing running", async () => {
    const folder = await folderWithDatabase();
    expect((await failure({ folder, startTimeoutMs: 1 })).problem).toContain("not ready in time");
    expect((await acquire(folder)).started).toBe("warm");
  });
});
