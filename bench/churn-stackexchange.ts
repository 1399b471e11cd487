import { pathToFileURL } from "node:url";
import {
  type ChurnEvaluation,
  evaluateChurn,
  fitChurn,
  type LabelledRows,
  type TrainingSet,
} from "../src/churn/learning-rules.ts";
import { storeChurnModel } from "../src/churn/training-actions.ts";
import { readTrainingSet } from "../src/churn/training-queries.ts";
import { rollUpEvents } from "../src/events/rollup-actions.ts";
import { openStackExchangeDump } from "../src/imports/stackexchange-dump.ts";
import { type Id } from "../src/kernel/ids.ts";
import { createMatrix } from "../src/math/matrix.ts";
import type { Database } from "../src/platform/database/database.ts";
import { withBenchDatabase } from "./bench-database.ts";
import { dataSetPath } from "./data-sets.ts";
import { loadDumpEvents } from "./stackexchange-events.ts";
import { atLeast, atMost, type Target } from "./targets.ts";

const DUMPS = {
  ai: "stackexchange_ai_2017-03.tar.xz",
  beer: "stackexchange_beer_2016-12.tar.xz",
  quantumcomputing: "stackexchange_quantumcomputing_2018-09.tar.xz",
} as const;

type Site = keyof typeof DUMPS;

/** How the product's own path does on three real communities, beside scikit-learn under the same windows and split. */
export interface StackExchangeChurnResult {
  readonly name: "churn-stackexchange";
  readonly figures: {
    readonly trainRows: number;
    readonly testRows: number;
    readonly features: number;
    /** One model that learnt from the three sites together, as the reference did. */
    readonly together: SideFigures & { readonly C: number; readonly gradientNorm: number; readonly converged: boolean };
    /** The product's way: a model a community. */
    readonly bySite: Readonly<
      Record<
        Site,
        SideFigures & { readonly trainRows: number; readonly testRows: number; readonly togetherAuc: number | null }
      >
    >;
    readonly seconds: {
      readonly ingest: number;
      readonly rollUp: number;
      readonly features: number;
      readonly fit: number;
    };
  };
  /** scikit-learn 1.2.1. */
  readonly reference: {
    readonly auc: number;
    readonly logLoss: number;
    readonly recencyAuc: number;
    readonly trainRows: number;
    readonly testRows: number;
  };
  readonly targets: readonly Target[];
}

interface SideFigures {
  readonly auc: number | null;
  readonly logLoss: number;
  readonly averagePrecision: number | null;
  readonly brier: number;
  readonly calibrationError: number;
  /** Lift among the 10 % with the highest scores. */
  readonly liftAtTenth: number | null;
  readonly recencyAloneAuc: number | null;
}

/**
 * Loads each dump's events into a community of its own, rolls them up, computes features at every cutoff and trains, with nothing but
 * what the product runs. Null when a dump is absent.
 *
 * Cutoffs are ends of days: the first is the 60th day from the first question, answer or comment of the site, then every 15 days while
 * the 30 days after it were over on the last active day. The latest 30 %, rounded up, are the test.
 */
export async function benchChurnStackExchange(): Promise<StackExchangeChurnResult | null> {
  return dumpPaths() === null ? null : withBenchDatabase(4, ({ db }) => measureChurn(db));
}

