import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** A real process that runs one of the scripts below, for tests of what processes do to each other. */
export interface OtherProcess {
  readonly pid: number;
  /** The next line it writes, parsed; rejects with its errors when it ends instead. */
  next<T>(): Promise<T>;
  /** Lets it go on: the scripts wait for a line where they hold something. */
  proceed(): void;
  /** Sends a signal to its whole process group, as a terminal does, and waits for its end. */
  signalGroup(signal: NodeJS.Signals): Promise<{ signal: NodeJS.Signals | null }>;
  ended(): Promise<void>;
}

export function inAnotherProcess(
  script: "hold-postgres" | "hold-server-lock" | "count-up",
  ...parameters: string[]
): OtherProcess {
  const file = fileURLToPath(new URL(`./scripts/${script}.ts`, import.meta.url));
  const child: ChildProcess = spawn(process.execPath, ["--import", "tsx", file, ...parameters], {
    detached: true,
    stdio: ["pipe", "pipe", "pipe"],
  });
  let errors = "";
  child.stderr!.on("data", (chunk) => {
    errors += chunk;
  });
  const end = once(child, "close");
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  return {
    pid: child.pid!,
    next: async () => {
      const { value, done } = await lines.next();
      if (done) throw new Error(`${script} ended: ${errors}`);
      return JSON.parse(value);
    },
    proceed: () => {
      child.stdin!.write("\n");
    },
    signalGroup: async (signal) => {
      process.kill(-child.pid!, signal);
      const [, by] = await end;
      return { signal: by };
    },
    ended: async () => {
      const [code] = await end;
      if (code !== 0) throw new Error(`${script} ended with code ${code}: ${errors}`);
    },
  };
}
