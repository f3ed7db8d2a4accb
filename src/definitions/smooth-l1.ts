/**
 * Smooth L1 of a distance: quadratic below β, linear above, slope 1 in the end.
 *
 *     ℓ(d; β) = d²/(2β)      if d < β          ℓ′ = min(d/β, 1)     ℓ″ = 1/β or 0
 *               d − β/2      otherwise
 *     ∂ℓ(‖v‖; β)/∂v = v / max(‖v‖, β)
 *
 * d ≥ 0 and β > 0 in one unit; ℓ = huber(d, β)/β. Applied to a Euclidean norm it is smooth at v = 0,
 * though the norm is not: differentiate the last line, not the norm.
 * Source: EQUATIONS ROB-5; [EProPnP2022] Sec 3.4.
 */
import { norm, scale, type Vector } from "../scalar/matrix.js";
import { max, type Real } from "../scalar/real.js";

/** ℓ(d; β). */
export function smoothL1<S extends Real<S>>(d: S, beta: S): S {
  return d.lessThan(beta) ? d.times(d).over(beta.times(2)) : d.minus(beta.over(2));
}

/** ∂ℓ/∂d = min(d/β, 1). */
export function smoothL1Slope<S extends Real<S>>(d: S, beta: S): S {
  return d.lessThan(beta) ? d.over(beta) : d.of(1);
}

/** ∂²ℓ/∂d²: 1/β below β, 0 from there on. */
export function smoothL1Curvature<S extends Real<S>>(d: S, beta: S): S {
  return d.lessThan(beta) ? beta.of(1).over(beta) : d.of(0);
}

/** ∂ℓ(‖v‖; β)/∂v [n], zero at v = 0. */
export function smoothL1Gradient<S extends Real<S>>(v: Vector<S>, beta: S): S[] {
  return scale(v, beta.of(1).over(max(beta, norm(v))));
}
