/**
 * The exact stationary point next to a pose, at 64 digits: where every derivative is taken.
 *
 * Newton on g(y) = 0 (PNP-2) with the gradient in big floats and the Hessian in doubles. Each step
 * gains the digits the double Hessian holds, about twelve, so a start good to doubles takes four
 * gradients and no big Hessian.
 */
import { constraintDerivative } from "../definitions/bpnp.js";
import { poseDerivatives } from "../definitions/pose-jacobian.js";
import { type Reprojection, reprojectionGradient } from "../definitions/reprojection-cost.js";
import { type Big, big } from "../scalar/big.js";
import { type Double, double } from "../scalar/double.js";
import { solve } from "../scalar/matrix.js";
import { type AuditProblem, lifted } from "./problem.js";

/** A stationary point in chart AA and how it was reached. */
export interface StationaryPoint {
  /** (ω, t) [6], on the branch of ω that the search started on. */
  readonly y: readonly Big[];
  /** Inverse of the exact Hessian [6][6], in doubles: what a Newton step multiplies a gradient with. */
  readonly inverseHessian: readonly (readonly number[])[];
  /** False if the steps did not shrink to nothing: there is no truth to compare with. */
  readonly converged: boolean;
}

/** Steps below this share of the pose are nothing: twice the digits that a claim could ever need. */
const settled = 1e-44;
/** Usually four; across the kink of a Huber kernel the one-sided Hessian gains less than a digit a step. */
const mostSteps = 150;

/**
 * The stationary point that Newton reaches from `start` (ω, t) [6], for the problem in big floats.
 * `start` should be within doubles of it: nothing here damps a step.
 */
export function stationaryPoint(
  problem: AuditProblem,
  exact: Reprojection<Big>,
  start: Float64Array,
): StationaryPoint {
  const inverseHessian = invertedHessian(problem, start);
  if (!inverseHessian)
    return { y: Array.from(start, (v) => big(v)), inverseHessian: [], converged: false };
  const from = Array.from(start, (v) => big(v));
  return { ...refined(exact, from, inverseHessian), inverseHessian };
}

/** Newton from y with a fixed inverse Hessian, until steps vanish. */
export function refined(
  exact: Reprojection<Big>,
  from: readonly Big[],
  inverseHessian: readonly (readonly number[])[],
): { y: Big[]; converged: boolean } {
  let y = [...from];
  for (let step = 0; step < mostSteps; step++) {
    const g = reprojectionGradient(exact, poseDerivatives(y)).map((v) => v.toNumber());
    const move = inverseHessian.map((row) => -row.reduce((sum, h, j) => sum + h * g[j], 0));
    if (!move.every(Number.isFinite)) return { y, converged: false };
    y = y.map((v, i) => v.plus(move[i]));
    if (relativeSize(move, y) < settled) return { y, converged: true };
  }
  return { y, converged: false };
}

/** The inverse of the exact Hessian in doubles, or null if it is singular there. */
function invertedHessian(problem: AuditProblem, at: Float64Array): number[][] | null {
  const H = constraintDerivative<Double>(Array.from(at, double), lifted(problem, double)).y;
  const identity = H.map((row, i) => row.map((_, j) => double(i === j ? 1 : 0)));
  try {
    const inverse = solve(H, identity).map((row) => row.map((v) => v.value));
    return inverse.every((row) => row.every(Number.isFinite)) ? inverse : null;
  } catch {
    return null;
  }
}

/** The size of a small move: turned angle [rad], or shift over distance, whichever is greater. */
export function relativeSize(
  move: ArrayLike<number>,
  y: readonly { toNumber(): number }[],
): number {
  const distance = Math.hypot(y[3].toNumber(), y[4].toNumber(), y[5].toNumber());
  const shift = Math.hypot(move[3], move[4], move[5]);
  return Math.max(Math.hypot(move[0], move[1], move[2]), distance > 0 ? shift / distance : shift);
}
