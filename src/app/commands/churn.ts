import { type Command, InvalidArgumentError } from "commander";
import type { DayOptions } from "../tasks/session.ts";
import type { Terminal } from "../terminal.ts";
import { readCount, readDay, withCommunityOption } from "./arguments.ts";

/** A list to look at; the API pages through all of them. */
const TOP_MAX = 1_000;

/** `rekindle churn …`: train the model, judge it, and say why it thinks what it thinks. */
export function registerChurn(program: Command, terminal: Terminal): void {
  const churn = program.command("churn").description("who is about to leave, and how well we know");
  withCommunityOption(churn.command("train"))
    .description("train a version, judged on the part of time it has not seen; the better one is put to use")
    .option("--as-of <day>", "from what was known at the end of this day; today when left out", readDay)
    .option("--json", "print JSON")
    .addHelpText("after", "\nExample:\n  rekindle churn train --community ai --as-of 2017-03-01")
    .action(async (options: DayOptions) => {
      const { trainChurn } = await import("../tasks/train-churn.ts");
      await trainChurn(options, terminal);
    });
  withCommunityOption(churn.command("evaluate"))
    .description("fit on the past and judge on the later part, without storing anything")
    .option("--as-of <day>", "from what was known at the end of this day; today when left out", readDay)
    .option("--json", "print JSON")
    .action(async (options: DayOptions) => {
      const { evaluateChurn } = await import("../tasks/train-churn.ts");
      await evaluateChurn(options, terminal);
    });
  withCommunityOption(churn.command("report"))
    .description("the model in use, its figures, and how the scores are spread")
    .option("--json", "print JSON")
    .action(async (options: DayOptions) => {
      const { reportChurn } = await import("../tasks/report-churn.ts");
      await reportChurn(options, terminal);
    });
  withCommunityOption(churn.command("scores"))
    .description("who is the likeliest to leave, with the id that `churn explain` takes")
    .option("--top <count>", `how many, up to ${TOP_MAX}`, readTop, 20)
    .option("--json", "print JSON")
    .addHelpText("after", "\nExample:\n  rekindle churn scores --top 5")
    .action(async (options: DayOptions & { top: number }) => {
      const { showScores } = await import("../tasks/show-scores.ts");
      await showScores(options, terminal);
    });
  withCommunityOption(churn.command("explain"))
    .description("why a member's score is what it is")
    .argument("<member>", "a member's id as `churn scores` or the API shows it, or issuer:subject")
    .option("--json", "print JSON")
    .addHelpText("after", "\nExample:\n  rekindle churn explain rekindle-development:member")
    .action(async (member: string, options: DayOptions) => {
      const { explainScore } = await import("../tasks/show-scores.ts");
      await explainScore(member, options, terminal);
    });
}

function readTop(text: string): number {
  const count = readCount(text);
  if (count > TOP_MAX) throw new InvalidArgumentError(`Give a number up to ${TOP_MAX}; the API pages through all.`);
  return count;
}
