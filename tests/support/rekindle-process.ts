import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { scratchParent } from "./scratch-folder.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const READY_MS = 60_000;

/** The product as a person starts it, in a folder of its own. */
export interface RekindleProcess {
  readonly address: string;
  readonly folder: string;
  readonly child: ChildProcess;
  /** What it has printed so far. */
  output(): string;
  token(role: string): string;
  /** Sends a signal and waits for the end. Returns the exit code, null when a signal ended it. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

export interface StartOptions {
  readonly folder: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts `rekindle start` and waits until it says that it is ready. */
export async function startRekindle({ folder, args = [], env = {} }: StartOptions): Promise<RekindleProcess> {
  const child = spawn(process.execPath, [join(ROOT, "bin/rekindle.mjs"), "start", ...args], {
    cwd: ROOT,
    env: { ...process.env, NODE_ENV: "", PORT: "0", REKINDLE_FOLDER: folder, LOG_LEVEL: "warn", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  child.stdout.on("data", (chunk) => {
    output += chunk;
  });
  child.stderr.on("data", (chunk) => {
    output += chunk;
  });
  const ended = new Promise<number | null>((resolve) => child.once("exit", (code) => resolve(code)));
  await waitFor(
    () => output.includes("Stop with Ctrl-C"), // the last line: what is above it is there whole
    child,
    () => output,
  );
  const address = /Start page\s+(\S+?)\/\s/.exec(output)?.[1] ?? "";
  return {
    address,
    folder,
    child,
    output: () => output,
    token: (role) => new RegExp(`^  ${role}\\s+(ey\\S+)$`, "m").exec(output)?.[1] ?? "",
    stop: (signal = "SIGINT") => {
      child.kill(signal);
      return ended;
    },
  };
}

async function waitFor(ready: () => boolean, child: ChildProcess, output: () => string): Promise<void> {
  const deadline = performance.now() + READY_MS;
  while (!ready()) {
    if (child.exitCode !== null) throw new Error(`rekindle start ended with ${child.exitCode}:\n${output()}`);
    if (performance.now() > deadline)
      throw new Error(`rekindle start was not ready after ${READY_MS} ms:\n${output()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Runs a command of the command line to its end. */
export async function runRekindle(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [join(ROOT, "bin/rekindle.mjs"), ...args], {
    cwd: ROOT,
    env: { ...process.env, NODE_ENV: "", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk) => {
    stdout += chunk;
  });
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { code, stdout, stderr };
}

/** A folder for an installation, removed by `remove`. */
export async function installationFolder(): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(await scratchParent(), "rekindle-installation-"));
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }) };
}
