/**
 * Rank and condition of the weighted pose Jacobian, its columns brought to unit length.
 *
 *     A = D H_GN D,  D = diag(H_GN)^(−1/2),   condition = √(‖A‖₁ ‖A⁻¹‖₁)
 *
 * Scaling the columns takes out the units of rotation and translation (metres or millimetres, wide or
 * narrow views), leaving the geometry of PNP-14. The value lies within a factor √6 of κ₂.
 */
import { reprojectionNormal } from "../kernels/reprojection-hessian.js";
import { choleskyFactor, choleskyInverse } from "../linalg/cholesky.js";
import { symmetricEigen } from "../linalg/symmetric-eigen.js";
import type { PointSet } from "./polish.js";

export interface Conditioning {
  /** Rank of the weighted Jacobian, 0 to 6. */
  readonly rank: number;
  /** Condition number of the column-scaled Jacobian; Infinity when its rank is below 6. */
  readonly condition: number;
}

const gradient = new Float64Array(6);
const H = new Float64Array(36);
const factor = new Float64Array(36);
const inverse = new Float64Array(36);
const values = new Float64Array(6);
const vectors = new Float64Array(36);

/** Rank and condition of the Jacobian at the pose R [3, 3], t [3]; δ [px] as in PNP-1. */
export function poseConditioning(
  points: PointSet,
  R: Float64Array,
  t: Float64Array,
  delta: number,
): Conditioning {
  const { n, x2d, x3d, w2d, K } = points;
  reprojectionNormal(n, x2d, x3d, w2d, K, R, t, delta, gradient, H);
  for (let k = 0; k < 6; k++) values[k] = H[7 * k] > 0 ? 1 / Math.sqrt(H[7 * k]) : 0;
  for (let k = 0; k < 36; k++) {
    H[k] *= values[Math.floor(k / 6)] * values[k % 6];
    factor[k] = H[k];
  }
  // Rounding of H_GN's entries, relative to its diagonal, is a few ε; κ(A) beyond 1/(64 ε) is noise.
  const noise = 64 * Number.EPSILON;
  if (choleskyFactor(6, factor)) {
    choleskyInverse(6, factor, inverse);
    const product = columnNorm(H) * columnNorm(inverse);
    if (product * noise < 1) return { rank: 6, condition: Math.sqrt(product) };
  }
  if (!symmetricEigen(6, H, values, vectors))
    return { rank: 0, condition: Number.POSITIVE_INFINITY };
  let rank = 0;
  for (let k = 0; k < 6; k++) if (values[k] > noise * values[5]) rank++;
  return {
    rank,
    condition: rank === 6 ? Math.sqrt(values[5] / values[0]) : Number.POSITIVE_INFINITY,
  };
}

/** ‖A‖₁ of a 6×6 matrix. */
function columnNorm(A: Float64Array): number {
  let largest = 0;
  for (let j = 0; j < 6; j++) {
    let sum = 0;
    for (let i = 0; i < 6; i++) sum += Math.abs(A[6 * i + j]);
    if (sum > largest) largest = sum;
  }
  return largest;
}
