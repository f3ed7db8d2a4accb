/**
 * The Jacobians of the exponential map, and the derivatives of a rotated vector they give.
 *
 *     J_l(ω) = I + B [ω]× + C [ω]×²          J_r(ω) = J_l(−ω)
 *     J_l⁻¹(ω) = I − ½ [ω]× + D [ω]×²        J_r⁻¹(ω) = J_l⁻¹(−ω)
 *     Exp(ω + dω) ≈ Exp(J_l dω) Exp ω ≈ Exp ω Exp(J_r dω)
 *
 *     ∂(Exp(ω) v)/∂ω = −[Rv]× J_l(ω)
 *     ∂²(Exp(ω) v)/∂ω_p∂ω_q = ∂_p φ_q × Rv + φ_q × (φ_p × Rv),   φ_q = J_l e_q
 *
 * with R = Exp ω. J_l and J_r are singular at ‖ω‖ = 2πk, k ≥ 1, and nowhere else.
 * Source: EQUATIONS GEO-4, GEO-5, GEO-17.
 */
import {
  add,
  addMatrices,
  apply,
  cross,
  dot,
  identity,
  multiply,
  scaleMatrix,
  transpose,
  type Vector,
} from "../scalar/matrix.js";
import type { Real } from "../scalar/real.js";
import { hat, hatPolynomial } from "./hat.js";
import { rotation } from "./rodrigues.js";
import { seriesB, seriesBSlope, seriesC, seriesCSlope, seriesD } from "./rotation-series.js";

const negated = <S extends Real<S>>(v: Vector<S>): S[] => v.map((x) => x.negated());

/** J_l(ω) [3,3]: the camera-frame turn per change of ω [3], rad/rad. */
export function leftJacobian<S extends Real<S>>(omega: Vector<S>): S[][] {
  const s = dot(omega, omega);
  return hatPolynomial(omega, seriesB(s), seriesC(s));
}

/** J_r(ω) [3,3]: the object-frame turn per change of ω [3], rad/rad. */
export function rightJacobian<S extends Real<S>>(omega: Vector<S>): S[][] {
  return leftJacobian(negated(omega));
}

/**
 * J_l⁻¹(ω) [3,3].
 *
 * @throws RangeError if ‖ω‖ = 2πk, k ≥ 1, to the last digit of the scalars.
 */
export function leftJacobianInverse<S extends Real<S>>(omega: Vector<S>): S[][] {
  const s = dot(omega, omega);
  if (!s.lessThan(1)) {
    // A sine that is lost when added to the angle is zero as far as these scalars can tell.
    const theta = s.sqrt();
    if (theta.over(2).sin().plus(theta).minus(theta).toNumber() === 0)
      throw new RangeError("leftJacobianInverse: expected an angle off 2πk, k >= 1, got one on it");
  }
  return hatPolynomial(omega, s.of(-0.5), seriesD(s));
}

/** J_r⁻¹(ω) [3,3]. @throws RangeError as leftJacobianInverse. */
export function rightJacobianInverse<S extends Real<S>>(omega: Vector<S>): S[][] {
  return leftJacobianInverse(negated(omega));
}

/** ∂J_l/∂ω [3,3,3], the index of ω first: entry [k] is ∂J_l/∂ω_k. */
export function leftJacobianDerivative<S extends Real<S>>(omega: Vector<S>): S[][][] {
  const s = dot(omega, omega);
  const W = hat(omega);
  const [B, C] = [seriesB(s), seriesC(s)];
  const slope = addMatrices(
    scaleMatrix(W, seriesBSlope(s)),
    scaleMatrix(multiply(W, W), seriesCSlope(s)),
  );
  return identity(3, s).map((axis, k) => {
    const E = hat(axis);
    const square = addMatrices(multiply(E, W), multiply(W, E));
    const explicit = addMatrices(scaleMatrix(E, B), scaleMatrix(square, C));
    return addMatrices(scaleMatrix(slope, omega[k].times(2)), explicit);
  });
}

/** ∂(Exp(ω) v)/∂ω [3,3] in units of v per rad; column q is the derivative along ω_q. */
export function rotatedVectorJacobian<S extends Real<S>>(omega: Vector<S>, v: Vector<S>): S[][] {
  const turned = apply(rotation(omega), v);
  return multiply(hat(negated(turned)), leftJacobian(omega));
}

/** ∂²(Exp(ω) v)/∂ω² [3,3,3] in units of v per rad²: entry [i][p][q] for component i of Rv. */
export function rotatedVectorHessian<S extends Real<S>>(omega: Vector<S>, v: Vector<S>): S[][][] {
  const turned = apply(rotation(omega), v);
  const phi = transpose(leftJacobian(omega));
  const bends = leftJacobianDerivative(omega).map(transpose);
  const second = (p: number, q: number): S[] =>
    add(cross(bends[p][q], turned), cross(phi[q], cross(phi[p], turned)));
  return [0, 1, 2].map((i) => [0, 1, 2].map((p) => [0, 1, 2].map((q) => second(p, q)[i])));
}
