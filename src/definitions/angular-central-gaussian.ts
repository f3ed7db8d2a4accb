/**
 * Angular central Gaussian density of a unit quaternion q [4]: the direction of a normal vector.
 *
 *     q(q) = |Λ|^(−1/2) (qᵀΛ⁻¹q)^(−2) / (2π²),       Λ = L Lᵀ
 *
 * with respect to the surface measure of S³, whose total is 2π². Each rotation lies on S³ twice, at q
 * and −q, where the density is the same: this is the measure of every six-degree-of-freedom pose here,
 * dy = dt · dσ(q). Λ and cΛ have the same density. On R⁴ off zero the formula is of degree −4; with
 * s = qᵀΛ⁻¹q and p = Λ⁻¹q,
 *
 *     ∂ log q/∂q = −4p/s, of which −4p/s + 4q lies along the sphere
 *     ∂ log q/∂L = 4/s p pᵀL − diag(1/L_ii),  on and below the diagonal
 *
 * Source: EQUATIONS EPRO-4, EPRO-12; [EProPnP2022] section 3.2; [Tyler1987].
 */
import {
  dot,
  type Matrix,
  multiply,
  outer,
  solve,
  transpose,
  type Vector,
} from "../scalar/matrix.js";
import type { Real } from "../scalar/real.js";

/** 2π², the surface measure of S³, on which each rotation lies twice, in the scalars of `like`. */
export function unitSphereArea<S extends Real<S>>(like: S): S {
  const pi = like.of(0).atan2(-1);
  return pi.times(pi).times(2);
}

/**
 * log of the density at q [4] on S³, for lower-triangular scaleTril L [4,4].
 *
 * @throws RangeError if a diagonal entry of L is not positive.
 */
export function angularCentralGaussianLogDensity<S extends Real<S>>(
  value: Vector<S>,
  scaleTril: Matrix<S>,
): S {
  checkDiagonal("angularCentralGaussianLogDensity", scaleTril);
  const [a, b, c, d] = scaleTril.map((row, i) => row[i]);
  const determinant = a.times(b).times(c).times(d);
  const { s } = standardised(value, scaleTril);
  return unitSphereArea(s).times(determinant).times(s).times(s).log().negated();
}

/**
 * ∂/∂q [4] of the log-density, as a function of degree −4 on R⁴.
 *
 * @throws RangeError as angularCentralGaussianLogDensity.
 */
export function angularCentralGaussianGradient<S extends Real<S>>(
  value: Vector<S>,
  scaleTril: Matrix<S>,
): S[] {
  checkDiagonal("angularCentralGaussianGradient", scaleTril);
  const { s, p } = standardised(value, scaleTril);
  return p.map((x) => x.times(-4).over(s));
}

/**
 * The log-density's ∂/∂L [4,4], zero above the diagonal.
 *
 * @throws RangeError as angularCentralGaussianLogDensity.
 */
export function angularCentralGaussianScaleGradient<S extends Real<S>>(
  value: Vector<S>,
  scaleTril: Matrix<S>,
): S[][] {
  checkDiagonal("angularCentralGaussianScaleGradient", scaleTril);
  const { s, p } = standardised(value, scaleTril);
  return multiply(outer(p, p), scaleTril).map((row, i) =>
    row.map((entry, j) => {
      if (j > i) return s.of(0);
      const slope = entry.times(4).over(s);
      return i === j ? slope.minus(s.of(1).over(scaleTril[i][i])) : slope;
    }),
  );
}

/** p = Λ⁻¹q and s = qᵀp. */
function standardised<S extends Real<S>>(q: Vector<S>, L: Matrix<S>) {
  const p = solve(
    multiply(L, transpose(L)),
    q.map((x) => [x]),
  ).map(([x]) => x);
  return { s: dot(q, p), p };
}

function checkDiagonal<S extends Real<S>>(name: string, L: Matrix<S>): void {
  L.forEach((row, i) => {
    if (row[i].atMost(0))
      throw new RangeError(
        `${name}: expected scaleTril with a positive diagonal, got ${row[i].toNumber()}`,
      );
  });
}
