import type { Command } from "commander";
import { stageNamed } from "../../../workers/pipeline.ts";
import { runStage } from "../../../workers/run-stage.ts";
import { fitInThread } from "../../../workers/threads/fit-in-thread.ts";
import { type ChurnReport, churnReport, explainMember } from "../../churn/churn-queries.ts";
import { judgeChurnModel } from "../../churn/training-actions.ts";
import { readTrainingSet } from "../../churn/training-queries.ts";
import { memberByIdentity } from "../../identity/member-queries.ts";
import { assert } from "../../kernel/assert.ts";
import { type Day, dayIn } from "../../kernel/calendar.ts";
import { isId } from "../../kernel/ids.ts";
import { Refusal } from "../../kernel/refusal.ts";
import type { Evaluation } from "../../math/metrics.ts";
import type { Terminal } from "../terminal.ts";
import { mailerOf } from "../worker-process.ts";
import { readDay } from "./arguments.ts";
import { chooseCommunity, withCommunityOption, withWorkspace } from "./session.ts";

interface ChurnOptions {
  readonly community?: string;
  readonly asOf?: Day;
  readonly json?: boolean;
}

/** `rekindle churn …`: train the model, judge it, and say why it thinks what it thinks. */
export function registerChurn(program: Command, terminal: Terminal): void {
  const churn = program.command("churn").description("who is about to leave, and how well we know");
  withCommunityOption(churn.command("train"))
    .description("train a version, judged on the part of time it has not seen; the better one is put to use")
    .option("--as-of <day>", "from what was known at the end of this day; today when left out", readDay)
    .option("--json", "print JSON")
    .addHelpText("after", "\nExample:\n  rekindle churn train --community ai --as-of 2017-03-01")
    .action((options: ChurnOptions) => train(options, terminal));
  withCommunityOption(churn.command("evaluate"))
    .description("fit on the past and judge on the later part, without storing anything")
    .option("--as-of <day>", "from what was known at the end of this day; today when left out", readDay)
    .option("--json", "print JSON")
    .action((options: ChurnOptions) => evaluate(options, terminal));
  withCommunityOption(churn.command("report"))
    .description("the model in use, its figures, and how the scores are spread")
    .option("--json", "print JSON")
    .action((options: ChurnOptions) => report(options, terminal));
  withCommunityOption(churn.command("explain"))
    .description("why a member's score is what it is")
    .argument("<member>", "a member's id, or issuer:subject such as rekindle-development:member")
    .option("--json", "print JSON")
    .action((member: string, options: ChurnOptions) => explain(member, options, terminal));
}

