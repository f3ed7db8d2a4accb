/**
 * Gradient of the Linear-Covariance loss: kernel of ../definitions/linear-covariance-gradient.ts, in
 * doubles on flat arrays.
 *
 * It takes the workspace that the loss has filled, so that a gradient costs one further pass: two
 * quadratic forms in six variables for every coordinate.
 */
import {
  anyNotPositive,
  type LinearCovarianceOptions,
  type LinearCovarianceProblem,
} from "./linear-covariance-loss.js";
import { clampGradient, robustificationGradient } from "./linear-covariance-robust-gradient.js";
import {
  COVARIANCE,
  LINEAR,
  type LinearCovarianceWorkspace,
  PRIOR,
} from "./linear-covariance-workspace.js";
import { linearisedPoint } from "./linearised-point.js";

/** Arrays that receive ∂L/∂x [2n], ∂L/∂z [3n], ∂L/∂w [2n]. */
export interface LinearCovarianceGradient {
  readonly x2d: Float64Array;
  readonly x3d: Float64Array;
  readonly w2d: Float64Array;
}

const G = new Float64Array(36);
const Y = new Float64Array(36);
/** Z of all that weights reach, and of all. */
const Zw = new Float64Array(36);
const Z = new Float64Array(36);
const v = new Float64Array(6);
const left = new Float64Array(36);
const part = new Float64Array(36);

/** Writes ∂L/∂(x, z, w) at the loss that `at` holds. */
export function linearCovarianceLossGradient(
  problem: LinearCovarianceProblem,
  options: LinearCovarianceOptions,
  at: LinearCovarianceWorkspace,
  out: LinearCovarianceGradient,
): void {
  const { n } = problem;
  const { detached } = options;
  upstream(problem, options, at);
  robustificationGradient(problem, options, at, out);
  clampGradient(n, options, at, out.x2d);
  const { R } = problem;
  const { slopes } = at;
  for (let i = 0; i < n; i++) {
    const g0 = out.x2d[2 * i];
    const g1 = out.x2d[2 * i + 1];
    const s0 = slopes[6 * i] * g0 + slopes[6 * i + 3] * g1;
    const s1 = slopes[6 * i + 1] * g0 + slopes[6 * i + 4] * g1;
    const s2 = slopes[6 * i + 2] * g0 + slopes[6 * i + 5] * g1;
    out.x3d[3 * i] = -(R[0] * s0 + R[3] * s1 + R[6] * s2);
    out.x3d[3 * i + 1] = -(R[1] * s0 + R[4] * s1 + R[7] * s2);
    out.x3d[3 * i + 2] = -(R[2] * s0 + R[5] * s1 + R[8] * s2);
  }
  if (!detached.includes("linearisation")) addLinearisation(problem, options, at, out.x3d);
}

/**
 * Writes Y [6,6], Z of all that weights reach [6,6] and v [6], from which ∂L/∂(M, ω, e) of a row a of J are ω² aᵀYa,
 * 2ω M aᵀYa + e vᵀa − aᵀZa and ω vᵀa, at the loss that `at` holds.
 */
export function linearCovarianceForms(
  problem: LinearCovarianceProblem,
  options: LinearCovarianceOptions,
  at: LinearCovarianceWorkspace,
  byVariance: Float64Array,
  byWeight: Float64Array,
  byResidual: Float64Array,
): void {
  upstream({ ...problem, n: 0 }, options, at);
  byVariance.set(Y);
  byWeight.set(Zw);
  byResidual.set(v);
}

/** Writes cₖ ≥ 0 [2n], ∂L/∂x = c ∘ r without robustification, at the loss that `at` holds. */
export function residualPull(
  problem: LinearCovarianceProblem,
  options: LinearCovarianceOptions,
  at: LinearCovarianceWorkspace,
  pull: Float64Array,
): void {
  upstream(problem, options, at);
  for (let k = 0; k < 2 * problem.n; k++) pull[k] = 2 * at.byVariance[k];
}

