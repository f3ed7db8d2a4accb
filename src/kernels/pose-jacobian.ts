/**
 * Derivatives of a projected point with respect to the pose in every chart: kernel of
 * ../definitions/pose-jacobian.ts, in doubles on flat row-major arrays.
 *
 * Every chart turns the camera frame to first order by spins φₚ and bends them by v_pq, so one set of
 * formulas serves all: with p = R z,
 *
 *     ∂ₚX = φₚ × p        ∂ₚ∂_qX = v_pq × p + ½ (φₚ (φ_q·p) + φ_q (φₚ·p)) − (φₚ·φ_q) p
 *     LEFT φₚ = eₚ    RP φₚ = R eₚ    Q7 φₚ = −2eₚ    YAW φ = e₂    AA φₚ = J_l eₚ
 *
 * and v = 0 but for AA, where v_pq is the symmetric part of ∂_q(J_l eₚ). ∂²π/∂X² has rank two, so its
 * products with ∂X/∂y come from α = J ∂X/∂y and β = K₃ ∂X/∂y / h₃ alone, without forming it.
 *
 * A pose in its chart is `motion` [48]: R [9], t [3], φ [3,3] by rows, v [3,3,3]. Outputs come last
 * and may not alias inputs.
 */
import {
  type Chart,
  rotationOffset,
  tangentSize,
  translationOffset,
} from "../conventions/chart.js";
import { projection, projectionCameraJacobian, projectionJacobian } from "./projection.js";
import { rotation, rotationVector } from "./rodrigues.js";
import { leftJacobian, leftJacobianDerivative } from "./rotation-jacobians.js";

/** Length of the array that holds a pose and its derivatives. */
export const MOTION_SIZE = 48;
const T = 9;
const SPINS = 12;
const BENDS = 21;

/** A projected point and its derivatives, flat; y is the pose in its chart, of d coordinates. */
export interface ProjectionDerivatives {
  /** π [2]; ∂π/∂y [2,d], ∂π/∂z [2,3], ∂π/∂K [2,9]. */
  value: Float64Array;
  y: Float64Array;
  z: Float64Array;
  K: Float64Array;
  /** ∂²π/∂y² [2,d,d], ∂²π/∂y∂z [2,d,3], ∂²π/∂y∂K [2,d,9]. */
  yy: Float64Array;
  yz: Float64Array;
  yK: Float64Array;
}

const L = new Float64Array(9);
const dL = new Float64Array(27);
const axisAngle = new Float64Array(3);

/** Writes the pose of chart AA at y = (ω, t) [6] to motion [48]. */
export function poseDerivatives(y: Float64Array, motion: Float64Array): void {
  axisAngle[0] = y[0];
  axisAngle[1] = y[1];
  axisAngle[2] = y[2];
  rotation(axisAngle, motion);
  for (let a = 0; a < 3; a++) motion[T + a] = y[3 + a];
  writeAxisAngle(motion);
}

/** Writes the pose R [9], t [3] in `chart` to motion [48]; AA takes it at ω = Log(R). */
export function poseDerivativesAt(
  chart: Chart,
  R: Float64Array,
  t: Float64Array,
  motion: Float64Array,
): void {
  motion.fill(0);
  for (let k = 0; k < 9; k++) motion[k] = R[k];
  for (let a = 0; a < 3; a++) motion[T + a] = t[a];
  if (chart === "AA") {
    rotationVector(R, axisAngle);
    writeAxisAngle(motion);
  } else if (chart === "YAW") motion[SPINS + 1] = 1;
  else if (chart === "RP")
    for (let p = 0; p < 3; p++)
      for (let a = 0; a < 3; a++) motion[SPINS + 3 * p + a] = R[3 * a + p];
  else for (let p = 0; p < 3; p++) motion[SPINS + 4 * p] = chart === "Q7" ? -2 : 1;
}

/** Spins and bends of AA at `axisAngle`. */
function writeAxisAngle(motion: Float64Array): void {
  leftJacobian(axisAngle, L);
  leftJacobianDerivative(axisAngle, dL);
  for (let p = 0; p < 3; p++)
    for (let a = 0; a < 3; a++) {
      motion[SPINS + 3 * p + a] = L[3 * a + p];
      for (let q = 0; q < 3; q++)
        motion[BENDS + 9 * p + 3 * q + a] = 0.5 * (dL[9 * q + 3 * a + p] + dL[9 * p + 3 * a + q]);
    }
}

const turned = new Float64Array(3);
const X = new Float64Array(3);

/** p = R z and X = p + t. */
function place(motion: Float64Array, z: Float64Array): void {
  for (let a = 0; a < 3; a++) {
    turned[a] = motion[3 * a] * z[0] + motion[3 * a + 1] * z[1] + motion[3 * a + 2] * z[2];
    X[a] = turned[a] + motion[T + a];
  }
}

/** Writes ∂X/∂y to dX [d,3], one row a coordinate. */
export function pointMotion(
  chart: Chart,
  motion: Float64Array,
  z: Float64Array,
  dX: Float64Array,
): void {
  place(motion, z);
  const r = 3 * rotationOffset(chart);
  const t = 3 * translationOffset(chart);
  const turns = tangentSize(chart) - 3;
  for (let p = 0; p < turns; p++)
    for (let a = 0; a < 3; a++) {
      const b = (a + 1) % 3;
      const c = (a + 2) % 3;
      const phi = SPINS + 3 * p;
      dX[r + 3 * p + a] = motion[phi + b] * turned[c] - motion[phi + c] * turned[b];
    }
  for (let a = 0; a < 9; a++) dX[t + a] = a % 4 === 0 ? 1 : 0;
}

