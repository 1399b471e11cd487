import { desc, eq } from "drizzle-orm";
import { pipelineRuns } from "../../../drizzle/tables/platform.ts";
import { PIPELINE, STAGES, stageNamed } from "../../../workers/pipeline.ts";
import { runStage } from "../../../workers/run-stage.ts";
import type { Stage } from "../../../workers/stage.ts";
import { Refusal } from "../../kernel/refusal.ts";
import type { Terminal } from "../terminal.ts";
import { mailerOf } from "../worker-process.ts";
import { assertNotAhead, chooseCommunity, type DayOptions, withWorkspace } from "./session.ts";

/** Runs the pipeline, or the one stage that is named. */
export function runPipeline(options: DayOptions & { readonly stage?: string }, terminal: Terminal): Promise<void> {
  return run(options, stagesOf(options.stage), terminal);
}

/** Derives again what a derived stage wrote. @throws Refusal `not-allowed` for one that acts on members. */
export function redoStage(name: string, options: DayOptions, terminal: Terminal): Promise<void> {
  const stages = stagesOf(name).map((stage) => {
    if (stage.redo !== undefined) return { ...stage, run: stage.redo };
    throw new Refusal("not-allowed", { what: `redo ${name}: it acts on members, once, and is never redone` });
  });
  return run(options, stages, terminal);
}

function stagesOf(name: string | undefined): readonly Stage[] {
  if (name === undefined) return PIPELINE;
  const stage = stageNamed(name);
  if (stage !== undefined) return [stage];
  const names = STAGES.map((each) => each.name).join(", ");
  throw new Refusal("input.invalid", { reason: `there is no stage ${name}; the stages are ${names}` }, "stage");
}

async function run(options: DayOptions, stages: readonly Stage[], terminal: Terminal): Promise<void> {
  await withWorkspace(terminal, async (workspace) => {
    const community = await chooseCommunity(workspace, options.community, terminal);
    assertNotAhead(options.asOf, community, workspace.clock());
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

/** The last run of each stage. */
export async function showPipelineStatus(options: DayOptions, terminal: Terminal): Promise<void> {
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
