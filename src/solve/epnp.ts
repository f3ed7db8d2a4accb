/**
 * EPnP: the pose through the camera coordinates of a few control points (EQUATIONS PNP-9).
 *
 *     z̃ = Σ_j α_j c̃_j,   X = Σ_j α_j C_j,   M x = 0,   x = (C₀, …, C₃) = Σ_k β_k v_k
 *
 * v_k are the eigenvectors of MᵀM with the smallest eigenvalues, and β makes the distances between
 * control points right. Four candidates are tried — the smallest eigenvector alone, and β from the
 * quadratic monomials {11 12 13 14}, {11 12 22} and {11 12 22 13 23} — and each is aligned with the
 * object by the similarity of Umeyama, its scale absorbed; a reflection is never returned. The one of
 * least reprojection cost wins.
 *
 * Control points are the mean and three steps from it along the object's axes, each as long as the
 * points' spread, which makes the result follow a change of unit. Coplanar points have three, the
 * steps along the plane's axes, and three distances: only {11 12 13} and {11 12 22} remain.
 * MᵀM follows from moments of the points, so that only the costs are sums over points.
 * Source: [LepetitEtAl2009] EPnP, doi:10.1007/s11263-008-0152-6; candidates as in the published
 * baseline [EQUATIONS PNP-9], which leaves out the four-dimensional case.
 */

import { reprojectionCost } from "../kernels/reprojection-cost.js";
import { qrFactor, qrSolve } from "../linalg/qr.js";
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
  pointCovariance,
} from "./image-moments.js";

/**
 * Thickness over width below which points count as coplanar, in standard deviations: a covariance
 * resolves √ε = 1.5e-8, and the eigenvectors of MᵀM need a margin over it.
 */
const COPLANAR = 1e-6;
/** Monomials β_kβ_l of each candidate, as pairs of indices; with one alone β₁ is fitted, β₂… are 0. */
const SPATIAL = [
  [0, 0],
  [0, 0, 0, 1, 0, 2, 0, 3],
  [0, 0, 0, 1, 1, 1],
  [0, 0, 0, 1, 1, 1, 0, 2, 1, 2],
];
const PLANAR = [
  [0, 0],
  [0, 0, 0, 1, 0, 2],
  [0, 0, 0, 1, 1, 1],
];

const moments = new ImageMoments();
const covariance = new Float64Array(9);
const scratch = new Float64Array(9);
const spread = new Float64Array(3);
const axes = new Float64Array(9);
const change = new Float64Array(16);
const block = new Float64Array(16);
const normal = new Float64Array(144);
const values = new Float64Array(12);
const vectors = new Float64Array(144);
const system = new Float64Array(36);
const sides = new Float64Array(6);
const right = new Float64Array(6);
const steps = new Float64Array(9);
const linear = new Float64Array(9);
const tau = new Float64Array(6);
const pivots = new Int32Array(6);
const monomials = new Float64Array(6);
const beta = new Float64Array(4);
const control = new Float64Array(12);
const trialR = new Float64Array(9);
const trialT = new Float64Array(3);

/**
 * Writes the EPnP pose R [9], t [3] and returns its cost ½Σ‖w ∘ r‖², or Infinity where no candidate
 * puts the object in front of the camera. Needs n ≥ 4; below n = 6 (5 if coplanar) the null space
 * outgrows the candidates and the pose is rough even on exact data.
 */
export function efficientPose(
  n: number,
  x2d: Float64Array,
  x3d: Float64Array,
  w2d: Float64Array,
  K: Float64Array,
  R: Float64Array,
  t: Float64Array,
): number {
  if (n < 4) return Number.POSITIVE_INFINITY;
  imageMoments(n, x2d, x3d, w2d, K, false, moments);
  const count = controlPoints();
  if (count === 0) return Number.POSITIVE_INFINITY;
  nullVectors(count);
  const candidates = count === 4 ? SPATIAL : PLANAR;
  let best = Number.POSITIVE_INFINITY;
  for (let c = 0; c < candidates.length; c++) {
    if (!coefficients(count, candidates[c]) || !alignedPose(count)) continue;
    const cost = reprojectionCost(n, x2d, x3d, w2d, K, trialR, trialT, Number.POSITIVE_INFINITY);
    if (!(cost < best)) continue;
    best = cost;
    R.set(trialR);
    t.set(trialT);
  }
  return best;
}

/**
 * Leaves in `change` [4, count] the G of α = Gᵀz̃: α_k = e_k·z/width, and α₀ = 1 − Σα_k. Returns the
 * number of control points: 4, or 3 for coplanar points, or 0 where the points span no plane.
 */
function controlPoints(): number {
  pointCovariance(moments, covariance);
  scratch.set(covariance);
  symmetricEigen(3, scratch, spread, axes);
  const width = Math.sqrt(Math.max(spread[2], 0));
  if (!(spread[1] > COPLANAR * COPLANAR * spread[2])) return 0;
  const planar = !(spread[0] > COPLANAR * COPLANAR * spread[2]);
  const count = planar ? 3 : 4;
  change.fill(0);
  change[0] = 1;
  for (let k = 1; k < count; k++)
    for (let i = 0; i < 3; i++) {
      steps[3 * (k - 1) + i] = (planar ? axes[3 * (3 - k) + i] : i + 1 === k ? 1 : 0) / width;
      change[(i + 1) * count + k] = steps[3 * (k - 1) + i];
      change[(i + 1) * count] -= steps[3 * (k - 1) + i];
    }
  // Squared distances between control points: one step, or two at right angles.
  let row = 0;
  for (let j = 0; j < count; j++)
    for (let k = j + 1; k < count; k++) sides[row++] = (j === 0 ? 1 : 2) * width * width;
  return count;
}

