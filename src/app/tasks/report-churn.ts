import { type ChurnReport, churnReport } from "../../churn/churn-queries.ts";
import type { Evaluation } from "../../math/metrics.ts";
import { asPercent, type Terminal } from "../terminal.ts";
import { chooseCommunity, type DayOptions, withWorkspace } from "./session.ts";

/** The model in use, its figures, and how the scores are spread. */
export async function reportChurn(options: DayOptions, terminal: Terminal): Promise<void> {
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
    `judged on ${evaluation.rows} as of ${evaluation.testFrom} to ${evaluation.testThrough}, of which ${asPercent(evaluation.baseRate)} left.\n`,
  );
  printFigures(evaluation, evaluation.recencyAlone.auc, terminal);
  terminal.print("\nCalibration (of those told so, how many left)\n");
  terminal.printTable(
    ["told", "members", "mean told", "left", ""],
    evaluation.calibration
      .filter((bin) => bin.rows > 0)
      .map((bin) => [
        `${asPercent(bin.low)}–${asPercent(bin.high)}`,
        bin.rows,
        asPercent(bin.meanPrediction),
        asPercent(bin.observedRate),
        "█".repeat(Math.round(bin.observedRate * 30)),
      ]),
  );
  terminal.print("\nLift (acting on those with the highest scores first)\n");
  terminal.printTable(
    ["top", "members", "of them left", "of all who left", "lift"],
    evaluation.gains.map((gain) => [
      asPercent(gain.fraction),
      gain.rows,
      asPercent(gain.precision),
      asPercent(gain.recall),
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
