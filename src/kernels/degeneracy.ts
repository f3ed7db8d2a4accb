/**
 * Rank and condition of the weighted pose Jacobian: kernel of ../definitions/degeneracy.ts, in
 * doubles on flat arrays.
 *
 * The rows of J are folded one by one into its triangular factor by plane rotations, so memory does
 * not grow with n, and σ comes from that factor by one-sided Jacobi rather than from JᵀJ: down to
 * σ ≈ ε instead of √ε.
 */
import { projectionJacobian, rigidTransform } from "./projection.js";

const factor = new Float64Array(36);
const row = new Float64Array(6);
const z = new Float64Array(3);
const X = new Float64Array(3);
const J = new Float64Array(6);

/** Writes σ [6] of the column-scaled J, descending, for n points at the pose R [9], t [3]. */
export function poseSingularValues(
  n: number,
  x3d: Float64Array,
  w2d: Float64Array,
  K: Float64Array,
  R: Float64Array,
  t: Float64Array,
  sigma: Float64Array,
): void {
  factor.fill(0);
  for (let i = 0; i < n; i++) {
    for (let a = 0; a < 3; a++) z[a] = x3d[3 * i + a];
    rigidTransform(z, R, t, X);
    projectionJacobian(X, K, J);
    const p0 = R[0] * z[0] + R[1] * z[1] + R[2] * z[2];
    const p1 = R[3] * z[0] + R[4] * z[1] + R[5] * z[2];
    const p2 = R[6] * z[0] + R[7] * z[1] + R[8] * z[2];
    for (let k = 0; k < 2; k++) {
      const w = w2d[2 * i + k];
      if (w === 0) continue;
      const j0 = (row[3] = w * J[3 * k]);
      const j1 = (row[4] = w * J[3 * k + 1]);
      const j2 = (row[5] = w * J[3 * k + 2]);
      row[0] = p1 * j2 - p2 * j1;
      row[1] = p2 * j0 - p0 * j2;
      row[2] = p0 * j1 - p1 * j0;
      fold(6);
    }
  }
  for (let j = 0; j < 6; j++) {
    let square = 0;
    for (let i = 0; i <= j; i++) square += factor[6 * i + j] * factor[6 * i + j];
    if (square > 0) for (let i = 0; i <= j; i++) factor[6 * i + j] /= Math.sqrt(square);
  }
  singularValues(6, sigma);
}

/** Writes the singular values [3] of the points that count, about their mean, descending. */
export function pointSpread(
  n: number,
  x3d: Float64Array,
  w2d: Float64Array,
  spread: Float64Array,
): void {
  factor.fill(0);
  X.fill(0);
  const counted = effectivePoints(n, w2d);
  for (let i = 0; i < n; i++)
    if (counts(w2d, i)) for (let a = 0; a < 3; a++) X[a] += x3d[3 * i + a] / counted;
  for (let i = 0; i < n; i++) {
    if (!counts(w2d, i)) continue;
    for (let a = 0; a < 3; a++) row[a] = x3d[3 * i + a] - X[a];
    fold(3);
  }
  singularValues(3, spread);
}

/** How many of n points have a positive weight on at least one axis. */
export function effectivePoints(n: number, w2d: Float64Array): number {
  let count = 0;
  for (let i = 0; i < n; i++) if (counts(w2d, i)) count++;
  return count;
}

/** #{σₖ > tolerance · σ₁}; a tolerance of max(2n, 6) ε is what rounding J costs. */
export function numericalRank(sigma: Float64Array, tolerance: number): number {
  let rank = 0;
  for (let k = 0; k < sigma.length; k++) if (sigma[k] > tolerance * sigma[0]) rank++;
  return rank;
}

/** σ₁/σₙ, infinite if σₙ is zero. */
export function conditionNumber(sigma: Float64Array): number {
  const last = sigma[sigma.length - 1];
  return last > 0 ? sigma[0] / last : Number.POSITIVE_INFINITY;
}

const counts = (w2d: Float64Array, i: number): boolean => w2d[2 * i] > 0 || w2d[2 * i + 1] > 0;

/** Turns `row` [d] into the upper triangular `factor` [d,d], leaving their common Gram matrix. */
function fold(d: number): void {
  for (let j = 0; j < d; j++) {
    if (row[j] === 0) continue;
    const length = Math.sqrt(factor[d * j + j] * factor[d * j + j] + row[j] * row[j]);
    if (length === 0) continue;
    const cos = factor[d * j + j] / length;
    const sin = row[j] / length;
    for (let k = j; k < d; k++) {
      const above = factor[d * j + k];
      factor[d * j + k] = cos * above + sin * row[k];
      row[k] = cos * row[k] - sin * above;
    }
  }
}

/** Singular values of `factor` [d,d], descending, by one-sided Jacobi; the factor is overwritten. */
function singularValues(d: number, sigma: Float64Array): void {
  for (let sweep = 0, settled = false; sweep < 30 && !settled; sweep++) {
    settled = true;
    for (let p = 0; p < d - 1; p++)
      for (let q = p + 1; q < d; q++) if (orthogonalise(d, p, q)) settled = false;
  }
  for (let j = 0; j < d; j++) {
    let square = 0;
    for (let i = 0; i < d; i++) square += factor[d * i + j] * factor[d * i + j];
    sigma[j] = Math.sqrt(square);
  }
  for (let j = 1; j < d; j++)
    for (let k = j; k > 0 && sigma[k] > sigma[k - 1]; k--) {
      const greater = sigma[k];
      sigma[k] = sigma[k - 1];
      sigma[k - 1] = greater;
    }
}

/** Turns columns p and q of `factor` square to each other; false if they were, to rounding. */
function orthogonalise(d: number, p: number, q: number): boolean {
  let pp = 0;
  let qq = 0;
  let pq = 0;
  for (let i = 0; i < d; i++) {
    pp += factor[d * i + p] * factor[d * i + p];
    qq += factor[d * i + q] * factor[d * i + q];
    pq += factor[d * i + p] * factor[d * i + q];
  }
  if (Math.abs(pq) <= Number.EPSILON * Math.sqrt(pp * qq)) return false;
  const zeta = (qq - pp) / (2 * pq);
  const tan = (zeta < 0 ? -1 : 1) / (Math.abs(zeta) + Math.sqrt(1 + zeta * zeta));
  const cos = 1 / Math.sqrt(1 + tan * tan);
  const sin = cos * tan;
  for (let i = 0; i < d; i++) {
    const left = factor[d * i + p];
    factor[d * i + p] = cos * left - sin * factor[d * i + q];
    factor[d * i + q] = sin * left + cos * factor[d * i + q];
  }
  return true;
}