/** ∂/∂variances [rows] of `varianceError`: zero where a group has none, or where ones stand for it. */
export function varianceErrorSlope(
  rows: number,
  variances: Float64Array,
  group: number,
  options: Pick<LinearCovarianceOptions, "form" | "reduction" | "failure">,
  out: Float64Array,
): void {
  const share = options.reduction === "sum" ? 1 : group / rows;
  const spoilt = options.failure === "identity" && anyNotPositive(rows, variances);
  for (let j = 0; j < rows; j += group) {
    let sum = 0;
    for (let i = j; i < j + group; i++) sum += variances[i];
    const laplace = sum > 0 ? share / (2 * Math.sqrt(sum)) : 0;
    const each = spoilt ? 0 : options.form === "gaussian" ? share : laplace;
    for (let i = j; i < j + group; i++) out[i] = each;
  }
}

/** ∂/∂e [rows] of `deviationError`; zero where a group of them is. */
export function deviationErrorSlope(
  rows: number,
  deviations: Float64Array,
  group: number,
  options: Pick<LinearCovarianceOptions, "form" | "reduction">,
  out: Float64Array,
): void {
  const share = options.reduction === "sum" ? 1 : group / rows;
  for (let j = 0; j < rows; j += group) {
    let square = 0;
    for (let i = j; i < j + group; i++) square += deviations[i] * deviations[i];
    const laplace = square > 0 ? share / Math.sqrt(square) : 0;
    const factor = options.form === "gaussian" ? 2 * share : laplace;
    for (let i = j; i < j + group; i++) out[i] = factor * deviations[i];
  }
}

/** Derivatives of L by M, e and ω to the workspace; Y, Z and v to the scratch. */
function upstream(
  problem: LinearCovarianceProblem,
  options: LinearCovarianceOptions,
  at: LinearCovarianceWorkspace,
): void {
  const { n, rows, Jf, group } = problem;
  const { terms, detached } = options;
  const { errors, prior: P, covariance: C, deviation: u, componentSlope } = at;
  const half = (errors[COVARIANCE] + errors[LINEAR]) / 2;
  const hasPrior = terms.includes("prior");
  const byOther = hasPrior ? 0.5 / errors[PRIOR] : 0.5;
  Y.fill(0);
  Z.fill(0);
  Zw.fill(0);
  v.fill(0);
  if (hasPrior) {
    varianceErrorSlope(rows, at.priorVariance, group, options, componentSlope);
    gather(rows, Jf, componentSlope, (1 - half / errors[PRIOR]) / errors[PRIOR]);
    multiply(P, G, left);
    multiply(left, P, part);
    if (at.substituted[0] === 0) addTo(part, !detached.includes("priorWeights"));
  }
  if (terms.includes("covariance")) {
    varianceErrorSlope(rows, at.covarianceVariance, group, options, componentSlope);
    gather(rows, Jf, componentSlope, byOther);
    multiply(G, P, left);
    multiply(P, left, Y);
    multiply(C, left, part);
    for (let p = 0; p < 6; p++)
      for (let q = 0; q <= p; q++)
        part[6 * q + p] = part[6 * p + q] = part[6 * p + q] + part[6 * q + p];
    if (at.substituted[0] === 0) addTo(part, !detached.includes("covarianceWeights"));
  }
  if (terms.includes("linear")) {
    deviationErrorSlope(rows, at.linearDelta, group, options, componentSlope);
    for (let q = 0; q < 6; q++) {
      let sum = 0;
      for (let j = 0; j < rows; j++) sum += componentSlope[j] * Jf[6 * j + q];
      for (let p = 0; p < 6; p++) v[p] += P[6 * p + q] * sum * byOther;
    }
    for (let p = 0; p < 6; p++)
      for (let q = 0; q < 6; q++) part[6 * p + q] = (v[p] * u[q] + u[p] * v[q]) / 2;
    if (at.substituted[0] === 0) addTo(part, !detached.includes("linearWeights"));
  }
  const { J, omega, variance, e } = at;
  const spreads = detached.includes("covarianceWeights") ? 0 : 2;
  const leans = detached.includes("linearWeights") ? 0 : 1;
  for (let k = 0; k < 2 * n; k++) {
    const w = omega[k];
    const pull = quadratic(Y, J, 6 * k);
    let along = 0;
    for (let p = 0; p < 6; p++) along += v[p] * J[6 * k + p];
    at.byVariance[k] = w * w * pull;
    at.byResidual[k] = w * along;
    at.byOmega[k] =
      spreads * w * variance[k] * pull + leans * along * e[k] - quadratic(Zw, J, 6 * k);
  }
  if (at.curved[0] > 0 || options.hessian === "observed") addCurvature(problem, options, at);
}

