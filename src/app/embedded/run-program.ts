import { type ChildProcess, spawn } from "node:child_process";
import type { ServerUser } from "./server-user.ts";

/**
 * What PostgreSQL's programs see of our environment: no `PG…` variable that would change them, and none of our secrets. A
 * valid LC_ALL keeps macOS from starting threads inside the server; times are UTC.
 */
function environment(extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, LC_ALL: "C", TZ: "UTC", ...extra };
}

interface Surroundings {
  readonly cwd: string;
  readonly user: ServerUser;
}

/** Runs a program to its end. `fd` becomes its descriptor 3. `output` is what it wrote to both streams, in order of arrival. */
export function runProgram(
  program: string,
  parameters: readonly string[],
  { cwd, user, fd }: Surroundings & { fd: number },
): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, parameters, {
      cwd,
      ...user,
      env: environment(),
      stdio: ["ignore", "pipe", "pipe", fd],
    });
    let output = "";
    const collect = (chunk: Buffer) => {
      output += chunk.toString();
    };
    child.stdout?.on("data", collect);
    child.stderr?.on("data", collect);
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, output }));
  });
}

/**
 * Starts a program that outlives us, in a session of its own: a Ctrl-C at our terminal does not reach it, and its descriptors
 * are a log file, so nothing breaks when we are gone. Resolves once it runs, rejects when it cannot be executed.
 */
export function startProgram(
  program: string,
  parameters: readonly string[],
  { cwd, user, logFd, env }: Surroundings & { logFd: number; env: NodeJS.ProcessEnv },
): Promise<ChildProcess> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, parameters, {
      cwd,
      ...user,
      env: environment(env),
      detached: true,
      stdio: ["ignore", logFd, logFd],
    });
    child.once("error", reject);
    child.once("spawn", () => {
      child.unref();
      resolve(child);
    });
  });
}
