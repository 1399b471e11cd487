import { Command, CommanderError } from "commander";
import { registerApiKey } from "./commands/api-key.ts";
import { registerChurn } from "./commands/churn.ts";
import { registerCommunity } from "./commands/community.ts";
import { registerDeadLetters } from "./commands/dead-letters.ts";
import { registerImport } from "./commands/import.ts";
import { registerPipeline } from "./commands/pipeline.ts";
import { registerRewards } from "./commands/rewards.ts";
import { registerStart } from "./commands/start.ts";
import { Terminal } from "./terminal.ts";

/**
 * What can be typed is declared without what it takes to do it: each command loads that once it was chosen, so that help and mistakes
 * are answered in a fraction of the processor time.
 */

/** Runs the command line and returns its exit code: 0 done, 1 failed, 2 wrong usage. */
export async function runCli(args: readonly string[]): Promise<number> {
  const terminal = new Terminal();
  const program = new Command("rekindle")
    .description("Engagement and retention backend for learning communities.")
    .showHelpAfterError("(--help tells how to use it)")
    .exitOverride()
    .addHelpText(
      "after",
      `
Examples:
  rekindle start                                   the server, with everything it needs
  rekindle import stackexchange ai.tar.xz          a real community from a dump
  rekindle pipeline run --as-of 2017-02-01         features, scores and decisions as of a day
  rekindle churn report                            how good the churn model is
  rekindle churn scores --top 5                    who is the likeliest to leave`,
    );
  for (const register of [
    registerStart,
    registerCommunity,
    registerApiKey,
    registerImport,
    registerPipeline,
    registerChurn,
    registerRewards,
    registerDeadLetters,
  ]) {
    register(program, terminal);
  }
  for (const command of program.commands) command.exitOverride();
  try {
    await program.parseAsync(args, { from: "user" });
    return terminal.exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    const { explainToPerson } = await import("./explain-failure.ts");
    terminal.complain(explainToPerson(error));
    return 1;
  }
}
