/**
 * How far the derivative of one Gauss–Newton step is from the derivative of the pose itself.
 *
 *     gap(θ) = ‖∂Δy/∂θ − ∂y⋆/∂θ‖ / ‖∂y⋆/∂θ‖,   ∂Δy/∂θ = −(JᵀJ + εI)⁻¹ C,   ∂y⋆/∂θ = −H⁻¹ C
 *
 * with C the same mixed derivatives of the cost. The gap vanishes with the residuals, since H − JᵀJ is
 * made of them, and with ε. Norms are taken of translation rows and of rotation rows apart, so that
 * mixed units hide nothing.
 * Source: EQUATIONS EPRO-32, BPNP-4; [EProPnP2022] Sec 3.4.
 */
import { poseJacobian } from "../differentiate/implicit.js";
import type { Standing } from "../differentiate/standing.js";
import { gaussNewtonStepJacobian } from "../kernels/derivative-regularisation.js";
import { rowChart, rowRotation } from "../kernels/pose-row.js";
import type { Correspondences } from "../problem/correspondences.js";
import { poseOf } from "../problem/pose.js";
import {
  checkedRow,
  type RegularisationOptions,
  regularised,
} from "./derivative-regularisation.js";

/** Relative distances by data array; 0 where both derivatives are zero. NaN where there is none. */
export interface GaussNewtonGap {
  /** Whether the exact derivative exists at the pose. */
  readonly standing: Standing;
  /** The worse of the translation and the rotation rows. */
  readonly x2d: number;
  readonly x3d: number;
  readonly w2d: number;
  readonly delta: number;
}

/**
 * The gap at the pose y, a row (t, q) [7] or (t, β) [4], which should be stationary: `standing` says
 * whether it is.
 *
 * @throws RangeError as derivativeRegularisation does. δ is a constant here.
 */
export function gaussNewtonGap(
  problem: Correspondences,
  y: Float64Array,
  options: Pick<RegularisationOptions, "epsilon"> & { readonly delta?: number } = {},
): GaussNewtonGap {
  checkedRow("gaussNewtonGap", "y", y);
  const made = regularised("gaussNewtonGap", problem, options);
  const chart = rowChart(y.length);
  const d = chart === "YAW" ? 4 : 6;
  const R = new Float64Array(9);
  rowRotation(y, R);
  const exact = poseJacobian(problem, poseOf(R, y.slice(0, 3)), { chart, delta: made.delta });
  const step = {
    x2d: new Float64Array(2 * d * problem.n),
    x3d: new Float64Array(3 * d * problem.n),
    w2d: new Float64Array(2 * d * problem.n),
    delta: new Float64Array(d),
  };
  const determined = gaussNewtonStepJacobian(made, y, step);
  const gap = (name: keyof typeof step) =>
    determined ? worstRows(step[name], exact[name].data, d) : Number.NaN;
  return {
    standing: exact.standing,
    x2d: gap("x2d"),
    x3d: gap("x3d"),
    w2d: gap("w2d"),
    delta: gap("delta"),
  };
}

/** ‖a − b‖/‖b‖ of the first three rows and of the rest, the worse of both. */
function worstRows(a: Float64Array, b: Float64Array, d: number): number {
  const split = (3 * a.length) / d;
  return Math.max(relative(a, b, 0, split), relative(a, b, split, a.length));
}

function relative(a: Float64Array, b: Float64Array, from: number, to: number): number {
  let gap = 0;
  let size = 0;
  for (let i = from; i < to; i++) {
    gap += (a[i] - b[i]) ** 2;
    size += b[i] * b[i];
  }
  return gap === 0 ? 0 : Math.sqrt(gap / size);
}