/** Leaves the eigenvectors of MᵀM in `vectors`, x ordered by coordinate, then control point. */
function nullVectors(count: number): void {
  const size = 3 * count;
  normal.fill(0, 0, size * size);
  addBlock(count, A, 0, 0, 1);
  addBlock(count, B, 1, 1, 1);
  addBlock(count, C, 0, 2, -1);
  addBlock(count, C, 2, 0, -1);
  addBlock(count, D, 1, 2, -1);
  addBlock(count, D, 2, 1, -1);
  addBlock(count, E, 2, 2, 1);
  symmetricEigen(size, normal, values, vectors);
}

function addBlock(count: number, moment: number, row: number, column: number, sign: number): void {
  changedMoment(moments, moment, count, change, block);
  const size = 3 * count;
  for (let i = 0; i < count; i++)
    for (let j = 0; j < count; j++)
      normal[(row * count + i) * size + column * count + j] = sign * block[i * count + j];
}

/** (C_i − C_j)·(C_i − C_j) of null vectors k and l. */
function sideProduct(count: number, k: number, l: number, i: number, j: number): number {
  const a = 3 * count * k;
  const b = 3 * count * l;
  let sum = 0;
  for (let c = 0; c < 3 * count; c += count)
    sum += (vectors[a + c + i] - vectors[a + c + j]) * (vectors[b + c + i] - vectors[b + c + j]);
  return sum;
}

/** Least squares for the monomials of one candidate, and β [4] from them; false if there is none. */
function coefficients(count: number, pairs: readonly number[]): boolean {
  const unknowns = pairs.length / 2;
  const equations = (count * (count - 1)) / 2;
  let row = 0;
  for (let i = 0; i < count; i++)
    for (let j = i + 1; j < count; j++) {
      for (let m = 0; m < unknowns; m++) {
        const k = pairs[2 * m];
        const l = pairs[2 * m + 1];
        system[row * unknowns + m] = (k === l ? 1 : 2) * sideProduct(count, k, l, i, j);
      }
      right[row] = sides[row];
      row++;
    }
  const rank = qrFactor(equations, unknowns, system, tau, pivots);
  qrSolve(equations, unknowns, system, tau, pivots, rank, right, monomials);
  const length = Math.sqrt(Math.abs(monomials[0]));
  if (!(length > 0)) return false;
  // β and −β are one solution, so the sign of β₁² is free; noise may have turned it.
  const sign = monomials[0] < 0 ? -1 : 1;
  beta.fill(0);
  beta[0] = length;
  for (let m = 1; m < unknowns; m++) {
    const k = pairs[2 * m];
    const value = sign * monomials[m];
    const l = pairs[2 * m + 1];
    if (k === 0) beta[l] = value / length;
    else if (l === 1) beta[1] = (beta[1] < 0 ? -1 : 1) * Math.sqrt(Math.max(value, 0));
  }
  return true;
}

/** Umeyama's similarity from the object to Σβ_k v_k, as the pose trialR, trialT; false if none. */
function alignedPose(count: number): boolean {
  const size = 3 * count;
  for (let m = 0; m < size; m++) {
    control[m] = 0;
    for (let k = 0; k < 4; k++) control[m] += beta[k] * vectors[k * size + m];
  }
  // Control point 0 is the mean: in front of the camera, whatever the sign of the eigenvectors.
  const sign = control[2 * count] < 0 ? -1 : 1;
  for (let i = 0; i < 3; i++) {
    const at = i * count;
    for (let c = 0; c < 3; c++) {
      linear[3 * i + c] = 0;
      for (let k = 1; k < count; k++)
        linear[3 * i + c] += sign * (control[at + k] - control[at]) * steps[3 * (k - 1) + c];
    }
  }
  let trace = 0;
  for (let i = 0; i < 3; i++) {
    trace += covariance[4 * i];
    for (let c = 0; c < 3; c++) {
      scratch[3 * i + c] = 0;
      for (let k = 0; k < 3; k++) scratch[3 * i + c] += linear[3 * i + k] * covariance[3 * k + c];
    }
  }
  if (!nearestRotation(scratch, trialR)) return false;
  let scale = 0;
  for (let m = 0; m < 9; m++) scale += (trialR[m] * scratch[m]) / trace;
  if (!(scale > 0)) return false;
  const { sums, centre } = moments;
  for (let i = 0; i < 3; i++) {
    trialT[i] = (sign * control[i * count]) / scale;
    for (let c = 0; c < 3; c++) {
      // Where weights differ, their mean is not the origin of z.
      const mean = sums[A + 1 + c] / sums[A];
      trialT[i] += (linear[3 * i + c] / scale - trialR[3 * i + c]) * mean;
      trialT[i] -= trialR[3 * i + c] * centre[c];
    }
  }
  return true;
}