const dX = new Float64Array(18);
const J = new Float64Array(6);

/** Writes ∂π/∂y [2,d] to jacobian, in the order of the chart. */
export function poseJacobian(
  chart: Chart,
  motion: Float64Array,
  z: Float64Array,
  K: Float64Array,
  jacobian: Float64Array,
): void {
  pointMotion(chart, motion, z, dX);
  projectionJacobian(X, K, J);
  contract(tangentSize(chart), jacobian);
}

/** J ∂X/∂y [2,d]. */
function contract(d: number, alpha: Float64Array): void {
  for (let i = 0; i < 2; i++)
    for (let p = 0; p < d; p++)
      alpha[d * i + p] =
        J[3 * i] * dX[3 * p] + J[3 * i + 1] * dX[3 * p + 1] + J[3 * i + 2] * dX[3 * p + 2];
}

const beta = new Float64Array(6);
const kappa = new Float64Array(3);
const k = new Float64Array(3);

/** Writes π and all its first and second derivatives that implicit differentiation asks for. */
export function projectionDerivatives(
  chart: Chart,
  motion: Float64Array,
  z: Float64Array,
  K: Float64Array,
  out: ProjectionDerivatives,
): void {
  const d = tangentSize(chart);
  const r = rotationOffset(chart);
  pointMotion(chart, motion, z, dX);
  projection(X, K, out.value);
  projectionJacobian(X, K, J);
  projectionCameraJacobian(X, K, out.K);
  contract(d, out.y);
  const h3 = K[6] * X[0] + K[7] * X[1] + K[8] * X[2];
  for (let a = 0; a < 3; a++) k[a] = K[6 + a] / h3;
  for (let p = 0; p < d; p++)
    beta[p] = k[0] * dX[3 * p] + k[1] * dX[3 * p + 1] + k[2] * dX[3 * p + 2];
  for (let a = 0; a < 3; a++) {
    kappa[a] = k[0] * motion[a] + k[1] * motion[3 + a] + k[2] * motion[6 + a];
    for (let i = 0; i < 2; i++)
      out.z[3 * i + a] =
        J[3 * i] * motion[a] + J[3 * i + 1] * motion[3 + a] + J[3 * i + 2] * motion[6 + a];
  }
  for (let i = 0; i < 2; i++)
    for (let p = 0; p < d; p++) {
      const row = d * i + p;
      for (let q = 0; q < d; q++)
        out.yy[d * row + q] = -(out.y[row] * beta[q] + beta[p] * out.y[d * i + q]);
      for (let a = 0; a < 3; a++)
        out.yz[3 * row + a] = -(out.y[row] * kappa[a] + beta[p] * out.z[3 * i + a]);
      for (let b = 0; b < 9; b++) out.yK[9 * row + b] = 0;
      for (let b = 0; b < 3; b++) {
        const ray = (dX[3 * p + b] - X[b] * beta[p]) / h3;
        out.yK[9 * row + 3 * i + b] = ray;
        out.yK[9 * row + 6 + b] = -out.value[i] * ray - (out.y[row] * X[b]) / h3;
      }
    }
  for (let i = 0; i < 2; i++)
    for (let p = 0; p < d - 3; p++) {
      addTurnedPoint(motion, i, p, out.yz, 3 * (d * i + r + p));
      for (let q = 0; q < d - 3; q++)
        out.yy[d * (d * i + r + p) + r + q] += bentPoint(motion, i, p, q);
    }
}

/** Adds Jᵢ ∂ₚR [3]: (Jᵢ × φₚ)ᵀ R. */
function addTurnedPoint(
  motion: Float64Array,
  i: number,
  p: number,
  yz: Float64Array,
  at: number,
): void {
  for (let a = 0; a < 3; a++) {
    const b = (a + 1) % 3;
    const c = (a + 2) % 3;
    const phi = SPINS + 3 * p;
    const arm = J[3 * i + b] * motion[phi + c] - J[3 * i + c] * motion[phi + b];
    for (let m = 0; m < 3; m++) yz[at + m] += arm * motion[3 * a + m];
  }
}

/** Jᵢ ∂ₚ∂_qX. */
function bentPoint(motion: Float64Array, i: number, p: number, q: number): number {
  const P = SPINS + 3 * p;
  const Q = SPINS + 3 * q;
  const V = BENDS + 9 * p + 3 * q;
  let [pp, qp, pq] = [0, 0, 0];
  for (let a = 0; a < 3; a++) {
    pp += motion[P + a] * turned[a];
    qp += motion[Q + a] * turned[a];
    pq += motion[P + a] * motion[Q + a];
  }
  let sum = 0;
  for (let a = 0; a < 3; a++) {
    const b = (a + 1) % 3;
    const c = (a + 2) % 3;
    const swing = motion[V + b] * turned[c] - motion[V + c] * turned[b];
    const pull = 0.5 * (motion[P + a] * qp + motion[Q + a] * pp) - pq * turned[a];
    sum += J[3 * i + a] * (swing + pull);
  }
  return sum;
}
