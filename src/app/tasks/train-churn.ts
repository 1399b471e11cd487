import { stageNamed } from "../../../workers/pipeline.ts";
import { runStage } from "../../../workers/run-stage.ts";
import { fitInThread } from "../../../workers/threads/fit-in-thread.ts";
import { judgeChurnModel } from "../../churn/training-actions.ts";
import { readTrainingSet } from "../../churn/training-queries.ts";
import { assert } from "../../kernel/assert.ts";
import { dayIn } from "../../kernel/calendar.ts";
import type { Terminal } from "../terminal.ts";
import { mailerOf } from "../worker-process.ts";
import { assertNotAhead, chooseCommunity, type DayOptions, withWorkspace } from "./session.ts";

/** Trains a version and puts it to use when it is better. */
export async function trainChurn(options: DayOptions, terminal: Terminal): Promise<void> {
  await withWorkspace(terminal, async (workspace) => {
    const community = await chooseCommunity(workspace, options.community, terminal);
    assertNotAhead(options.asOf, community, workspace.clock());
    const stage = stageNamed("train-churn");
    assert(stage, "the pipeline trains");
    const mailer = mailerOf(workspace);
    const services = { db: workspace.db, crypto: workspace.crypto, mailer };
    const outcome = await runStage(stage, { communityId: community.id, asOf: options.asOf }, services, workspace.clock);
    mailer.close();
    const result = outcome.kind === "ran" ? outcome.result : { rows: 0, summary: "is being trained elsewhere" };
    if (options.json) return terminal.printJson({ community: community.slug, ...result });
    terminal.print(`${community.slug}: ${result.summary ?? ""}`);
  });
}

/** Fits on the past and judges on the later part, without storing anything. */
export async function evaluateChurn(options: DayOptions, terminal: Terminal): Promise<void> {
  await withWorkspace(terminal, async (workspace) => {
    const { db, clock } = workspace;
    const community = await chooseCommunity(workspace, options.community, terminal);
    assertNotAhead(options.asOf, community, workspace.clock());
    const asOf = options.asOf ?? dayIn(community.timeZone, clock());
    const set = await db.transaction(community.id, (tx) => readTrainingSet(tx, asOf));
    if (set.kind === "insufficient-data") {
      return terminal.printJson({ community: community.slug, asOf, outcome: set });
    }
    const fit = await fitInThread(set);
    const judgement = await db.read(community.id, (reader) => judgeChurnModel(reader, { fit, set }));
    terminal.printJson({ community: community.slug, asOf, outcome: { evaluation: fit.evaluation, ...judgement } });
  });
}
