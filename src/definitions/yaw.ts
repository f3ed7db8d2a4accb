/**
 * Rotation about the camera's vertical axis, +Y, by one angle β.
 *
 *     R_y(β) = [[c, 0, s], [0, 1, 0], [−s, 0, c]]     c = cos β, s = sin β
 *     ∂(R_y z)/∂β = (X_z, 0, −X_x)     ∂²(R_y z)/∂β² = −(X_x, 0, X_z)     X = R_y z
 *
 * β has period 2π: two angles are compared by the difference that is no longer than half a turn.
 * Source: EQUATIONS GEO-10.
 */
import { apply, type Vector } from "../scalar/matrix.js";
import type { Real } from "../scalar/real.js";

/** R_y(β) [3,3], β in rad. */
export function yawRotation<S extends Real<S>>(beta: S): S[][] {
  const [c, s] = [beta.cos(), beta.sin()];
  const [zero, one] = [beta.of(0), beta.of(1)];
  return [
    [c, zero, s],
    [zero, one, zero],
    [s.negated(), zero, c],
  ];
}

/** ∂(R_y(β) z)/∂β [3] in units of z per rad. */
export function yawedVectorSlope<S extends Real<S>>(beta: S, z: Vector<S>): S[] {
  const X = apply(yawRotation(beta), z);
  return [X[2], beta.of(0), X[0].negated()];
}

/** ∂²(R_y(β) z)/∂β² [3] in units of z per rad². */
export function yawedVectorCurvature<S extends Real<S>>(beta: S, z: Vector<S>): S[] {
  const X = apply(yawRotation(beta), z);
  return [X[0].negated(), beta.of(0), X[2].negated()];
}

/** a − b in (−π, π] rad, modulo 2π. */
export function yawDifference<S extends Real<S>>(a: S, b: S): S {
  const difference = a.minus(b);
  return difference.sin().atan2(difference.cos());
}
