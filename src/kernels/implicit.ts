/**
 * Implicit function theorem in doubles: kernel of ../definitions/implicit.ts on flat row-major arrays.
 *
 * The definition eliminates anew for every call; here ∂F/∂b [m,m] comes factored by luFactor, once for
 * any number of products. Outputs come last; none may alias an input but where said.
 */
import { luSolve, luSolveTransposed } from "../linalg/lu.js";

/** Writes ∂g/∂a [m,n] = −[∂F/∂b]⁻¹ ∂F/∂a for ∂F/∂a [m,n]; `column` [m] is scratch. */
export function implicitDerivative(
  m: number,
  n: number,
  lu: Float64Array,
  pivots: Int32Array,
  Fa: Float64Array,
  column: Float64Array,
  derivative: Float64Array,
): void {
  for (let j = 0; j < n; j++) {
    for (let i = 0; i < m; i++) column[i] = -Fa[i * n + j];
    luSolve(m, lu, pivots, column);
    for (let i = 0; i < m; i++) derivative[i * n + j] = column[i];
  }
}

/** Writes ∂g/∂a · u [m] for u [n]. */
export function implicitJvp(
  m: number,
  n: number,
  lu: Float64Array,
  pivots: Int32Array,
  Fa: Float64Array,
  u: Float64Array,
  product: Float64Array,
): void {
  for (let i = 0; i < m; i++) {
    let sum = 0;
    for (let j = 0; j < n; j++) sum += Fa[i * n + j] * u[j];
    product[i] = -sum;
  }
  luSolve(m, lu, pivots, product);
}

/** Writes λ [m] of (∂F/∂b)ᵀ λ = −v; λ may be v. */
export function implicitAdjoint(
  m: number,
  lu: Float64Array,
  pivots: Int32Array,
  v: Float64Array,
  lambda: Float64Array,
): void {
  for (let i = 0; i < m; i++) lambda[i] = -v[i];
  luSolveTransposed(m, lu, pivots, lambda);
}

/** Writes vᵀ ∂g/∂a [n] for v [m]; `lambda` [m] is scratch and holds the adjoint on return. */
export function implicitVjp(
  m: number,
  n: number,
  lu: Float64Array,
  pivots: Int32Array,
  Fa: Float64Array,
  v: Float64Array,
  lambda: Float64Array,
  product: Float64Array,
): void {
  implicitAdjoint(m, lu, pivots, v, lambda);
  for (let j = 0; j < n; j++) product[j] = 0;
  for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) product[j] += lambda[i] * Fa[i * n + j];
}
