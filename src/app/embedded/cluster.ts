import { randomBytes } from "node:crypto";
import { chown, mkdir, open, readdir, readFile, rename, rm, rmdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Binaries } from "./binaries.ts";
import { runProgram } from "./run-program.ts";
import { canReach, giveTo, type ServerUser } from "./server-user.ts";
import { explainFailure, StartFailure } from "./start-failure.ts";

/** Where things are, below `<folder>/postgres`. */
export interface ClusterPaths {
  readonly home: string;
  readonly data: string;
  /** The superuser's password; mode 0600. */
  readonly password: string;
  readonly port: string;
  readonly log: string;
  readonly previousLog: string;
  readonly leases: string;
  readonly startLock: string;
  readonly runtime: string;
}

export function clusterPaths(folder: string): ClusterPaths {
  const home = join(folder, "postgres");
  return {
    home,
    data: join(home, "data"),
    password: join(home, "password"),
    port: join(home, "port"),
    log: join(home, "server.log"),
    previousLog: join(home, "server.previous.log"),
    leases: join(home, "leases"),
    startLock: join(home, "start.lock"),
    runtime: join(home, "runtime"),
  };
}

/**
 * What `-D` says, and the folder to start the program in. When `user` cannot walk to the data by name (it lies in root's home),
 * the program is started *in* the data and told to use its working directory, which needs no walking: so the data stays
 * where the person put it, and moves and goes with the folder. `/proc/self/cwd` is a name that no program makes absolute.
 */
export async function dataArgument(data: string, user: ServerUser): Promise<string> {
  if (await canReach(dirname(data), user)) return data;
  if (process.platform === "linux") return "/proc/self/cwd";
  throw new StartFailure(
    `PostgreSQL refuses to run as root, and the user it runs as cannot enter ${dirname(data)}.`,
    "Choose a data folder that every user can enter, or start as an ordinary user.",
  );
}

/** Makes the database cluster unless it is there. The caller holds the start lock. */
export async function ensureCluster(
  paths: ClusterPaths,
  superuser: string,
  binaries: Binaries,
  user: ServerUser,
  durable: boolean,
): Promise<"created" | "existing"> {
  await removeUnfinished(paths.home);
  const version = await readFile(join(paths.data, "PG_VERSION"), "utf8").catch(() => null);
  if (version === null) {
    await removeIfEmpty(paths.data);
    await createCluster(paths, superuser, binaries, user, durable);
    return "created";
  }
  if (Number(version) !== binaries.majorVersion) {
    throw new StartFailure(
      `${paths.data} was written by PostgreSQL ${version.trim()}, and this is PostgreSQL ${binaries.majorVersion}.`,
      "Go back to the release that wrote it, or move the folder away to begin with an empty database.",
    );
  }
  // Copied or restored by root: PostgreSQL insists on owning its data.
  if (user !== null && (await stat(paths.data)).uid !== user.uid) await giveTo(paths.data, user);
  return "existing";
}

/** Fills a folder beside the final one and renames it: data that is there is whole, however the making of it ended. */
async function createCluster(
  paths: ClusterPaths,
  superuser: string,
  binaries: Binaries,
  user: ServerUser,
  durable: boolean,
): Promise<void> {
  const unfinished = `${paths.data}.unfinished`;
  await mkdir(unfinished, { mode: 0o700 });
  await giveTo(unfinished, user);
  const password = await writePassword(paths.password, user);
  try {
    await initialise(unfinished, password.fd, superuser, binaries, user, durable);
  } finally {
    await password.close();
  }
  await rename(unfinished, paths.data);
  await syncFolder(paths.home);
}

/**
 * Text sorts by code point and knows every letter of Unicode, by PostgreSQL's own tables: the same on every system, whatever
 * its libraries, and after they are upgraded. Only pg_trgm still asks the system's locale what a letter is, and under the
 * last resort, C, it finds no Chinese trigram; systems differ in which UTF-8 locale they have.
 */
const CTYPE_CANDIDATES = ["C.UTF-8", "en_US.UTF-8", "C"] as const;

const OUTPUT_CHARACTERS_MAX = 1_000;

async function initialise(
  data: string,
  passwordFd: number,
  superuser: string,
  binaries: Binaries,
  user: ServerUser,
  durable: boolean,
): Promise<void> {
  const options = [
    `--pgdata=${await dataArgument(data, user)}`,
    `--username=${superuser}`,
    "--auth=scram-sha-256",
    // By descriptor, for its path may be one that the user cannot walk.
    "--pwfile=/dev/fd/3",
    "--encoding=UTF8",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--locale=C",
    "--no-instructions",
    ...(durable ? [] : ["--no-sync"]),
  ];
  for (const ctype of CTYPE_CANDIDATES) {
    const { code, output } = await runProgram(binaries.initdb, [...options, `--lc-ctype=${ctype}`], {
      cwd: data,
      user,
      fd: passwordFd,
    });
    if (code === 0) return;
    if (ctype !== "C" && /invalid locale name/.test(output)) continue;
    throw explainFailure(
      "Making the database",
      new Error(`initdb ended with code ${code}`),
      output.slice(-OUTPUT_CHARACTERS_MAX),
    );
  }
}

/** Owned by the user of the server, because `initdb` reads it as that user; root reads it anyway. */
async function writePassword(file: string, user: ServerUser) {
  await rm(file, { force: true });
  const handle = await open(file, "wx+", 0o600);
  await handle.writeFile(randomBytes(24).toString("base64url"));
  await handle.sync();
  if (user !== null) await chown(file, user.uid, user.gid);
  return handle;
}

async function removeUnfinished(home: string): Promise<void> {
  for (const name of await readdir(home)) {
    if (name.endsWith(".unfinished")) await rm(join(home, name), { recursive: true });
  }
}

async function removeIfEmpty(data: string): Promise<void> {
  try {
    await rmdir(data);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw new StartFailure(
      `${data} is not empty, and holds no PostgreSQL data.`,
      "Move it away: it was not made by Rekindle, or is what is left of a damaged database.",
    );
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  await handle.sync();
  await handle.close();
}
