/**
 * What is claimed of a Linear-Covariance loss at a given pose (method lc): three errors of the
 * linearised solver, and the loss made of them.
 *
 *     H = Σₖ ωₖ (aₖ aₖᵀ − cₖ ∂²πₖ)     N = Σₖ ωₖ² Mₖ aₖ aₖᵀ     b = Σₖ ωₖ eₖ aₖ     P = H⁻¹
 *     C_prior = P     C = P N P     u = P b     L = log E_prior + ½ (E_cov + E_linear) / E_prior
 *
 * E of a covariance is the mean over the corners of √ tr of its block J_f C J_fᵀ, E_linear that of the
 * lengths of J_f u. c is the residual that H is taken at: zero but for points nearer than z_min, whose
 * pixel is held while J is not. The project's definition multiplies A out instead. A Hessian that is not
 * positive definite is replaced by the identity, as published code does; the audit calls the problem
 * ill-posed. Source: EQUATIONS LC-11 … LC-25.
 */
import { linearisedPoint } from "../definitions/linearised-point.js";
import {
  linearisedHessian,
  priorCovariance,
  transportedVariance,
} from "../definitions/linearised-solver.js";
import { poseDerivativesAt } from "../definitions/pose-jacobian.js";
import {
  addMatrices,
  apply,
  identity,
  type Matrix,
  multiply,
  outer,
  scaleMatrix,
  type Vector,
} from "../scalar/matrix.js";
import { abs, type Real } from "../scalar/real.js";
import { recent } from "./latest.js";
import {
  combined,
  represented,
  type SizedError,
  sizedError,
  varianceError,
} from "./linear-covariance-errors.js";
import type { LossRecipe } from "./linear-covariance-recipe.js";
import * as point from "./linear-covariance-residuals.js";

/** Correspondences at their true pose, the corners of the object's box [G][3], and who counts [N]. */
export interface LossProblem<S> {
  readonly view: point.LossView<S>;
  readonly data: readonly point.Datum<S>[];
  readonly corners: Matrix<S>;
  readonly valid: readonly number[];
}

/** A point as it enters the sums: coordinates [2], and what the clamp took off r. */
export interface TamedPoint<S> {
  readonly r: Vector<S>;
  readonly e: Vector<S>;
  readonly shortening: Vector<S>;
  readonly square: Vector<S>;
  readonly M: Vector<S>;
  readonly omega: Vector<S>;
  readonly priorOmega: Vector<S>;
}

/** The loss and everything on the way to it. */
export interface LossParts<S> {
  readonly points: readonly TamedPoint<S>[];
  /** Means of |e| and w² M [2]. */
  readonly meanSize: Vector<S>;
  readonly meanPull: Vector<S>;
  readonly J: Matrix<S>;
  /** cₖ ∂²πₖ [2N][6][6], or null where c is zero. */
  readonly bending: readonly (Matrix<S> | null)[];
  /** H⁻¹ of E_prior and of A, and whether the identity stands for it; C, u, J_f and J_f u. */
  readonly priorP: Matrix<S>;
  readonly P: Matrix<S>;
  readonly substituted: boolean;
  /** The least pivot of H. */
  readonly pivot: number;
  readonly C: Matrix<S>;
  readonly u: Vector<S>;
  readonly Jf: Matrix<S>;
  readonly deviation: Vector<S>;
  readonly prior: SizedError<S>;
  readonly covariance: SizedError<S>;
  readonly linear: SizedError<S>;
  readonly loss: S;
}

/** The parts of a problem under a recipe; what recipes share is computed once. */
export function lossParts<S extends Real<S>>(
  problem: LossProblem<S>,
): (recipe: LossRecipe) => LossParts<S> {
  const curvature = pointCurvatures(problem);
  // As many as there are single changes: every quantity is compared with each of them.
  return recent(64, (recipe: LossRecipe) => partsOf(problem, recipe, curvature));
}

function partsOf<S extends Real<S>>(
  problem: LossProblem<S>,
  recipe: LossRecipe,
  curvature: (i: number) => readonly Matrix<S>[],
): LossParts<S> {
  const { view, data } = problem;
  const { points, meanSize, meanPull } = tamedPoints(problem, recipe);
  const J = data.flatMap(({ z }) => point.rowsOf(view, z, recipe));
  const bending = data.flatMap((datum, i) => {
    const c = curving(view, datum, points[i].r, recipe);
    return c ? curvature(i).map((B, k) => scaleMatrix(B, c[k])) : [null, null];
  });
  const like = view.t[0];
  const inverse = (omega: Vector<S>) => {
    const H = bending.reduce<Matrix<S>>(
      (sum, B, k) => (B ? addMatrices(sum, scaleMatrix(B, omega[k].negated())) : sum),
      linearisedHessian(J, omega),
    );
    const pivot = leastPivot(H);
    // Who takes the observed one does not expect it to be positive definite.
    const sound = recipe.hessian !== "identity" && (pivot > 0 || recipe.hessian === "observed");
    return { sound, pivot, P: sound ? priorCovariance(H) : identity(6, like) };
  };
  const omega = points.flatMap((at) => at.omega);
  const priorOmega = points.flatMap((at) => at.priorOmega);
  const own = inverse(omega);
  const ofPrior = recipe.priorOmega === recipe.omega ? own : inverse(priorOmega);
  const { P } = own;
  const e = points.flatMap((at) => at.e);
  const b = J.reduce(
    (sum, a, k) => a.map((v, p) => sum[p].plus(v.times(omega[k].times(e[k])))),
    new Array<S>(6).fill(like.of(0)),
  );
  const u = apply(P, b);
  const M = points.flatMap((at) => at.M);
  const N = () =>
    linearisedHessian(
      J,
      omega.map((w, k) => w.times(w).times(M[k])),
    );
  const C = recipe.spread === "whole" ? outer(u, u) : multiply(P, multiply(N(), P));
  const { Jf, group } = represented(problem.view, problem.corners, recipe);
  const deviation = apply(Jf, u);
  const prior = varianceError(transportedVariance(Jf, ofPrior.P), group, recipe);
  const covariance = varianceError(transportedVariance(Jf, C), group, recipe);
  const linear = sizedError(
    deviation.map((v) => v.times(v)),
    group,
    recipe,
  );
  return {
    ...{ points, meanSize, meanPull, J, bending, P, priorP: ofPrior.P, C, u, Jf, deviation },
    ...{ substituted: !own.sound, pivot: own.pivot, prior, covariance, linear },
    loss: combined(prior.value, covariance.value, linear.value, recipe),
  };
}

