import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { LineProgress } from "../../src/app/terminal.ts";

const TERMINAL = fileURLToPath(new URL("../../src/app/terminal.ts", import.meta.url));
const CWD = fileURLToPath(new URL("../..", import.meta.url));

describe("Terminal", () => {
  it("goes on quietly when its reader has seen enough", async () => {
    const program = `import { Terminal } from ${JSON.stringify(TERMINAL)};
      const terminal = new Terminal();
      for (let i = 0; i < 200_000; i += 1) terminal.print("a line that nobody reads " + i);
      setTimeout(() => terminal.note("done"), 500);`;
    const pipeline = `set -o pipefail; "$0" --import tsx --input-type=module -e "$1" | head -1`;
    const run = promisify(execFile)("bash", ["-c", pipeline, process.execPath, program], { cwd: CWD });
    await expect(run).resolves.toEqual({ stdout: "a line that nobody reads 0\n", stderr: "done\n" });
  }, 60_000);
});

describe("LineProgress", () => {
  const lines = (everyMs: number, unit: "bytes" | "steps", ...updates: [number, number | null][]) => {
    const said: string[] = [];
    const progress = new LineProgress("importing", unit, { note: (line) => said.push(line) }, everyMs);
    for (const [done, total] of updates) progress.update(done, total);
    progress.stop();
    return said;
  };

  it("shows bytes as MB, and ends at the end", () => {
    expect(lines(0, "bytes", [10_580_955, 15_674_150], [15_674_150, 15_674_150])).toEqual([
      "importing: 10.6 of 15.7 MB (67 %)",
      "importing: 15.7 of 15.7 MB (100 %)",
    ]);
  });

  it("says what it counts when nobody knows how much there is", () => {
    expect(lines(0, "steps", [3, null])).toEqual(["importing: 3"]);
  });

  it("says nothing of what is done at once", () => {
    expect(lines(60_000, "bytes", [1, 2], [2, 2])).toEqual([]);
  });

  it("tells the end of what it began to tell", async () => {
    const said: string[] = [];
    const progress = new LineProgress("importing", "steps", { note: (line) => said.push(line) }, 40);
    await new Promise((resolve) => setTimeout(resolve, 50));
    progress.update(1, 3);
    progress.update(2, 3);
    progress.update(3, 3);
    progress.stop();
    expect(said).toEqual(["importing: 1 of 3 (33 %)", "importing: 3 of 3 (100 %)"]);
  });
});
