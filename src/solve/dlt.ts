/**
 * Direct linear transformation: the pose of six points or more in closed form, and of four coplanar
 * points or more through their homography.
 *
 *     minimise Σ w²((p₁·z̃ − u p₃·z̃)² + (p₂·z̃ − v p₃·z̃)²)   over ‖r₃‖ = 1,   p_k = (t_k, r_k)
 *
 * p₁ and p₂ are linear in p₃, and t₃ in r₃; what is left is the smallest eigenvector of a 3×3
 * matrix. The normalisation ‖r₃‖ = 1 does not change under rigid motions of the object frame. The
 * rotation is the nearest to the three rows, the translation the best linear one for it. A start for
 * an iterative solver: exact on exact data, biased by noise.
 * Sources: [AbdelAzizKarara1971] (reprinted doi:10.14358/PERS.81.2.103), [Faugeras1993] for the
 * normalisation.
 */

import { choleskyFactor, choleskySolve } from "../linalg/cholesky.js";
import { nearestRotation } from "../linalg/svd3.js";
import { symmetricEigen } from "../linalg/symmetric-eigen.js";
import {
  A,
  B,
  C,
  changedMoment,
  D,
  E,
  ImageMoments,
  imageMoments,
  linearTranslation,
  pointCovariance,
} from "./image-moments.js";

const moments = new ImageMoments();
const covariance = new Float64Array(9);
const spread = new Float64Array(3);
const axes = new Float64Array(9);
const identity4 = Float64Array.of(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1);
const planeChange = new Float64Array(12);
const form = new Float64Array(16);
const factor = new Float64Array(16);
const cross = new Float64Array(16);
const column = new Float64Array(4);
const third = new Float64Array(4);
const rows = new Float64Array(12);
const values = new Float64Array(4);
const vectors = new Float64Array(16);
const frame = new Float64Array(9);

/**
 * Writes the linear pose R [9], t [3] of n ≥ 6 correspondences whose object points are not coplanar;
 * w2d is null for unit weights. Returns false if they do not determine it.
 */
export function linearPose(
  n: number,
  x2d: Float64Array,
  x3d: Float64Array,
  w2d: Float64Array | null,
  K: Float64Array,
  R: Float64Array,
  t: Float64Array,
): boolean {
  if (n < 6) return false;
  imageMoments(n, x2d, x3d, w2d, K, true, moments);
  if (!reducedForm(4, identity4)) return false;
  // Eliminate t₃, the first entry of p₃.
  if (!(form[0] > 0)) return false;
  for (let i = 0; i < 3; i++)
    for (let j = 0; j < 3; j++)
      frame[3 * i + j] = form[4 * (i + 1) + j + 1] - (form[4 * (i + 1)] * form[j + 1]) / form[0];
  symmetricEigen(3, frame, values, vectors);
  for (let k = 0; k < 3; k++) third[k + 1] = vectors[k];
  third[0] = -(form[1] * third[1] + form[2] * third[2] + form[3] * third[3]) / form[0];
  otherRows(4, identity4);
  // z is counted from the mean, so t₃ is the mean depth, which must be positive.
  const sign = third[0] < 0 ? -1 : 1;
  for (let i = 0; i < 3; i++)
    for (let k = 0; k < 3; k++) frame[3 * i + k] = sign * rows[4 * i + k + 1];
  if (!nearestRotation(frame, R)) return false;
  return linearTranslation(moments, R, t);
}

/**
 * Writes the pose R [9], t [3] of n ≥ 4 correspondences whose object points are treated as lying on
 * their best plane, through its homography. Returns false if they do not determine it.
 */
export function homographyPose(
  n: number,
  x2d: Float64Array,
  x3d: Float64Array,
  w2d: Float64Array | null,
  K: Float64Array,
  R: Float64Array,
  t: Float64Array,
): boolean {
  if (n < 4) return false;
  imageMoments(n, x2d, x3d, w2d, K, true, moments);
  pointCovariance(moments, covariance);
  symmetricEigen(3, covariance, spread, axes);
  const length = Math.sqrt(spread[2]);
  if (!(length > 0)) return false;
  // Plane coordinates in units of their spread, so that the three entries of h₃ weigh alike.
  planeChange.fill(0);
  planeChange[0] = 1;
  for (let k = 0; k < 3; k++) {
    planeChange[3 * (k + 1) + 1] = axes[6 + k] / length;
    planeChange[3 * (k + 1) + 2] = axes[3 + k] / length;
  }
  if (!reducedForm(3, planeChange)) return false;
  symmetricEigen(3, form, values, vectors);
  for (let k = 0; k < 3; k++) third[k] = vectors[k];
  otherRows(3, planeChange);
  return planeRotation(third[0] < 0 ? -1 : 1, R) && linearTranslation(moments, R, t);
}

