/**
 * A pose moved by a tangent vector of a chart: the map whose derivatives at zero the chart names.
 *
 *     LEFT  ξ = (φ, τ)    R ← Exp(φ) R               t ← t + τ
 *     RP    ξ = (a, τ)    R ← R Exp(a)               t ← t + τ
 *     AA    ξ = (dω, dt)  R ← Exp(Log(R) + dω)       t ← t + dt
 *     Q7    ξ = (τ, δ)    q ← normalise(q + T(q) δ), that is R ← R((1, −δ)) R,
 *                         R((1, v)) = ((1 − vᵀv) I + 2vvᵀ + 2[v]×) / (1 + vᵀv)
 *     YAW   ξ = (τ, dβ)   R ← Exp(dβ e₂) R           t ← t + τ
 *
 * Source: EQUATIONS CONV-5, GEO-9, GEO-10.
 */
import { type Chart, rotationOffset, translationOffset } from "../conventions/chart.js";
import {
  add,
  addMatrices,
  dot,
  identity,
  type Matrix,
  multiply,
  outer,
  scaleMatrix,
  type Vector,
} from "../scalar/matrix.js";
import type { Real } from "../scalar/real.js";
import { hat } from "./hat.js";
import { rotation, rotationVector } from "./rodrigues.js";

/** { R [3][3], t [3] } moved by ξ [6], or [4] for YAW, in `chart`. */
export function retraction<S extends Real<S>>(
  chart: Chart,
  R: Matrix<S>,
  t: Vector<S>,
  xi: Vector<S>,
): { R: S[][]; t: S[] } {
  const from = rotationOffset(chart);
  const turn = xi.slice(from, from + 3);
  const zero = t[0].of(0);
  const start = translationOffset(chart);
  const moved = add(t, xi.slice(start, start + 3));
  switch (chart) {
    case "LEFT":
      return { R: multiply(rotation(turn), R), t: moved };
    case "RP":
      return { R: multiply(R, rotation(turn)), t: moved };
    case "AA":
      return { R: rotation(add(rotationVector(R), turn)), t: moved };
    case "Q7":
      return { R: multiply(cayley(turn.map((x) => x.negated())), R), t: moved };
    case "YAW":
      return { R: multiply(rotation([zero, turn[0], zero]), R), t: moved };
  }
}

/** The rotation of the quaternion (1, v), normalised. */
function cayley<S extends Real<S>>(v: Vector<S>): S[][] {
  const square = dot(v, v);
  const round = scaleMatrix(identity(3, square), square.negated().plus(1));
  const turned = addMatrices(scaleMatrix(outer(v, v), 2), scaleMatrix(hat(v), 2));
  return scaleMatrix(addMatrices(round, turned), square.of(1).over(square.plus(1)));
}