/** {@link benchChurnStackExchange} on a database that has none of the three communities. */
export async function measureChurn(db: Database): Promise<StackExchangeChurnResult | null> {
  const paths = dumpPaths();
  if (paths === null) return null;
  const seconds = { ingest: 0, rollUp: 0, features: 0, fit: 0 };
  const timed = async <T>(stage: keyof typeof seconds, act: () => T | Promise<T>): Promise<T> => {
    const startedAt = performance.now();
    const result = await act();
    seconds[stage] += (performance.now() - startedAt) / 1_000;
    return result;
  };
  const sets: { site: Site; communityId: Id; set: TrainingSet }[] = [];
  for (const [site, path] of paths) {
    const dump = await openStackExchangeDump(path, { site });
    const communityId = await timed("ingest", () => loadDumpEvents(db, dump, NOW));
    await timed("rollUp", () => rollUpAll(db, communityId));
    const set = await timed("features", () => db.transaction(communityId, (tx) => readTrainingSet(tx, AFTER_ALL)));
    if (set.kind === "insufficient-data") throw new Error(`${site}: too little data`);
    sets.push({ site, communityId, set });
  }
  const together = joinSets(sets.map(({ set }) => set));
  const fit = await timed("fit", () => fitChurn(together));
  const { model } = fit.artefact;
  const bySite = {} as Record<Site, StackExchangeChurnResult["figures"]["bySite"][Site]>;
  for (const { site, communityId, set } of sets) {
    const outcome = await db.transaction(communityId, (tx) => storeChurnModel(tx, { fit: fitChurn(set), set }, NOW));
    if (outcome.kind !== "trained") throw new Error(`${site}: ${outcome.kind}`);
    bySite[site] = {
      ...figuresOf(outcome.evaluation),
      trainRows: set.train.y.length,
      testRows: set.test.y.length,
      togetherAuc: evaluateChurn(fit.artefact, set).auc,
    };
  }
  return {
    name: "churn-stackexchange",
    figures: {
      trainRows: together.train.y.length,
      testRows: together.test.y.length,
      features: together.train.X.columns,
      together: {
        ...figuresOf(fit.evaluation),
        C: model.C,
        gradientNorm: model.gradientNorm,
        converged: model.converged,
      },
      bySite,
      seconds,
    },
    reference: { auc: 0.8603, logLoss: 0.3453, recencyAuc: 0.7583, trainRows: 4_372, testRows: 2_234 },
    targets: [atLeast("auc", fit.evaluation.auc ?? 0, 0.86), atMost("gradientNorm", model.gradientNorm, 1e-3)],
  };
}

function dumpPaths(): (readonly [Site, string])[] | null {
  const paths = Object.entries(DUMPS).map(([site, file]) => [site as Site, dataSetPath(file)] as const);
  return paths.every((entry): entry is readonly [Site, string] => entry[1] !== null) ? paths : null;
}

const NOW = new Date("2020-01-01T00:00:00.000Z");
const AFTER_ALL = "2020-01-01";

async function rollUpAll(db: Database, communityId: Id): Promise<void> {
  for (;;) {
    const { more, heldBack } = await db.transaction(communityId, (tx) => rollUpEvents(tx, NOW));
    if (!more && !heldBack) return;
  }
}

function joinSets(sets: readonly TrainingSet[]): TrainingSet {
  const join = (sides: readonly LabelledRows[]): LabelledRows => {
    const rows = sides.reduce((sum, side) => sum + side.X.rows, 0);
    const columns = sides[0]!.X.columns;
    const data = new Float64Array(rows * columns);
    const y = new Float64Array(rows);
    let row = 0;
    for (const side of sides) {
      data.set(side.X.data, row * columns);
      y.set(side.y, row);
      row += side.X.rows;
    }
    return { X: createMatrix(data, rows, columns), y, memberIds: sides.flatMap((side) => side.memberIds) };
  };
  return {
    train: join(sets.map((set) => set.train)),
    test: join(sets.map((set) => set.test)),
    trainCutoffs: sets.flatMap((set) => set.trainCutoffs).sort(),
    testCutoffs: sets.flatMap((set) => set.testCutoffs).sort(),
    asOf: AFTER_ALL,
  };
}

function figuresOf(evaluation: ChurnEvaluation): SideFigures {
  const { auc, logLoss, averagePrecision, brier, calibrationError, gains, recencyAlone } = evaluation;
  const liftAtTenth = gains.find((gain) => gain.fraction === 0.1)?.lift ?? null;
  return { auc, logLoss, averagePrecision, brier, calibrationError, liftAtTenth, recencyAloneAuc: recencyAlone.auc };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const result = await benchChurnStackExchange();
  process.stdout.write(`${JSON.stringify(result ?? { skipped: "a Stack Exchange dump is absent" }, null, 2)}\n`);
}