/** The rotation whose first two columns, in the plane's axes, are nearest to the homography's. */
function planeRotation(sign: number, R: Float64Array): boolean {
  let first = 0;
  let second = 0;
  for (let i = 0; i < 3; i++) {
    const a = (frame[3 * i] = sign * rows[4 * i + 1]);
    const b = (frame[3 * i + 1] = sign * rows[4 * i + 2]);
    first += a * a;
    second += b * b;
  }
  const scale = Math.sqrt(Math.sqrt(first * second));
  if (!(scale > 0)) return false;
  // Orthogonal to both columns, so it does not disturb the rotation nearest to them.
  frame[2] = (frame[3] * frame[7] - frame[6] * frame[4]) / scale;
  frame[5] = (frame[6] * frame[1] - frame[0] * frame[7]) / scale;
  frame[8] = (frame[0] * frame[4] - frame[3] * frame[1]) / scale;
  if (!nearestRotation(frame, frame)) return false;
  const nx = axes[7] * axes[5] - axes[8] * axes[4];
  const ny = axes[8] * axes[3] - axes[6] * axes[5];
  const nz = axes[6] * axes[4] - axes[7] * axes[3];
  for (let i = 0; i < 3; i++) {
    const a = frame[3 * i];
    const b = frame[3 * i + 1];
    const c = frame[3 * i + 2];
    R[3 * i] = a * axes[6] + b * axes[3] + c * nx;
    R[3 * i + 1] = a * axes[7] + b * axes[4] + c * ny;
    R[3 * i + 2] = a * axes[8] + b * axes[5] + c * nz;
  }
  return true;
}

/** Leaves E − CA⁻¹C − DB⁻¹D [k, k] in `form`, moments changed by G; false if A or B is singular. */
function reducedForm(k: number, G: Float64Array): boolean {
  changedMoment(moments, E, k, G, form);
  return subtractSchur(k, G, A, C) && subtractSchur(k, G, B, D);
}

function subtractSchur(k: number, G: Float64Array, square: number, mixed: number): boolean {
  changedMoment(moments, square, k, G, factor);
  changedMoment(moments, mixed, k, G, cross);
  if (!choleskyFactor(k, factor)) return false;
  for (let j = 0; j < k; j++) {
    for (let i = 0; i < k; i++) column[i] = cross[i * k + j];
    choleskySolve(k, factor, column);
    for (let i = 0; i < k; i++) {
      let sum = 0;
      for (let l = 0; l < k; l++) sum += cross[i * k + l] * column[l];
      form[i * k + j] -= sum;
    }
  }
  for (let i = 0; i < k; i++) for (let j = 0; j < i; j++) form[i * k + j] = form[j * k + i];
  return true;
}

/** Leaves p₁, p₂, p₃ in the three rows (stride 4) of `rows`, given p₃ in `third`; undoes the shear. */
function otherRows(k: number, G: Float64Array): void {
  rowOf(k, G, A, C, 0, moments.ray[0]);
  rowOf(k, G, B, D, 4, moments.ray[1]);
  for (let i = 0; i < k; i++) rows[8 + i] = third[i];
}

function rowOf(
  k: number,
  G: Float64Array,
  square: number,
  mixed: number,
  at: number,
  shear: number,
): void {
  changedMoment(moments, square, k, G, factor);
  changedMoment(moments, mixed, k, G, cross);
  choleskyFactor(k, factor);
  for (let i = 0; i < k; i++) {
    column[i] = 0;
    for (let j = 0; j < k; j++) column[i] += cross[i * k + j] * third[j];
  }
  choleskySolve(k, factor, column);
  for (let i = 0; i < k; i++) rows[at + i] = column[i] + shear * third[i];
}

/**
 * Writes to R₂ [9], t₂ [3] the other pose of a planar object that looks almost alike from afar: the
 * one whose depths about the object's centre are mirrored, so that its plane tilts the other way. It
 * lies near the second local minimum that coplanar points have (EQUATIONS PNP-14).
 *
 * `normal` [3] is the plane's unit normal and `centre` [3] a point on it, both in the object frame.
 */
export function mirroredPlanarPose(
  normal: Float64Array,
  centre: Float64Array,
  R: Float64Array,
  t: Float64Array,
  R2: Float64Array,
  t2: Float64Array,
): void {
  // Camera-frame centre, and R₂ = (I − 2ddᵀ) R (I − 2nnᵀ) with d its direction: two reflections.
  for (let i = 0; i < 3; i++) {
    column[i] = t[i];
    for (let k = 0; k < 3; k++) column[i] += R[3 * i + k] * centre[k];
  }
  const squared = column[0] ** 2 + column[1] ** 2 + column[2] ** 2;
  for (let k = 0; k < 3; k++) {
    let alongRay = 0;
    for (let i = 0; i < 3; i++) alongRay += column[i] * R[3 * i + k];
    for (let i = 0; i < 3; i++)
      frame[3 * i + k] = R[3 * i + k] - (2 * alongRay * column[i]) / squared;
  }
  for (let i = 0; i < 3; i++) {
    let alongNormal = 0;
    for (let k = 0; k < 3; k++) alongNormal += frame[3 * i + k] * normal[k];
    for (let k = 0; k < 3; k++) R2[3 * i + k] = frame[3 * i + k] - 2 * alongNormal * normal[k];
  }
  for (let i = 0; i < 3; i++) {
    t2[i] = column[i];
    for (let k = 0; k < 3; k++) t2[i] -= R2[3 * i + k] * centre[k];
  }
}