/** Every point's numbers, and the means that they share. */
function tamedPoints<S extends Real<S>>(
  { view, data, valid: given }: LossProblem<S>,
  recipe: LossRecipe,
) {
  const valid = recipe.valid === "ignored" ? data.map(() => 1) : given;
  const counted = valid.reduce((total, v) => total + v, 0);
  const mean = (of: readonly Vector<S>[]): S[] =>
    [0, 1].map((k) => {
      const zero = view.t[0].of(0);
      if (counted === 0) return zero;
      return of.reduce((sum, own, i) => sum.plus(own[k].times(valid[i])), zero).over(counted);
    });
  const across = (of: readonly Vector<S>[]) => mean(of.map((v) => point.acrossAxes(v, recipe)));
  const r = data.map((datum) => point.residualOf(view, datum, recipe));
  const e = r.map((v) => point.shortened(view, v, recipe));
  const meanSize = across(e.map((v) => v.map((x) => abs(x))));
  const M = e.map((v) => point.varianceOf(view, v, meanSize, recipe));
  const squares = data.map(({ w }) => point.squareOf(w, recipe));
  const meanPull = across(squares.map((s, i) => s.map((v, k) => v.times(M[i][k]))));
  const points = data.map((_, i): TamedPoint<S> => {
    const limited = (kind: LossRecipe["omega"]) => {
      const whole = point.omegaOf(view, squares[i], meanPull, M[i], kind, recipe);
      return recipe.valid === "on-weights" ? whole.map((v) => v.times(valid[i])) : whole;
    };
    const omega = limited(recipe.omega);
    return {
      ...{ r: r[i], e: e[i], square: squares[i], M: M[i], omega },
      shortening: r[i].map((v, k) => v.minus(e[i][k])),
      priorOmega: recipe.priorOmega === recipe.omega ? omega : limited(recipe.priorOmega),
    };
  });
  return { points, meanSize, meanPull };
}

/** c [2] of a point, or null where it is zero. */
function curving<S extends Real<S>>(
  view: point.LossView<S>,
  datum: point.Datum<S>,
  r: Vector<S>,
  recipe: LossRecipe,
): readonly S[] | null {
  if (recipe.hessian === "observed") return r;
  if (recipe.hessian !== "consistent" || recipe.depth !== "clamped") return null;
  const free = point.residualOf(view, datum, { ...recipe, depth: "free" });
  const gap = free.map((v, k) => v.minus(r[k]));
  return gap.every((v) => v.atMost(0) && v.negated().atMost(0)) ? null : gap;
}

/** ∂²π/∂y² [2][6][6] of each point in the RP tangent, made when first asked for. */
function pointCurvatures<S extends Real<S>>({ view, data }: LossProblem<S>) {
  const made = new Map<number, readonly Matrix<S>[]>();
  return (i: number): readonly Matrix<S>[] => {
    const known = made.get(i);
    if (known) return known;
    const pose = poseDerivativesAt("RP", view.R, view.t);
    const { yy } = linearisedPoint(pose, data[i].z, view.K);
    made.set(i, yy);
    return yy;
  };
}

/**
 * The least pivot of H, each in units of its diagonal entry: 1 for uncorrelated motions, 0 at a loss of
 * rank, negative or NaN where H is not positive definite.
 */
function leastPivot<S extends Real<S>>(H: Matrix<S>): number {
  const rest = H.map((row) => [...row]);
  let least = Number.POSITIVE_INFINITY;
  for (let j = 0; j < rest.length; j++) {
    const share = rest[j][j].toNumber() / H[j][j].toNumber();
    if (!(H[j][j].toNumber() > 0 && share > 0)) return Number.isNaN(share) ? 0 : Math.min(0, share);
    least = Math.min(least, share);
    for (let i = j + 1; i < rest.length; i++) {
      const factor = rest[i][j].over(rest[j][j]);
      for (let k = j + 1; k < rest.length; k++)
        rest[i][k] = rest[i][k].minus(factor.times(rest[j][k]));
    }
  }
  return least;
}
