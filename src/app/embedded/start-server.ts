import { open, readFile, rename, stat, statfs, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Binaries } from "./binaries.ts";
import { type ClusterPaths, dataArgument } from "./cluster.ts";
import { clusterName, type Postmaster, recordedPid, stopPostmaster, waitUntilReady } from "./postmaster.ts";
import { identifyProcess } from "./process-identity.ts";
import { startProgram } from "./run-program.ts";
import type { ServerUser } from "./server-user.ts";
import { explainFailure } from "./start-failure.ts";

const RETRY_MS = 200;
const FREE_BYTES_MIN = 1024 * 1024;
const LOG_TAIL_CHARACTERS_MAX = 3_000;

/** Durable, modest in memory, and silent about what statements hold: a canary in a parameter or a value never reaches the log. */
const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  max_connections: "200",
  shared_buffers: "128MB",
  // 8 GB was seen to make the replay after a crash take over 140 s.
  max_wal_size: "1GB",
  fsync: "on",
  synchronous_commit: "on",
  timezone: "UTC",
  log_timezone: "UTC",
  log_statement: "none",
  log_min_duration_statement: "-1",
  log_min_error_statement: "panic",
  log_parameter_max_length: "0",
  log_parameter_max_length_on_error: "0",
  // Errors of statements quote values ("invalid input syntax …"), and so do their details; the application logs them, redacted.
  log_min_messages: "log",
  log_error_verbosity: "terse",
  log_checkpoints: "off",
};

/** What ends a start that may succeed when tried again: someone took the port, or backends of a killed server are still leaving. */
const PASSING = /Address already in use|could not create any TCP\/IP sockets|pre-existing shared memory block/;

/** Starts the server and waits until it is ready. The caller holds the start lock, and saw that none runs over the data. */
export async function startServer(
  paths: ClusterPaths,
  binaries: Binaries,
  user: ServerUser,
  settings: Readonly<Record<string, string>>,
  deadlineMs: number,
): Promise<Postmaster> {
  if ((await stat(paths.log).catch(() => null)) !== null) await rename(paths.log, paths.previousLog);
  for (;;) {
    const attempt = await tryToStart(paths, binaries, user, settings, deadlineMs);
    if (attempt.kind === "ready") return attempt.postmaster;
    if (!PASSING.test(attempt.log) || Date.now() > deadlineMs) {
      const problem = (await isFull(paths.home)) ? "No space left on device" : "the server ended while starting";
      throw explainFailure("Starting PostgreSQL", new Error(problem), attempt.log);
    }
    await sleep(RETRY_MS);
  }
}

/** A server on a full disk ends without a word: its log is on the same disk. */
async function isFull(folder: string): Promise<boolean> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize < FREE_BYTES_MIN;
}

type Attempt = { kind: "ready"; postmaster: Postmaster } | { kind: "ended"; log: string };

async function tryToStart(
  paths: ClusterPaths,
  binaries: Binaries,
  user: ServerUser,
  settings: Readonly<Record<string, string>>,
  deadlineMs: number,
): Promise<Attempt> {
  const port = await choosePort(paths.port);
  const own = { port: String(port), cluster_name: await clusterName(paths.data) };
  const parameters = Object.entries({ ...SETTINGS, ...settings, ...own }).map(([name, value]) => `--${name}=${value}`);
  const stranger = await recordedPid(paths.data);
  const log = await open(paths.log, "a", 0o600);
  const { size: logStart } = await log.stat();
  let running = true;
  const child = await startProgram(binaries.postgres, ["-D", await dataArgument(paths.data, user), ...parameters], {
    cwd: paths.data,
    user,
    logFd: log.fd,
    // A dead server's pid may have gone to another process, which PostgreSQL takes for a living server. This variable, made for
    // pg_ctl, names a pid that is none; its other guard, on the shared memory of surviving backends, stays in force.
    env: stranger === null ? {} : { PG_GRANDPARENT_PID: String(stranger) },
  }).finally(() => log.close());
  child.once("exit", () => {
    running = false;
  });
  try {
    const postmaster = await waitUntilReady(paths.data, deadlineMs, () => running);
    if (postmaster === null) return { kind: "ended", log: await logTail(paths.log, logStart) };
    await writeFile(paths.port, String(postmaster.port));
    return { kind: "ready", postmaster };
  } catch (error) {
    // By the pid of our child: it may not have got as far as to write its own down.
    const late = child.pid === undefined ? null : await identifyProcess(child.pid);
    if (late !== null) await stopPostmaster(late, paths.log);
    throw explainFailure("Starting PostgreSQL", error, await logTail(paths.log, logStart));
  }
}

/** The port of last time if it is free, so that addresses noted down stay true; else any free one. */
async function choosePort(file: string): Promise<number> {
  const remembered = Number(await readFile(file, "utf8").catch(() => ""));
  const isPort = Number.isInteger(remembered) && remembered > 0 && remembered < 65_536;
  return (isPort ? await listenOnce(remembered) : null) ?? (await listenOnce(0))!;
}

function listenOnce(port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(null));
    server.listen({ port, host: "127.0.0.1" }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : null));
    });
  });
}

async function logTail(file: string, from: number): Promise<string> {
  const text = (await readFile(file).catch(() => Buffer.alloc(0))).subarray(from).toString("utf8");
  return text.slice(-LOG_TAIL_CHARACTERS_MAX);
}
