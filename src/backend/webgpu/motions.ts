/**
 * Poses as motions of a reference, and the records of problems that they are read with: the differences
 * are taken in doubles, and single precision rounds them by their own size.
 *
 *     R_s = R δR,   ΔP = P (δR − I),   ΔY at the centroid = M (R_s z̄ + t_s − R z̄ − t)
 */
import { rowRotation } from "../../kernels/pose-row.js";
import { type Frame, POINT } from "./frame.js";
import { MOTION } from "./pose-pair.wgsl.js";

/** Stands for infinity where drivers may take it that there is none. */
export const VAST = 3e38;

/** Beyond this a δ² would not be a float; no residual here is as long. */
const LARGEST_THRESHOLD = 1e18;

const pose7 = new Float64Array(7);
const pose4 = new Float64Array(4);

/** Takes the pose in row `at` of poses [.., width] as a frame's reference. False if it is none. */
export function setReference(
  { R, t }: Frame,
  poses: Float64Array,
  at: number,
  width: number,
): boolean {
  const y = width === 7 ? pose7 : pose4;
  for (let k = 0; k < width; k++) {
    y[k] = poses[at + k];
    if (!Number.isFinite(y[k])) return false;
  }
  t[0] = y[0];
  t[1] = y[1];
  t[2] = y[2];
  return rowRotation(y, R);
}

/** Writes the quaternion of a row, of length one, to q [4] = (w, x, y, z). */
export function rowQuaternion(
  poses: Float64Array,
  at: number,
  width: number,
  q: Float64Array,
): void {
  if (width === 4) {
    q[0] = Math.cos(0.5 * poses[at + 3]);
    q[1] = 0;
    q[2] = Math.sin(0.5 * poses[at + 3]);
    q[3] = 0;
    return;
  }
  const w = poses[at + 3];
  const x = poses[at + 4];
  const y = poses[at + 5];
  const z = poses[at + 6];
  const share = 1 / Math.sqrt(w * w + x * x + y * y + z * z);
  q[0] = w * share;
  q[1] = x * share;
  q[2] = y * share;
  q[3] = z * share;
}

const q = new Float64Array(4);

/**
 * Writes motions of `count` poses, from row `at` of poses [.., width] on, of a reference of quaternion `from` [4], to `rows`
 * from float `to` on.
 */
export function packMotions(
  { centroid, centre, M }: Frame,
  from: Float64Array,
  poses: Float64Array,
  at: number,
  width: number,
  count: number,
  rows: Float32Array,
  to: number,
): void {
  const [w0, x0, y0, z0] = from;
  const [a, b, c] = centroid;
  for (let s = 0, p = at, r = to; s < count; s++, p += width, r += MOTION) {
    rowQuaternion(poses, p, width, q);
    const w = q[0];
    const x = q[1];
    const y = q[2];
    const z = q[3];
    rows[r] = w0 * x - x0 * w - y0 * z + z0 * y;
    rows[r + 1] = w0 * y - y0 * w - z0 * x + x0 * z;
    rows[r + 2] = w0 * z - z0 * w - x0 * y + y0 * x;
    rows[r + 3] = w0 * w + x0 * x + y0 * y + z0 * z;
    const u = 2 * (y * c - z * b);
    const v = 2 * (z * a - x * c);
    const n = 2 * (x * b - y * a);
    const d0 = a + w * u + y * n - z * v + poses[p] - centre[0];
    const d1 = b + w * v + z * u - x * n + poses[p + 1] - centre[1];
    const d2 = c + w * n + x * v - y * u + poses[p + 2] - centre[2];
    rows[r + 4] = M[0] * d0 + M[1] * d1 + M[2] * d2;
    rows[r + 5] = M[3] * d0 + M[4] * d1 + M[5] * d2;
    rows[r + 6] = M[6] * d0 + M[7] * d1 + M[8] * d2;
  }
}

/** Writes a problem's record to `rows` at float `to`: clamps [5] as in kernels/projection-clamp.ts, or null. */
export function packProblem(
  { P, pixel, sigma, depth }: Frame,
  first: number,
  count: number,
  delta: number,
  clamps: Float64Array | null,
  rows: Float32Array,
  to: number,
): void {
  const whole = new Uint32Array(rows.buffer, rows.byteOffset, rows.length);
  whole[to] = first;
  whole[to + 1] = count;
  rows[to + 2] = Math.min(delta, LARGEST_THRESHOLD);
  rows[to + 3] = clamps ? held(clamps[0] / depth) : -VAST;
  for (let i = 0; i < 3; i++) for (let j = 0; j < 3; j++) rows[to + 4 + 4 * i + j] = P[3 * i + j];
  for (let i = 0; i < 2; i++) {
    rows[to + 16 + i] = clamps ? held((clamps[1 + i] - pixel[i]) / sigma) : -VAST;
    rows[to + 18 + i] = clamps ? held((clamps[3 + i] - pixel[i]) / sigma) : VAST;
    rows[to + 20 + i] = pixel[i] / sigma;
  }
}

/**
 * Writes to each row of n points what it costs at the reference, and returns the sum of what was written. Costs of samples are
 * summed as differences from these: a weight exp(−c) is as wrong as c, and most of c is what all samples share.
 */
export function packCosts(
  n: number,
  problem: Float32Array,
  record: number,
  rows: Float32Array,
  to: number,
): number {
  const delta = problem[record + 2];
  const zMin = problem[record + 3];
  let total = 0;
  for (let i = 0, row = to; i < n; i++, row += POINT) {
    const depth = Math.max(rows[row + 3], zMin);
    let s = 0;
    for (let k = 0; k < 2; k++) {
      const x = rows[row + 4 + k];
      const m = rows[row + 6 + k] + (problem[record + 20 + k] + x) * (rows[row + 3] - depth);
      const r = Math.min(
        Math.max(-m / depth, x - problem[record + 18 + k]),
        x - problem[record + 16 + k],
      );
      s += (rows[row + 8 + k] * r) ** 2;
    }
    const cost = s > delta * delta ? delta * (Math.sqrt(s) - 0.5 * delta) : 0.5 * s;
    // Any number will do where the reference has no cost.
    rows[row + 10] = cost < 1e20 ? cost : 0;
    total += rows[row + 10];
  }
  return total;
}

const held = (bound: number): number => Math.min(Math.max(bound, -VAST), VAST);
