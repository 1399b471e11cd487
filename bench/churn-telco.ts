import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { gunzipSync } from "node:zlib";
import { parse } from "csv-parse/sync";
import { explainLogistic, fitLogistic, predictLogistic } from "../src/math/logistic.ts";
import { type Matrix, matrixFromRows, rowOf, takeRows } from "../src/math/matrix.ts";
import { type Evaluation, evaluate } from "../src/math/metrics.ts";
import { splitByHash } from "../src/math/split.ts";
import { fitStandardisation, standardise } from "../src/math/standardise.ts";
import { dataSetPath } from "./data-sets.ts";
import { atMost, type Target } from "./targets.ts";

/** What the logistic regression of this repository reaches on IBM's Telco customers, beside scikit-learn 1.2.1 under the same rules. */
export interface TelcoResult {
  readonly name: "churn-telco";
  readonly figures: {
    readonly trainRows: number;
    readonly testRows: number;
    readonly features: number;
    readonly converged: boolean;
    readonly iterations: number;
    readonly objective: number;
    readonly gradientNorm: number;
    /** Largest difference between a test row's log-odds and the sum of its explanation. */
    readonly explanationError: number;
    readonly fitCpuSeconds: number;
    readonly test: Evaluation;
  };
  /** scikit-learn 1.2.1 on the same split. */
  readonly reference: { readonly auc: number; readonly logLoss: number; readonly objective: number };
  readonly targets: readonly Target[];
}

const REFERENCE = { auc: 0.8445, logLoss: 0.4043, objective: 2352.708 };

type TelcoRow = Readonly<Record<string, string>>;

const NUMERIC = ["SeniorCitizen", "tenure", "MonthlyCharges", "TotalCharges"];
const NOT_FEATURES = ["customerID", "Churn"];

/**
 * Trains on the rows whose fnv1a32(customerID) mod 5 ≠ 0 and judges by the others. Numeric columns as they are (a blank is 0),
 * every other column one-hot without dropping a level; standardised by the training rows; C = 1. Null when the data set is absent.
 */
export async function benchChurnTelco(): Promise<TelcoResult | null> {
  const file = dataSetPath("telco_churn.csv.gz");
  if (file === null) return null;
  const rows = parse<TelcoRow>(gunzipSync(readFileSync(file)), { columns: true });
  const { train, test } = splitByHash(rows.map((row) => row.customerID ?? ""));
  const features = encode(rows);
  const labels = Float64Array.from(rows, (row) => (row.Churn === "Yes" ? 1 : 0));

  const standardisation = fitStandardisation(takeRows(features, train));
  const X = standardise(standardisation, takeRows(features, train));
  const XTest = standardise(standardisation, takeRows(features, test));
  const yTest = Float64Array.from(test, (index) => labels[index]!);

  const before = process.cpuUsage();
  const model = fitLogistic(
    X,
    Float64Array.from(train, (index) => labels[index]!),
  );
  const { user, system } = process.cpuUsage(before);
  const probabilities = predictLogistic(model, XTest);

  const explanationErrors = Array.from(probabilities, (p, index) => {
    const { intercept, contributions } = explainLogistic(model, rowOf(XTest, index));
    const explained = contributions.reduce((sum, contribution) => sum + contribution, intercept);
    return Math.abs(Math.log(p / (1 - p)) - explained);
  });
  const evaluation = evaluate(yTest, probabilities);
  return {
    name: "churn-telco",
    figures: {
      trainRows: train.length,
      testRows: test.length,
      features: features.columns,
      converged: model.converged,
      iterations: model.iterations,
      objective: model.objective,
      gradientNorm: model.gradientNorm,
      explanationError: Math.max(...explanationErrors),
      fitCpuSeconds: (user + system) / 1e6,
      test: evaluation,
    },
    reference: REFERENCE,
    targets: [
      // Equal to three decimals.
      atMost("aucApart", Math.abs((evaluation.auc ?? 0) - REFERENCE.auc), 0.0005),
      atMost("objectiveApart", Math.abs(model.objective - REFERENCE.objective), 0.001),
      atMost("gradientNorm", model.gradientNorm, 1e-3),
    ],
  };
}

function encode(rows: readonly TelcoRow[]): Matrix {
  const columns = Object.keys(rows[0] ?? {}).filter((name) => !NOT_FEATURES.includes(name));
  const encoders = columns.flatMap((name): ((row: TelcoRow) => number)[] => {
    if (NUMERIC.includes(name)) return [(row) => Number(row[name])];
    const levels = [...new Set(rows.map((row) => row[name]))].sort();
    return levels.map((level) => (row) => (row[name] === level ? 1 : 0));
  });
  return matrixFromRows(rows.map((row) => encoders.map((encoder) => encoder(row))));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const result = await benchChurnTelco();
  process.stdout.write(`${JSON.stringify(result ?? { skipped: "telco_churn.csv.gz is absent" }, null, 2)}\n`);
}
