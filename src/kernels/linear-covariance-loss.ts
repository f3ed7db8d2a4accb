/**
 * The Linear-Covariance loss: kernel of ../definitions/linear-covariance-loss.ts, in doubles on flat
 * row-major arrays.
 *
 * A [6,2N] is never formed: C = P S P and A e = P b with S = Jᵀ diag(ω² M) J and b = Jᵀ diag(ω) e, so
 * a loss is one pass over the points for the rows of J, one for H, S and b, and 6 × 6 algebra. What
 * both passes and the gradient share lives in a workspace that the caller owns.
 * Where the identity is to stand for a bad Hessian, that is factored as published code does, unscaled,
 * and bad only if a pivot is not positive.
 */
import { choleskyFactor, choleskyInverse } from "../linalg/cholesky.js";
import * as robust from "./linear-covariance-robust.js";
import {
  COVARIANCE,
  LINEAR,
  type LinearCovarianceWorkspace,
  LOSS,
  PRIOR,
  placeRows,
} from "./linear-covariance-workspace.js";
import { linearisedPoint } from "./linearised-point.js";
import { priorCovariance, transportedVariance } from "./linearised-solver.js";
import { poseDerivativesAt } from "./pose-jacobian.js";

/** Correspondences at their true pose, and J_f [rows,6] with components in groups of `group`. */
export interface LinearCovarianceProblem {
  readonly n: number;
  readonly x2d: Float64Array;
  readonly x3d: Float64Array;
  readonly w2d: Float64Array;
  readonly K: Float64Array;
  readonly R: Float64Array;
  readonly t: Float64Array;
  readonly rows: number;
  readonly Jf: Float64Array;
  readonly group: number;
  /** How much each point counts in means [n], or null: all alike. */
  readonly valid: Float64Array | null;
}

export type LossTerm = "covariance" | "prior" | "linear";
/** What may be held constant by the gradient; said of each in the definition. */
export type Detachable = (typeof detachable)[number];
export const detachable = [
  "linearisation",
  "linearResidual",
  "covarianceResidual",
  "covarianceWeights",
  "priorWeights",
  "linearWeights",
  "thresholds",
] as const;
/** The contract of the paper. */
export const paperDetached: readonly Detachable[] = [
  "linearisation",
  "linearResidual",
  "thresholds",
];

/** As in the definition; `failure` "status" only reports. */
export interface LinearCovarianceOptions {
  readonly form: "laplace" | "gaussian";
  readonly reduction: "mean" | "sum";
  readonly terms: readonly LossTerm[];
  readonly detached: readonly Detachable[];
  readonly weights: "multiplier" | "squared";
  readonly hessian: "consistent" | "observed";
  readonly robust: robust.Robustification | null;
  readonly maskWeights: boolean;
  /** −Infinity for none. */
  readonly zMin: number;
  readonly failure: "status" | "identity";
}

/**
 * Writes the loss and everything on the way to it to `at`. False, with the errors left as they were, if
 * the Hessian is not positive definite to working precision and nothing is to stand for it.
 */
export function linearCovarianceLoss(
  problem: LinearCovarianceProblem,
  options: LinearCovarianceOptions,
  at: LinearCovarianceWorkspace,
): boolean {
  const { n, w2d, valid } = problem;
  poseDerivativesAt("RP", problem.R, problem.t, at.motion);
  placeRows(problem, options.zMin, at);
  for (let k = 0; k < 2 * n; k++)
    at.squares[k] = options.weights === "squared" ? w2d[k] : w2d[k] * w2d[k];
  const by = options.robust;
  if (by === null)
    for (let k = 0; k < 2 * n; k++) {
      at.e[k] = at.r[k];
      at.variance[k] = at.r[k] * at.r[k];
      at.omega[k] = at.squares[k];
    }
  else {
    robust.shortenedResidual(n, at.r, by.maxLength, by.epsilon, at.e);
    robust.residualThreshold(n, at.e, valid, by.residualFactor, at.residualThreshold);
    robust.residualVariance(n, at.e, at.residualThreshold, at.variance);
    robust.weightThreshold(
      n,
      at.squares,
      at.variance,
      valid,
      by.weightFactor,
      by.epsilon,
      at.weightThreshold,
    );
    robust.limitedWeight(n, at.squares, at.weightThreshold, at.omega);
  }
  if (options.maskWeights && valid !== null)
    for (let k = 0; k < 2 * n; k++) at.omega[k] *= valid[k >> 1];
  accumulate(n, at);
  if (at.curved[0] > 0 || options.hessian === "observed") addCurvature(problem, options, at);
  return linearCovarianceErrors(problem, options, at);
}

