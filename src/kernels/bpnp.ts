/**
 * Products with the derivative of the stationarity condition: kernel of ../definitions/bpnp.ts, in
 * doubles on flat row-major arrays.
 *
 * The definition builds ∂g/∂θ entry by entry in chart AA; here no matrix is formed. In the LEFT chart
 * λᵀg = Σ u·q where u = λ_φ × p + λ_τ is the velocity that λ gives a point X = p + t, p = R z. With
 * dₖ = Jₖ·u, mₖ = ρ′Ωₖr̃ₖ as there, k the last row of K, Z = k·X and κ = k·u/Z,
 *
 *     λᵀg = −Σₖ mₖ dₖ,   ∂dₖ/∂X = −(κ Jₖ + dₖ k/Z),   ∂dₖ/∂Kₖ = (u − κX)/Z
 *
 * and two numbers a point, Aₖ = ρ′Ωₖdₖ and Bₖ = 2ρ″ Ωₖrₖ Σ Ωr̃d, carry everything else: one pass, no
 * memory. LEFT and AA differ by T = diag(J_l(ω), I), which no datum moves: (∂g/∂θ)_AA = Tᵀ (∂g/∂θ).
 *
 * Common arguments: n correspondences x2d [2n] px, x3d [3n] m, w2d [2n], any regular K [9], the pose
 * R [9], t [3], the Huber threshold δ [px] (Infinity for none), and two switches of `BpnpForm`: `deep`
 * is residual "depth-weighted", `keep` is mixed "exact". Outputs may not alias inputs.
 */

/**
 * λᵀ ∂g/∂θ for λ [6]: writes θ = x2d [2n], x3d [3n], w2d [2n], K [9] and returns that of δ (0 where
 * no point is an outlier).
 */
