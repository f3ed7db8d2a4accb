/**
 * A point of a Linear-Covariance loss: its residual, tamed as published code does, and its rows of J.
 *
 *     r = x − π(z)     e: r no longer than c     M = h(|e|; δ_e)     ω = h(w; δ_w)
 *     δ_e = κ₁ m_e     δ_w = √(κ₂ m_w / (M + ε))     aₖ = (z × RᵀPₖ, Pₖ), P = ∂π/∂X
 *
 * m_e and m_w are the means of |e| and w² M over the points. Each step is a function of its own, so that
 * a gradient may hold some of what it is given. Source: EQUATIONS LC-5, LC-22 … LC-24.
 */
import { squaredHuber } from "../definitions/huber.js";
import { shortenedResidual } from "../definitions/linear-covariance-robust.js";
import { rigidTransform } from "../definitions/projection.js";
import { clampedProjection, clampedProjectionJacobian } from "../definitions/projection-clamp.js";
import { twiceHuber } from "../definitions/twice-huber.js";
import { apply, cross, type Matrix, subtract, transpose, type Vector } from "../scalar/matrix.js";
import { abs, type Real } from "../scalar/real.js";
import type { LossRecipe } from "./linear-covariance-recipe.js";

/** ε, added to lengths [px] and to variances [px²]. */
export const lossEpsilon = 1e-6;

/** What all points are seen by: the pose, the camera, and the constants of the loss. */
export interface LossView<S> {
  readonly R: Matrix<S>;
  readonly t: Vector<S>;
  readonly K: Matrix<S>;
  readonly zMin: S;
  /** c [px], κ₁ and κ₂. */
  readonly maxLength: S;
  readonly residualFactor: S;
  readonly weightFactor: S;
}

/** One correspondence: x [2], z [3] and w [2]. */
export interface Datum<S> {
  readonly x: Vector<S>;
  readonly z: Vector<S>;
  readonly w: Vector<S>;
}

/** A view in another number system. */
export function viewIn<S, T>(view: LossView<S>, lift: (v: S) => T): LossView<T> {
  const rows = (of: Matrix<S>): T[][] => of.map((row) => row.map((v) => lift(v)));
  return {
    ...{ R: rows(view.R), t: view.t.map((v) => lift(v)), K: rows(view.K), zMin: lift(view.zMin) },
    maxLength: lift(view.maxLength),
    residualFactor: lift(view.residualFactor),
    weightFactor: lift(view.weightFactor),
  };
}

/** r [2]. */
export function residualOf<S extends Real<S>>(
  { R, t, K, zMin }: LossView<S>,
  { x, z }: Datum<S>,
  { depth }: LossRecipe,
): S[] {
  const X = rigidTransform(z, R, t);
  return subtract(x, clampedProjection(X, K, depth === "free" ? {} : { zMin }));
}

/** e [2] of r [2]. */
export function shortened<S extends Real<S>>(
  { maxLength }: LossView<S>,
  r: Vector<S>,
  recipe: LossRecipe,
): S[] {
  return recipe.clamp === "none" ? [...r] : shortenedResidual(r, maxLength, epsilonOf(recipe));
}

/** M [2] of e [2] and the means of |e| [2]. */
export function varianceOf<S extends Real<S>>(
  { residualFactor }: LossView<S>,
  e: Vector<S>,
  mean: Vector<S>,
  { variance, share }: LossRecipe,
): S[] {
  const whole = e.map((v, k) =>
    variance === "plain" ? v.times(v) : twiceHuber(abs(v), mean[k].times(residualFactor)),
  );
  return share === 1 ? whole : whole.map((v) => v.times(share));
}

/** What stands for w² [2]. */
export function squareOf<S extends Real<S>>(w: Vector<S>, { weights }: LossRecipe): S[] {
  return w.map((v) => {
    if (weights === "one") return v.of(1);
    if (weights === "w") return v;
    const square = v.times(v);
    return weights === "w4" ? square.times(square) : square;
  });
}

/** ω [2] of w², the means of w² M [2] and M [2]; plain if no threshold limits it. */
export function omegaOf<S extends Real<S>>(
  { weightFactor }: LossView<S>,
  square: Vector<S>,
  mean: Vector<S>,
  M: Vector<S>,
  kind: LossRecipe["omega"],
  recipe: LossRecipe,
): S[] {
  const whole = square.map((s, k) => {
    if (kind === "plain") return s;
    const limit = mean[k].times(weightFactor).over(M[k].plus(epsilonOf(recipe)));
    // The root of an exact zero has no slope, and none is wanted.
    return squaredHuber(s, limit.atMost(0) ? limit.of(0) : limit.sqrt());
  });
  return recipe.share === 1 ? whole : whole.map((v) => v.times(recipe.share));
}

/** A point's own numbers [2] as they enter the means of the axes. */
export function acrossAxes<S extends Real<S>>(own: Vector<S>, { means }: LossRecipe): S[] {
  if (means === "each-axis") return [...own];
  const half = own[0].plus(own[1]).over(2);
  return [half, half];
}

/** The rows aₖ [2][6] of J at z. */
export function rowsOf<S extends Real<S>>(
  { R, t, K, zMin }: LossView<S>,
  z: Vector<S>,
  { depth }: LossRecipe,
): S[][] {
  const clamps = depth === "clamped-everywhere" ? { zMin } : {};
  const turned = transpose(R);
  return clampedProjectionJacobian(rigidTransform(z, R, t), K, clamps).map((P) => [
    ...cross(z, apply(turned, P)),
    ...P,
  ]);
}

const epsilonOf = ({ epsilon }: LossRecipe): number => (epsilon === "added" ? lossEpsilon : 0);
