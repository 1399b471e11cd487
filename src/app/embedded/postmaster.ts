import { execFile } from "node:child_process";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { identifyProcess, isAlive, type ProcessIdentity } from "./process-identity.ts";

const POLL_MS = 10;
const FAST_STOP_MS_MAX = 60_000;
const IMMEDIATE_STOP_MS_MAX = 10_000;
const LOG_TAIL_CHARACTERS = 10_000;

/** A living server over some data, as its `postmaster.pid` describes it. */
export interface Postmaster {
  readonly identity: ProcessIdentity;
  readonly port: number;
  readonly state: "starting" | "ready" | "stopping";
}

/** The server that runs over `data` now, or null. A `postmaster.pid` left behind by a dead one is seen through. */
export async function findPostmaster(data: string): Promise<Postmaster | null> {
  const [pid, , , port, , , , state] = await pidFileLines(data);
  const identity = await identifyProcess(Number(pid));
  if (identity === null || port === undefined || !(await runsOver(identity.pid, data))) return null;
  const known = state?.trim();
  return { identity, port: Number(port), state: known === "ready" || known === "stopping" ? known : "starting" };
}

/** The pid that a `postmaster.pid` names, be that process alive, dead, or by now a stranger. */
export async function recordedPid(data: string): Promise<number | null> {
  const [pid] = await pidFileLines(data);
  return pid !== undefined && /^\d+$/.test(pid) ? Number(pid) : null;
}

/** Waits until the server over `data` is ready. Null when it is gone, or there never was one while `isStarting`. */
export async function waitUntilReady(
  data: string,
  deadlineMs: number,
  isStarting: () => boolean,
): Promise<Postmaster | null> {
  for (;;) {
    const starting = isStarting();
    const found = await findPostmaster(data);
    if (found?.state === "ready") return found;
    if (found === null && !starting) return null;
    if (Date.now() > deadlineMs) throw new Error("the server was not ready in time");
    await sleep(POLL_MS);
  }
}

/**
 * Stops a server as `pg_ctl stop -m fast` does: open transactions are rolled back, everything is written, clients are cut off.
 * One that does not manage in a minute is stopped at once; it loses nothing either, but has to replay its log next time.
 *
 * So is one that recovers from the crash of a backend: told to stop fast, PostgreSQL 18 then waits for ever for processes that it
 * has not told to end, and its log has to be replayed anyway.
 */
export async function stopPostmaster(identity: ProcessIdentity, log: string): Promise<void> {
  for (const [signal, patienceMs] of [
    ["SIGINT", FAST_STOP_MS_MAX],
    ["SIGQUIT", IMMEDIATE_STOP_MS_MAX],
  ] as const) {
    if (!(await isAlive(identity))) return;
    signalProcess(identity.pid, signal);
    if (await waitForEnd(identity, patienceMs, signal === "SIGINT" ? log : null)) return;
  }
  throw new Error(`PostgreSQL (process ${identity.pid}) does not stop`);
}

/** False when the patience is at its end, or is in vain because the server recovers from a crash. */
async function waitForEnd(identity: ProcessIdentity, patienceMs: number, log: string | null): Promise<boolean> {
  const deadlineMs = Date.now() + patienceMs;
  while (await isAlive(identity)) {
    if (Date.now() > deadlineMs || (log !== null && (await isRecovering(log)))) return false;
    await sleep(POLL_MS);
  }
  return true;
}

/** Only the log tells: `postmaster.pid` goes on saying "ready". */
async function isRecovering(log: string): Promise<boolean> {
  const said = (await readFile(log, "utf8").catch(() => "")).slice(-LOG_TAIL_CHARACTERS);
  return (
    said.lastIndexOf("all server processes terminated; reinitializing") >
    said.lastIndexOf("ready to accept connections")
  );
}

function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

async function pidFileLines(data: string): Promise<string[]> {
  const text = await readFile(join(data, "postmaster.pid"), "utf8").catch(() => "");
  return text.split("\n");
}

/** What a server over `data` is called (`cluster_name`), so that its command line tells whose it is. */
export async function clusterName(data: string): Promise<string> {
  const { dev, ino } = await stat(data);
  return `rekindle-${dev}-${ino}`;
}

/**
 * Whether a process is a server over `data`. Pids are reused, and folders copied with their `postmaster.pid`, so the file alone
 * proves nothing: the working directory does. Root in a container may not look into another user's process, and not every
 * system shows working directories; command lines are for everybody.
 */
async function runsOver(pid: number, data: string): Promise<boolean> {
  try {
    const [cwd, folder] = await Promise.all([stat(`/proc/${pid}/cwd`), stat(data)]);
    return cwd.dev === folder.dev && cwd.ino === folder.ino;
  } catch {
    const name = await clusterName(data).catch(() => null);
    return name !== null && (await commandLine(pid)).split(/[\0\s]/).includes(`--cluster_name=${name}`);
  }
}

async function commandLine(pid: number): Promise<string> {
  try {
    if (process.platform === "linux") return await readFile(`/proc/${pid}/cmdline`, "utf8");
    return (await promisify(execFile)("ps", ["-ww", "-o", "command=", "-p", String(pid)])).stdout;
  } catch {
    return "";
  }
}
