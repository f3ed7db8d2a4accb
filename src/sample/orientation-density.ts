/**
 * The density of the yaw at a given position, for looking at (EPRO-45).
 *
 *     β_k = 2πk/n     ln p_k = −c(β_k, t*) − ln Σ_j e^{−c(β_j, t*)} + ln(n/2π)     (2π/n) Σ_k p_k = 1
 *
 * c is the cost of PNP-1. A cost that is not finite, of a point on the camera plane, has density zero.
 * Source: EQUATIONS EPRO-45; [EProPnP2022] Fig 6 and published code.
 */
import { reprojectionCost } from "../kernels/reprojection-cost.js";
import { yawRotation } from "../kernels/yaw.js";
import type { Correspondences } from "../problem/correspondences.js";

export interface OrientationDensity {
  /** "ok", or "no-density": at no yaw is the cost finite. */
  readonly status: "ok" | "no-density";
  /** β_k [n] rad, from 0 on. */
  readonly yaws: Float64Array;
  /** ln p_k [n], per rad; −Infinity where the cost is not finite. NaN without a density. */
  readonly logDensity: Float64Array;
}

/**
 * ln p(β | t) on a grid of `bins` yaws at position t [3]. Without points, uniform.
 *
 * @throws RangeError unless bins is a positive integer, δ >= 0 and t has three finite entries.
 */
export function orientationDensity(
  problem: Correspondences,
  t: Float64Array,
  options: { readonly bins?: number; readonly delta?: number } = {},
): OrientationDensity {
  const { bins = 128, delta = Infinity } = options;
  if (!(Number.isInteger(bins) && bins >= 1))
    throw new RangeError(`orientationDensity: expected whole bins >= 1, got ${bins}`);
  if (!(delta >= 0)) throw new RangeError(`orientationDensity: expected delta >= 0, got ${delta}`);
  if (!(t.length === 3 && t.every(Number.isFinite)))
    throw new RangeError(`orientationDensity: expected three finite entries of t, got ${t}`);
  const { n, x2d, x3d, w2d, K } = problem;
  const R = new Float64Array(9);
  const yaws = Float64Array.from({ length: bins }, (_, k) => (2 * Math.PI * k) / bins);
  const logDensity = yaws.map((beta) => {
    yawRotation(beta, R);
    const cost = reprojectionCost(n, x2d, x3d, w2d, K, R, t, delta);
    return Number.isFinite(cost) ? -cost : Number.NEGATIVE_INFINITY;
  });
  const largest = logDensity.reduce((a, b) => Math.max(a, b));
  if (largest === Number.NEGATIVE_INFINITY)
    return { status: "no-density", yaws, logDensity: logDensity.fill(Number.NaN) };
  const total = logDensity.reduce((sum, x) => sum + Math.exp(x - largest), 0);
  const constant = largest + Math.log(total) - Math.log(bins / (2 * Math.PI));
  return { status: "ok", yaws, logDensity: logDensity.map((x) => x - constant) };
}
