/**
 * Multivariate t density of a translation t [3], with ν = 3 degrees of freedom.
 *
 *     q(t) = Γ((ν+3)/2) / (Γ(ν/2) (νπ)^(3/2) det L) · (1 + s/ν)^(−(ν+3)/2)
 *          = 4/(3√3 π²) / det L · (1 + s/3)^(−3),          s = ‖L⁻¹(t − μ)‖²
 *
 * with respect to dt [1/length³], μ the location and L the Cholesky factor of the scale matrix
 * S = L Lᵀ: the covariance is 3S. With p = S⁻¹(t − μ),
 *
 *     ∂ log q/∂t = −2/(1 + s/3) p = −∂ log q/∂μ
 *     ∂ log q/∂L = 2/(1 + s/3) p pᵀL − diag(1/L_ii),  on and below the diagonal
 *
 * Source: EQUATIONS EPRO-10; [EProPnP2022] section 3.2; [KotzNadarajah2004].
 */
import {
  dot,
  type Matrix,
  multiply,
  outer,
  solve,
  subtract,
  transpose,
  type Vector,
} from "../scalar/matrix.js";
import type { Real } from "../scalar/real.js";

/**
 * log q(t) of a value t [3], for mean μ [3] and lower-triangular scaleTril L [3,3].
 *
 * @throws RangeError if a diagonal entry of L is not positive.
 */
export function multivariateTLogDensity<S extends Real<S>>(
  value: Vector<S>,
  mean: Vector<S>,
  scaleTril: Matrix<S>,
): S {
  checkDiagonal("multivariateTLogDensity", scaleTril);
  const pi = value[0].of(0).atan2(-1);
  const constant = value[0].of(4).over(value[0].of(3).sqrt().times(3).times(pi).times(pi));
  const determinant = scaleTril[0][0].times(scaleTril[1][1]).times(scaleTril[2][2]);
  const { s } = standardised(value, mean, scaleTril);
  return constant.log().minus(determinant.log()).minus(s.over(3).plus(1).log().times(3));
}

/** ∂ log q/∂t [3]; ∂ log q/∂μ is its negative. @throws RangeError as multivariateTLogDensity. */
export function multivariateTGradient<S extends Real<S>>(
  value: Vector<S>,
  mean: Vector<S>,
  scaleTril: Matrix<S>,
): S[] {
  checkDiagonal("multivariateTGradient", scaleTril);
  const { s, p } = standardised(value, mean, scaleTril);
  return p.map((x) => x.times(-2).over(s.over(3).plus(1)));
}

/** ∂ log q/∂L [3,3], zero above the diagonal. @throws RangeError as multivariateTLogDensity. */
export function multivariateTScaleGradient<S extends Real<S>>(
  value: Vector<S>,
  mean: Vector<S>,
  scaleTril: Matrix<S>,
): S[][] {
  checkDiagonal("multivariateTScaleGradient", scaleTril);
  const { s, p } = standardised(value, mean, scaleTril);
  return multiply(outer(p, p), scaleTril).map((row, i) =>
    row.map((entry, j) => {
      if (j > i) return s.of(0);
      const slope = entry.times(2).over(s.over(3).plus(1));
      return i === j ? slope.minus(s.of(1).over(scaleTril[i][i])) : slope;
    }),
  );
}

/** p = (L Lᵀ)⁻¹(t − μ) and s = (t − μ)ᵀp. */
function standardised<S extends Real<S>>(value: Vector<S>, mean: Vector<S>, L: Matrix<S>) {
  const d = subtract(value, mean);
  const p = solve(
    multiply(L, transpose(L)),
    d.map((x) => [x]),
  ).map(([x]) => x);
  return { s: dot(d, p), p };
}

function checkDiagonal<S extends Real<S>>(name: string, L: Matrix<S>): void {
  L.forEach((row, i) => {
    if (row[i].atMost(0))
      throw new RangeError(
        `${name}: expected scaleTril with a positive diagonal, got ${row[i].toNumber()}`,
      );
  });
}
