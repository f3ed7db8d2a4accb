/**
 * A problem in numbers that single precision is kind to, made in doubles from a pose nearby.
 *
 * With the centroid z̄ and extent L of the points, D̄ the centroid's depth and p̄ its pixel at a reference pose (R, t),
 * and σ the size of a point's offset in pixels,
 *
 *     z' = (z − z̄)/L,   x' = (x − p̄)/σ,   w' = w σ,   e = w ∘ r = w' ∘ r'
 *     Y  = M (X − X̄) + (0, 0, 1) = P z' + (0, 0, 1),   π' = (Y₀, Y₁)/Y₂,   M = diag(1/σ, 1/σ, 1) (K − p̄ k₃ᵀ)/D̄,   P = L M R
 *
 * so that every number is about one whatever the units, and the camera is the identity, skew or not. A point's residual is
 * stored as m = Y₀₁ − x' Y₂ = −r' Y₂, subtracted here in doubles; at another pose, which moves Y by ΔY,
 *
 *     r' = −(m + ΔY₀₁ − x' ΔY₂)/(Y₂ + ΔY₂)
 *
 * and every rounding is relative to a residual or to a motion, never to a pixel coordinate.
 */
import type { FieldArrays } from "../task.js";

/** Floats of a point's row: z' [3], Y₂, x' [2], m [2], w' [2], its cost at the reference, and one of no use. */
export const POINT = 12;

export const pointBytes = 4 * POINT;

/** x2d [.., 2], x3d [.., 3] and w2d [.., 2] of all problems of a task. */
type Points = FieldArrays;

/** The frame of one problem at its reference pose; arrays are overwritten by the next fit. */
export interface Frame {
  /** R [9] and t [3] of the reference. */
  readonly R: Float64Array;
  readonly t: Float64Array;
  /** z̄ [3] and R z̄ + t [3]. */
  readonly centroid: Float64Array;
  readonly centre: Float64Array;
  /** p̄ [2] px. */
  readonly pixel: Float64Array;
  /** L, σ px and D̄. */
  extent: number;
  sigma: number;
  depth: number;
  /** M [9] and P [9]. */
  readonly M: Float64Array;
  readonly P: Float64Array;
}

export const frame = (): Frame => ({
  R: new Float64Array(9),
  t: new Float64Array(3),
  centroid: new Float64Array(3),
  centre: new Float64Array(3),
  pixel: new Float64Array(2),
  extent: 1,
  sigma: 1,
  depth: 1,
  M: new Float64Array(9),
  P: new Float64Array(9),
});

/** Depth of the centroid, in extents, below which no pixel is its own. */
const NEAR = 1e-3;

/** Fits a frame to points first … first + n − 1, n > 0, at the R and t that it holds, K at `k` of K. */
export function fitFrame(
  { x2d, x3d, w2d }: Points,
  first: number,
  n: number,
  K: Float64Array,
  k: number,
  at: Frame,
): void {
  const { R, t, centroid, centre, pixel, M, P } = at;
  let total = 0;
  let [c0, c1, c2, u, v] = [0, 0, 0, 0, 0];
  for (let i = first; i < first + n; i++) {
    const w = w2d[2 * i] * w2d[2 * i] + w2d[2 * i + 1] * w2d[2 * i + 1];
    total += w;
    c0 += w * x3d[3 * i];
    c1 += w * x3d[3 * i + 1];
    c2 += w * x3d[3 * i + 2];
    u += w * x2d[2 * i];
    v += w * x2d[2 * i + 1];
  }
  const share = total > 0 && total < Infinity ? 1 / total : 0;
  centroid[0] = c0 * share;
  centroid[1] = c1 * share;
  centroid[2] = c2 * share;
  let spread = 0;
  for (let i = first; i < first + n; i++) {
    const w = w2d[2 * i] * w2d[2 * i] + w2d[2 * i + 1] * w2d[2 * i + 1];
    const a = x3d[3 * i] - centroid[0];
    const b = x3d[3 * i + 1] - centroid[1];
    const c = x3d[3 * i + 2] - centroid[2];
    spread += w * (a * a + b * b + c * c);
  }
  const extent = Math.sqrt(spread * share) || 1;
  for (let i = 0; i < 3; i++)
    centre[i] =
      R[3 * i] * centroid[0] + R[3 * i + 1] * centroid[1] + R[3 * i + 2] * centroid[2] + t[i];
  const row = (i: number) =>
    K[k + 3 * i] * centre[0] + K[k + 3 * i + 1] * centre[1] + K[k + 3 * i + 2] * centre[2];
  const shortest = extent * Math.hypot(K[k + 6], K[k + 7], K[k + 8]);
  const depth = row(2);
  const seen = depth > NEAR * shortest;
  at.extent = extent;
  at.depth = seen ? depth : shortest;
  pixel[0] = seen ? row(0) / depth : u * share;
  pixel[1] = seen ? row(1) / depth : v * share;
  let square = 0;
  for (let i = 0; i < 2; i++)
    for (let j = 0; j < 3; j++) {
      M[3 * i + j] = K[k + 3 * i + j] - pixel[i] * K[k + 6 + j];
      square += M[3 * i + j] * M[3 * i + j];
    }
  at.sigma = (Math.sqrt(0.5 * square) * extent) / at.depth || 1;
  const lateral = 1 / (at.sigma * at.depth);
  for (let j = 0; j < 3; j++) {
    M[j] *= lateral;
    M[3 + j] *= lateral;
    M[6 + j] = K[k + 6 + j] / at.depth;
  }
  for (let i = 0; i < 9; i += 3)
    for (let j = 0; j < 3; j++)
      P[i + j] = extent * (M[i] * R[j] + M[i + 1] * R[3 + j] + M[i + 2] * R[6 + j]);
}

