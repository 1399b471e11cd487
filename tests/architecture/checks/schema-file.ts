import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Check } from "../run-checks.ts";
import { runProgram } from "../run-program.ts";

const COMMITTED = "schema/schema.graphql";
const LINES_SHOWN_MAX = 20;

export const checkSchemaFile: Check = {
  name: "schema-file",
  promise: `\`${COMMITTED}\` is what the code serves (\`npm run schema:write\` writes it).`,
  async find(root) {
    const args = ["--import", "tsx", "tests/architecture/write-schema.ts", "--print"];
    const [printed, committed] = await Promise.all([
      runProgram(root, process.execPath, args),
      readFile(join(root, COMMITTED), "utf8").catch(() => ""),
    ]);
    if (printed.code !== 0) return [`the schema cannot be built: ${printed.output.trim()}`];
    if (printed.output === committed) return [];
    const missing = linesOnlyIn(printed.output, committed).map((line) => `the code serves, the file lacks: ${line}`);
    const left = linesOnlyIn(committed, printed.output).map((line) => `the file has, the code does not: ${line}`);
    const differences = [...missing, ...left];
    const findings = differences.length > 0 ? differences : ["the same lines, in another order"];
    const rest = findings.length - LINES_SHOWN_MAX;
    return [
      `${COMMITTED} is not what the code serves`,
      ...findings.slice(0, LINES_SHOWN_MAX),
      ...(rest > 0 ? [`… and ${rest} more`] : []),
    ];
  },
};

function linesOnlyIn(text: string, other: string): string[] {
  const others = new Set(other.split("\n"));
  return text.split("\n").filter((line) => !others.has(line));
}
