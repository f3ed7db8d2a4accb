/**
 * Twice Huber, of a magnitude: kernel of ../definitions/twice-huber.ts, in doubles. A NaN passes
 * through; δ = Infinity is allowed.
 */

/** h(v; δ). @throws RangeError if v < 0: pass a magnitude. */
export function twiceHuber(v: number, delta: number): number {
  checkMagnitude("twiceHuber", v);
  return v <= delta ? v * v : delta * (2 * v - delta);
}

/** ∂h/∂v = 2 min(v, δ). @throws RangeError if v < 0. */
export function twiceHuberSlope(v: number, delta: number): number {
  checkMagnitude("twiceHuberSlope", v);
  return 2 * Math.min(v, delta);
}

/** ∂²h/∂v²: 2 up to the kink, 0 beyond. @throws RangeError if v < 0. */
export function twiceHuberCurvature(v: number, delta: number): number {
  checkMagnitude("twiceHuberCurvature", v);
  return v <= delta ? 2 : 0;
}

/** ∂h/∂δ = 2 max(v − δ, 0). @throws RangeError if v < 0. */
export function twiceHuberThresholdSlope(v: number, delta: number): number {
  checkMagnitude("twiceHuberThresholdSlope", v);
  return 2 * Math.max(v - delta, 0);
}

function checkMagnitude(name: string, v: number): void {
  if (v < 0) throw new RangeError(`${name}: expected v >= 0, got ${v}`);
}
