import type { Command } from "commander";
import type { DayOptions } from "../tasks/session.ts";
import type { Terminal } from "../terminal.ts";
import { readDay, withCommunityOption } from "./arguments.ts";

/** `rekindle pipeline …`: run, redo and look at the stages. */
export function registerPipeline(program: Command, terminal: Terminal): void {
  const pipeline = program.command("pipeline").description("the stages from what members do to what we do for them");
  withCommunityOption(pipeline.command("run"))
    .description("run the pipeline, or one stage, now")
    .option("--as-of <day>", "as if at the end of this day (YYYY-MM-DD); today when left out", readDay)
    .option("--stage <name>", "only this stage")
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  rekindle pipeline run\n  rekindle pipeline run --community ai --as-of 2017-02-01\n  rekindle pipeline run --stage score-churn",
    )
    .action(async (options: DayOptions & { stage?: string }) => {
      const { runPipeline } = await import("../tasks/run-pipeline.ts");
      await runPipeline(options, terminal);
    });
  withCommunityOption(pipeline.command("redo"))
    .description("derive again what a derived stage wrote: the same data give the same result")
    .argument("<stage>", "the stage's name")
    .option("--as-of <day>", "for this day (YYYY-MM-DD); today when left out", readDay)
    .option("--json", "print JSON")
    .action(async (name: string, options: DayOptions) => {
      const { redoStage } = await import("../tasks/run-pipeline.ts");
      await redoStage(name, options, terminal);
    });
  withCommunityOption(pipeline.command("status"))
    .description("the last runs of each stage")
    .option("--json", "print JSON")
    .action(async (options: DayOptions) => {
      const { showPipelineStatus } = await import("../tasks/run-pipeline.ts");
      await showPipelineStatus(options, terminal);
    });
}
