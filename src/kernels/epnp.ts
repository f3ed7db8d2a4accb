/**
 * EPnP: kernel of ../definitions/epnp.ts, in doubles on flat row-major arrays.
 *
 * The null vectors are right singular vectors of M's triangle, taken row by row, where the definition has
 * the eigenvectors of MᵀM: half of the digits would go into that product. The alignment works on the
 * 3 × 3 covariance of the object points, since Σ_k α_k C_k is linear in z, and takes the rotation from a
 * singular value decomposition. What a candidate was made of stays in the workspace, where epnp-gradient.ts
 * finds it.
 */
import { qrFactor, qrSolve } from "../linalg/qr.js";
import { appendRow, singularVectors } from "../linalg/singular-vectors.js";
import { determinant3, nearestRotation } from "../linalg/svd3.js";
import {
  type ControlSteps,
  controlRow,
  type EpnpWorkspace,
  MONOMIALS,
  PAIRS,
  pointWeight,
} from "./epnp-workspace.js";
import { projection } from "./projection.js";

export type { ControlSteps } from "./epnp-workspace.js";

/**
 * Leaves centre, covariance, steps and the triangle of M in the workspace. False where no weight is
 * positive or a step is zero: all points on a plane across an axis, or all in one.
 */
export function controlSystem(
  n: number,
  x2d: Float64Array,
  x3d: Float64Array,
  w2d: Float64Array,
  K: Float64Array,
  kind: ControlSteps,
  work: EpnpWorkspace,
): boolean {
  if (!pointMoments(n, x3d, w2d, work)) return false;
  const { covariance, steps, triangle, row } = work;
  for (let k = 0; k < 3; k++) {
    let variance = covariance[4 * k];
    if (kind === "spread") variance = (covariance[0] + covariance[4] + covariance[8]) / 3;
    steps[k] = kind === "unit" ? 1 : Math.sqrt(variance);
    if (!(steps[k] > 0)) return false;
  }
  triangle.fill(0);
  for (let i = 0; i < n; i++)
    for (let axis = 0; axis < 2; axis++) {
      if (w2d[2 * i + axis] === 0) continue;
      controlRow(i, axis, x2d, x3d, w2d, K, work, row);
      appendRow(12, triangle, row);
    }
  return true;
}

function pointMoments(
  n: number,
  x3d: Float64Array,
  w2d: Float64Array,
  work: EpnpWorkspace,
): boolean {
  const { centre, covariance } = work;
  let total = 0;
  centre.fill(0);
  for (let i = 0; i < n; i++) {
    const omega = pointWeight(i, w2d);
    total += omega;
    for (let k = 0; k < 3; k++) centre[k] += omega * x3d[3 * i + k];
  }
  work.weight = total;
  if (!(total > 0)) return false;
  for (let k = 0; k < 3; k++) centre[k] /= total;
  covariance.fill(0);
  for (let i = 0; i < n; i++) {
    const share = pointWeight(i, w2d) / total;
    for (let j = 0; j < 3; j++)
      for (let k = j; k < 3; k++)
        covariance[3 * j + k] +=
          share * (x3d[3 * i + j] - centre[j]) * (x3d[3 * i + k] - centre[k]);
  }
  covariance[3] = covariance[1];
  covariance[6] = covariance[2];
  covariance[7] = covariance[5];
  return true;
}

/** Leaves σ and v in the workspace. False if a number was not finite. */
export function controlVectors({ triangle, values, vectors }: EpnpWorkspace): boolean {
  return singularVectors(12, triangle, values, vectors);
}

/**
 * Writes the pose R [9], t [3] of candidate 0 … 3 from σ and v. False where it has none: its monomials are
 * not determined, β₁ vanishes, or the rotation is not unique.
 */
