import type { Command } from "commander";
import { desc, eq } from "drizzle-orm";
import { pipelineRuns } from "../../../drizzle/tables/platform.ts";
import { PIPELINE, STAGES, stageNamed } from "../../../workers/pipeline.ts";
import { runStage } from "../../../workers/run-stage.ts";
import type { Stage } from "../../../workers/stage.ts";
import type { Day } from "../../kernel/calendar.ts";
import { Refusal } from "../../kernel/refusal.ts";
import type { Terminal } from "../terminal.ts";
import { mailerOf } from "../worker-process.ts";
import { readDay } from "./arguments.ts";
import { chooseCommunity, withCommunityOption, withWorkspace } from "./session.ts";

interface RunOptions {
  readonly community?: string;
  readonly asOf?: Day;
  readonly stage?: string;
  readonly json?: boolean;
}

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
    .action((options: RunOptions) => run(options, stagesOf(options.stage), terminal));
  withCommunityOption(pipeline.command("redo"))
    .description("derive again what a derived stage wrote: the same data give the same result")
    .argument("<stage>", "the stage's name")
    .option("--as-of <day>", "for this day (YYYY-MM-DD); today when left out", readDay)
    .option("--json", "print JSON")
    .action((name: string, options: RunOptions) => {
      const stages = stagesOf(name).map((stage) => {
        if (stage.redo !== undefined) return { ...stage, run: stage.redo };
        throw new Refusal("not-allowed", { what: `redo ${name}: it acts on members, once, and is never redone` });
      });
      return run(options, stages, terminal);
    });
  withCommunityOption(pipeline.command("status"))
    .description("the last runs of each stage")
    .option("--json", "print JSON")
    .action((options: RunOptions) => status(options, terminal));
}

function stagesOf(name: string | undefined): readonly Stage[] {
  if (name === undefined) return PIPELINE;
  const stage = stageNamed(name);
  if (stage !== undefined) return [stage];
  const names = STAGES.map((each) => each.name).join(", ");
  throw new Refusal("input.invalid", { reason: `there is no stage ${name}; the stages are ${names}` }, "stage");
}

async function run(options: RunOptions, stages: readonly Stage[], terminal: Terminal): Promise<void> {
  await withWorkspace(terminal, async (workspace) => {
    const community = await chooseCommunity(workspace, options.community, terminal);
    const mailer = mailerOf(workspace);
    const services = { db: workspace.db, crypto: workspace.crypto, mailer };
    const results: { stage: string; state: string; rows: number; seconds: number; summary: string }[] = [];
    for (const stage of stages) {
      const progress = terminal.progress(stage.name);
      const startedMs = performance.now();
      const request = {
        communityId: community.id,
        asOf: options.asOf,
        onProgress: (done: number, total: number | null) => progress.update(done, total),
      };
      const outcome = await runStage(stage, request, services, workspace.clock).finally(() => progress.stop());
      const seconds = Math.round(performance.now() - startedMs) / 1_000;
      const { rows, summary = "" } = outcome.kind === "ran" ? outcome.result : { rows: 0 };
      results.push({
        stage: stage.name,
        state: outcome.kind === "ran" ? "done" : "running elsewhere",
        rows,
        seconds,
        summary,
      });
    }
    mailer.close();
    if (options.json)
      return terminal.printJson({ community: community.slug, asOf: options.asOf ?? null, stages: results });
    terminal.printTable(
      ["stage", "state", "rows", "seconds", "what"],
      results.map((each) => [each.stage, each.state, each.rows, each.seconds, each.summary]),
    );
  });
}

async function status(options: RunOptions, terminal: Terminal): Promise<void> {
  await withWorkspace(terminal, async (workspace) => {
    const community = await chooseCommunity(workspace, options.community, terminal);
    const latest = await workspace.db.system
      .selectDistinctOn([pipelineRuns.stage])
      .from(pipelineRuns)
      .where(eq(pipelineRuns.communityId, community.id))
      .orderBy(pipelineRuns.stage, desc(pipelineRuns.startedAt));
    const inOrder = STAGES.flatMap((stage) => latest.filter((each) => each.stage === stage.name));
    if (options.json) return terminal.printJson(inOrder);
    terminal.printTable(
      ["stage", "state", "rows", "started", "what"],
      inOrder.map((each) => [
        each.stage,
        each.state,
        each.rows ?? 0,
        each.startedAt.toISOString(),
        each.error ?? each.summary ?? "",
      ]),
    );
  });
}