/** The constant of Y = P z' + c: (0, 0, 1), or what it is where the centroid has no pixel of its own. */
export function frameConstant({ M, centre }: Frame, c: Float64Array): void {
  for (let i = 0; i < 3; i++)
    c[i] = M[3 * i] * centre[0] + M[3 * i + 1] * centre[1] + M[3 * i + 2] * centre[2];
}

const constant = new Float64Array(3);

/** Writes rows [n, 12] of points first … first + n − 1 to `rows`, from float `to` on. */
export function packPoints(
  { x2d, x3d, w2d }: Points,
  first: number,
  n: number,
  at: Frame,
  rows: Float32Array,
  to: number,
): void {
  const { centroid, pixel, extent, sigma, P } = at;
  frameConstant(at, constant);
  const [c0, c1, c2] = constant;
  const perExtent = 1 / extent;
  const perSigma = 1 / sigma;
  for (let i = first, row = to; i < first + n; i++, row += POINT) {
    const z0 = (x3d[3 * i] - centroid[0]) * perExtent;
    const z1 = (x3d[3 * i + 1] - centroid[1]) * perExtent;
    const z2 = (x3d[3 * i + 2] - centroid[2]) * perExtent;
    const x0 = (x2d[2 * i] - pixel[0]) * perSigma;
    const x1 = (x2d[2 * i + 1] - pixel[1]) * perSigma;
    const Y2 = P[6] * z0 + P[7] * z1 + P[8] * z2 + c2;
    rows[row] = z0;
    rows[row + 1] = z1;
    rows[row + 2] = z2;
    rows[row + 3] = Y2;
    rows[row + 4] = x0;
    rows[row + 5] = x1;
    rows[row + 6] = P[0] * z0 + P[1] * z1 + P[2] * z2 + c0 - x0 * Y2;
    rows[row + 7] = P[3] * z0 + P[4] * z1 + P[5] * z2 + c1 - x1 * Y2;
    rows[row + 8] = w2d[2 * i] * sigma;
    rows[row + 9] = w2d[2 * i + 1] * sigma;
  }
}

/** A point's row in WGSL. */
export const pointStructure = /* wgsl */ `
struct Point { z: vec3f, depth: f32, x: vec2f, m: vec2f, w: vec2f, cost: f32, none: f32 }
`;

/** Beyond this, squares and their sums would leave the range of single precision. */
const LARGEST = 1e12;

/** Whether single precision can hold what rows hold, and its squares. */
export function withinSingle(rows: Float32Array, from: number, to: number): boolean {
  // Written so that NaN is no more within than what is too large.
  for (let k = from; k < to; k++) if (!(Math.abs(rows[k]) < LARGEST)) return false;
  return true;
}
