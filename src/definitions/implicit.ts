/**
 * Implicit function theorem: how a solution moves when the data of its equations move.
 *
 *     F(a⋆, b⋆) = 0,  ∂F/∂b regular   ⇒   locally b = g(a),   ∂g/∂a = −[∂F/∂b]⁻¹ ∂F/∂a
 *
 * For an argmin, F = ∂nll/∂y, so ∂F/∂b is the Hessian H and ∂F/∂a = ∂²nll/∂y∂θ. In reverse mode one
 * solve serves every input: (∂F/∂b)ᵀ λ = −v, then vᵀ ∂g/∂a = λᵀ ∂F/∂a.
 * Source: EQUATIONS IFT-1, IFT-2, IFT-3; [LC2023] Eq 21–24, 29–32.
 */
import { apply, type Matrix, multiply, solve, transpose, type Vector } from "../scalar/matrix.js";
import type { Real } from "../scalar/real.js";

/**
 * ∂g/∂a [m][n] from ∂F/∂b [m][m] and ∂F/∂a [m][n], both at a solution.
 *
 * @throws RangeError if ∂F/∂b is exactly singular.
 */
export function implicitDerivative<S extends Real<S>>(Fb: Matrix<S>, Fa: Matrix<S>): S[][] {
  return solve(Fb, Fa).map((row) => row.map((x) => x.negated()));
}

/** ∂g/∂a · u [m]: how the solution moves when a moves along u [n] (IFT-1, forward mode). */
export function implicitJvp<S extends Real<S>>(Fb: Matrix<S>, Fa: Matrix<S>, u: Vector<S>): S[] {
  const column = apply(Fa, u).map((x) => [x]);
  return solve(Fb, column).map(([x]) => x.negated());
}

/** λ [m] of (∂F/∂b)ᵀ λ = −v: what an upstream gradient v [m] weighs each equation with (IFT-3). */
export function implicitAdjoint<S extends Real<S>>(Fb: Matrix<S>, v: Vector<S>): S[] {
  const column = v.map((x) => [x]);
  return solve(transpose(Fb), column).map(([x]) => x.negated());
}

/** vᵀ ∂g/∂a [n]: the gradient with respect to a of anything whose gradient in b is v [m] (IFT-3). */
export function implicitVjp<S extends Real<S>>(Fb: Matrix<S>, Fa: Matrix<S>, v: Vector<S>): S[] {
  return multiply([implicitAdjoint(Fb, v)], Fa)[0];
}