/** G = J_fᵀ diag(factor · slopes) J_f. */
function gather(rows: number, Jf: Float64Array, slopes: Float64Array, factor: number): void {
  G.fill(0);
  for (let j = 0; j < rows; j++)
    for (let p = 0; p < 6; p++) {
      const pull = factor * slopes[j] * Jf[6 * j + p];
      for (let q = 0; q < 6; q++) G[6 * p + q] += pull * Jf[6 * j + q];
    }
}

function multiply(A: Float64Array, B: Float64Array, product: Float64Array): void {
  for (let p = 0; p < 6; p++)
    for (let q = 0; q < 6; q++) {
      let sum = 0;
      for (let l = 0; l < 6; l++) sum += A[6 * p + l] * B[6 * l + q];
      product[6 * p + q] = sum;
    }
}

/** Adds a part to Z and, where weights reach it, to Zw. */
function addTo(term: Float64Array, weighed: boolean): void {
  for (let i = 0; i < 36; i++) {
    Z[i] += term[i];
    if (weighed) Zw[i] += term[i];
  }
}

/** aᵀ Q a of Q symmetric and a = J[c … c + 5]. */
function quadratic(Q: Float64Array, J: Float64Array, c: number): number {
  const a = J[c];
  const b = J[c + 1];
  const d = J[c + 2];
  const e = J[c + 3];
  const f = J[c + 4];
  const g = J[c + 5];
  return (
    a * (Q[0] * a + 2 * (Q[1] * b + Q[2] * d + Q[3] * e + Q[4] * f + Q[5] * g)) +
    b * (Q[7] * b + 2 * (Q[8] * d + Q[9] * e + Q[10] * f + Q[11] * g)) +
    d * (Q[14] * d + 2 * (Q[15] * e + Q[16] * f + Q[17] * g)) +
    e * (Q[21] * e + 2 * (Q[22] * f + Q[23] * g)) +
    f * (Q[28] * f + 2 * Q[29] * g) +
    g * Q[35] * g
  );
}

/** What moving ω does through the curvature in H. */
function addCurvature(
  { n, x3d, K }: LinearCovarianceProblem,
  { hessian, zMin }: LinearCovarianceOptions,
  at: LinearCovarianceWorkspace,
): void {
  for (let i = 0; i < n; i++) {
    for (let b = 0; b < 3; b++) at.z[b] = x3d[3 * i + b];
    linearisedPoint(at.motion, at.z, K, zMin, at.point);
    for (let k = 0; k < 2; k++) {
      let trace = 0;
      for (let p = 0; p < 36; p++) trace += Zw[p] * at.point.free.yy[36 * k + p];
      at.byOmega[2 * i + k] += trace * (hessian === "observed" ? at.r[2 * i + k] : at.point.gap[k]);
    }
  }
}

/** Adds what z moves through J: ∂L/∂aₖ times ∂aₖ/∂z. */
function addLinearisation(
  { n, x3d, K }: LinearCovarianceProblem,
  { zMin }: LinearCovarianceOptions,
  at: LinearCovarianceWorkspace,
  x3dGradient: Float64Array,
): void {
  const { J, omega, variance, e } = at;
  for (let i = 0; i < n; i++) {
    for (let b = 0; b < 3; b++) at.z[b] = x3d[3 * i + b];
    linearisedPoint(at.motion, at.z, K, zMin, at.point);
    for (let k = 0; k < 2; k++) {
      const c = 2 * i + k;
      const w = omega[c];
      for (let p = 0; p < 6; p++) {
        let Ya = 0;
        let Za = 0;
        for (let q = 0; q < 6; q++) {
          Ya += Y[6 * p + q] * J[6 * c + q];
          Za += Z[6 * p + q] * J[6 * c + q];
        }
        const byRow = w * (2 * (w * variance[c] * Ya - Za) + e[c] * v[p]);
        for (let b = 0; b < 3; b++)
          x3dGradient[3 * i + b] += byRow * at.point.free.yz[3 * (6 * k + p) + b];
      }
    }
  }
}
