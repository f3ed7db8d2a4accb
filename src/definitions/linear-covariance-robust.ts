/**
 * Residuals and weights as published code of the Linear-Covariance loss tames them.
 *
 *     e = r c / (‖r‖ + ε)   where ‖r‖ + ε > c, else r            no residual longer than c = 32 px
 *     M = h(|e|; δ_e)       δ_e = κ₁ mean |e|                     a variance, linear in outliers
 *     ω = h(w; δ_w)         δ_w = √(κ₂ mean(w² M) / (M + ε))      a squared weight, linear in w where
 *                                                                w²M is far above the average
 *
 * h is twice Huber; means are over the points, one an image axis, weighted by `valid` where given;
 * κ₁ = 3, κ₂ = 4, ε = 1e-6. Without valid points the means are zero, hence all M and ω.
 * The loss holds both thresholds constant, and the shortening too ("straight-through"): ∂e/∂r = I
 * although e does not move so. "true" is the derivative of what is computed.
 * Source: EQUATIONS LC-22, LC-23, LC-24, ROB-4, PVC-42; [LC2023] Sec 4.2 and published code.
 */
import { identity, type Matrix, norm, scale, type Vector } from "../scalar/matrix.js";
import { abs, type Real } from "../scalar/real.js";
import { squaredHuber } from "./huber.js";
import { twiceHuber } from "./twice-huber.js";

/** The constants of a robustification. */
export interface Robustification<S> {
  /** c [px]. */
  readonly maxLength: S | number;
  /** Whether the derivative passes the clamp as if it were not there, or is its own. */
  readonly clamp: "straight-through" | "true";
  /** κ₁ and κ₂. */
  readonly residualFactor: S | number;
  readonly weightFactor: S | number;
  /** ε, added to lengths [px] and to variances [px²]. */
  readonly epsilon: S | number;
}

/** Every constant as in the published code. */
export const publishedRobustification: Robustification<never> = {
  maxLength: 32,
  clamp: "straight-through",
  residualFactor: 3,
  weightFactor: 4,
  epsilon: 1e-6,
};

/** e [2] of r [2], pixels. */
export function shortenedResidual<S extends Real<S>>(
  r: Vector<S>,
  maxLength: S | number,
  epsilon: S | number,
): S[] {
  const length = norm(r).plus(epsilon);
  return length.atMost(maxLength) ? [...r] : r.map((x) => x.times(maxLength).over(length));
}

/** ∂e/∂r [2][2], the true one: I, or c/(‖r‖ + ε) (I − r rᵀ/(‖r‖ (‖r‖ + ε))). */
export function shortenedResidualJacobian<S extends Real<S>>(
  r: Vector<S>,
  maxLength: S | number,
  epsilon: S | number,
): S[][] {
  const size = norm(r);
  const length = size.plus(epsilon);
  const unit = identity(2, size);
  if (length.atMost(maxLength)) return unit;
  const across = unit.map((row, i) =>
    row.map((x, j) => x.minus(r[i].times(r[j]).over(size.times(length)))),
  );
  return across.map((row) => row.map((x) => x.times(maxLength).over(length)));
}

/** Mean of the rows of v [N][2], one an axis [2], weighted by valid [N]; zero if that sums to zero. */
export function validMean<S extends Real<S>>(v: Matrix<S>, valid: readonly number[], like: S): S[] {
  const total = valid.reduce((sum, x) => sum + x, 0);
  return [0, 1].map((k) => {
    if (total === 0) return like.of(0);
    return v.reduce((sum, row, i) => sum.plus(row[k].times(valid[i])), like.of(0)).over(total);
  });
}

/** δ_e [2] of e [N][2], pixels. */
export function residualThreshold<S extends Real<S>>(
  e: Matrix<S>,
  valid: readonly number[],
  factor: S | number,
  like: S,
): S[] {
  const sizes = e.map((row) => row.map((x) => abs(x)));
  return scale(validMean(sizes, valid, like), factor);
}

/** M [N][2] of e [N][2] and δ_e [2], pixels². */
export function residualVariance<S extends Real<S>>(e: Matrix<S>, threshold: Vector<S>): S[][] {
  return e.map((row) => row.map((x, k) => twiceHuber(abs(x), threshold[k])));
}

/** δ_w [N][2] of squared weights w² and M [N][2]. */
export function weightThreshold<S extends Real<S>>(
  squares: Matrix<S>,
  M: Matrix<S>,
  valid: readonly number[],
  factor: S | number,
  epsilon: S | number,
  like: S,
): S[][] {
  const pulls = squares.map((row, i) => row.map((x, k) => x.times(M[i][k])));
  const mean = validMean(pulls, valid, like);
  return M.map((row) =>
    row.map((m, k) => {
      const square = mean[k].times(factor).over(m.plus(epsilon));
      // The root of an exact zero has no slope, and here none is wanted.
      return square.atMost(0) ? square.of(0) : square.sqrt();
    }),
  );
}

/** ω = h(w; δ_w) [N][2] of squared weights w² and δ_w [N][2]. */
export function limitedWeight<S extends Real<S>>(squares: Matrix<S>, threshold: Matrix<S>): S[][] {
  return squares.map((row, i) => row.map((s, k) => squaredHuber(s, threshold[i][k])));
}
