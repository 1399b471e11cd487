import { assert, InvariantError } from "../kernel/assert.ts";
import { choleskyFactor, choleskySolve } from "./cholesky.ts";
import { classCounts } from "./labels.ts";
import { assertFinite, assertMatrix, type Matrix } from "./matrix.ts";

/** A fitted model; plain JSON. P(y = 1 | x) = 1/(1 + e^−(intercept + weights·x)). */
export interface LogisticModel {
  readonly kind: "logistic";
  readonly version: 1;
  /** d weights: the change in log-odds for one unit of each feature, as the features were given to the fit. */
  readonly weights: readonly number[];
  /** The log-odds of a row of zeros. */
  readonly intercept: number;
  readonly C: number;
  /** Whether the optimum was reached; when not, the model is the best found within `iterationsMax`. */
  readonly converged: boolean;
  readonly iterations: number;
  /** Euclidean norm of the objective's gradient at the model, d + 1 partial derivatives. The weights lie within C·gradientNorm of the optimum's. */
  readonly gradientNorm: number;
  /** Σ log-loss + ‖w‖²/(2C) at the model, in nats. */
  readonly objective: number;
}

export interface LogisticOptions {
  /** Inverse strength of the penalty, as in scikit-learn: smaller is stronger. 1 by default. */
  readonly C?: number;
  readonly iterationsMax?: number;
  /** Stop once the objective is estimated to lie less than `tolerance`·max(1, objective) above its minimum. 1e-15 by default. */
  readonly tolerance?: number;
}

/** Why a prediction is what it is: `logOdds` = `intercept` + the sum of `contributions`, exactly, added in that order. */
export interface LogisticExplanation {
  readonly probability: number;
  readonly logOdds: number;
  readonly intercept: number;
  /** wⱼ·xⱼ for each feature, in log-odds. With standardised features: against the average row of the training window. */
  readonly contributions: readonly number[];
}

/**
 * Fits L2-regularised logistic regression: minimises Σᵢ log(1 + exp(−ỹᵢ·(xᵢᵀw + b))) + ‖w‖²/(2C), ỹ ∈ {−1, 1}; b is not penalised.
 *
 * Newton's method (iteratively reweighted least squares) with a backtracking line search, from w = 0 and b = the log-odds of the base rate.
 * The objective is strictly convex with both classes present, so the optimum exists, is unique, and does not depend on the order of
 * the rows beyond rounding. An iteration takes n·d²/2 multiplications. Features should be standardised: the penalty treats all alike.
 *
 * With one class only, b has no finite optimum: the caller refuses such data first ({@link classCounts}).
 *
 * @param X n×d, row-major, finite. @param y n values in {0, 1}, both present.
 * @throws InvariantError on NaN, on shapes that disagree, on a single class.
 * @see Hastie, Tibshirani, Friedman (2009), §4.4.1; Boyd, Vandenberghe (2004), §9.5 (the Newton decrement and the line search)
 */
export function fitLogistic(X: Matrix, y: Float64Array, options: LogisticOptions = {}): LogisticModel {
  const { C = 1, iterationsMax = 100, tolerance = 1e-15 } = options;
  assertMatrix(X);
  assert(y.length === X.rows, "there is one label for each row");
  assert(C > 0 && Number.isFinite(C), "C is positive and finite");
  const { positives, negatives } = classCounts(y);
  assert(positives > 0 && negatives > 0, "logistic regression learns from both classes");

  const problem: Problem = { X, y, C };
  let theta = new Float64Array(X.columns + 1);
  theta[X.columns] = Math.log(positives / negatives);
  let iterations = 0;
  let converged = false;
  while (!converged && iterations < iterationsMax) {
    const margins = marginsAt(X, theta);
    const objective = objectiveAt(problem, theta, margins);
    const gradient = gradientAt(problem, theta, margins);
    const direction = newtonDirection(hessianAt(problem, margins), gradient);
    const slope = dot(gradient, direction);
    // Half the squared Newton decrement estimates the distance to the minimum; the step that proves convergence is taken too.
    converged = -slope / 2 <= tolerance * Math.max(1, objective);
    const length = converged ? 1 : stepLength(problem, theta, margins, objective, direction, slope);
    if (length === 0) break;
    theta = theta.map((value, index) => value + length * direction[index]!);
    iterations += 1;
  }

  const margins = marginsAt(X, theta);
  return {
    kind: "logistic",
    version: 1,
    weights: Array.from(theta.subarray(0, X.columns)),
    intercept: theta[X.columns]!,
    C,
    converged,
    iterations,
    gradientNorm: Math.hypot(...gradientAt(problem, theta, margins)),
    objective: objectiveAt(problem, theta, margins),
  };
}

/** P(y = 1) for each row of X (n×d): n numbers in [0, 1]. */
export function predictLogistic(model: LogisticModel, X: Matrix): Float64Array {
  assertMatrix(X);
  return marginsAt(X, parametersOf(model, X.columns)).map(sigmoid);
}

/** Takes one prediction apart; `x` holds the d features as given to {@link predictLogistic}. */
export function explainLogistic(model: LogisticModel, x: ArrayLike<number>): LogisticExplanation {
  assertFinite(x, "a row to explain");
  const theta = parametersOf(model, x.length);
  const contributions = Array.from(x, (value, index) => theta[index]! * value);
  const logOdds = contributions.reduce((sum, contribution) => sum + contribution, model.intercept);
  return { probability: sigmoid(logOdds), logOdds, intercept: model.intercept, contributions };
}

/** 1/(1 + e^−t), without overflow. */
export function sigmoid(t: number): number {
  if (t >= 0) return 1 / (1 + Math.exp(-t));
  const odds = Math.exp(t);
  return odds / (1 + odds);
}

