/**
 * The implicit function theorem over any equations given as code (EQUATIONS IFT-1, IFT-3):
 *
 *     F(a, b) = 0,  ∂F/∂b regular  ⇒  b = g(a) nearby,  ∂g/∂a = −[∂F/∂b]⁻¹ ∂F/∂a
 *
 * F is written once against `Tangent`, a double with any number of derivatives beside it, or comes
 * with its Jacobians. Source: [LC2023] Eq 21–24.
 */
import {
  implicitAdjoint,
  implicitDerivative,
  implicitJvp,
  implicitVjp,
} from "../kernels/implicit.js";
import { luFactor, luSolve } from "../linalg/lu.js";
import { Tangent } from "./tangent-number.js";

/** F: R^n × R^m → R^m, in numbers that carry their derivatives. */
export type Equations = (a: readonly Tangent[], b: readonly Tangent[]) => readonly Tangent[];

/** F with derivatives worked out by hand: value [m], ∂F/∂a [m,n] and ∂F/∂b [m,m], row-major. */
export interface DifferentiatedEquations {
  value(a: Float64Array, b: Float64Array): ArrayLike<number>;
  byA(a: Float64Array, b: Float64Array): ArrayLike<number>;
  byB(a: Float64Array, b: Float64Array): ArrayLike<number>;
}

/** A solution b = g(a) with its derivative, in the products that are asked for. */
export interface ImplicitFunction {
  /**
   * "not-a-solution": F(a, b) is further from zero than rounding and tolerance allow, and the
   * derivative is a linearisation about a point that is no solution.
   */
  readonly status: "ok" | "not-a-solution";
  /** max |F(a, b)|. */
  readonly residual: number;
  /** ‖∂F/∂b‖₁ ‖[∂F/∂b]⁻¹‖₁. */
  readonly condition: number;
  /** ∂g/∂a [m,n], row-major. */
  jacobian(): Float64Array;
  /** ∂g/∂a · u [m]. */
  jvp(u: ArrayLike<number>): Float64Array;
  /** vᵀ ∂g/∂a [n]. */
  vjp(v: ArrayLike<number>): Float64Array;
  /** λ [m] of (∂F/∂b)ᵀ λ = −v, for second-order use. */
  adjoint(v: ArrayLike<number>): Float64Array;
}

export interface ImplicitOptions {
  /** (a, b) counts as a solution while max |F| is at most this. Default √ε. */
  readonly tolerance?: number;
}

/** What is returned where ∂F/∂b has no inverse to working precision. */
export interface SingularImplicitFunction {
  readonly status: "singular";
  readonly residual: number;
  readonly condition: number;
}

/**
 * The derivative of g at a [n], b [m] with F(a, b) = 0.
 *
 * @throws RangeError if F does not return m values, or Jacobians of other sizes.
 */
export function implicitFunction(
  F: Equations | DifferentiatedEquations,
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  { tolerance = Math.sqrt(Number.EPSILON) }: ImplicitOptions = {},
): ImplicitFunction | SingularImplicitFunction {
  const [m, n] = [b.length, a.length];
  const { value, Fa, Fb } = typeof F === "function" ? differentiated(F, a, b) : given(F, a, b);
  if (value.length !== m || Fa.length !== m * n || Fb.length !== m * m)
    throw new RangeError(
      `implicitFunction: expected ${m} equations, ∂F/∂a [${m},${n}] and ∂F/∂b [${m},${m}], got ${value.length}, ${Fa.length} and ${Fb.length} numbers`,
    );
  const residual = value.reduce((worst, f) => Math.max(worst, Math.abs(f)), 0);
  const norm = oneNorm(m, Fb);
  const pivots = new Int32Array(m);
  const regular = luFactor(m, Fb, pivots);
  const condition = regular ? norm * inverseOneNorm(m, Fb, pivots) : Number.POSITIVE_INFINITY;
  // Beyond 1/ε the last digit of ∂F/∂b decides, and nothing is left of the derivative.
  if (!(condition < 1 / Number.EPSILON)) return { status: "singular", residual, condition };
  const checked = (name: string, given: ArrayLike<number>, length: number): Float64Array => {
    if (given.length !== length)
      throw new RangeError(`${name}: expected ${length} numbers, got ${given.length}`);
    return Float64Array.from(given);
  };
  return {
    status: residual <= tolerance ? "ok" : "not-a-solution",
    residual,
    condition,
    jacobian() {
      const out = new Float64Array(m * n);
      implicitDerivative(m, n, Fb, pivots, Fa, new Float64Array(m), out);
      return out;
    },
    jvp(u) {
      const out = new Float64Array(m);
      implicitJvp(m, n, Fb, pivots, Fa, checked("jvp", u, n), out);
      return out;
    },
    vjp(v) {
      const out = new Float64Array(n);
      implicitVjp(m, n, Fb, pivots, Fa, checked("vjp", v, m), new Float64Array(m), out);
      return out;
    },
    adjoint(v) {
      const out = new Float64Array(m);
      implicitAdjoint(m, Fb, pivots, checked("adjoint", v, m), out);
      return out;
    },
  };
}

interface Evaluated {
  value: Float64Array;
  Fa: Float64Array;
  Fb: Float64Array;
}

/** F and both Jacobians from one run on numbers with n + m derivatives. */
function differentiated(F: Equations, a: ArrayLike<number>, b: ArrayLike<number>): Evaluated {
  const [n, m] = [a.length, b.length];
  const variable = (x: number, index: number) => Tangent.variable(x, index, n + m);
  const values = F(
    Array.from(a, variable),
    Array.from(b, (x, j) => variable(x, n + j)),
  );
  return {
    value: Float64Array.from(values, (f) => f.value),
    Fa: Float64Array.from(values.flatMap((f) => [...f.slopes(n + m).subarray(0, n)])),
    Fb: Float64Array.from(values.flatMap((f) => [...f.slopes(n + m).subarray(n)])),
  };
}

function given(F: DifferentiatedEquations, a: ArrayLike<number>, b: ArrayLike<number>): Evaluated {
  const [at, solution] = [Float64Array.from(a), Float64Array.from(b)];
  return {
    value: Float64Array.from(F.value(at, solution)),
    Fa: Float64Array.from(F.byA(at, solution)),
    Fb: Float64Array.from(F.byB(at, solution)),
  };
}

function oneNorm(m: number, A: Float64Array): number {
  let norm = 0;
  for (let j = 0; j < m; j++) {
    let sum = 0;
    for (let i = 0; i < m; i++) sum += Math.abs(A[i * m + j]);
    if (!(sum <= norm)) norm = sum;
  }
  return norm;
}

function inverseOneNorm(m: number, lu: Float64Array, pivots: Int32Array): number {
  const inverse = new Float64Array(m * m);
  const column = new Float64Array(m);
  for (let j = 0; j < m; j++) {
    column.fill(0);
    column[j] = 1;
    luSolve(m, lu, pivots, column);
    for (let i = 0; i < m; i++) inverse[i * m + j] = column[i];
  }
  return oneNorm(m, inverse);
}
