/**
 * Poses as rows of numbers, the layout of networks and of published solvers, and how a tangent moves
 * them:
 *
 *     Q7   y = (t, q) [7]   R = R(q / ‖q‖)   y ⊞ ξ = (t + τ, normalise(q + T(q) δ))    ξ = (τ, δ) [6]
 *     YAW  y = (t, β) [4]   R = R_y(β)       y ⊞ ξ = (t + τ, β + dβ)                   ξ = (τ, dβ) [4]
 *
 *     ∂(y ⊞ ξ)/∂ξ at ξ: I for t and β, and (I − q̂ q̂ᵀ) T(q) / ‖q + T(q) δ‖ for q, q̂ the moved quaternion
 *
 * The chart is read off the length. β is not wrapped: it is an angle like any other after a step.
 * Source: EQUATIONS CONV-5, GEO-9, GEO-10; [EProPnP2022] published code.
 */
import type { Chart } from "../conventions/chart.js";
import {
  add,
  addMatrices,
  apply,
  identity,
  type Matrix,
  multiply,
  norm,
  outer,
  scaleMatrix,
  type Vector,
} from "../scalar/matrix.js";
import type { Real } from "../scalar/real.js";
import { movedQuaternion, quaternionRotation, quaternionTangent } from "./quaternion.js";
import { yawRotation } from "./yaw.js";

/** "Q7" for 7 numbers, "YAW" for 4. @throws RangeError for another length. */
export function rowChart(length: number): Extract<Chart, "Q7" | "YAW"> {
  if (length === 7) return "Q7";
  if (length === 4) return "YAW";
  throw new RangeError(`rowChart: expected a pose of 7 or 4 numbers, got ${length}`);
}

/** R [3][3] of y [7 or 4]. */
export function rowRotation<S extends Real<S>>(y: Vector<S>): S[][] {
  return rowChart(y.length) === "Q7"
    ? quaternionRotation(y.slice(3), "normalised")
    : yawRotation(y[3]);
}

/** y ⊞ ξ [7 or 4] for y [7 or 4] and ξ [6 or 4]. */
export function movedRow<S extends Real<S>>(y: Vector<S>, xi: Vector<S>): S[] {
  const t = add(y.slice(0, 3), xi.slice(0, 3));
  return rowChart(y.length) === "Q7"
    ? [...t, ...movedQuaternion(y.slice(3), xi.slice(3))]
    : [...t, y[3].plus(xi[3])];
}

/** ∂(y ⊞ ξ)/∂ξ [7][6] or [4][4], at ξ. */
export function movedRowJacobian<S extends Real<S>>(y: Vector<S>, xi: Vector<S>): S[][] {
  if (rowChart(y.length) === "YAW") return identity(4, y[0]);
  const q = y.slice(3);
  const T = quaternionTangent(q);
  const ray = add(q, apply(T, xi.slice(3)));
  const turned = normalisation(ray);
  const [zero, one] = [y[0].of(0), y[0].of(1)];
  const shift = [0, 1, 2].map((a) => [0, 1, 2, 3, 4, 5].map((b) => (a === b ? one : zero)));
  return [...shift, ...multiply(turned, T).map((row) => [zero, zero, zero, ...row])];
}

/** ∂(v/‖v‖)/∂v = (I − v̂ v̂ᵀ)/‖v‖ [n][n]. */
function normalisation<S extends Real<S>>(v: Vector<S>): Matrix<S> {
  const length = norm(v);
  const unit = v.map((x) => x.over(length));
  const across = addMatrices(identity(v.length, length), scaleMatrix(outer(unit, unit), -1));
  return across.map((row) => row.map((x) => x.over(length)));
}
