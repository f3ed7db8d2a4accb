/**
 * How far an estimated pose [R̂ | t̂] is from the true one [R | t], rotation and translation apart.
 *
 *     rotationError           θ = atan2(‖w‖, c),  w = ½ (B − Bᵀ)^∨,  c = ½ (tr B − 1),  B = R̂ Rᵀ   [rad]
 *     translationError        ‖t̂ − t‖                                                    [unit of t]
 *     relativePositionError   ‖t̂ − t‖ / (‖t‖ + ε), ε = 1e-7 as published                           [1]
 *     traceRotationError      arccos(clamp(c, −1, 1)): what evaluators print                     [rad]
 *
 * All four agree with the angle and the length on the page. The arc cosine loses half of all digits
 * beside θ = 0 and θ = π, where its slope is infinite: it is here to be compared with, not to be used.
 *
 *     ∂θ/∂(φ, τ) = (u, 0),  u = Log B / ‖Log B‖        ∂‖t̂ − t‖/∂(φ, τ) = (0, n),  n = (t̂ − t)/‖t̂ − t‖
 *
 * in the chart LEFT of the estimate. Kinks: both errors are cones at zero, and θ has a ridge at π where
 * the axis has two directions. On a kink the gradient given is 0: of all slopes there, the middle one.
 * Source: EQUATIONS REPRO-M1, REPRO-M2, BOP-M4; [UAVA2021] Sec 3.4, [Hodan2016] Sec 2.
 */
import {
  type Matrix,
  multiply,
  norm,
  scale,
  subtract,
  transpose,
  type Vector,
} from "../scalar/matrix.js";
import { max, min, type Real } from "../scalar/real.js";
import { rotationVector } from "./rodrigues.js";
import type { RigidMotion } from "./symmetry.js";

/** ε of relativePositionError, in the unit of t. */
export const publishedPositionGuard = 1e-7;

/** θ [1] of the turn between the two rotations, radians in 0 … π. */
export function rotationError<S extends Real<S>>(
  estimate: RigidMotion<S>,
  truth: RigidMotion<S>,
): S {
  const B = relativeTurn(estimate, truth);
  return norm(halfTurn(B)).atan2(cosine(B));
}

/** arccos(clamp(½ (tr B − 1))) [1], radians. */
export function traceRotationError<S extends Real<S>>(
  estimate: RigidMotion<S>,
  truth: RigidMotion<S>,
): S {
  const c = cosine(relativeTurn(estimate, truth));
  return max(min(c, c.of(1)), c.of(-1)).acos();
}

/** ∂rotationError/∂(φ, τ) [6], chart LEFT of the estimate, radians per radian; 0 on a kink. */
export function rotationErrorGradient<S extends Real<S>>(
  estimate: RigidMotion<S>,
  truth: RigidMotion<S>,
): S[] {
  const B = relativeTurn(estimate, truth);
  const zero = B[0][0].of(0);
  const onKink = halfTurn(B).every((w) => w.atMost(0) && w.negated().atMost(0));
  return [...(onKink ? [zero, zero, zero] : direction(rotationVector(B))), zero, zero, zero];
}

/** ‖t̂ − t‖ [1], in the unit of t. */
export function translationError<S extends Real<S>>(
  estimate: RigidMotion<S>,
  truth: RigidMotion<S>,
): S {
  return norm(subtract(translation(estimate), translation(truth)));
}

/** ∂translationError/∂(φ, τ) [6], chart LEFT of the estimate; 0 on the kink. */
export function translationErrorGradient<S extends Real<S>>(
  estimate: RigidMotion<S>,
  truth: RigidMotion<S>,
): S[] {
  const zero = truth[0][3].of(0);
  return [zero, zero, zero, ...direction(subtract(translation(estimate), translation(truth)))];
}

/** ‖t̂ − t‖ / (‖t‖ + ε) [1]. */
export function relativePositionError<S extends Real<S>>(
  estimate: RigidMotion<S>,
  truth: RigidMotion<S>,
  guard: S = truth[0][3].of(publishedPositionGuard),
): S {
  return translationError(estimate, truth).over(norm(translation(truth)).plus(guard));
}

/** ∂relativePositionError/∂(φ, τ) [6], chart LEFT of the estimate; 0 on the kink. */
export function relativePositionErrorGradient<S extends Real<S>>(
  estimate: RigidMotion<S>,
  truth: RigidMotion<S>,
  guard: S = truth[0][3].of(publishedPositionGuard),
): S[] {
  const length = norm(translation(truth)).plus(guard);
  return translationErrorGradient(estimate, truth).map((slope) => slope.over(length));
}

/** R̂ Rᵀ [3][3]. */
function relativeTurn<S extends Real<S>>(estimate: RigidMotion<S>, truth: RigidMotion<S>): S[][] {
  const turn = (P: RigidMotion<S>) => P.map((row) => row.slice(0, 3));
  return multiply(turn(estimate), transpose(turn(truth)));
}

const translation = <S>(P: RigidMotion<S>): S[] => P.map((row) => row[3]);

/** v / ‖v‖, or 0 of 0. */
function direction<S extends Real<S>>(v: Vector<S>): S[] {
  const length = norm(v);
  return length.atMost(0) ? v.map((x) => x.of(0)) : scale(v, length.of(1).over(length));
}

/** w = ½ (B − Bᵀ)^∨, of length sin θ. */
const halfTurn = <S extends Real<S>>(B: Matrix<S>): S[] => [
  B[2][1].minus(B[1][2]).over(2),
  B[0][2].minus(B[2][0]).over(2),
  B[1][0].minus(B[0][1]).over(2),
];

/** c = ½ (tr B − 1) = cos θ. */
const cosine = <S extends Real<S>>(B: Matrix<S>): S =>
  B[0][0].plus(B[1][1]).plus(B[2][2]).minus(1).over(2);
