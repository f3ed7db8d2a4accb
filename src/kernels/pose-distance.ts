/**
 * Distances between two poses as losses take them: kernel of ../definitions/pose-distance.ts, in
 * doubles on rows. 1 − cos is 2 sin² of half the angle, so that close poses keep all their digits;
 * norms are hypotenuses, so that no length overflows.
 */
import { rowChart } from "./pose-row.js";
import { rotationCosineDistance, rotationCosineDistanceGradient } from "./quaternion.js";
import { smoothL1, smoothL1Gradient } from "./smooth-l1.js";

const apart = new Float64Array(3);
const q = new Float64Array(4);
const target4 = new Float64Array(4);
const turn = new Float64Array(4);

/** ℓ(‖t − t′‖; β₀) of y, y′ [7 or 4]. */
export function positionDistance(y: Float64Array, target: Float64Array, beta: number): number {
  return smoothL1(Math.hypot(y[0] - target[0], y[1] - target[1], y[2] - target[2]), beta);
}

/** Writes ∂positionDistance/∂y to gradient [7 or 4]. */
export function positionDistanceGradient(
  y: Float64Array,
  target: Float64Array,
  beta: number,
  gradient: Float64Array,
): void {
  for (let a = 0; a < 3; a++) apart[a] = y[a] - target[a];
  smoothL1Gradient(apart, beta, apart);
  for (let k = 0; k < y.length; k++) gradient[k] = k < 3 ? apart[k] : 0;
}

/** 1 − cos θ of the turn between y and y′ [7 or 4]. */
export function orientationDistance(y: Float64Array, target: Float64Array): number {
  if (rowChart(y.length) === "YAW") return 2 * Math.sin(0.5 * (y[3] - target[3])) ** 2;
  readQuaternions(y, target);
  return rotationCosineDistance(q, target4);
}

/** Writes ∂orientationDistance/∂y to gradient [7 or 4], which is neither y nor y′. */
export function orientationDistanceGradient(
  y: Float64Array,
  target: Float64Array,
  gradient: Float64Array,
): void {
  for (let a = 0; a < 3; a++) gradient[a] = 0;
  if (rowChart(y.length) === "YAW") {
    gradient[3] = Math.sin(y[3] - target[3]);
    return;
  }
  readQuaternions(y, target);
  rotationCosineDistanceGradient(q, target4, turn);
  for (let k = 0; k < 4; k++) gradient[3 + k] = turn[k];
}

function readQuaternions(y: Float64Array, target: Float64Array): void {
  for (let k = 0; k < 4; k++) {
    q[k] = y[3 + k];
    target4[k] = target[3 + k];
  }
}
