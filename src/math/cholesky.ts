import { assert } from "../kernel/assert.ts";
import { createMatrix, type Matrix } from "./matrix.ts";

/**
 * The lower triangle L (n×n, positive diagonal, zeros above) with A = L·Lᵀ, or null when A is not positive definite to working precision.
 * Reads only the lower triangle of A, n×n. Takes n³/3 multiplications.
 *
 * @see Golub, Van Loan (2013), Matrix Computations, §4.2.5
 */
export function choleskyFactor(A: Matrix): Matrix | null {
  const n = A.rows;
  assert(A.columns === n, "a Cholesky factor is taken of a square matrix");
  const L = new Float64Array(n * n);
  for (let i = 0; i < n; i += 1) {
    for (let j = 0; j <= i; j += 1) {
      let sum = A.data[i * n + j]!;
      for (let k = 0; k < j; k += 1) sum -= L[i * n + k]! * L[j * n + k]!;
      if (j < i) {
        L[i * n + j] = sum / L[j * n + j]!;
      } else {
        // What rounding leaves of a singular pivot is no pivot.
        if (!(sum > n * Number.EPSILON * A.data[i * n + i]!)) return null;
        L[i * n + i] = Math.sqrt(sum);
      }
    }
  }
  return createMatrix(L, n, n);
}

/** x with L·Lᵀ·x = b, for L from {@link choleskyFactor} and b of length n. */
export function choleskySolve(L: Matrix, b: Float64Array): Float64Array {
  const n = L.rows;
  assert(b.length === n, "the right-hand side has as many numbers as the factor has rows");
  const x = Float64Array.from(b);
  for (let i = 0; i < n; i += 1) {
    let sum = x[i]!;
    for (let k = 0; k < i; k += 1) sum -= L.data[i * n + k]! * x[k]!;
    x[i] = sum / L.data[i * n + i]!;
  }
  for (let i = n - 1; i >= 0; i -= 1) {
    let sum = x[i]!;
    for (let k = i + 1; k < n; k += 1) sum -= L.data[k * n + i]! * x[k]!;
    x[i] = sum / L.data[i * n + i]!;
  }
  return x;
}
