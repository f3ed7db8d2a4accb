/**
 * The weighted reprojection cost and its gradient in the LEFT chart: kernel of
 * ../definitions/reprojection-cost.ts, in doubles on flat row-major arrays.
 *
 * What solvers and differentiators run at every step, so one pass over the points and no memory.
 * Moving R to Exp(φ) R and t to t + τ moves the camera point X = p + t, p = R z, by φ × p + τ; hence
 * with q = ∂c/∂X = −ρ′ Σₖ wₖ eₖ Jₖ, Jₖ = ∂πₖ/∂X, a point adds (p × q, q) to the gradient.
 *
 * All functions take n correspondences x2d [2n] px, x3d [3n] m, w2d [2n], any regular K [9], the
 * pose R [9], t [3] and the Huber threshold δ [px], Infinity for none. Nothing is clamped: a point on
 * the camera plane (K₃X = 0) makes the result non-finite. Outputs may not alias inputs.
 *
 * @throws RangeError if δ is negative or NaN, or an array holds fewer than n correspondences.
 */
export { reprojectionHessian, reprojectionNormal } from "./reprojection-hessian.js";

/** c = ½ Σ ρ(‖w ∘ (x − π)‖²) [px²]. */
export function reprojectionCost(
  n: number,
  x2d: Float64Array,
  x3d: Float64Array,
  w2d: Float64Array,
  K: Float64Array,
  R: Float64Array,
  t: Float64Array,
  delta: number,
): number {
  checkArguments("reprojectionCost", n, x2d, x3d, w2d, delta);
  const square = delta * delta;
  let cost = 0;
  for (let i = 0; i < n; i++) {
    const z0 = x3d[3 * i];
    const z1 = x3d[3 * i + 1];
    const z2 = x3d[3 * i + 2];
    const X0 = R[0] * z0 + R[1] * z1 + R[2] * z2 + t[0];
    const X1 = R[3] * z0 + R[4] * z1 + R[5] * z2 + t[1];
    const X2 = R[6] * z0 + R[7] * z1 + R[8] * z2 + t[2];
    const inv = 1 / (K[6] * X0 + K[7] * X1 + K[8] * X2);
    const e0 = w2d[2 * i] * (x2d[2 * i] - (K[0] * X0 + K[1] * X1 + K[2] * X2) * inv);
    const e1 = w2d[2 * i + 1] * (x2d[2 * i + 1] - (K[3] * X0 + K[4] * X1 + K[5] * X2) * inv);
    const s = e0 * e0 + e1 * e1;
    cost += s <= square ? 0.5 * s : delta * (Math.sqrt(s) - 0.5 * delta);
  }
  return cost;
}

/** c [px²]; writes ∂c/∂(φ, τ) [6] to gradient. */
export function reprojectionGradient(
  n: number,
  x2d: Float64Array,
  x3d: Float64Array,
  w2d: Float64Array,
  K: Float64Array,
  R: Float64Array,
  t: Float64Array,
  delta: number,
  gradient: Float64Array,
): number {
  checkArguments("reprojectionGradient", n, x2d, x3d, w2d, delta);
  const square = delta * delta;
  const affine = K[6] === 0 && K[7] === 0 && K[8] === 1;
  let cost = 0;
  let g0 = 0;
  let g1 = 0;
  let g2 = 0;
  let g3 = 0;
  let g4 = 0;
  let g5 = 0;
  for (let i = 0; i < n; i++) {
    const z0 = x3d[3 * i];
    const z1 = x3d[3 * i + 1];
    const z2 = x3d[3 * i + 2];
    const p0 = R[0] * z0 + R[1] * z1 + R[2] * z2;
    const p1 = R[3] * z0 + R[4] * z1 + R[5] * z2;
    const p2 = R[6] * z0 + R[7] * z1 + R[8] * z2;
    const X0 = p0 + t[0];
    const X1 = p1 + t[1];
    const X2 = p2 + t[2];
    const inv = 1 / (affine ? X2 : K[6] * X0 + K[7] * X1 + K[8] * X2);
    // w ∘ ∂π/∂X: rows a and b. The affine form keeps the digits that cx − π would cancel.
    const w0 = w2d[2 * i];
    const w1 = w2d[2 * i + 1];
    let u = (K[0] * X0 + K[1] * X1) * inv;
    let v = (K[3] * X0 + K[4] * X1) * inv;
    let a0 = w0 * inv;
    let b0 = w1 * inv;
    let a1 = a0;
    let b1 = b0;
    let a2 = a0;
    let b2 = b0;
    if (affine) {
      a0 *= K[0];
      a1 *= K[1];
      a2 *= -u;
      b0 *= K[3];
      b1 *= K[4];
      b2 *= -v;
      u += K[2];
      v += K[5];
    } else {
      u += K[2] * X2 * inv;
      v += K[5] * X2 * inv;
      a0 *= K[0] - u * K[6];
      a1 *= K[1] - u * K[7];
      a2 *= K[2] - u * K[8];
      b0 *= K[3] - v * K[6];
      b1 *= K[4] - v * K[7];
      b2 *= K[5] - v * K[8];
    }
    const e0 = w0 * (x2d[2 * i] - u);
    const e1 = w1 * (x2d[2 * i + 1] - v);
    const s = e0 * e0 + e1 * e1;
    let slope = 1;
    if (s <= square) cost += 0.5 * s;
    else {
      const norm = Math.sqrt(s);
      slope = delta / norm;
      cost += delta * (norm - 0.5 * delta);
    }
    const m0 = -(e0 * a0 + e1 * b0);
    const m1 = -(e0 * a1 + e1 * b1);
    const m2 = -(e0 * a2 + e1 * b2);
    const q0 = slope * m0;
    const q1 = slope * m1;
    const q2 = slope * m2;
    g3 += q0;
    g4 += q1;
    g5 += q2;
    g0 += p1 * q2 - p2 * q1;
    g1 += p2 * q0 - p0 * q2;
    g2 += p0 * q1 - p1 * q0;
  }
  gradient[0] = g0;
  gradient[1] = g1;
  gradient[2] = g2;
  gradient[3] = g3;
  gradient[4] = g4;
  gradient[5] = g5;
  return cost;
}

function checkArguments(
  name: string,
  n: number,
  x2d: Float64Array,
  x3d: Float64Array,
  w2d: Float64Array,
  delta: number,
): void {
  if (!(delta >= 0)) throw new RangeError(`${name}: expected delta >= 0, got ${delta}`);
  const given = Math.floor(Math.min(x2d.length / 2, x3d.length / 3, w2d.length / 2));
  if (n > given) throw new RangeError(`${name}: expected ${n} correspondences, got ${given}`);
}
