import { CHECKS } from "./checks.ts";
import { type CheckOutcome, runChecks } from "./run-checks.ts";

/** `npm run check [-- NAME...]`: what must hold for the whole tree, said line by line; fails when something does not. */
process.exitCode = await main(process.argv.slice(2));

async function main(names: readonly string[]): Promise<number> {
  const unknown = names.filter((name) => !CHECKS.some((check) => check.name === name));
  if (unknown.length > 0) {
    const known = CHECKS.map((check) => check.name).join(", ");
    process.stderr.write(`There is no check named ${unknown.join(", ")}. There are: ${known}.\n`);
    return 2;
  }
  const chosen = CHECKS.filter((check) => names.length === 0 || names.includes(check.name));
  const outcomes = await runChecks(chosen, process.cwd(), (outcome) => process.stdout.write(told(outcome)));
  const failed = outcomes.filter((outcome) => outcome.findings.length > 0).map((outcome) => outcome.check.name);
  process.stdout.write(
    failed.length === 0
      ? `All ${outcomes.length} checks passed.\n`
      : `${failed.length} of ${outcomes.length} checks failed: ${failed.join(", ")}.\n`,
  );
  return failed.length === 0 ? 0 : 1;
}

function told({ check, findings, seconds }: CheckOutcome): string {
  const line = `${findings.length === 0 ? "ok    " : "FAILED"} ${seconds.toFixed(1).padStart(5)} s  ${check.name}`;
  if (findings.length === 0) return `${line}\n`;
  const indented = findings.map((finding) => `         ${finding.replaceAll("\n", "\n         ")}\n`).join("");
  return `${line}: ${check.promise}\n${indented}`;
}
