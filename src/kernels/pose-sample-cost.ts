/**
 * Costs of many poses and the slope of their weighted sum: kernel of ../definitions/pose-sample-cost.ts,
 * in doubles on flat arrays.
 *
 * P = K [R | t] is folded once a pose, so that a pair of a pose and a point costs one product of a
 * 3 × 4 matrix with it: about 33 floating-point operations for a cost and 66 for all slopes, and
 * nothing is kept of a pair. Memory is what the caller holds, O(N + S).
 * Costs run over points within a pose, slopes over poses within a point: whichever index is inner has its
 * sums in registers. Slopes take two points at a time, since reading a pose costs as much as a third of a point
 * does. Clamps have loops of their own (clamped-sample-cost.ts), since in the open ones, where most
 * of the time goes, even their tests would be felt. Poses of weight zero are left out of the slopes, whatever their cost is.
 *
 * Arrays: x2d [2n], x3d [3n], w2d [2n], K [9], projections P [12 S], row-major 3 × 4; clamps [5] as in
 * projection-clamp.ts, or null. Outputs may not alias inputs.
 */
import { clampedCosts, clampedSlopes } from "./clamped-sample-cost.js";
import { rowRotation } from "./pose-row.js";

const row7 = new Float64Array(7);
const row4 = new Float64Array(4);
const R = new Float64Array(9);

/**
 * Writes K [R | t] of poses [S, width] to projections [12 S], NaN for a pose whose quaternion is zero.
 *
 * @throws RangeError if width is not 7 or 4, or an array is too short.
 */
export function poseProjections(
  count: number,
  width: number,
  poses: Float64Array,
  K: Float64Array,
  projections: Float64Array,
): void {
  if (width !== 7 && width !== 4)
    throw new RangeError(`poseProjections: expected poses of 7 or 4 numbers, got ${width}`);
  if (poses.length < width * count || projections.length < 12 * count)
    throw new RangeError(`poseProjections: expected ${count} poses, got ${poses.length / width}`);
  const y = width === 7 ? row7 : row4;
  for (let s = 0; s < count; s++) {
    for (let k = 0; k < width; k++) y[k] = poses[width * s + k];
    if (!rowRotation(y, R)) R.fill(Number.NaN);
    for (let i = 0; i < 3; i++) {
      const a = K[3 * i];
      const b = K[3 * i + 1];
      const c = K[3 * i + 2];
      const at = 12 * s + 4 * i;
      projections[at] = a * R[0] + b * R[3] + c * R[6];
      projections[at + 1] = a * R[1] + b * R[4] + c * R[7];
      projections[at + 2] = a * R[2] + b * R[5] + c * R[8];
      projections[at + 3] = a * y[0] + b * y[1] + c * y[2];
    }
  }
}

/** Writes c [S] from `from` on to costs, for poses from … to − 1. */
export function poseSampleCosts(
  n: number,
  x2d: Float64Array,
  x3d: Float64Array,
  w2d: Float64Array,
  from: number,
  to: number,
  projections: Float64Array,
  delta: number,
  clamps: Float64Array | null,
  costs: Float64Array,
): void {
  if (clamps) {
    clampedCosts(n, x2d, x3d, w2d, from, to, projections, delta, clamps, costs);
    return;
  }
  const square = delta * delta;
  for (let s = from; s < to; s++) {
    const at = 12 * s;
    const P0 = projections[at];
    const P1 = projections[at + 1];
    const P2 = projections[at + 2];
    const P3 = projections[at + 3];
    const P4 = projections[at + 4];
    const P5 = projections[at + 5];
    const P6 = projections[at + 6];
    const P7 = projections[at + 7];
    const P8 = projections[at + 8];
    const P9 = projections[at + 9];
    const P10 = projections[at + 10];
    const P11 = projections[at + 11];
    let quadratic = 0;
    let linear = 0;
    for (let i = 0; i < n; i++) {
      const z0 = x3d[3 * i];
      const z1 = x3d[3 * i + 1];
      const z2 = x3d[3 * i + 2];
      const inv = 1 / (P8 * z0 + P9 * z1 + P10 * z2 + P11);
      const e0 = w2d[2 * i] * (x2d[2 * i] - (P0 * z0 + P1 * z1 + P2 * z2 + P3) * inv);
      const e1 = w2d[2 * i + 1] * (x2d[2 * i + 1] - (P4 * z0 + P5 * z1 + P6 * z2 + P7) * inv);
      const e = e0 * e0 + e1 * e1;
      if (e > square) linear += Math.sqrt(e) - 0.5 * delta;
      else quadratic += e;
    }
    // δ = Infinity has no linear part, and Infinity · 0 is no number.
    costs[s] = 0.5 * quadratic + (linear > 0 ? delta * linear : 0);
  }
}

/** Slopes of Σₛ vₛ c(yₛ), added to: x3d [3n], x2d [2n], w2d [2n] and delta [1]. */
export interface SampleSlopes {
  readonly x3d: Float64Array;
  readonly x2d: Float64Array;
  readonly w2d: Float64Array;
  readonly delta: Float64Array;
}

