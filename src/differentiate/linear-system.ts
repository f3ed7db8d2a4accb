/**
 * A small linear system that says how regular it is: the Hessian, factored once for any number of
 * solves forwards and transposed.
 *
 * The matrix is first scaled to S = D A D, D powers of two that bring its diagonal near one, because
 * radians and metres share it: neither its condition nor what counts as zero may depend on units.
 * Symmetric matrices are factored as LDLᵀ, which works for saddles and counts signs; others as LU.
 */
import { ldlFactor, ldlSolve, NEGATIVE, POSITIVE, ZERO } from "../linalg/ldl.js";
import { luFactor, luSolve, luSolveTransposed } from "../linalg/lu.js";

export interface LinearSystem {
  size: number;
  symmetric: boolean;
  /** Eigenvalues > 0, < 0 and = 0 of a symmetric matrix. */
  readonly inertia: Int32Array;
  /** ‖S‖₁ ‖S⁻¹‖₁. */
  condition: number;
  readonly factors: Float64Array;
  readonly pivots: Int32Array;
  readonly scale: Float64Array;
}

/** Room for a system of up to six unknowns. */
export function linearSystem(): LinearSystem {
  return {
    size: 0,
    symmetric: true,
    inertia: new Int32Array(3),
    condition: Number.POSITIVE_INFINITY,
    factors: new Float64Array(36),
    pivots: new Int32Array(6),
    scale: new Float64Array(6),
  };
}

export { NEGATIVE, POSITIVE, ZERO };

/**
 * Condition from which a matrix counts as singular. Its entries are sums over points, of terms that
 * some tens of roundings went into: 64 ε is about what the matrix itself is known to.
 */
export const singularCondition = 1 / (64 * Number.EPSILON);

const column = new Float64Array(6);

/** Factors A [n,n], n ≤ 6, and returns whether it is regular to working precision. */
export function factorSystem(
  system: LinearSystem,
  n: number,
  A: Float64Array,
  symmetric: boolean,
): boolean {
  const { factors, pivots, scale, inertia } = system;
  system.size = n;
  system.symmetric = symmetric;
  system.condition = Number.POSITIVE_INFINITY;
  for (let i = 0; i < n; i++) {
    let size = Math.abs(A[i * n + i]);
    // A zero on the diagonal of a regular matrix: the rest of its row sets the unit.
    if (size === 0) for (let j = 0; j < n; j++) size = Math.max(size, Math.abs(A[i * n + j]));
    scale[i] = size > 0 ? 2 ** -Math.round(0.5 * Math.log2(size)) : 1;
  }
  let norm = 0;
  for (let j = 0; j < n; j++) {
    let sum = 0;
    for (let i = 0; i < n; i++) {
      factors[i * n + j] = scale[i] * A[i * n + j] * scale[j];
      sum += Math.abs(factors[i * n + j]);
    }
    if (!(sum <= norm)) norm = sum;
  }
  inertia.fill(0);
  if (!(symmetric ? ldlFactor(n, factors, pivots, inertia) : luFactor(n, factors, pivots)))
    return false;
  let inverseNorm = 0;
  for (let j = 0; j < n; j++) {
    for (let i = 0; i < n; i++) column[i] = i === j ? 1 : 0;
    if (symmetric) ldlSolve(n, factors, pivots, column);
    else luSolve(n, factors, pivots, column);
    let sum = 0;
    for (let i = 0; i < n; i++) sum += Math.abs(column[i]);
    if (!(sum <= inverseNorm)) inverseNorm = sum;
  }
  const condition = norm * inverseNorm;
  if (!(condition < singularCondition)) return false;
  system.condition = condition;
  return true;
}

/** Overwrites b [n] by A⁻¹ b. */
export function solveSystem(system: LinearSystem, b: Float64Array): void {
  const { size, factors, pivots, scale } = system;
  for (let i = 0; i < size; i++) b[i] *= scale[i];
  if (system.symmetric) ldlSolve(size, factors, pivots, b);
  else luSolve(size, factors, pivots, b);
  for (let i = 0; i < size; i++) b[i] *= scale[i];
}

/** Overwrites b [n] by A⁻ᵀ b. */
export function solveTransposed(system: LinearSystem, b: Float64Array): void {
  if (system.symmetric) {
    solveSystem(system, b);
    return;
  }
  const { size, factors, pivots, scale } = system;
  for (let i = 0; i < size; i++) b[i] *= scale[i];
  luSolveTransposed(size, factors, pivots, b);
  for (let i = 0; i < size; i++) b[i] *= scale[i];
}
