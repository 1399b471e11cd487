import { type Matrix, rowOf } from "../../src/math/matrix.ts";

/** The objective word for word: Σ log(1 + exp(−ỹ·(x·w + b))) + ‖w‖²/(2C). Slow, and overflows where the real one must not. */
export function slowObjective(X: Matrix, y: Float64Array, C: number, theta: readonly number[]): number {
  const weights = theta.slice(0, -1);
  let sum = 0;
  for (let i = 0; i < X.rows; i += 1) {
    const margin = weights.reduce((m, w, j) => m + w * rowOf(X, i)[j]!, theta.at(-1)!);
    sum += Math.log(1 + Math.exp(-(y[i] === 1 ? 1 : -1) * margin));
  }
  return sum + weights.reduce((norm, w) => norm + w * w, 0) / (2 * C);
}

/** Central differences of {@link slowObjective}. */
export function slowGradient(X: Matrix, y: Float64Array, C: number, theta: readonly number[]): number[] {
  const h = 1e-5;
  const moved = (j: number, by: number) => theta.map((value, index) => (index === j ? value + by : value));
  return theta.map((_, j) => (slowObjective(X, y, C, moved(j, h)) - slowObjective(X, y, C, moved(j, -h))) / (2 * h));
}

/** Plain gradient descent with a fixed step, for as long as it takes. */
export function slowFit(X: Matrix, y: Float64Array, C: number): number[] {
  let theta = Array.from({ length: X.columns + 1 }, () => 0);
  const step = 0.01;
  for (let round = 0; round < 4_000; round += 1) {
    const gradient = theta.map((value, j) => (j < X.columns ? value / C : 0));
    for (let i = 0; i < X.rows; i += 1) {
      const row = [...rowOf(X, i), 1];
      const residual = 1 / (1 + Math.exp(-row.reduce((m, x, j) => m + x * theta[j]!, 0))) - y[i]!;
      row.forEach((x, j) => {
        gradient[j] = gradient[j]! + residual * x;
      });
    }
    theta = theta.map((value, j) => value - step * gradient[j]!);
  }
  return theta;
}