export function epnpPose(
  work: EpnpWorkspace,
  candidate: number,
  R: Float64Array,
  t: Float64Array,
): boolean {
  work.candidate = candidate;
  if (!coefficients(work, MONOMIALS[candidate])) return false;
  const { vectors, beta, control, steps, covariance, linear, moment, centre } = work;
  for (let m = 0; m < 12; m++) {
    control[m] = 0;
    for (let l = 0; l < 4; l++) control[m] += beta[l] * vectors[12 * l + m];
  }
  // C₀ belongs to the weighted mean, so its depth is the mean depth.
  work.facing = control[8] < 0 ? -1 : 1;
  let trace = 0;
  for (let i = 0; i < 3; i++) {
    trace += covariance[4 * i];
    for (let k = 0; k < 3; k++)
      linear[3 * i + k] = (work.facing * (control[4 * i + 1 + k] - control[4 * i])) / steps[k];
  }
  for (let i = 0; i < 3; i++)
    for (let j = 0; j < 3; j++)
      moment[3 * i + j] =
        linear[3 * i] * covariance[j] +
        linear[3 * i + 1] * covariance[3 + j] +
        linear[3 * i + 2] * covariance[6 + j];
  work.mirrored = determinant3(linear) < 0;
  if (!nearestRotation(moment, R)) return false;
  work.scale = 0;
  for (let m = 0; m < 9; m++) work.scale += (R[m] * moment[m]) / trace;
  for (let i = 0; i < 3; i++)
    t[i] =
      (work.facing * control[4 * i]) / work.scale -
      (R[3 * i] * centre[0] + R[3 * i + 1] * centre[1] + R[3 * i + 2] * centre[2]);
  return work.scale > 0;
}

/** β [4] from the monomials of a candidate; false if there is none. */
function coefficients(work: EpnpWorkspace, pairs: readonly number[]): boolean {
  const { system, factor, tau, pivots, monomials, residual, right, steps, beta } = work;
  beta.fill(0);
  beta[0] = 1;
  work.sign = 1;
  const unknowns = pairs.length / 2;
  if (unknowns === 0) return true;
  for (let e = 0; e < 6; e++) {
    const i = PAIRS[2 * e];
    const j = PAIRS[2 * e + 1];
    for (let m = 0; m < unknowns; m++) {
      const k = pairs[2 * m];
      const l = pairs[2 * m + 1];
      system[e * unknowns + m] = (k === l ? 1 : 2) * sideProduct(work.vectors, k, l, i, j);
    }
    right[e] = steps[j - 1] * steps[j - 1] + (i > 0 ? steps[i - 1] * steps[i - 1] : 0);
    residual[e] = right[e];
  }
  for (let m = 0; m < 6 * unknowns; m++) factor[m] = system[m];
  if (qrFactor(6, unknowns, factor, tau, pivots) < unknowns) return false;
  qrSolve(6, unknowns, factor, tau, pivots, unknowns, right, monomials);
  for (let e = 0; e < 6; e++)
    for (let m = 0; m < unknowns; m++) residual[e] -= system[e * unknowns + m] * monomials[m];
  const length = Math.sqrt(Math.abs(monomials[0]));
  if (!(length > 0)) return false;
  // β and −β are one solution, so the sign of β₁² is free; noise may have turned it.
  work.sign = monomials[0] < 0 ? -1 : 1;
  beta[0] = length;
  for (let m = 1; m < unknowns; m++) {
    const value = work.sign * monomials[m];
    const l = pairs[2 * m + 1];
    if (pairs[2 * m] === 0) beta[l] = value / length;
    else if (l === 1) beta[1] = (beta[1] < 0 ? -1 : 1) * Math.sqrt(Math.max(value, 0));
  }
  return true;
}

/** (C_i − C_j)·(C_i − C_j) of null vectors k and l. */
function sideProduct(vectors: Float64Array, k: number, l: number, i: number, j: number): number {
  let sum = 0;
  for (let c = 0; c < 12; c += 4)
    sum +=
      (vectors[12 * k + c + i] - vectors[12 * k + c + j]) *
      (vectors[12 * l + c + i] - vectors[12 * l + c + j]);
  return sum;
}

const camera = new Float64Array(3);
const pixel = new Float64Array(2);

/** Σ ‖w ∘ (x − π)‖ [px]: N times the mean distance that published code chooses a candidate by. */
export function reprojectionDistance(
  n: number,
  x2d: Float64Array,
  x3d: Float64Array,
  w2d: Float64Array,
  K: Float64Array,
  R: Float64Array,
  t: Float64Array,
): number {
  let total = 0;
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < 3; k++)
      camera[k] =
        R[3 * k] * x3d[3 * i] +
        R[3 * k + 1] * x3d[3 * i + 1] +
        R[3 * k + 2] * x3d[3 * i + 2] +
        t[k];
    projection(camera, K, pixel);
    const e0 = w2d[2 * i] * (x2d[2 * i] - pixel[0]);
    const e1 = w2d[2 * i + 1] * (x2d[2 * i + 1] - pixel[1]);
    total += Math.sqrt(e0 * e0 + e1 * e1);
  }
  return total;
}
