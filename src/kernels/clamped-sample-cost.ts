/**
 * The loops of pose-sample-cost.ts where a clamp is set: depth no less than z_min, pixels within bounds, each
 * with the slope of the clamped projection itself, zero where its clamp is active or touched.
 * Twin of ../definitions/pose-sample-cost.ts, which has one loop for both.
 */
import type { SampleSlopes } from "./pose-sample-cost.js";

/** poseSampleCosts with clamps [5]. */
export function clampedCosts(
  n: number,
  x2d: Float64Array,
  x3d: Float64Array,
  w2d: Float64Array,
  from: number,
  to: number,
  projections: Float64Array,
  delta: number,
  [zMin, lu, lv, uu, uv]: Float64Array,
  costs: Float64Array,
): void {
  const P = projections;
  const square = delta * delta;
  for (let s = from, at = 12 * from; s < to; s++, at += 12) {
    let quadratic = 0;
    let linear = 0;
    for (let i = 0, j = 0, k = 0; i < n; i++, j += 2, k += 3) {
      const z0 = x3d[k];
      const z1 = x3d[k + 1];
      const z2 = x3d[k + 2];
      const depth = P[at + 8] * z0 + P[at + 9] * z1 + P[at + 10] * z2 + P[at + 11];
      const inv = 1 / (depth < zMin ? zMin : depth);
      const u = (P[at] * z0 + P[at + 1] * z1 + P[at + 2] * z2 + P[at + 3]) * inv;
      const v = (P[at + 4] * z0 + P[at + 5] * z1 + P[at + 6] * z2 + P[at + 7]) * inv;
      const e0 = w2d[j] * (x2d[j] - (u < lu ? lu : u > uu ? uu : u));
      const e1 = w2d[j + 1] * (x2d[j + 1] - (v < lv ? lv : v > uv ? uv : v));
      const e = e0 * e0 + e1 * e1;
      if (e > square) linear += Math.sqrt(e) - 0.5 * delta;
      else quadratic += e;
    }
    costs[s] = 0.5 * quadratic + (linear > 0 ? delta * linear : 0);
  }
}

/** poseSampleSlopes with clamps [5]. */
export function clampedSlopes(
  n: number,
  x2d: Float64Array,
  x3d: Float64Array,
  w2d: Float64Array,
  count: number,
  projections: Float64Array,
  v: Float64Array,
  delta: number,
  [zMin, lu, lv, uu, uv]: Float64Array,
  slopes: SampleSlopes,
): void {
  const square = delta * delta;
  let byDelta = 0;
  for (let i = 0; i < n; i++) {
    const z0 = x3d[3 * i];
    const z1 = x3d[3 * i + 1];
    const z2 = x3d[3 * i + 2];
    const x0 = x2d[2 * i];
    const x1 = x2d[2 * i + 1];
    const w0 = w2d[2 * i];
    const w1 = w2d[2 * i + 1];
    const square0 = w0 * w0;
    const square1 = w1 * w1;
    // Sums of v ρ′ r and v ρ′ r²: the weights, the same for all poses, come in at the end.
    let r0 = 0;
    let r1 = 0;
    let q0 = 0;
    let q1 = 0;
    let g0 = 0;
    let g1 = 0;
    let g2 = 0;
    for (let s = 0, at = 0; s < count; s++, at += 12) {
      let m = v[s];
      if (m === 0) continue;
      const P8 = projections[at + 8];
      const P9 = projections[at + 9];
      const P10 = projections[at + 10];
      let depth = P8 * z0 + P9 * z1 + P10 * z2 + projections[at + 11];
      let free = 1;
      if (depth <= zMin) {
        depth = zMin;
        free = 0;
      }
      const inv = 1 / depth;
      const P0 = projections[at];
      const P1 = projections[at + 1];
      const P2 = projections[at + 2];
      const P4 = projections[at + 4];
      const P5 = projections[at + 5];
      const P6 = projections[at + 6];
      let u = (P0 * z0 + P1 * z1 + P2 * z2 + projections[at + 3]) * inv;
      let w = (P4 * z0 + P5 * z1 + P6 * z2 + projections[at + 7]) * inv;
      let moveU = inv;
      let moveV = inv;
      if (u <= lu || u >= uu) {
        u = u <= lu ? lu : uu;
        moveU = 0;
      }
      if (w <= lv || w >= uv) {
        w = w <= lv ? lv : uv;
        moveV = 0;
      }
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
      const a = m0 * moveU * square0;
      const b = m1 * moveV * square1;
      const c = free * (a * u + b * w);
      g0 += a * P0 + b * P4 - c * P8;
      g1 += a * P1 + b * P5 - c * P9;
      g2 += a * P2 + b * P6 - c * P10;
    }
    slopes.x2d[2 * i] += square0 * r0;
    slopes.x2d[2 * i + 1] += square1 * r1;
    slopes.w2d[2 * i] += w0 * q0;
    slopes.w2d[2 * i + 1] += w1 * q1;
    slopes.x3d[3 * i] -= g0;
    slopes.x3d[3 * i + 1] -= g1;
    slopes.x3d[3 * i + 2] -= g2;
  }
  slopes.delta[0] += byDelta;
}
