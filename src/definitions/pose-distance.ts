/**
 * Distances between two poses as losses take them, of rows y = (t, q) [7] or (t, β) [4].
 *
 *     position      ℓ(‖t − t′‖; β₀)       smooth L1 of the Euclidean norm
 *     orientation   1 − cos θ = 2 (1 − ⟨q, q′⟩²)   or   1 − cos(β − β′)
 *
 *     ∂position/∂t = (t − t′) / max(‖t − t′‖, β₀)        ∂orientation/∂β = sin(β − β′)
 *
 * Both are smooth and zero, slope included, where the poses agree. A half turn apart the orientation is
 * at its flat maximum: its slope vanishes there as well. q and −q are the same, and a q that is not
 * unit is normalised, so the gradient in q is tangent to the sphere.
 * Source: EQUATIONS EPRO-30, ROB-5; [EProPnP2022] Sec 3.4.
 */
import { norm, subtract, type Vector } from "../scalar/matrix.js";
import type { Real } from "../scalar/real.js";
import { rowChart } from "./pose-row.js";
import { rotationCosineDistance, rotationCosineDistanceGradient } from "./quaternion.js";
import { smoothL1, smoothL1Gradient } from "./smooth-l1.js";

/** ℓ(‖t − t′‖; β₀) of y, y′ [7 or 4], in their unit of length; β₀ > 0 too. */
export function positionDistance<S extends Real<S>>(y: Vector<S>, target: Vector<S>, beta: S): S {
  const apart = subtract(y.slice(0, 3), target.slice(0, 3));
  const square = apart[0]
    .times(apart[0])
    .plus(apart[1].times(apart[1]))
    .plus(apart[2].times(apart[2]));
  // Below the join it is a square: no root is taken that has no slope at zero.
  return square.lessThan(beta.times(beta))
    ? square.over(beta.times(2))
    : smoothL1(norm(apart), beta);
}

/** ∂positionDistance/∂y [7 or 4]; zero in the rotation's entries. */
export function positionDistanceGradient<S extends Real<S>>(
  y: Vector<S>,
  target: Vector<S>,
  beta: S,
): S[] {
  const apart = subtract(y.slice(0, 3), target.slice(0, 3));
  return [...smoothL1Gradient(apart, beta), ...y.slice(3).map((v) => v.of(0))];
}

/** 1 − cos θ [1] of the turn between y and y′ [7 or 4]. */
export function orientationDistance<S extends Real<S>>(y: Vector<S>, target: Vector<S>): S {
  if (rowChart(y.length) === "Q7") return rotationCosineDistance(y.slice(3), target.slice(3));
  return y[3].minus(target[3]).cos().negated().plus(1);
}

/** ∂orientationDistance/∂y [7 or 4]; zero in the position's entries. */
export function orientationDistanceGradient<S extends Real<S>>(
  y: Vector<S>,
  target: Vector<S>,
): S[] {
  const turn =
    rowChart(y.length) === "Q7"
      ? rotationCosineDistanceGradient(y.slice(3), target.slice(3))
      : [y[3].minus(target[3]).sin()];
  return [...y.slice(0, 3).map((v) => v.of(0)), ...turn];
}