/** The same of H, S and b that `at` holds already. */
export function linearCovarianceErrors(
  { Jf, rows, group }: LinearCovarianceProblem,
  options: LinearCovarianceOptions,
  at: LinearCovarianceWorkspace,
): boolean {
  if (!inverted(options.failure === "identity", at)) return false;
  sandwiched(at);
  transportedVariance(rows, Jf, at.prior, at.priorVariance);
  transportedVariance(rows, Jf, at.covariance, at.covarianceVariance);
  for (let j = 0; j < rows; j++) {
    let sum = 0;
    for (let p = 0; p < 6; p++) sum += Jf[6 * j + p] * at.deviation[p];
    at.linearDelta[j] = sum;
  }
  const [{ terms }, { errors }] = [options, at];
  errors[PRIOR] = terms.includes("prior")
    ? varianceError(rows, at.priorVariance, group, options)
    : 0;
  errors[COVARIANCE] = terms.includes("covariance")
    ? varianceError(rows, at.covarianceVariance, group, options)
    : 0;
  errors[LINEAR] = terms.includes("linear")
    ? deviationError(rows, at.linearDelta, group, options)
    : 0;
  const half = (errors[COVARIANCE] + errors[LINEAR]) / 2;
  errors[LOSS] = terms.includes("prior") ? Math.log(errors[PRIOR]) + half / errors[PRIOR] : half;
  return true;
}

/** One error of component variances [rows] in groups of `group`. */
export function varianceError(
  rows: number,
  variances: Float64Array,
  group: number,
  options: Pick<LinearCovarianceOptions, "form" | "reduction" | "failure">,
): number {
  const spoilt = options.failure === "identity" && anyNotPositive(rows, variances);
  const root = options.form === "laplace" && !spoilt;
  let total = 0;
  for (let j = 0; j < rows; j += group) {
    let sum = spoilt ? 1 : 0;
    if (!spoilt) for (let i = j; i < j + group; i++) sum += variances[i];
    total += root ? Math.sqrt(Math.max(sum, 0)) : sum;
  }
  return options.reduction === "sum" ? total : (total * group) / rows;
}

/** One error of deviations e [rows] in groups of `group`. */
export function deviationError(
  rows: number,
  deviations: Float64Array,
  group: number,
  options: Pick<LinearCovarianceOptions, "form" | "reduction">,
): number {
  let total = 0;
  for (let j = 0; j < rows; j += group) {
    let square = 0;
    for (let i = j; i < j + group; i++) square += deviations[i] * deviations[i];
    total += options.form === "laplace" ? Math.sqrt(square) : square;
  }
  return options.reduction === "sum" ? total : (total * group) / rows;
}

/** Whether published code would put ones in the place of these variances [rows]. */
export function anyNotPositive(rows: number, variances: Float64Array): boolean {
  for (let j = 0; j < rows; j++) if (!(variances[j] > 0)) return true;
  return false;
}

/** H, S [6,6], their lower triangles, and b [6]. */
function accumulate(n: number, at: LinearCovarianceWorkspace): void {
  const { J, omega, variance, e, hessian, spread, deviation } = at;
  hessian.fill(0);
  spread.fill(0);
  deviation.fill(0);
  for (let k = 0; k < 2 * n; k++) {
    const w = omega[k];
    if (w === 0) continue;
    const pull = w * e[k];
    for (let p = 0; p < 6; p++) deviation[p] += pull * J[6 * k + p];
    addSquare(hessian, w, J, 6 * k);
    addSquare(spread, w * w * variance[k], J, 6 * k);
  }
}

