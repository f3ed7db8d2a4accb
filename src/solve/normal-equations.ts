/**
 * The normal equations of the iterative solvers: JᵀJ and Jᵀf of the Huber-rescaled residual (ROB-2) in
 * any chart, with the clamps of GEO-18 as an option.
 *
 * Everything is accumulated in the LEFT chart and carried to the chart asked for by the congruence
 * Mᵀ (·) M of GEO-12, so each chart costs one 6×6 product more. Without clamps the fused kernel does
 * the work; with them a point whose depth, u or v is clamped loses those rows of J ("clip mask").
 */
import type { Chart } from "../conventions/chart.js";
import {
  clampedProjection,
  formulaProjectionJacobian,
  maskedProjectionJacobian,
} from "../kernels/projection-clamp.js";
import { reprojectionCost } from "../kernels/reprojection-cost.js";
import { reprojectionNormal } from "../kernels/reprojection-hessian.js";
import { rotationVector } from "../kernels/rodrigues.js";
import { convertedGradient, convertedHessian } from "../kernels/tangent.js";
import type { PointSet } from "./polish.js";

/** Bounds of GEO-18: depth and pixels are clamped to them before the residual is taken. */
export interface Clamps {
  /** Least depth, in the unit of the points. Default: none. */
  readonly zMin?: number;
  /** Least and greatest pixel (u, v). Default: none. */
  readonly lb?: ArrayLike<number>;
  readonly ub?: ArrayLike<number>;
  /** Whether rows of clamped coordinates are zeroed in J. Default: true; PNP-5 has it false. */
  readonly mask?: boolean;
}

/** Clamps in the layout of the kernels, or null for none. */
export interface ClampRow {
  readonly bounds: Float64Array;
  readonly mask: boolean;
}

/** @throws RangeError if a bound is NaN or lb > ub. */
export function clampRow(caller: string, clamps: Clamps | undefined): ClampRow | null {
  if (clamps === undefined) return null;
  const { zMin = -Infinity, lb = [-Infinity, -Infinity], ub = [Infinity, Infinity] } = clamps;
  const bounds = Float64Array.of(zMin, lb[0], lb[1], ub[0], ub[1]);
  if (bounds.some(Number.isNaN) || lb[0] > ub[0] || lb[1] > ub[1])
    throw new RangeError(`${caller}: expected clamps lb <= ub, got [${bounds.join(", ")}]`);
  return { bounds, mask: clamps.mask ?? true };
}

const X = new Float64Array(3);
const p = new Float64Array(3);
const pixel = new Float64Array(2);
const J = new Float64Array(6);
const row = new Float64Array(6);
const omega = new Float64Array(3);
const left = new Float64Array(36);
const slope = new Float64Array(6);

/** Rz to p and Rz + t to X, of point i. */
function place(points: PointSet, i: number, R: Float64Array, t: Float64Array): void {
  const { x3d } = points;
  for (let k = 0; k < 3; k++) {
    p[k] = R[3 * k] * x3d[3 * i] + R[3 * k + 1] * x3d[3 * i + 1] + R[3 * k + 2] * x3d[3 * i + 2];
    X[k] = p[k] + t[k];
  }
}

/** ½ρ at the squared norm s, as in PNP-1. */
const half = (s: number, delta: number): number =>
  s <= delta * delta ? 0.5 * s : delta * (Math.sqrt(s) - 0.5 * delta);

/** ½Σρ [px²] at the pose R [3, 3], t [3]. */
export function clampedCost(
  points: PointSet,
  R: Float64Array,
  t: Float64Array,
  delta: number,
  clamps: ClampRow | null,
): number {
  const { n, x2d, x3d, w2d, K } = points;
  if (!clamps) return reprojectionCost(n, x2d, x3d, w2d, K, R, t, delta);
  let cost = 0;
  for (let i = 0; i < n; i++) {
    place(points, i, R, t);
    clampedProjection(X, K, clamps.bounds, pixel);
    const e0 = w2d[2 * i] * (x2d[2 * i] - pixel[0]);
    const e1 = w2d[2 * i + 1] * (x2d[2 * i + 1] - pixel[1]);
    cost += half(e0 * e0 + e1 * e1, delta);
  }
  return cost;
}

/**
 * Writes Jᵀf [d] and JᵀJ [d, d] in `chart` at the pose; returns ½Σρ [px²]. For YAW the pose's
 * rotation is taken as it is, whether or not it is a turn about +Y.
 */
export function normalEquations(
  points: PointSet,
  chart: Chart,
  R: Float64Array,
  t: Float64Array,
  delta: number,
  clamps: ClampRow | null,
  gradient: Float64Array,
  normal: Float64Array,
): number {
  const { n, x2d, x3d, w2d, K } = points;
  const cost = clamps
    ? clampedNormal(points, R, t, delta, clamps)
    : reprojectionNormal(n, x2d, x3d, w2d, K, R, t, delta, slope, left);
  if (chart === "AA") rotationVector(R, omega);
  convertedGradient("LEFT", chart, R, omega, slope, gradient);
  convertedHessian("LEFT", chart, R, omega, left, normal);
  return cost;
}

/** As the fused kernel, in the LEFT chart, to `slope` and `left`. */
function clampedNormal(
  points: PointSet,
  R: Float64Array,
  t: Float64Array,
  delta: number,
  { bounds, mask }: ClampRow,
): number {
  const { n, x2d, w2d, K } = points;
  slope.fill(0);
  left.fill(0);
  let cost = 0;
  for (let i = 0; i < n; i++) {
    place(points, i, R, t);
    clampedProjection(X, K, bounds, pixel);
    const u = pixel[0];
    const v = pixel[1];
    if (mask) maskedProjectionJacobian(X, K, bounds, J);
    else formulaProjectionJacobian(X, K, bounds, J);
    const f0 = w2d[2 * i] * (u - x2d[2 * i]);
    const f1 = w2d[2 * i + 1] * (v - x2d[2 * i + 1]);
    const s = f0 * f0 + f1 * f1;
    cost += half(s, delta);
    const rescale = s <= delta * delta ? 1 : delta / Math.sqrt(s);
    for (let axis = 0; axis < 2; axis++) {
      const w = w2d[2 * i + axis];
      const a = w * J[3 * axis];
      const b = w * J[3 * axis + 1];
      const c = w * J[3 * axis + 2];
      // ∂X/∂φ = −[p]×: the row is (p × j, j).
      row[0] = p[1] * c - p[2] * b;
      row[1] = p[2] * a - p[0] * c;
      row[2] = p[0] * b - p[1] * a;
      row[3] = a;
      row[4] = b;
      row[5] = c;
      const f = rescale * (axis === 0 ? f0 : f1);
      for (let k = 0; k < 6; k++) {
        slope[k] += row[k] * f;
        for (let l = 0; l <= k; l++) left[6 * k + l] += rescale * row[k] * row[l];
      }
    }
  }
  for (let k = 0; k < 6; k++) for (let l = k + 1; l < 6; l++) left[6 * k + l] = left[6 * l + k];
  return cost;
}