export function constraintVjp(
  n: number,
  x2d: Float64Array,
  x3d: Float64Array,
  w2d: Float64Array,
  K: Float64Array,
  R: Float64Array,
  t: Float64Array,
  delta: number,
  deep: boolean,
  keep: boolean,
  lambda: Float64Array,
  byX2d: Float64Array,
  byX3d: Float64Array,
  byW2d: Float64Array,
  byK: Float64Array,
): number {
  const square = delta * delta;
  const affine = K[6] === 0 && K[7] === 0 && K[8] === 1;
  let byDelta = 0;
  let k00 = 0;
  let k01 = 0;
  let k02 = 0;
  let k10 = 0;
  let k11 = 0;
  let k12 = 0;
  let k20 = 0;
  let k21 = 0;
  let k22 = 0;
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
    const u0 = lambda[1] * p2 - lambda[2] * p1 + lambda[3];
    const u1 = lambda[2] * p0 - lambda[0] * p2 + lambda[4];
    const u2 = lambda[0] * p1 - lambda[1] * p0 + lambda[5];
    const Z = affine ? X2 : K[6] * X0 + K[7] * X1 + K[8] * X2;
    const inv = 1 / Z;
    const kappa = (affine ? u2 : K[6] * u0 + K[7] * u1 + K[8] * u2) * inv;
    // π and its rows a, b by X. The affine form keeps the digits that cx − π would cancel.
    let pi0 = (K[0] * X0 + K[1] * X1) * inv;
    let pi1 = (K[3] * X0 + K[4] * X1) * inv;
    let a0 = K[0] * inv;
    let a1 = K[1] * inv;
    let a2 = -pi0 * inv;
    let b0 = K[3] * inv;
    let b1 = K[4] * inv;
    let b2 = -pi1 * inv;
    if (affine) {
      pi0 += K[2];
      pi1 += K[5];
    } else {
      pi0 += K[2] * X2 * inv;
      pi1 += K[5] * X2 * inv;
      a0 -= pi0 * K[6] * inv;
      a1 -= pi0 * K[7] * inv;
      a2 = (K[2] - pi0 * K[8]) * inv;
      b0 -= pi1 * K[6] * inv;
      b1 -= pi1 * K[7] * inv;
      b2 = (K[5] - pi1 * K[8]) * inv;
    }
    const w0 = w2d[2 * i];
    const w1 = w2d[2 * i + 1];
    const r0 = x2d[2 * i] - pi0;
    const r1 = x2d[2 * i + 1] - pi1;
    const v0 = w0 * w0;
    const v1 = w1 * w1;
    const d0 = a0 * u0 + a1 * u1 + a2 * u2;
    const d1 = b0 * u0 + b1 * u1 + b2 * u2;
    const e0 = deep ? Z * r0 : r0;
    const e1 = deep ? Z * r1 : r1;
    const s = v0 * r0 * r0 + v1 * r1 * r1;
    let slope = 1;
    let bend = 0;
    if (s > square) {
      const norm = Math.sqrt(s);
      const work = v0 * e0 * d0 + v1 * e1 * d1;
      slope = delta / norm;
      bend = (-slope * work) / s;
      byDelta -= work / norm;
    }
    byW2d[2 * i] = -w0 * r0 * (2 * slope * (deep ? Z * d0 : d0) + bend * r0);
    byW2d[2 * i + 1] = -w1 * r1 * (2 * slope * (deep ? Z * d1 : d1) + bend * r1);
    const A0 = slope * v0 * d0;
    const A1 = slope * v1 * d1;
    // What multiplies −∂r, and what multiplies −∂r̃ where that is another quantity.
    const P0 = bend * v0 * r0 + (deep ? 0 : A0);
    const P1 = bend * v1 * r1 + (deep ? 0 : A1);
    byX2d[2 * i] = deep ? -(P0 + Z * A0) : -P0;
    byX2d[2 * i + 1] = deep ? -(P1 + Z * A1) : -P1;
    const m0 = slope * v0 * e0;
    const m1 = slope * v1 * e1;
    let c0 = P0;
    let c1 = P1;
    let third = -(P0 * pi0 + P1 * pi1);
    let f0 = 0;
    let f1 = 0;
    let f2 = 0;
    if (keep) {
      c0 += m0 * kappa;
      c1 += m1 * kappa;
      const md = m0 * d0 + m1 * d1;
      const mp = m0 * pi0 + m1 * pi1;
      third += md - mp * kappa;
      k00 -= m0 * inv * u0;
      k01 -= m0 * inv * u1;
      k02 -= m0 * inv * u2;
      k10 -= m1 * inv * u0;
      k11 -= m1 * inv * u1;
      k12 -= m1 * inv * u2;
      k20 += mp * inv * u0;
      k21 += mp * inv * u1;
      k22 += mp * inv * u2;
      // q × λ_φ with q = −Σ mₖ Jₖ is what moving the arm p changes.
      const q0 = -(m0 * a0 + m1 * b0);
      const q1 = -(m0 * a1 + m1 * b1);
      const q2 = -(m0 * a2 + m1 * b2);
      f0 = md * inv * K[6] + q1 * lambda[2] - q2 * lambda[1];
      f1 = md * inv * K[7] + q2 * lambda[0] - q0 * lambda[2];
      f2 = md * inv * K[8] + q0 * lambda[1] - q1 * lambda[0];
    }
    let g0 = c0 * inv;
    let g1 = c1 * inv;
    third *= inv;
    if (deep) {
      const Ax = A0 * x2d[2 * i] + A1 * x2d[2 * i + 1];
      g0 += A0;
      g1 += A1;
      third -= Ax;
      f0 += A0 * K[0] + A1 * K[3] - Ax * K[6];
      f1 += A0 * K[1] + A1 * K[4] - Ax * K[7];
      f2 += A0 * K[2] + A1 * K[5] - Ax * K[8];
    }
    k00 += g0 * X0;
    k01 += g0 * X1;
    k02 += g0 * X2;
    k10 += g1 * X0;
    k11 += g1 * X1;
    k12 += g1 * X2;
    k20 += third * X0;
    k21 += third * X1;
    k22 += third * X2;
    f0 += c0 * a0 + c1 * b0;
    f1 += c0 * a1 + c1 * b1;
    f2 += c0 * a2 + c1 * b2;
    byX3d[3 * i] = R[0] * f0 + R[3] * f1 + R[6] * f2;
    byX3d[3 * i + 1] = R[1] * f0 + R[4] * f1 + R[7] * f2;
    byX3d[3 * i + 2] = R[2] * f0 + R[5] * f1 + R[8] * f2;
  }
  byK[0] = k00;
  byK[1] = k01;
  byK[2] = k02;
  byK[3] = k10;
  byK[4] = k11;
  byK[5] = k12;
  byK[6] = k20;
  byK[7] = k21;
  byK[8] = k22;
  return byDelta;
}