/** Adds w a aᵀ to the lower triangle of A, a = J[c … c + 5]: written out, three times as fast as loops. */
function addSquare(A: Float64Array, w: number, J: Float64Array, c: number): void {
  const a = J[c];
  const b = J[c + 1];
  const d = J[c + 2];
  const e = J[c + 3];
  const f = J[c + 4];
  const g = J[c + 5];
  A[0] += w * a * a;
  const wb = w * b;
  A[6] += wb * a;
  A[7] += wb * b;
  const wd = w * d;
  A[12] += wd * a;
  A[13] += wd * b;
  A[14] += wd * d;
  const we = w * e;
  A[18] += we * a;
  A[19] += we * b;
  A[20] += we * d;
  A[21] += we * e;
  const wf = w * f;
  A[24] += wf * a;
  A[25] += wf * b;
  A[26] += wf * d;
  A[27] += wf * e;
  A[28] += wf * f;
  const wg = w * g;
  A[30] += wg * a;
  A[31] += wg * b;
  A[32] += wg * d;
  A[33] += wg * e;
  A[34] += wg * f;
  A[35] += wg * g;
}

/** H less the curvature Σ ω r ∂²π/∂y² of the residuals it is taken at. */
function addCurvature(
  { n, x3d, K }: LinearCovarianceProblem,
  { hessian, zMin }: LinearCovarianceOptions,
  at: LinearCovarianceWorkspace,
): void {
  for (let i = 0; i < n; i++) {
    for (let b = 0; b < 3; b++) at.z[b] = x3d[3 * i + b];
    linearisedPoint(at.motion, at.z, K, zMin, at.point);
    for (let k = 0; k < 2; k++) {
      const residual = hessian === "observed" ? at.r[2 * i + k] : at.point.gap[k];
      const pull = at.omega[2 * i + k] * residual;
      for (let p = 0; p < 6; p++)
        for (let q = 0; q <= p; q++)
          at.hessian[6 * p + q] -= pull * at.point.free.yy[36 * k + 6 * p + q];
    }
  }
}

const factor = new Float64Array(36);

/** P = H⁻¹ to `prior`, or the identity for a bad H if it may stand for one. */
function inverted(identity: boolean, at: LinearCovarianceWorkspace): boolean {
  const { hessian, prior, substituted } = at;
  substituted[0] = 0;
  if (!identity) return priorCovariance(hessian, prior);
  for (let i = 0; i < 36; i++) factor[i] = hessian[i];
  if (choleskyFactor(6, factor)) choleskyInverse(6, factor, prior);
  else {
    substituted[0] = 1;
    for (let i = 0; i < 36; i++) prior[i] = i % 7 === 0 ? 1 : 0;
  }
  return true;
}

const [half, pulled] = [new Float64Array(36), new Float64Array(6)];

/** C = P S P and u = P b. */
function sandwiched({ prior, spread, covariance, deviation }: LinearCovarianceWorkspace): void {
  for (let p = 0; p < 6; p++)
    for (let q = 0; q < 6; q++) {
      let sum = 0;
      for (let l = 0; l < 6; l++)
        sum += prior[6 * p + l] * (l >= q ? spread[6 * l + q] : spread[6 * q + l]);
      half[6 * p + q] = sum;
    }
  for (let p = 0; p < 6; p++) {
    for (let q = 0; q <= p; q++) {
      let sum = 0;
      for (let l = 0; l < 6; l++) sum += half[6 * p + l] * prior[6 * l + q];
      covariance[6 * p + q] = sum;
      covariance[6 * q + p] = sum;
    }
    pulled[p] = deviation[p];
  }
  for (let p = 0; p < 6; p++) {
    let sum = 0;
    for (let q = 0; q < 6; q++) sum += prior[6 * p + q] * pulled[q];
    deviation[p] = sum;
  }
}
