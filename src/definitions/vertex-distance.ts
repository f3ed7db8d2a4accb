/**
 * Distances between a model's vertices under an estimated pose P̂ and under the true one P.
 *
 *     averageVertexDistance    ADD  = (1/n) Σ_v ‖P̂ v − P v‖
 *     symmetricVertexDistance  MSSD = min_S max_v ‖P̂ v − P S v‖
 *
 * in the unit of the vertices; S runs over the symmetries of the model, which map it onto itself (the
 * identity is one of them). Gradients are by (φ, τ), the chart LEFT of P̂: a vertex with distance d and
 * n = (P̂ v − P v)/d adds (R̂ v × n, n). Kinks: a vertex that is met exactly adds 0, the middle of all
 * slopes there; where two vertices or two symmetries tie, the slope is that of the first one.
 * Source: EQUATIONS LM-M1, REPRO-M4, BOP-M3; [Hinterstoisser2012] Sec 4, [BopChallenge2020] Sec 2.
 */
import {
  add,
  apply,
  cross,
  type Matrix,
  norm,
  scale,
  subtract,
  type Vector,
} from "../scalar/matrix.js";
import type { Real } from "../scalar/real.js";
import { composedMotion, type RigidMotion } from "./symmetry.js";

/** ADD [1], in the unit of the vertices [n][3], n ≥ 1. */
export function averageVertexDistance<S extends Real<S>>(
  estimate: RigidMotion<S>,
  truth: RigidMotion<S>,
  vertices: Matrix<S>,
): S {
  const distances = vertices.map((v) => norm(apart(estimate, truth, v)));
  return distances.reduce((sum, d) => sum.plus(d)).over(vertices.length);
}

/** ∂averageVertexDistance/∂(φ, τ) [6], chart LEFT of the estimate. */
export function averageVertexDistanceGradient<S extends Real<S>>(
  estimate: RigidMotion<S>,
  truth: RigidMotion<S>,
  vertices: Matrix<S>,
): S[] {
  const slopes = vertices.map((v) => vertexSlope(estimate, truth, v));
  return slopes.reduce((sum, slope) => add(sum, slope)).map((x) => x.over(vertices.length));
}

/** MSSD [1], in the unit of the vertices [n][3], over symmetries S, at least one. */
export function symmetricVertexDistance<S extends Real<S>>(
  estimate: RigidMotion<S>,
  truth: RigidMotion<S>,
  vertices: Matrix<S>,
  symmetries: readonly RigidMotion<S>[],
): S {
  return nearestSymmetry(estimate, truth, vertices, symmetries).distance;
}

/** ∂symmetricVertexDistance/∂(φ, τ) [6], chart LEFT of the estimate. */
export function symmetricVertexDistanceGradient<S extends Real<S>>(
  estimate: RigidMotion<S>,
  truth: RigidMotion<S>,
  vertices: Matrix<S>,
  symmetries: readonly RigidMotion<S>[],
): S[] {
  const { pose, vertex } = nearestSymmetry(estimate, truth, vertices, symmetries);
  return vertexSlope(estimate, pose, vertex);
}

/** The symmetry whose furthest vertex is nearest, and that vertex. */
function nearestSymmetry<S extends Real<S>>(
  estimate: RigidMotion<S>,
  truth: RigidMotion<S>,
  vertices: Matrix<S>,
  symmetries: readonly RigidMotion<S>[],
) {
  const furthest = symmetries.map((symmetry) => {
    const pose = composedMotion(truth, symmetry);
    return vertices
      .map((vertex) => ({ pose, vertex, distance: norm(apart(estimate, pose, vertex)) }))
      .reduce((far, one) => (far.distance.lessThan(one.distance) ? one : far));
  });
  return furthest.reduce((near, one) => (one.distance.lessThan(near.distance) ? one : near));
}

/** P̂ v − P v [3]. */
const apart = <S extends Real<S>>(estimate: RigidMotion<S>, truth: RigidMotion<S>, v: Vector<S>) =>
  subtract(moved(estimate, v), moved(truth, v));

/** ∂‖P̂ v − P v‖/∂(φ, τ) [6]. */
function vertexSlope<S extends Real<S>>(
  estimate: RigidMotion<S>,
  truth: RigidMotion<S>,
  v: Vector<S>,
): S[] {
  const gap = apart(estimate, truth, v);
  const distance = norm(gap);
  if (distance.atMost(0)) return [...gap, ...gap].map((x) => x.of(0));
  const n = scale(gap, distance.of(1).over(distance));
  return [...cross(turned(estimate, v), n), ...n];
}

/** P v = R v + t [3]. */
export const moved = <S extends Real<S>>(P: RigidMotion<S>, v: Vector<S>): S[] =>
  apply(P, [...v, v[0].of(1)]);

/** R v [3] of a pose [R | t]. */
export const turned = <S extends Real<S>>(P: RigidMotion<S>, v: Vector<S>): S[] =>
  apply(P, [...v, v[0].of(0)]);
