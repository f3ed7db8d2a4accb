/**
 * Gnomonic chart of the unit quaternions about q₀, in which an angular central Gaussian is a Cauchy density.
 *
 *     δ = T(q₀)ᵀq / ⟨q₀, q⟩,      q = ±(q₀ + T(q₀) δ)/√(1 + ‖δ‖²),      dσ(q) = (1 + ‖δ‖²)^(−2) dδ
 *
 * on either hemisphere, so that q and −q have the same δ and a density f(q) = f(−q) on S³ becomes
 * 2 f (1 + ‖δ‖²)^(−2) on R³. For Λ = (T Σ⁻¹Tᵀ + I)⁻¹, the initial fit of a covariance Σ of δ, that is
 *
 *     q(δ) = Γ(2) / (Γ(1/2) π^(3/2) det L) (1 + ‖L⁻¹δ‖²)^(−2) = (1 + ‖L⁻¹δ‖²)^(−2) / (π² det L)
 *
 * with scale matrix L Lᵀ = (Σ⁻¹ + I)⁻¹: heavy-tailed, and of about the scale Σ. T(q₀) is the tangent of
 * the Q7 chart.
 * Source: EQUATIONS EPRO-13, derived there; [Tyler1987].
 */
import {
  apply,
  dot,
  type Matrix,
  multiply,
  solve,
  transpose,
  type Vector,
} from "../scalar/matrix.js";
import type { Real } from "../scalar/real.js";
import { quaternionTangent } from "./quaternion.js";

/** δ [3] of q [4] about q₀ [4]. @throws RangeError if q lies a quarter turn off, at ⟨q₀, q⟩ = 0. */
export function gnomonicCoordinates<S extends Real<S>>(q: Vector<S>, centre: Vector<S>): S[] {
  const height = dot(centre, q);
  if (height.toNumber() === 0)
    throw new RangeError("gnomonicCoordinates: expected <centre, q> off zero, got 0");
  return apply(transpose(quaternionTangent(centre)), q).map((x) => x.over(height));
}

/**
 * log of the Cauchy density at δ [3] with respect to dδ, for lower-triangular scaleTril L [3,3].
 *
 * @throws RangeError if a diagonal entry of L is not positive.
 */
export function gnomonicLogDensity<S extends Real<S>>(delta: Vector<S>, scaleTril: Matrix<S>): S {
  const [a, b, c] = scaleTril.map((row, i) => row[i]);
  for (const entry of [a, b, c])
    if (entry.atMost(0))
      throw new RangeError(
        `gnomonicLogDensity: expected scaleTril with a positive diagonal, got ${entry.toNumber()}`,
      );
  const pi = a.of(0).atan2(-1);
  const scaleMatrix = multiply(scaleTril, transpose(scaleTril));
  const p = solve(
    scaleMatrix,
    delta.map((x) => [x]),
  ).map(([x]) => x);
  const spread = dot(delta, p).plus(1);
  return pi.times(pi).times(a).times(b).times(c).times(spread).times(spread).log().negated();
}
