/**
 * The cross product as a matrix, and the vector back from it.
 *
 *     [v]× u = v × u     [v]× = [[0, −v₃, v₂], [v₃, 0, −v₁], [−v₂, v₁, 0]]
 *
 * Source: EQUATIONS GEO-1.
 */
import {
  addMatrices,
  identity,
  type Matrix,
  multiply,
  scaleMatrix,
  type Vector,
} from "../scalar/matrix.js";
import type { Real } from "../scalar/real.js";

/** [v]× [3,3] of v [3]. @throws RangeError if v has not three entries. */
export function hat<S extends Real<S>>(v: Vector<S>): S[][] {
  if (v.length !== 3) throw new RangeError(`hat: expected 3 entries, got ${v.length}`);
  const [x, y, z] = v;
  const zero = x.of(0);
  return [
    [zero, z.negated(), y],
    [z, zero, x.negated()],
    [y.negated(), x, zero],
  ];
}

/**
 * The v [3] whose [v]× is the antisymmetric part (M − Mᵀ) / 2 of M [3,3].
 *
 * @throws RangeError if M is not 3 x 3.
 */
export function vee<S extends Real<S>>(M: Matrix<S>): S[] {
  if (M.length !== 3 || M.some((row) => row.length !== 3))
    throw new RangeError(`vee: expected a 3 x 3 matrix, got ${M.length} x ${M[0]?.length ?? 0}`);
  return [
    M[2][1].minus(M[1][2]).over(2),
    M[0][2].minus(M[2][0]).over(2),
    M[1][0].minus(M[0][1]).over(2),
  ];
}

/** I + a [v]× + b [v]×² [3,3], the form of every function of a rotation vector v [3] here. */
export function hatPolynomial<S extends Real<S>>(v: Vector<S>, a: S, b: S): S[][] {
  const W = hat(v);
  const linear = addMatrices(identity(3, a), scaleMatrix(W, a));
  return addMatrices(linear, scaleMatrix(multiply(W, W), b));
}
