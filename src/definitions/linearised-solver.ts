/**
 * A weighted PnP solver linearised at the true pose, and how errors of pixels become errors of it.
 *
 *     y ≈ y_gt ⊞ A r      A = H⁻¹ Jᵀ diag(ω)      H = Jᵀ diag(ω) J            ω = w² [2N], J [2N][6]
 *     C = A diag(M) Aᵀ    C_prior = H⁻¹            C^f = J_f C J_fᵀ, of which the diagonal is used
 *
 * At consistent correspondences, x = π(z, y_gt), residuals are zero and H is the exact Hessian: A is
 * the Jacobian of any solver there, by implicit differentiation. M = r² as if only sizes of the
 * residuals were known: C is the mean of (A D r)(A D r)ᵀ over all signs D of them.
 * With ∂ω at one coordinate k and aₖ the k-th row of J as a column,
 *
 *     ∂A = H⁻¹ aₖ (eₖ − Aᵀaₖ)ᵀ     ∂C_prior = −H⁻¹ aₖ aₖᵀ H⁻¹     ∂(A r) = H⁻¹ aₖ (rₖ − aₖᵀA r)
 *
 * A and C do not change with w → λw; C_prior falls as λ⁻². A J = I.
 * Source: EQUATIONS LC-4 … LC-7, LC-10, LC-12; [LC2023] Eq 6–10, 12, 33, 35.
 */
import {
  addMatrices,
  apply,
  identity,
  type Matrix,
  multiply,
  outer,
  scale,
  scaleMatrix,
  solve,
  transpose,
  type Vector,
} from "../scalar/matrix.js";
import type { Real } from "../scalar/real.js";

/** H = Jᵀ diag(ω) J [6][6]. */
export function linearisedHessian<S extends Real<S>>(J: Matrix<S>, omega: Vector<S>): S[][] {
  return multiply(
    transpose(J),
    J.map((row, k) => scale(row, omega[k])),
  );
}

/** C_prior = H⁻¹ [6][6]. @throws RangeError if H is exactly singular. */
export function priorCovariance<S extends Real<S>>(H: Matrix<S>): S[][] {
  return solve(H, identity(H.length, H[0][0]));
}

/** A = P Jᵀ diag(ω) [6][2N], P = H⁻¹. */
export function solverMatrix<S extends Real<S>>(
  P: Matrix<S>,
  J: Matrix<S>,
  omega: Vector<S>,
): S[][] {
  return multiply(P, transpose(J)).map((row) => row.map((a, k) => a.times(omega[k])));
}

/** ∂A/∂ωₖ [6][2N]. */
export function solverMatrixSlope<S extends Real<S>>(
  P: Matrix<S>,
  J: Matrix<S>,
  omega: Vector<S>,
  k: number,
): S[][] {
  const lever = apply(transpose(solverMatrix(P, J, omega)), J[k]);
  return outer(
    apply(P, J[k]),
    lever.map((v, l) => (l === k ? v.negated().plus(1) : v.negated())),
  );
}

/** C = A diag(M) Aᵀ [6][6], M [2N]. */
export function linearisedCovariance<S extends Real<S>>(A: Matrix<S>, M: Vector<S>): S[][] {
  return multiply(
    A.map((row) => row.map((a, k) => a.times(M[k]))),
    transpose(A),
  );
}

/** ∂C/∂ωₖ [6][6]. */
export function linearisedCovarianceSlope<S extends Real<S>>(
  P: Matrix<S>,
  J: Matrix<S>,
  omega: Vector<S>,
  M: Vector<S>,
  k: number,
): S[][] {
  const A = solverMatrix(P, J, omega);
  const half = multiply(
    solverMatrixSlope(P, J, omega, k),
    transpose(A.map((row) => row.map((a, l) => a.times(M[l])))),
  );
  return addMatrices(half, transpose(half));
}

/** ∂C_prior/∂ωₖ [6][6]. */
export function priorCovarianceSlope<S extends Real<S>>(P: Matrix<S>, a: Vector<S>): S[][] {
  const lever = apply(P, a);
  return scaleMatrix(outer(lever, lever), -1);
}

/** diag(J_f C J_fᵀ) [K], for J_f [K][6] and C [6][6]. */
export function transportedVariance<S extends Real<S>>(Jf: Matrix<S>, C: Matrix<S>): S[] {
  return Jf.map((row) => {
    const moved = apply(C, row);
    return row.reduce((total, j, p) => total.plus(j.times(moved[p])), row[0].of(0));
  });
}
