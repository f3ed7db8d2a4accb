/**
 * Twice Huber, of a magnitude: quadratic below δ, linear above.
 *
 *     h(v; δ) = v²            if v ≤ δ          h′ = 2 min(v, δ)     h″ = 2 or 0
 *               δ (2v − δ)    otherwise         ∂h/∂δ = 0 or 2(v − δ)
 *
 * v ≥ 0 a magnitude and δ ≥ 0 in the same unit; h = 2 huber(v, δ) = squaredHuber(v², δ). Where it is
 * used δ is detached: ∂h/∂δ is for checking that. Source: EQUATIONS ROB-4; [LC2023] Sec 4.2.
 */
import type { Real } from "../scalar/real.js";

/** h(v; δ). @throws RangeError if v < 0: pass a magnitude. */
export function twiceHuber<S extends Real<S>>(v: S, delta: S): S {
  checkMagnitude("twiceHuber", v);
  return v.atMost(delta) ? v.times(v) : delta.times(v.times(2).minus(delta));
}

/** ∂h/∂v = 2 min(v, δ). @throws RangeError if v < 0. */
export function twiceHuberSlope<S extends Real<S>>(v: S, delta: S): S {
  checkMagnitude("twiceHuberSlope", v);
  return (v.atMost(delta) ? v : delta).times(2);
}

/** ∂²h/∂v²: 2 up to the kink, 0 beyond. @throws RangeError if v < 0. */
export function twiceHuberCurvature<S extends Real<S>>(v: S, delta: S): S {
  checkMagnitude("twiceHuberCurvature", v);
  return v.of(v.atMost(delta) ? 2 : 0);
}

/** ∂h/∂δ = 2 max(v − δ, 0). @throws RangeError if v < 0. */
export function twiceHuberThresholdSlope<S extends Real<S>>(v: S, delta: S): S {
  checkMagnitude("twiceHuberThresholdSlope", v);
  return v.atMost(delta) ? v.of(0) : v.minus(delta).times(2);
}

function checkMagnitude<S extends Real<S>>(name: string, v: S): void {
  if (v.lessThan(0)) throw new RangeError(`${name}: expected v >= 0, got ${v.toNumber()}`);
}
