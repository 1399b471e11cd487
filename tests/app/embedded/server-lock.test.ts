import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { AlreadyRunning, lockServer } from "../../../src/app/embedded/server-lock.ts";
import { inAnotherProcess } from "./in-another-process.ts";
import { temporaryFolder } from "./temporary-folders.ts";

describe("lockServer", () => {
  it("refuses a second server in the folder, naming the first one's process and addresses, until that is killed", async () => {
    const folder = await temporaryFolder();
    const first = inAnotherProcess("hold-server-lock", folder);
    await first.next();
    const refusal = await lockServer(folder).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(AlreadyRunning);
    expect(refusal).toMatchObject({ pid: first.pid, addresses: ["http://localhost:4000"] });
    expect((refusal as Error).message).toContain(`process ${first.pid}, at http://localhost:4000`);
    expect((refusal as Error).message).toContain("REKINDLE_FOLDER=.rekindle-2 PORT=4001 npm start");

    await first.signalGroup("SIGKILL");
    const lock = await lockServer(folder);
    await lock.release();
  });

  it("is free again after its release, which touches no later holder's lock", async () => {
    const folder = await temporaryFolder();
    const first = await lockServer(folder);
    await expect(lockServer(folder)).rejects.toThrow(/already running.*process \d+\./);
    await first.release();
    const second = await lockServer(folder);
    await first.release();
    await first.recordAddresses(["http://nobody"]);
    await second.recordAddresses(["http://localhost:1", "http://localhost:2"]);
    await expect(lockServer(folder)).rejects.toThrow("http://localhost:1 and http://localhost:2");
    await second.release();
  });

  it("lets exactly one of many in", async () => {
    const folder = await temporaryFolder();
    const tries = await Promise.allSettled(Array.from({ length: 8 }, () => lockServer(folder)));
    const locks = tries.flatMap((attempt) => (attempt.status === "fulfilled" ? [attempt.value] : []));
    expect(locks).toHaveLength(1);
    await locks[0]!.release();
  });

  it.each([
    ["a pid that another process has by now", JSON.stringify({ pid: process.pid, start: "long-ago", addresses: [] })],
    ["half a record", '{"pid": 1'],
    ["something else", "[]"],
  ])("sees through %s", async (_, record) => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, "server.json"), record);
    await (await lockServer(folder)).release();
  });
});
