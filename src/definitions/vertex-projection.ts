/**
 * Distances between the pixels of a model's vertices under an estimated pose P̂ and the true one P.
 *
 *     averageProjectionDistance    Proj = (1/n) Σ_v ‖π(P̂ v) − π(P v)‖
 *     symmetricProjectionDistance  MSPD = min_S max_v ‖π(P̂ v) − π(P S v)‖
 *
 * in pixels; S runs over the symmetries of the model, the identity among them. A point behind the
 * camera is projected like any other, as published evaluators do. Gradients are by (φ, τ), the chart
 * LEFT of P̂: with X̂ = P̂ v, J = ∂π/∂X̂ and n the unit vector of π(P̂ v) − π(P v), a vertex adds
 * (R̂ v × Jᵀn, Jᵀn). Kinks: a pixel that is met exactly adds 0; of ties, the first counts.
 * Source: EQUATIONS REPRO-M5, LM-M6, BOP-M1; [Brachmann2016] Sec 5, [BopChallenge2020] Sec 2.
 */
import {
  add,
  apply,
  cross,
  type Matrix,
  norm,
  scale,
  subtract,
  transpose,
  type Vector,
} from "../scalar/matrix.js";
import type { Real } from "../scalar/real.js";
import { projection, projectionJacobian } from "./projection.js";
import { composedMotion, type RigidMotion } from "./symmetry.js";
import { moved, turned } from "./vertex-distance.js";

/** Proj [1], pixels, of vertices [n][3], n ≥ 1, seen by K [3][3]. */
export function averageProjectionDistance<S extends Real<S>>(
  estimate: RigidMotion<S>,
  truth: RigidMotion<S>,
  K: Matrix<S>,
  vertices: Matrix<S>,
): S {
  const distances = vertices.map((v) => norm(apart(estimate, truth, K, v)));
  return distances.reduce((sum, d) => sum.plus(d)).over(vertices.length);
}

/** ∂averageProjectionDistance/∂(φ, τ) [6], chart LEFT of the estimate, pixels. */
export function averageProjectionDistanceGradient<S extends Real<S>>(
  estimate: RigidMotion<S>,
  truth: RigidMotion<S>,
  K: Matrix<S>,
  vertices: Matrix<S>,
): S[] {
  const slopes = vertices.map((v) => vertexSlope(estimate, truth, K, v));
  return slopes.reduce((sum, slope) => add(sum, slope)).map((x) => x.over(vertices.length));
}

/** MSPD [1], pixels, over symmetries S, at least one. */
export function symmetricProjectionDistance<S extends Real<S>>(
  estimate: RigidMotion<S>,
  truth: RigidMotion<S>,
  K: Matrix<S>,
  vertices: Matrix<S>,
  symmetries: readonly RigidMotion<S>[],
): S {
  return nearestSymmetry(estimate, truth, K, vertices, symmetries).distance;
}

/** ∂symmetricProjectionDistance/∂(φ, τ) [6], chart LEFT of the estimate, pixels. */
export function symmetricProjectionDistanceGradient<S extends Real<S>>(
  estimate: RigidMotion<S>,
  truth: RigidMotion<S>,
  K: Matrix<S>,
  vertices: Matrix<S>,
  symmetries: readonly RigidMotion<S>[],
): S[] {
  const { pose, vertex } = nearestSymmetry(estimate, truth, K, vertices, symmetries);
  return vertexSlope(estimate, pose, K, vertex);
}

/** The symmetry whose furthest pixel is nearest, and that pixel's vertex. */
function nearestSymmetry<S extends Real<S>>(
  estimate: RigidMotion<S>,
  truth: RigidMotion<S>,
  K: Matrix<S>,
  vertices: Matrix<S>,
  symmetries: readonly RigidMotion<S>[],
) {
  const furthest = symmetries.map((symmetry) => {
    const pose = composedMotion(truth, symmetry);
    return vertices
      .map((vertex) => ({ pose, vertex, distance: norm(apart(estimate, pose, K, vertex)) }))
      .reduce((far, one) => (far.distance.lessThan(one.distance) ? one : far));
  });
  return furthest.reduce((near, one) => (one.distance.lessThan(near.distance) ? one : near));
}

/** π(P̂ v) − π(P v) [2]. */
const apart = <S extends Real<S>>(
  estimate: RigidMotion<S>,
  truth: RigidMotion<S>,
  K: Matrix<S>,
  v: Vector<S>,
) => subtract(projection(moved(estimate, v), K), projection(moved(truth, v), K));

/** ∂‖π(P̂ v) − π(P v)‖/∂(φ, τ) [6]. */
function vertexSlope<S extends Real<S>>(
  estimate: RigidMotion<S>,
  truth: RigidMotion<S>,
  K: Matrix<S>,
  v: Vector<S>,
): S[] {
  const gap = apart(estimate, truth, K, v);
  const distance = norm(gap);
  if (distance.atMost(0)) return Array.from({ length: 6 }, () => distance.of(0));
  const J = projectionJacobian(moved(estimate, v), K);
  const pull = apply(transpose(J), scale(gap, distance.of(1).over(distance)));
  return [...cross(turned(estimate, v), pull), ...pull];
}
