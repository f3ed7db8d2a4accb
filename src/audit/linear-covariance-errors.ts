/**
 * The errors of a Linear-Covariance loss, and the loss of them.
 *
 *     E = mean_g √s_g     s_g the sum of squares over group g: three components of a corner
 *     L = log E_prior + ½ (E_cov + E_linear) / E_prior
 *
 * Source: EQUATIONS LC-9, LC-11 … LC-17.
 */
import {
  poseRepresentationJacobian,
  representationGroup,
} from "../definitions/pose-representation.js";
import { apply, cross, identity, type Matrix, type Vector } from "../scalar/matrix.js";
import type { Real } from "../scalar/real.js";
import type { LossRecipe, LossTerm } from "./linear-covariance-recipe.js";
import type { LossView } from "./linear-covariance-residuals.js";

/** An error, and its slopes by the sums of squares of its groups, spread over components [K]. */
export interface SizedError<S> {
  readonly value: S;
  readonly slopes: Vector<S>;
}

/** J_f [K][6], and how many components share one error. */
export function represented<S extends Real<S>>(
  { R, t, K, zMin }: LossView<S>,
  corners: Matrix<S>,
  { representation, turn, group }: LossRecipe,
): { Jf: Matrix<S>; group: number } {
  const share = (own: number) => (group === "component" ? 1 : own);
  if (representation === "tangent") return { Jf: identity(6, t[0]), group: 1 };
  if (representation === "corners-3d" && turn === "left") {
    const unit = identity(3, t[0]);
    const rows = corners.flatMap((b) => {
      const X = apply(R, b);
      // ∂(X + ω × X)/∂ω, row by row: eᵢ · (ω × X) = ω · (X × eᵢ).
      return unit.map((axis) => [...cross(X, axis), ...axis]);
    });
    return { Jf: rows, group: share(3) };
  }
  const Jf = poseRepresentationJacobian(representation, { R, t, corners, K, zMin });
  return { Jf, group: share(representationGroup(representation)) };
}

/** The error of variances [K]: one where any of them is none, as published code has it (LC-25). */
export function varianceError<S extends Real<S>>(
  variances: Vector<S>,
  group: number,
  recipe: LossRecipe,
): SizedError<S> {
  if (!variances.some((v) => v.atMost(0))) return sizedError(variances, group, recipe);
  const [one, none] = [variances[0].of(1), variances[0].of(0)];
  const share = recipe.over === "sum" ? variances.length / group : 1;
  return { value: one.times(share), slopes: variances.map(() => none) };
}

/** The error that squares of components [K] make, in groups. */
export function sizedError<S extends Real<S>>(
  squares: Vector<S>,
  group: number,
  { over, form }: LossRecipe,
): SizedError<S> {
  const count = squares.length / group;
  const sums = Array.from({ length: count }, (_, g) =>
    squares.slice(group * g, group * (g + 1)).reduce((a, b) => a.plus(b)),
  );
  const share = over === "sum" ? 1 : count;
  const total = (of: Vector<S>) => of.reduce((a, b) => a.plus(b)).over(share);
  const none = sums[0].of(0);
  const root = (s: S) => (s.atMost(0) ? none : s.sqrt());
  const spread = (slopes: Vector<S>) => squares.map((_, j) => slopes[Math.floor(j / group)]);
  if (form === "gaussian")
    return { value: total(sums), slopes: spread(sums.map((s) => s.of(1).over(share))) };
  const slope = (size: S) => (size.atMost(0) ? none : size.of(1).over(size.times(2 * share)));
  if (over === "root-mean-square") {
    const value = root(total(sums));
    return { value, slopes: spread(sums.map(() => slope(value))) };
  }
  const roots = sums.map((s) => root(s));
  return { value: total(roots), slopes: spread(roots.map((s) => slope(s))) };
}

/** The factor that a unit of length puts on an error. */
export const unitFactor = ({ unit, form }: LossRecipe): number =>
  form === "gaussian" ? unit * unit : unit;

/** L of the three errors. */
export function combined<S extends Real<S>>(
  prior: S,
  covariance: S,
  linear: S,
  recipe: LossRecipe,
): S {
  const { without, half, logarithm } = recipe;
  const others =
    without === "covariance" ? linear : without === "linear" ? covariance : covariance.plus(linear);
  if (without === "prior") return others.times(half).times(unitFactor(recipe));
  const ratio = others.times(half).over(prior);
  return logarithm === "none" ? ratio : prior.times(unitFactor(recipe)).log().plus(ratio);
}

/** ∂L/∂E of the three errors. */
export function lossSlopes<S extends Real<S>>(
  { prior: p, covariance, linear }: Readonly<Record<LossTerm, S>>,
  recipe: LossRecipe,
): Record<LossTerm, S> {
  const { without, half, logarithm } = recipe;
  const none = p.of(0);
  const slope = without === "prior" ? none.plus(half * unitFactor(recipe)) : p.of(half).over(p);
  const [byCovariance, byLinear] = (["covariance", "linear"] as const).map((term) =>
    term === without ? none : slope,
  );
  const ratio = byCovariance.times(covariance).plus(byLinear.times(linear));
  const one = logarithm === "none" ? 0 : 1;
  return {
    prior: without === "prior" ? none : ratio.negated().plus(one).over(p),
    covariance: byCovariance,
    linear: byLinear,
  };
}
