import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { acquirePostgres, stopOrphan } from "../../src/app/embedded/embedded-postgres.ts";
import { identifyProcess } from "../../src/app/embedded/process-identity.ts";
import { runRekindle } from "../support/rekindle-process.ts";
import { askSurely, FEED, SPACE_CREATE } from "./asking.ts";
import { endFacesAfterEach, startFace, startServer, until } from "./faces.ts";

describe("a server with its own database", { timeout: 90_000 }, () => {
  let folder = "";
  const env = () => ({ REKINDLE_FOLDER: folder });

  beforeAll(async () => {
    folder = await mkdtemp(join(inject("scratchFolder"), "start-and-stop-"));
    const created = await runRekindle(["community", "create", "kept", "--name", "Kept"], env());
    expect(created.code, created.stderr).toBe(0);
  }, 60_000);
  afterAll(async () => {
    await stopOrphan(folder);
    await rm(folder, { recursive: true, force: true });
  });
  endFacesAfterEach();

  const postmaster = async () =>
    Number((await readFile(join(folder, "postgres/data/postmaster.pid"), "utf8")).split("\n")[0]);
  const isAlive = async (pid: number) => (await identifyProcess(pid)) !== null;

  it.each(["SIGINT", "SIGTERM"] as const)("stops with everything it started at %s", async (signal) => {
    const server = await startServer([], env());
    const database = await postmaster();
    expect(await isAlive(database)).toBe(true);
    server.child.kill(signal);
    expect(await server.ended, server.output()).toBe(0);
    expect(await isAlive(database)).toBe(false);
  });

  it("stops at once at the second Ctrl-C, with everything it started", async () => {
    const server = await startServer([], env());
    const database = await postmaster();
    // A request that never ends keeps the first one waiting.
    const socket = new AbortController();
    const body = new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode("{")) });
    const endless = fetch(`${server.address}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
      duplex: "half",
      signal: socket.signal,
    } as RequestInit).catch(() => {});
    await sleep(200);
    server.child.kill("SIGINT");
    await until("it is stopping", 5_000, () => server.output().includes("Once more to stop at once"));
    server.child.kill("SIGINT");
    const endedMs = await until("it has ended", 5_000, () => server.child.exitCode !== null);
    expect(endedMs).toBeLessThan(2_000);
    socket.abort();
    await endless;
    await until("the database has ended", 10_000, async () => !(await isAlive(database)));
  });

  it("is left alone by a second start in its folder, which says where it is", async () => {
    const server = await startServer([], env());
    const second = await runRekindle(["start"], { ...env(), PORT: "0" });
    expect(second.code).toBe(1);
    expect(second.stderr).toContain(`process ${server.pid}, at ${server.address}`);
    expect(second.stderr).not.toContain("    at ");
    expect(await askSurely(server.address, server.token("member"), FEED)).toBeDefined();
  });

  it("has its data and starts again after it was killed, with and without its database", async () => {
    const first = await startServer([], env());
    const space = { input: { slug: "kept", name: "Kept", kind: "COURSE" } };
    const { spaceCreate } = await askSurely(first.address, first.token("operator"), SPACE_CREATE, space);
    expect(spaceCreate.userErrors).toEqual([]);
    const seen = `{ space(id: "${spaceCreate.space.id}") { id } }`;
    const database = await postmaster();
    await first.killOutright();
    expect(await isAlive(database), "the orphan that the next start adopts").toBe(true);

    const second = await startServer([], env());
    expect((await askSurely(second.address, second.token("member"), seen)).space).toEqual(spaceCreate.space);
    expect(await postmaster()).toBe(database);
    await second.killOutright();
    process.kill(database, "SIGKILL");

    const third = await startServer([], env());
    expect((await askSurely(third.address, third.token("member"), seen)).space).toEqual(spaceCreate.space);
  });
});

describe("servers that would forget", { timeout: 60_000 }, () => {
  it("are refused: PostgreSQL with synchronous_commit off", async () => {
    const folder = await mkdtemp(join(inject("scratchFolder"), "forgetful-"));
    const postgres = await acquirePostgres({ folder, settings: { fsync: "off", synchronous_commit: "off" } });
    const client = new pg.Client({ connectionString: postgres.url });
    try {
      await client.connect();
      const face = startFace(["start"], { DATABASE_URL: postgres.url, REKINDLE_FOLDER: join(folder, "home") });
      expect(await face.ended, face.output()).toBe(1);
      expect(face.output()).toContain("synchronous_commit=off");
      expect(face.output()).not.toContain("    at ");
      const { rows } = await client.query("select to_regclass('public.outbox') as made");
      expect(rows).toEqual([{ made: null }]);
    } finally {
      await client.end();
      await postgres.release();
      await rm(folder, { recursive: true, force: true });
    }
  });
});

/** A file system of 200 MB, which only root of a machine of its own may make. */
function mountSmall(folder: string): boolean {
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=200m", "tmpfs", folder], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

describe("a disk that is full", { timeout: 120_000 }, () => {
  let folder = "";
  let mounted = false;
  beforeEach(async () => {
    folder = await mkdtemp(join(inject("scratchFolder"), "full-"));
    mounted = mountSmall(folder);
    return async () => {
      await stopOrphan(folder);
      if (mounted) execFileSync("umount", ["-l", folder]);
      await rm(folder, { recursive: true, force: true });
    };
  });
  endFacesAfterEach();

  it("is told of plainly, and what was there is kept once there is room", async ({ skip }) => {
    if (!mounted) skip("mounting a small file system needs root and the right to mount");
    const env = { REKINDLE_FOLDER: folder };
    const created = await runRekindle(["community", "create", "kept", "--name", "Kept"], env);
    expect(created.code, created.stderr).toBe(0);
    const filler = join(folder, "filler");
    execFileSync("sh", ["-c", `cat /dev/zero > ${filler} 2>/dev/null || true`]);
    const full = await runRekindle(["community", "create", "more", "--name", "More"], env);
    expect(full.code).toBe(1);
    expect(full.stderr).toMatch(/disk is full/i);
    expect(full.stderr).not.toContain("    at ");
    await rm(filler);
    const listed = await runRekindle(["community", "list"], env);
    expect(listed.stdout, listed.stderr).toContain("kept");
  });
});
