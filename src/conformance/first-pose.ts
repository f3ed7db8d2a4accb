/**
 * A pose and its derivatives by the first route: Newton at 64 digits on the gradient in closed form, and the
 * closed forms of bpnp.ts through the implicit function theorem (IFT-2, BPNP-2, BPNP-3).
 */
import { type Formula, solvedForm } from "../audit/solved-form.js";
import { constraintDerivative } from "../definitions/bpnp.js";
import { poseDerivatives } from "../definitions/pose-jacobian.js";
import { type Reprojection, reprojectionGradient } from "../definitions/reprojection-cost.js";
import { type Big, big } from "../scalar/big.js";
import { type Double, double } from "../scalar/double.js";
import { solve } from "../scalar/matrix.js";

/** ∂y/∂(x, z, K, w), six rows each, and H⁻¹: chart AA, flat. */
export type BigJacobian = Readonly<Record<"x2d" | "x3d" | "K" | "w2d" | "covariance", Big[]>>;

/** Steps below this share of the pose are nothing: twice the digits that are printed, less sixteen. */
const settled = 1e-44;
/** Usually four; across the kink of a Huber kernel a one-sided Hessian gains less. */
const mostSteps = 150;

/**
 * The zero of a gradient at 64 digits next to `start` (ω, t) [6], by Newton with the inverse Hessian in
 * doubles.
 *
 * @throws RangeError if there is none.
 */
export function stationary(
  gradient: (y: readonly Big[]) => readonly Big[],
  start: ArrayLike<number>,
  inverse: readonly (readonly number[])[],
): Big[] {
  let y = Array.from(start, (v) => big(v));
  for (let step = 0; step < mostSteps; step++) {
    const g = gradient(y).map((v) => v.toNumber());
    const move = inverse.map((row) => -row.reduce((sum, v, j) => sum + v * g[j], 0));
    if (!move.every(Number.isFinite)) break;
    y = y.map((v, j) => v.plus(move[j]));
    const size = Math.max(...y.slice(3).map((v) => Math.abs(v.toNumber())));
    const [turn, shift] = [move.slice(0, 3), move.slice(3)].map((part) =>
      Math.max(...part.map(Math.abs)),
    );
    if (turn + shift / size < settled) return y;
  }
  throw new RangeError("stationary: expected a minimum that Newton reaches, got none");
}

/** H⁻¹ in doubles at a pose: all that a Newton step needs. */
export function inverseHessian(data: Reprojection<Double>, y: ArrayLike<number>): number[][] {
  const H = constraintDerivative<Double>(Array.from(y, double), data).y;
  const identity = H.map((row, i) => row.map((_, j) => double(i === j ? 1 : 0)));
  return solve(H, identity).map((row) => row.map((v) => v.value));
}

/** The minimum next to `start`. */
export const firstMinimum = (
  data: Reprojection<Big>,
  start: ArrayLike<number>,
  inverse: readonly (readonly number[])[],
): Big[] => stationary((y) => reprojectionGradient(data, poseDerivatives(y)), start, inverse);

/** The derivatives of the minimum y in a form. */
export function firstDerivative(
  data: Reprojection<Big>,
  y: readonly Big[],
  form: Formula,
): BigJacobian {
  const { x2d, x3d, K, w2d, covariance } = solvedForm(y, data, form);
  return {
    x2d: x2d.flat(2),
    x3d: x3d.flat(2),
    K: K.flat(),
    w2d: w2d.flat(2),
    covariance: covariance.flat(),
  };
}
