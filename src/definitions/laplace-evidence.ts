/**
 * Log-evidence of a pose in closed form: exact for a quadratic cost, Laplace's approximation otherwise.
 *
 *     log Z = log ∫ exp(−c(y)) dy ≈ −c(y⋆) + (d/2) log 2π + ½ log det Σ + log m,    Σ = H⁻¹
 *
 * y⋆ is the minimiser of the cost c, H its Hessian there in a tangent whose volume is that of the
 * measure dy, and m how many equal peaks the measure holds. For poses on R³ × S³ with the surface
 * measure of unit quaternions (total 2π²) the tangent is Q7's and m = 2, since q and −q are one
 * rotation; for R³ × circle it is YAW's and m = 1. For a quadratic cost ½(y − y⋆)ᵀH(y − y⋆) + c⋆ the
 * loss L = c(y_gt) + log Z is, with e = y_gt − y⋆,
 *
 *     L = ½ eᵀH e + (d/2) log 2π − ½ log det H,      ∂L/∂y_gt = H e = −∂L/∂y⋆,
 *
 * least over a common factor λ on all weights (H → λ²H) at λ² = d / (eᵀH e), and for a fixed
 * Σ = σ²I half the squared distance of implicit differentiation, ‖e‖²/(2σ²), and a constant.
 * Source: EQUATIONS EPRO-4, EPRO-24 to EPRO-26; [EProPnP2022] Eq 5 and section 3.1.
 */
import { apply, dot, type Matrix, multiply, type Vector } from "../scalar/matrix.js";
import type { Real } from "../scalar/real.js";

/** log Z of a cost c⋆ at the minimum and Σ [d][d] there. @throws RangeError unless Σ is positive definite. */
export function laplaceLogEvidence<S extends Real<S>>(
  cost: S,
  covariance: Matrix<S>,
  peaks: 1 | 2 = 1,
): S {
  return logDeterminant(covariance)
    .plus(logTwoPi(cost).times(covariance.length))
    .over(2)
    .plus(cost.of(peaks).log())
    .minus(cost);
}

/** ∂log Z = −∂c⋆ − ½ tr(Σ ∂H) for changes of c⋆ and H [d][d]; that of H includes the motion of y⋆. */
export function laplaceLogEvidenceSlope<S extends Real<S>>(
  covariance: Matrix<S>,
  dCost: S,
  dHessian: Matrix<S>,
): S {
  const product = multiply(covariance, dHessian);
  let trace = product[0][0];
  for (let i = 1; i < product.length; i++) trace = trace.plus(product[i][i]);
  return dCost.plus(trace.over(2)).negated();
}

/** L of an error e [d] under H [d][d]. @throws RangeError unless H is positive definite. */
export function linearGaussianLoss<S extends Real<S>>(error: Vector<S>, hessian: Matrix<S>): S {
  return dot(error, apply(hessian, error))
    .plus(logTwoPi(error[0]).times(error.length))
    .minus(logDeterminant(hessian))
    .over(2);
}

/** ∂L/∂y_gt = H e [d]. */
export function linearGaussianLossGradient<S extends Real<S>>(
  error: Vector<S>,
  hessian: Matrix<S>,
): S[] {
  return apply(hessian, error);
}

/** The factor λ on all weights at which L is least: √(d / eᵀH e). Infinite in the limit of no error. */
export function linearGaussianWeightScale<S extends Real<S>>(
  error: Vector<S>,
  hessian: Matrix<S>,
): S {
  return error[0]
    .of(error.length)
    .over(dot(error, apply(hessian, error)))
    .sqrt();
}

/** L of an error e [d] under Σ = σ²I: ‖e‖²/(2σ²) + d log(σ √2π). */
export function isotropicGaussianLoss<S extends Real<S>>(error: Vector<S>, sigma: S): S {
  const variance = sigma.times(sigma);
  return dot(error, error)
    .over(variance)
    .plus(logTwoPi(sigma).plus(variance.log()).times(error.length))
    .over(2);
}

/** log 2π in the scalars of `like`. */
function logTwoPi<S extends Real<S>>(like: S): S {
  return like.of(0).atan2(-1).times(2).log();
}

/** log det A by elimination: the pivots of a positive definite matrix are positive without swaps. */
function logDeterminant<S extends Real<S>>(A: Matrix<S>): S {
  const rows = A.map((row) => [...row]);
  let total = A[0][0].of(0);
  for (let k = 0; k < rows.length; k++) {
    const pivot = rows[k][k];
    if (!pivot.of(0).lessThan(pivot))
      throw new RangeError(
        `logDeterminant: expected a positive definite matrix, got pivot ${k} = ${pivot.toNumber()}`,
      );
    total = total.plus(pivot.log());
    for (let i = k + 1; i < rows.length; i++) {
      const factor = rows[i][k].over(pivot);
      for (let j = k + 1; j < rows.length; j++)
        rows[i][j] = rows[i][j].minus(factor.times(rows[k][j]));
    }
  }
  return total;
}