/**
 * Writes ∂g/∂θ · θ̇ [6], LEFT chart, for one direction θ̇ of all data: dx2d [2n], dx3d [3n], dw2d [2n],
 * dK [9] and dδ. Differentiates (p × q, q) forwards, so that it shares no product with constraintVjp.
 */
export function constraintJvp(
  n: number,
  x2d: Float64Array,
  x3d: Float64Array,
  w2d: Float64Array,
  K: Float64Array,
  R: Float64Array,
  t: Float64Array,
  delta: number,
  deep: boolean,
  keep: boolean,
  dx2d: Float64Array,
  dx3d: Float64Array,
  dw2d: Float64Array,
  dK: Float64Array,
  dDelta: number,
  product: Float64Array,
): void {
  const square = delta * delta;
  for (let j = 0; j < 6; j++) product[j] = 0;
  for (let i = 0; i < n; i++) {
    rotated(R, x3d, i, p);
    rotated(R, dx3d, i, dp);
    for (let j = 0; j < 3; j++) X[j] = p[j] + t[j];
    const Z = row(K, 2, X);
    const dZ = row(K, 2, dp) + row(dK, 2, X);
    let s = 0;
    let ds = 0;
    for (let k = 0; k < 2; k++) {
      const w = w2d[2 * i + k];
      const dw = dw2d[2 * i + k];
      pi[k] = row(K, k, X) / Z;
      dpi[k] = (row(K, k, dp) + row(dK, k, X) - pi[k] * dZ) / Z;
      r[k] = x2d[2 * i + k] - pi[k];
      const dr = dx2d[2 * i + k] - dpi[k];
      s += w * w * r[k] * r[k];
      ds += 2 * w * r[k] * (w * dr + dw * r[k]);
      // Ω r̃ and its derivative.
      m[k] = w * w * (deep ? Z * r[k] : r[k]);
      dm[k] = deep
        ? w * w * (dZ * r[k] + Z * dr) + 2 * w * dw * Z * r[k]
        : w * (w * dr + 2 * dw * r[k]);
    }
    const outlier = s > square;
    const norm = Math.sqrt(s);
    const slope = outlier ? delta / norm : 1;
    const dSlope = outlier ? (dDelta - (0.5 * delta * ds) / s) / norm : 0;
    q.fill(0);
    dq.fill(0);
    for (let k = 0; k < 2; k++) {
      const force = slope * m[k];
      const dForce = slope * dm[k] + dSlope * m[k];
      for (let j = 0; j < 3; j++) {
        const J = (K[3 * k + j] - pi[k] * K[6 + j]) / Z;
        const dJ = (dK[3 * k + j] - dpi[k] * K[6 + j] - pi[k] * dK[6 + j] - J * dZ) / Z;
        q[j] -= force * J;
        dq[j] -= keep ? dForce * J + force * dJ : dForce * J;
      }
    }
    for (let j = 0; j < 3; j++) {
      const a = (j + 1) % 3;
      const b = (j + 2) % 3;
      product[j] += p[a] * dq[b] - p[b] * dq[a];
      if (keep) product[j] += dp[a] * q[b] - dp[b] * q[a];
      product[3 + j] += dq[j];
    }
  }
}

const p = new Float64Array(3);
const dp = new Float64Array(3);
const X = new Float64Array(3);
const q = new Float64Array(3);
const dq = new Float64Array(3);
const pi = new Float64Array(2);
const dpi = new Float64Array(2);
const r = new Float64Array(2);
const m = new Float64Array(2);
const dm = new Float64Array(2);

/** Writes R z of point i to `product` [3]. */
function rotated(R: Float64Array, points: Float64Array, i: number, product: Float64Array): void {
  const z0 = points[3 * i];
  const z1 = points[3 * i + 1];
  const z2 = points[3 * i + 2];
  for (let j = 0; j < 9; j += 3) product[j / 3] = R[j] * z0 + R[j + 1] * z1 + R[j + 2] * z2;
}

/** Row k of K times X. */
const row = (K: Float64Array, k: number, X: Float64Array): number =>
  K[3 * k] * X[0] + K[3 * k + 1] * X[1] + K[3 * k + 2] * X[2];
