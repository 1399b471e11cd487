import { assert } from "../kernel/assert.ts";
import { assertMatrix, type Matrix } from "./matrix.ts";

/** How to centre and scale columns; plain JSON. Column j becomes (x − means[j]) / deviations[j]. */
export interface Standardisation {
  readonly version: 1;
  readonly means: readonly number[];
  /** In the column's own unit; 1 for a column that was constant. */
  readonly deviations: readonly number[];
}

/**
 * Measures each column of X (n×d, n ≥ 1): the mean μ = Σxᵢ/n and the population deviation σ = √(Σ(xᵢ − μ)²/n), in two passes.
 * A column that is constant up to rounding gets σ = 1: it becomes zeros, and a penalised learner gives it weight 0.
 */
export function fitStandardisation(X: Matrix): Standardisation {
  assertMatrix(X);
  assert(X.rows > 0, "a standardisation is fitted on at least one row");
  const means = columnMeans(X, (value) => value);
  const variances = columnMeans(X, (value, column) => (value - means[column]!) ** 2);
  const deviations = Array.from(variances, (variance, column) => {
    const deviation = Math.sqrt(variance);
    const rounding = X.rows * Number.EPSILON * Math.abs(means[column]!);
    return deviation > rounding ? deviation : 1;
  });
  return { version: 1, means: Array.from(means), deviations };
}

/** X (n×d) with every column centred and scaled, as a new matrix. */
export function standardise(standardisation: Standardisation, X: Matrix): Matrix {
  assertMatrix(X);
  const { means, deviations } = standardisation;
  assert(X.columns === means.length, "a matrix has the columns that the standardisation was fitted on");
  const data = new Float64Array(X.data.length);
  for (let cell = 0, column = 0; cell < data.length; cell += 1, column = column + 1 === X.columns ? 0 : column + 1) {
    data[cell] = (X.data[cell]! - means[column]!) / deviations[column]!;
  }
  return { data, rows: X.rows, columns: X.columns };
}

function columnMeans(X: Matrix, of: (value: number, column: number) => number): Float64Array {
  const sums = new Float64Array(X.columns);
  for (let row = 0; row < X.rows; row += 1) {
    for (let column = 0; column < X.columns; column += 1) {
      sums[column] = sums[column]! + of(X.data[row * X.columns + column]!, column);
    }
  }
  return sums.map((sum) => sum / X.rows);
}
