import { mkdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { prepareFolder, UnusableFolder } from "../../src/app/installation-folder.ts";
import { temporaryFolder } from "./embedded/temporary-folders.ts";

describe("prepareFolder", () => {
  it("makes a folder and those above it, by several at once too, and keeps one that is there", async () => {
    const folder = join(await temporaryFolder(), "a", "b");
    await Promise.all(Array.from({ length: 8 }, () => prepareFolder(folder)));
    await prepareFolder(folder);
    expect((await stat(folder)).isDirectory()).toBe(true);
  });

  it.each([["data"], ["data/below"], ["data/far/below"]])("refuses %s where data is a file", async (name) => {
    const parent = await temporaryFolder();
    await writeFile(join(parent, "data"), "");
    const refusal = await prepareFolder(join(parent, name)).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(UnusableFolder);
    expect((refusal as Error).message).toContain(`${join(parent, "data")} is a file`);
    expect((refusal as Error).message).toContain("set REKINDLE_FOLDER to a folder that this user may write");
  });

  it("ends at once where no folder can be made", async () => {
    const nowhere = process.platform === "linux" ? "/proc/rekindle/x" : "/dev/rekindle/x";
    await expect(prepareFolder(nowhere)).rejects.toThrow(/needs to be written: set REKINDLE_FOLDER/);
  });

  it("leaves what is in it", async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, "postgres"));
    await prepareFolder(folder);
    expect((await stat(join(folder, "postgres"))).isDirectory()).toBe(true);
  });
});