/** Adds Σₛ vₛ ∂c(yₛ)/∂(z, x, w, δ) over `count` poses of weights v [S] to slopes. */
export function poseSampleSlopes(
  n: number,
  x2d: Float64Array,
  x3d: Float64Array,
  w2d: Float64Array,
  count: number,
  projections: Float64Array,
  v: Float64Array,
  delta: number,
  clamps: Float64Array | null,
  slopes: SampleSlopes,
): void {
  if (clamps) {
    clampedSlopes(n, x2d, x3d, w2d, count, projections, v, delta, clamps, slopes);
    return;
  }
  const square = delta * delta;
  let byDelta = 0;
  for (let i = 0; i < n; i += 2) {
    // Capitals belong to the second point of a pair; a last one alone is its own, without weights.
    const I = i + 1 < n ? i + 1 : i;
    const alone = I === i;
    const z0 = x3d[3 * i];
    const z1 = x3d[3 * i + 1];
    const z2 = x3d[3 * i + 2];
    const Z0 = x3d[3 * I];
    const Z1 = x3d[3 * I + 1];
    const Z2 = x3d[3 * I + 2];
    const x0 = x2d[2 * i];
    const x1 = x2d[2 * i + 1];
    const X0 = x2d[2 * I];
    const X1 = x2d[2 * I + 1];
    const w0 = w2d[2 * i];
    const w1 = w2d[2 * i + 1];
    const W0 = alone ? 0 : w2d[2 * I];
    const W1 = alone ? 0 : w2d[2 * I + 1];
    const square0 = w0 * w0;
    const square1 = w1 * w1;
    const Square0 = W0 * W0;
    const Square1 = W1 * W1;
    // Sums of v ρ′ r and v ρ′ r²: the weights, the same for all poses, come in at the end.
    let r0 = 0;
    let r1 = 0;
    let q0 = 0;
    let q1 = 0;
    let g0 = 0;
    let g1 = 0;
    let g2 = 0;
    let R0 = 0;
    let R1 = 0;
    let Q0 = 0;
    let Q1 = 0;
    let G0 = 0;
    let G1 = 0;
    let G2 = 0;
    for (let s = 0, at = 0; s < count; s++, at += 12) {
      let m = v[s];
      if (m === 0) continue;
      let M = m;
      const P0 = projections[at];
      const P1 = projections[at + 1];
      const P2 = projections[at + 2];
      const P3 = projections[at + 3];
      const P4 = projections[at + 4];
      const P5 = projections[at + 5];
      const P6 = projections[at + 6];
      const P7 = projections[at + 7];
      const P8 = projections[at + 8];
      const P9 = projections[at + 9];
      const P10 = projections[at + 10];
      const P11 = projections[at + 11];

      const inv = 1 / (P8 * z0 + P9 * z1 + P10 * z2 + P11);
      const u = (P0 * z0 + P1 * z1 + P2 * z2 + P3) * inv;
      const w = (P4 * z0 + P5 * z1 + P6 * z2 + P7) * inv;
      const d0 = x0 - u;
      const d1 = x1 - w;
      const e0 = w0 * d0;
      const e1 = w1 * d1;
      const e = e0 * e0 + e1 * e1;
      if (e > square) {
        const norm = Math.sqrt(e);
        byDelta += m * (norm - delta);
        m *= delta / norm;
      }
      const m0 = m * d0;
      const m1 = m * d1;
      r0 += m0;
      r1 += m1;
      q0 += m0 * d0;
      q1 += m1 * d1;
      const a = m0 * inv * square0;
      const b = m1 * inv * square1;
      const c = a * u + b * w;
      g0 += a * P0 + b * P4 - c * P8;
      g1 += a * P1 + b * P5 - c * P9;
      g2 += a * P2 + b * P6 - c * P10;

      const Inv = 1 / (P8 * Z0 + P9 * Z1 + P10 * Z2 + P11);
      const U = (P0 * Z0 + P1 * Z1 + P2 * Z2 + P3) * Inv;
      const W = (P4 * Z0 + P5 * Z1 + P6 * Z2 + P7) * Inv;
      const D0 = X0 - U;
      const D1 = X1 - W;
      const E0 = W0 * D0;
      const E1 = W1 * D1;
      const E = E0 * E0 + E1 * E1;
      if (E > square) {
        const norm = Math.sqrt(E);
        byDelta += M * (norm - delta);
        M *= delta / norm;
      }
      const M0 = M * D0;
      const M1 = M * D1;
      R0 += M0;
      R1 += M1;
      Q0 += M0 * D0;
      Q1 += M1 * D1;
      const A = M0 * Inv * Square0;
      const B = M1 * Inv * Square1;
      const C = A * U + B * W;
      G0 += A * P0 + B * P4 - C * P8;
      G1 += A * P1 + B * P5 - C * P9;
      G2 += A * P2 + B * P6 - C * P10;
    }
    slopes.x2d[2 * i] += square0 * r0;
    slopes.x2d[2 * i + 1] += square1 * r1;
    slopes.w2d[2 * i] += w0 * q0;
    slopes.w2d[2 * i + 1] += w1 * q1;
    slopes.x3d[3 * i] -= g0;
    slopes.x3d[3 * i + 1] -= g1;
    slopes.x3d[3 * i + 2] -= g2;
    if (alone) break;
    slopes.x2d[2 * I] += Square0 * R0;
    slopes.x2d[2 * I + 1] += Square1 * R1;
    slopes.w2d[2 * I] += W0 * Q0;
    slopes.w2d[2 * I + 1] += W1 * Q1;
    slopes.x3d[3 * I] -= G0;
    slopes.x3d[3 * I + 1] -= G1;
    slopes.x3d[3 * I + 2] -= G2;
  }
  slopes.delta[0] += byDelta;
}