interface Problem {
  readonly X: Matrix;
  readonly y: Float64Array;
  readonly C: number;
}

/** w followed by b: d + 1 numbers, the layout of every θ, gradient and Hessian below. */
function parametersOf(model: LogisticModel, columns: number): Float64Array {
  assert(model.weights.length === columns, "a row has the features that the model was fitted on");
  const theta = Float64Array.from([...model.weights, model.intercept]);
  assertFinite(theta, "a model");
  return theta;
}

/** The log-odds b + xᵢᵀw of each row, summed from the intercept on. */
function marginsAt(X: Matrix, theta: Float64Array): Float64Array {
  const margins = new Float64Array(X.rows);
  for (let i = 0, cell = 0; i < X.rows; i += 1) {
    let sum = theta[X.columns]!;
    for (let j = 0; j < X.columns; j += 1, cell += 1) sum += theta[j]! * X.data[cell]!;
    margins[i] = sum;
  }
  return margins;
}

/** Σ [log(1 + e^m) − y·m] + ‖w‖²/(2C), in the form that neither overflows nor cancels. */
function objectiveAt({ y, C }: Problem, theta: Float64Array, margins: Float64Array): number {
  let loss = 0;
  for (let i = 0; i < y.length; i += 1) {
    const against = y[i] === 1 ? -margins[i]! : margins[i]!;
    loss += Math.max(against, 0) + Math.log1p(Math.exp(-Math.abs(against)));
  }
  const weights = theta.subarray(0, theta.length - 1);
  return loss + dot(weights, weights) / (2 * C);
}

/** ∇w = Xᵀ(p − y) + w/C, ∇b = Σ(p − y). */
function gradientAt({ X, y, C }: Problem, theta: Float64Array, margins: Float64Array): Float64Array {
  const d = X.columns;
  const gradient = theta.map((value, index) => (index < d ? value / C : 0));
  for (let i = 0, cell = 0; i < X.rows; i += 1) {
    const residual = sigmoid(margins[i]!) - y[i]!;
    for (let j = 0; j < d; j += 1, cell += 1) gradient[j] = gradient[j]! + residual * X.data[cell]!;
    gradient[d] = gradient[d]! + residual;
  }
  return gradient;
}

/**
 * Σ pᵢ(1 − pᵢ)·x̃ᵢx̃ᵢᵀ + diag(1/C, …, 1/C, 0), x̃ᵢ = (xᵢ, 1); the lower triangle only.
 * Where the time of a fit goes. Rows are added in fours, padded with zeros, so that an entry of H is loaded and stored once for four of them.
 */
function hessianAt({ X, C }: Problem, margins: Float64Array): Matrix {
  const d = X.columns;
  const size = d + 1;
  const H = new Float64Array(size * size);
  for (let j = 0; j < d; j += 1) H[j * size + j] = 1 / C;
  const four = new Float64Array(4 * size);
  const curvatures = new Float64Array(4);
  for (let first = 0; first < X.rows; first += 4) {
    for (let lane = 0; lane < 4; lane += 1) {
      const i = first + lane;
      const p = i < X.rows ? sigmoid(margins[i]!) : 0;
      curvatures[lane] = p * (1 - p);
      for (let j = 0; j < d && i < X.rows; j += 1) four[lane * size + j] = X.data[i * d + j]!;
      four[lane * size + d] = 1;
    }
    for (let j = 0; j < size; j += 1) {
      const s0 = curvatures[0]! * four[j]!;
      const s1 = curvatures[1]! * four[size + j]!;
      const s2 = curvatures[2]! * four[2 * size + j]!;
      const s3 = curvatures[3]! * four[3 * size + j]!;
      for (let k = 0, cell = j * size; k <= j; k += 1, cell += 1) {
        H[cell] =
          H[cell]! + (s0 * four[k]! + s1 * four[size + k]! + (s2 * four[2 * size + k]! + s3 * four[3 * size + k]!));
      }
    }
  }
  return { data: H, rows: size, columns: size };
}

/** −H⁻¹·gradient. Where collinear features and a weak penalty leave H singular, its diagonal is raised until it is not. */
function newtonDirection(H: Matrix, gradient: Float64Array): Float64Array {
  for (let damping = 0; damping <= 1; damping = damping === 0 ? 1e-12 : damping * 100) {
    const data = H.data.map((value, cell) => (cell % (H.columns + 1) === 0 ? value * (1 + damping) : value));
    const L = choleskyFactor({ ...H, data });
    if (L !== null) return choleskySolve(L, gradient).map((value) => -value);
  }
  throw new InvariantError("Invariant broken: a convex objective has a positive semidefinite Hessian");
}

/**
 * The longest of 1, ½, ¼ … that lowers the objective by a ten-thousandth of what the slope promises (Armijo), or 0 when none does.
 * Margins are linear along the direction, so that a trial takes n additions.
 */
function stepLength(
  problem: Problem,
  theta: Float64Array,
  margins: Float64Array,
  objective: number,
  direction: Float64Array,
  slope: number,
): number {
  const change = marginsAt(problem.X, direction);
  const rounding = 1e-13 * Math.max(1, objective);
  for (let length = 1; length > 1e-12; length /= 2) {
    const trial = theta.map((value, index) => value + length * direction[index]!);
    const trialMargins = margins.map((value, index) => value + length * change[index]!);
    if (objectiveAt(problem, trial, trialMargins) <= objective + 1e-4 * length * slope + rounding) return length;
  }
  return 0;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < a.length; index += 1) sum += a[index]! * b[index]!;
  return sum;
}
