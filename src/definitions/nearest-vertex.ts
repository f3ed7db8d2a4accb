/**
 * ADD-S: the distance from each vertex of a model in one pose to the nearest vertex in another.
 *
 *     "truth to estimate"   ADD-S = (1/n) Σ_v min_u ‖P̂ u − P v‖      the standard: every true point is met
 *     "estimate to truth"          (1/n) Σ_u min_v ‖P̂ u − P v‖      the other way round, a different number
 *
 * in the unit of the vertices. Gradients are by (φ, τ), the chart LEFT of P̂: a pair with distance d and
 * n = (P̂ u − P v)/d adds (R̂ u × n, n). Kinks: a pair that is met exactly adds 0; of tied neighbours the
 * first in the order of the vertices counts.
 * Source: EQUATIONS LM-M1; [Hinterstoisser2012] Sec 4.
 */
import {
  add,
  cross,
  dot,
  type Matrix,
  norm,
  scale,
  subtract,
  type Vector,
} from "../scalar/matrix.js";
import type { Real } from "../scalar/real.js";
import type { RigidMotion } from "./symmetry.js";
import { moved, turned } from "./vertex-distance.js";

/** Which points look for their neighbour among which. */
export type NearestDirection = "truth to estimate" | "estimate to truth";

/** ADD-S [1], in the unit of the vertices [n][3], n ≥ 1. */
export function nearestVertexDistance<S extends Real<S>>(
  estimate: RigidMotion<S>,
  truth: RigidMotion<S>,
  vertices: Matrix<S>,
  direction: NearestDirection = "truth to estimate",
): S {
  const distances = pairs(estimate, truth, vertices, direction).map(({ gap }) => norm(gap));
  return distances.reduce((sum, d) => sum.plus(d)).over(vertices.length);
}

/** ∂nearestVertexDistance/∂(φ, τ) [6], chart LEFT of the estimate. */
export function nearestVertexDistanceGradient<S extends Real<S>>(
  estimate: RigidMotion<S>,
  truth: RigidMotion<S>,
  vertices: Matrix<S>,
  direction: NearestDirection = "truth to estimate",
): S[] {
  const slopes = pairs(estimate, truth, vertices, direction).map(({ gap, u }) => {
    const distance = norm(gap);
    if (distance.atMost(0)) return [...gap, ...gap].map((x) => x.of(0));
    const n = scale(gap, distance.of(1).over(distance));
    return [...cross(turned(estimate, u), n), ...n];
  });
  return slopes.reduce((sum, slope) => add(sum, slope)).map((x) => x.over(vertices.length));
}

/** For each vertex that looks: P̂ u − P v [3] of the pair it makes, and the pair's u. */
function pairs<S extends Real<S>>(
  estimate: RigidMotion<S>,
  truth: RigidMotion<S>,
  vertices: Matrix<S>,
  direction: NearestDirection,
): { gap: S[]; u: Vector<S> }[] {
  const forward = direction === "truth to estimate";
  const estimated = vertices.map((u) => moved(estimate, u));
  const true_ = vertices.map((v) => moved(truth, v));
  const [lookers, targets] = forward ? [true_, estimated] : [estimated, true_];
  return lookers.map((from, i) => {
    const gaps = targets.map((to) => (forward ? subtract(to, from) : subtract(from, to)));
    const squares = gaps.map((gap) => dot(gap, gap));
    const nearest = squares.reduce((best, s, j) => (s.lessThan(squares[best]) ? j : best), 0);
    return { gap: gaps[nearest], u: vertices[forward ? nearest : i] };
  });
}
