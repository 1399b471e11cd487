import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach } from "vitest";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

export interface Face {
  readonly child: ChildProcess;
  readonly pid: number;
  output(): string;
  /** Resolves with the exit code; null when a signal ended it. */
  readonly ended: Promise<number | null>;
  /** Ends it as a power cut would, and waits until it is gone. */
  killOutright(): Promise<void>;
}

const running = new Set<Face>();

/** Nothing outlives a test that fails. */
export function endFacesAfterEach(): void {
  afterEach(endFaces);
}

/** The same where tests share what they start. */
export function endFacesAfterAll(): void {
  afterAll(endFaces);
}

async function endFaces(): Promise<void> {
  await Promise.all([...running].map((face) => face.killOutright()));
}

/** Starts a process of this product, `bin/rekindle.mjs` or a script of the tests, without waiting for anything. */
export function startFace(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  program: "rekindle" | URL = "rekindle",
): Face {
  const file = program === "rekindle" ? [join(ROOT, "bin/rekindle.mjs")] : ["--import", "tsx", fileURLToPath(program)];
  const child = spawn(process.execPath, [...file, ...args], {
    cwd: ROOT,
    env: { ...process.env, NODE_ENV: "", PORT: "0", LOG_LEVEL: "error", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      output += chunk;
    });
  }
  const ended = once(child, "exit").then(([code]) => code as number | null);
  const face: Face = {
    child,
    pid: child.pid ?? 0,
    output: () => output,
    ended,
    killOutright: async () => {
      child.kill("SIGKILL");
      await ended;
    },
  };
  running.add(face);
  ended.then(() => running.delete(face));
  return face;
}

/** Waits until `what` holds, or fails with what it last said. Returns how long it took, in milliseconds. */
export async function until(
  what: string,
  msMax: number,
  holds: () => Promise<unknown> | unknown,
  everyMs = 50,
): Promise<number> {
  const startedMs = performance.now();
  let last: unknown;
  for (;;) {
    try {
      last = await holds();
      if (last === true) return performance.now() - startedMs;
    } catch (error) {
      last = error;
    }
    if (performance.now() - startedMs > msMax) {
      throw new Error(
        `not within ${msMax} ms: ${what} (last: ${last instanceof Error ? last.message : JSON.stringify(last)})`,
      );
    }
    await sleep(everyMs);
  }
}

/** A server process with all its children, killed at once: what is left of them would go on writing for a moment. */
export async function killTree(pid: number): Promise<void> {
  const children: number[] = [];
  for (const name of await readdir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const stat = await readFile(`/proc/${name}/stat`, "utf8").catch(() => "");
    const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
    if (parent === pid) children.push(Number(name));
  }
  for (const each of [pid, ...children]) {
    try {
      process.kill(each, "SIGKILL");
    } catch {
      // It is gone already.
    }
  }
}

export interface Server extends Face {
  readonly address: string;
  token(role: string): string;
}

/** Starts a process that serves the API, and waits until it says where. */
export async function startServer(args: readonly string[], env: Readonly<Record<string, string>>): Promise<Server> {
  const face = startFace(["start", "--no-demo", ...args], { REQUESTS_PER_MINUTE: "0", ...env });
  const isReady = () => /^Stop with Ctrl-C/m.test(face.output()) || face.output();
  await Promise.race([
    until("the server is ready", 60_000, isReady),
    face.ended.then((code) => {
      throw new Error(`rekindle start ended with ${code}:\n${face.output()}`);
    }),
  ]);
  return {
    ...face,
    address: /Start page\s+(\S+?)\/\s/.exec(face.output())?.[1] ?? "",
    token: (role) => new RegExp(`^ +${role}\\s+(ey\\S+)$`, "m").exec(face.output())?.[1] ?? "",
  };
}
