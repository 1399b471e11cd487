import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import type { Usage } from "./usage.ts";

export interface SpawnedServer {
  readonly url: string;
  readonly token: string | null;
  usage(): Promise<Usage>;
  stop(): Promise<void>;
}

/** What a server says once it listens. */
interface Told {
  readonly port: number;
  readonly token?: string;
}

/** Starts a server as a process of its own, which tells its port (and a token) over IPC. */
export async function spawnServer(
  script: string | URL,
  env: Readonly<Record<string, string>>,
  execArgv: readonly string[] = ["--import", "tsx"],
): Promise<SpawnedServer> {
  const child: ChildProcess = fork(script, {
    env: { ...process.env, ...env },
    // As STACK measured: a larger young generation spares servers 7–18 % of their CPU time. The same for every side.
    execArgv: ["--max-semi-space-size=64", ...execArgv],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const told = await new Promise<Told>((resolve, reject) => {
    child.once("message", (message) => resolve(message as Told));
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`${String(script)} ended with code ${code} before it listened`)));
  });
  return {
    url: `http://127.0.0.1:${told.port}`,
    token: told.token ?? null,
    usage: async () => {
      const answer = once(child, "message");
      child.send("usage");
      return (await answer)[0] as Usage;
    },
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
    },
  };
}
