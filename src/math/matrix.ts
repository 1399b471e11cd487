import { assert } from "../kernel/assert.ts";

/** A dense matrix of finite numbers, row-major: entry (i, j) is `data[i * columns + j]`. */
export interface Matrix {
  readonly data: Float64Array;
  readonly rows: number;
  readonly columns: number;
}

/** A matrix over `data` (shared, not copied). Throws InvariantError on NaN, infinities and a length that disagrees. */
export function createMatrix(data: Float64Array, rows: number, columns: number): Matrix {
  const matrix = { data, rows, columns };
  assertMatrix(matrix);
  return matrix;
}

/** A matrix from an array of rows; `columns` is only needed when there may be no row. */
export function matrixFromRows(rows: readonly ArrayLike<number>[], columns = rows[0]?.length ?? 0): Matrix {
  const data = new Float64Array(rows.length * columns);
  for (const [index, row] of rows.entries()) {
    assert(row.length === columns, "the rows of a matrix are equally long");
    data.set(row, index * columns);
  }
  return createMatrix(data, rows.length, columns);
}

/** The rows of X at `indices`, in that order, copied. */
export function takeRows(X: Matrix, indices: ArrayLike<number>): Matrix {
  const data = new Float64Array(indices.length * X.columns);
  for (let position = 0; position < indices.length; position += 1) {
    data.set(rowOf(X, indices[position]!), position * X.columns);
  }
  return { data, rows: indices.length, columns: X.columns };
}

/** Row i of X as a view: writing to it writes to X. */
export function rowOf(X: Matrix, index: number): Float64Array {
  assert(Number.isInteger(index) && index >= 0 && index < X.rows, "a row index lies within the matrix");
  return X.data.subarray(index * X.columns, (index + 1) * X.columns);
}

/** Every learner calls this on what it is given, since a matrix may have been built by hand. */
export function assertMatrix(X: Matrix): void {
  assert(isCount(X.rows) && isCount(X.columns), "a matrix has a whole number of rows and columns");
  assert(X.data.length === X.rows * X.columns, "a matrix holds rows × columns numbers");
  assertFinite(X.data, "a matrix");
}

/** Refuses NaN and infinities; `what` names the numbers in the message. */
export function assertFinite(numbers: ArrayLike<number>, what: string): void {
  for (let index = 0; index < numbers.length; index += 1) {
    assert(Number.isFinite(numbers[index]), `${what} holds finite numbers only`);
  }
}

function isCount(value: number): boolean {
  return Number.isInteger(value) && value >= 0;
}