async function train(options: ChurnOptions, terminal: Terminal): Promise<void> {
  await withWorkspace(terminal, async (workspace) => {
    const community = await chooseCommunity(workspace, options.community, terminal);
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

async function evaluate(options: ChurnOptions, terminal: Terminal): Promise<void> {
  await withWorkspace(terminal, async (workspace) => {
    const { db, clock } = workspace;
    const community = await chooseCommunity(workspace, options.community, terminal);
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

async function report(options: ChurnOptions, terminal: Terminal): Promise<void> {
  await withWorkspace(terminal, async (workspace) => {
    const community = await chooseCommunity(workspace, options.community, terminal);
    const found = await workspace.db.read(community.id, churnReport);
    if (options.json) return terminal.printJson({ community: community.slug, ...found });
    printReport(found, terminal);
  });
}

function printReport({ champion, versions, scores }: ChurnReport, terminal: Terminal): void {
  if (champion === null) {
    terminal.print("No model yet. Train one: rekindle churn train");
    return;
  }
  const { evaluation, artefact } = champion;
  terminal.print(`Model version ${champion.version} (${champion.learner}), trained through ${champion.trainedThrough}`);
  terminal.print(
    `Learnt from ${artefact.trainRows} member-days as of ${artefact.trainFrom} to ${artefact.trainThrough};`,
  );
  terminal.print(
    `judged on ${evaluation.rows} as of ${evaluation.testFrom} to ${evaluation.testThrough}, of which ${percent(evaluation.baseRate)} left.\n`,
  );
  printFigures(evaluation, evaluation.recencyAlone.auc, terminal);
  terminal.print("\nCalibration (of those told so, how many left)\n");
  terminal.printTable(
    ["told", "members", "mean told", "left", ""],
    evaluation.calibration
      .filter((bin) => bin.rows > 0)
      .map((bin) => [
        `${percent(bin.low)}–${percent(bin.high)}`,
        bin.rows,
        percent(bin.meanPrediction),
        percent(bin.observedRate),
        "█".repeat(Math.round(bin.observedRate * 30)),
      ]),
  );
  terminal.print("\nLift (acting on those with the highest scores first)\n");
  terminal.printTable(
    ["top", "members", "of them left", "of all who left", "lift"],
    evaluation.gains.map((gain) => [
      percent(gain.fraction),
      gain.rows,
      percent(gain.precision),
      percent(gain.recall),
      gain.lift.toFixed(2),
    ]),
  );
  if (scores !== null) {
    const most = Math.max(1, ...scores.byTenth);
    terminal.print(`\nScores as of ${scores.asOf}: ${scores.members} members\n`);
    terminal.printTable(
      ["probability", "members", ""],
      scores.byTenth.map((members, tenth) => [
        `${tenth * 10}–${tenth * 10 + 10} %`,
        members,
        "█".repeat(Math.round((members / most) * 30)),
      ]),
    );
  }
  if (versions.length > 1) {
    terminal.print("\nVersions\n");
    terminal.printTable(
      ["version", "state", "trained through", "AUC", "log-loss"],
      versions.map((each) => [
        each.version,
        each.state,
        each.trainedThrough,
        each.evaluation.auc?.toFixed(4) ?? "–",
        each.evaluation.logLoss.toFixed(4),
      ]),
    );
  }
}

function printFigures(evaluation: Evaluation, recencyAuc: number | null, terminal: Terminal): void {
  terminal.printTable(
    ["figure", "value", "what it says"],
    [
      ["AUC", evaluation.auc?.toFixed(4) ?? "–", "chance that one who leaves scores above one who stays"],
      ["… recency alone", recencyAuc?.toFixed(4) ?? "–", "what days since the last activity alone would reach"],
      [
        "PR-AUC",
        evaluation.averagePrecision?.toFixed(4) ?? "–",
        `average precision; ${evaluation.baseRate.toFixed(4)} by chance`,
      ],
      ["log-loss", evaluation.logLoss.toFixed(4), "lower is better"],
      ["Brier", evaluation.brier.toFixed(4), "mean squared error of the probabilities"],
      ["calibration error", evaluation.calibrationError.toFixed(4), "mean gap between told and seen"],
    ],
  );
}

async function explain(member: string, options: ChurnOptions, terminal: Terminal): Promise<void> {
  await withWorkspace(terminal, async (workspace) => {
    const community = await chooseCommunity(workspace, options.community, terminal);
    const explained = await workspace.db.read(community.id, async (reader) => {
      // An issuer is an address as a rule, with colons of its own.
      const colon = member.lastIndexOf(":");
      const id = isId(member)
        ? member
        : (await memberByIdentity(reader, member.slice(0, colon), member.slice(colon + 1)))?.id;
      if (id === undefined) throw new Refusal("not-found", { what: "member", id: member });
      return explainMember(reader, id, community.locale);
    });
    if (options.json) return terminal.printJson(explained);
    if (explained.kind === "not-scored")
      return terminal.print("This member has no score: they were not active in the 60 days before the last scoring.");
    terminal.print(
      `Probability of leaving as of ${explained.score.asOf}: ${percent(explained.score.probability)} (model version ${explained.score.modelVersion})`,
    );
    if (explained.kind === "outdated")
      return terminal.print("The features have changed since: the reasons can be told after the next scoring.");
    terminal.print(
      `An average member: ${percent(explained.explanation.averageProbability)}. What makes the difference:\n`,
    );
    for (const factor of explained.explanation.factors) terminal.print(`  ${factor.sentence}`);
  });
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
