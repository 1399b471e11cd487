import { spawn } from "node:child_process";
import { join } from "node:path";

export interface ProgramResult {
  readonly code: number | null;
  /** What it said, its errors after the rest. */
  readonly output: string;
}

/** No check takes longer, unless it waits for an answer that nobody will give. */
const PATIENCE_MS = 240_000;

/** Runs a program in the folder `root`, with nobody at the keyboard and no colours. */
export function runProgram(root: string, command: string, args: readonly string[]): Promise<ProgramResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: undefined },
      timeout: PATIENCE_MS,
      killSignal: "SIGKILL",
    });
    let [said, complained] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      said += chunk;
    });
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
      complained += chunk;
    });
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, output: said + complained }));
  });
}

/** Runs the program that a package installs, found as a file: npx would take half a second more, and warn about the machine. */
export function runInstalled(root: string, program: string, args: readonly string[]): Promise<ProgramResult> {
  return runProgram(root, process.execPath, [join(root, "node_modules", program), ...args]);
}

/** What a program that found nothing wrong leaves to say: nothing. */
export function complaints({ code, output }: ProgramResult): string[] {
  if (code === 0) return [];
  const text = output.trim();
  return [text === "" ? `it ended with ${code ?? "a signal"} and said nothing` : text];
}
