import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { identifyProcess, isAlive } from "../../../src/app/embedded/process-identity.ts";
import { withProcessLock } from "../../../src/app/embedded/process-lock.ts";
import { inAnotherProcess } from "./in-another-process.ts";
import { temporaryFolder } from "./temporary-folders.ts";

describe("withProcessLock", () => {
  it("lets one call in at a time within a process, and returns what each returns", async () => {
    const folder = join(await temporaryFolder(), "lock");
    let inside = 0;
    const seen = await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        withProcessLock(folder, 30_000, async () => {
          inside += 1;
          expect(inside).toBe(1);
          await sleep(2);
          inside -= 1;
          return index;
        }),
      ),
    );
    expect(seen).toEqual(Array.from({ length: 12 }, (_, index) => index));
    expect(await readdir(folder)).toEqual([]);
  });

  it("lets one process in at a time, and passes by those that are killed while they wait or hold it", async () => {
    const folder = await temporaryFolder();
    const [lock, file] = [join(folder, "lock"), join(folder, "count")];
    await writeFile(file, "0");
    const victim = inAnotherProcess("count-up", lock, join(folder, "other"), "100000");
    await writeFile(join(folder, "other"), "0");
    await victim.next();
    const counters = [1, 2, 3].map(() => inAnotherProcess("count-up", lock, file, "15"));
    await Promise.all(counters.map((counter) => counter.next()));
    await victim.signalGroup("SIGKILL");
    await Promise.all(counters.map((counter) => counter.ended()));
    expect(await readFile(file, "utf8")).toBe("45");
    expect(await readdir(lock)).toEqual([]);
  });

  it("passes by the ticket of a process whose pid another process has by now", async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, `000000000001.${process.pid}.long-ago.abcd`), "");
    await writeFile(join(folder, `choosing.${process.pid}.long-ago.abcd`), "");
    expect(await withProcessLock(folder, 1_000, async () => "in")).toBe("in");
  });

  it("leaves when the work throws, and gives up waiting in time, naming the process that holds it", async () => {
    const folder = join(await temporaryFolder(), "lock");
    await mkdir(folder);
    await expect(withProcessLock(folder, 1_000, () => Promise.reject(new Error("broken")))).rejects.toThrow("broken");
    await withProcessLock(folder, 1_000, async () => {
      await expect(withProcessLock(folder, 50, async () => {})).rejects.toThrow(`process ${process.pid}`);
    });
    expect(await readdir(folder)).toEqual([]);
  });
});

describe("a process's identity", () => {
  it("is that of a living process only, and not of another that has its pid", async () => {
    const self = await identifyProcess(process.pid);
    expect(self?.start).toMatch(/^[\w-]+$/);
    expect(await isAlive(self!)).toBe(true);
    expect(await isAlive({ pid: process.pid, start: "long-ago" })).toBe(false);
    const other = inAnotherProcess("hold-server-lock", await temporaryFolder());
    await other.next();
    const identity = await identifyProcess(other.pid);
    expect(await isAlive(identity!)).toBe(true);
    await other.signalGroup("SIGKILL");
    expect(await isAlive(identity!)).toBe(false);
  });
});
