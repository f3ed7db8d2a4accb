/**
 * The exponential map of rotations and its inverse.
 *
 *     Exp ω = I + A [ω]× + B [ω]×²     A = sin θ / θ,  B = (1 − cos θ) / θ²,  θ = ‖ω‖
 *     Log R = θ / sin θ · vee R        sin θ = ‖vee R‖,  cos θ = (tr R − 1) / 2
 *
 * with vee R the vector of (R − Rᵀ) / 2. Log is 0/0 as printed at the identity and at half turns,
 * and near the latter it magnifies what little R departs from orthogonality by 1 / sin θ. So it is
 * read off the quaternion (w, v) ∝ (cos θ/2, sin θ/2 · axis) instead, whose largest entry is found
 * first (GEO-7): with the sign that makes w ≥ 0,
 *
 *     Log R = 2 atan2(‖v‖, w) / ‖v‖ · v,
 *
 * which no common factor of (w, v) changes. Both forms agree on every rotation; off the rotations,
 * this one is the logarithm of the rotation of that quaternion.
 * Source: EQUATIONS GEO-2, GEO-3; [Rodrigues1840].
 */
import { dot, type Matrix, scale, type Vector } from "../scalar/matrix.js";
import type { Real } from "../scalar/real.js";
import { hatPolynomial } from "./hat.js";
import { quaternionRay } from "./quaternion.js";
import { seriesA, seriesB } from "./rotation-series.js";

/** Exp ω [3,3], the turn by ‖ω‖ rad about ω [3]; any length is legal, beyond π not canonical. */
export function rotation<S extends Real<S>>(omega: Vector<S>): S[][] {
  const s = dot(omega, omega);
  return hatPolynomial(omega, seriesA(s), seriesB(s));
}

/**
 * Log R [3] in rad, ‖Log R‖ ≤ π, of a rotation R [3,3].
 *
 * A half turn has two logarithms, ±ω: the one whose first non-zero entry is positive is returned,
 * and a derivative taken there is that of this branch, one-sided.
 */
export function rotationVector<S extends Real<S>>(R: Matrix<S>): S[] {
  const [w, ...v] = quaternionRay(R);
  const sine2 = dot(v, v);
  return scale(v, arctangentRatio(sine2, w).times(2));
}

/** atan2(√n, w) / √n for w ≥ 0: an analytic function of n ≥ 0, at 0 as well. */
function arctangentRatio<S extends Real<S>>(n: S, w: S): S {
  // Below a slope of 1/10 the series Σ (−n/w²)ᵏ / (2k + 1) / w: 32 terms leave 1e-66 out.
  if (!w.atMost(0) && n.times(100).lessThan(w.times(w))) {
    const u = n.over(w.times(w));
    let sum = u.of(0);
    for (let k = 32; k >= 0; k--)
      sum = u
        .of(1)
        .over(2 * k + 1)
        .minus(u.times(sum));
    return sum.over(w);
  }
  const root = n.sqrt();
  return root.atan2(w).over(root);
}
