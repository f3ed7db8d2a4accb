/**
 * What is claimed of a pose that is given, not solved for (method epropnp-cost): the Huber cost, and the
 * rescaled residuals with their Jacobian that Gauss–Newton steps are made of.
 *
 *     f = w ∘ (π − x)     cost = ½ Σ ρ(‖f‖²)     residual = √ρ′ f     jacobian = √ρ′ w ∘ ∂π/∂ξ
 *
 * π has its depth clamped from below at z_min; there rows of ∂π/∂ξ are zero, as published solvers have
 * them. ξ is the tangent of the file's chart, Q7 or YAW unless it says otherwise.
 */
import { type Chart, rotationOffset, tangentSize } from "../conventions/chart.js";
import { robustScale, squaredHuber, squaredHuberSlope } from "../definitions/huber.js";
import { pointMotion, poseDerivativesAt } from "../definitions/pose-jacobian.js";
import { rowRotation } from "../definitions/pose-row.js";
import { rigidTransform } from "../definitions/projection.js";
import {
  type Clamps,
  clampedProjection,
  formulaProjectionJacobian,
  maskedProjectionJacobian,
} from "../definitions/projection-clamp.js";
import type { Reprojection } from "../definitions/reprojection-cost.js";
import { dot, sum, type Vector } from "../scalar/matrix.js";
import type { Real } from "../scalar/real.js";

/** Correspondences, a pose as a row (t, q) [7] or (t, β) [4], and the least depth. */
export interface PosedReprojection<S> extends Reprojection<S> {
  readonly y: Vector<S>;
  readonly zMin: S;
}

/** How a cost and its pieces may have been computed; the truth is one such recipe. */
export interface CostRecipe {
  /** The factor on f and its Jacobian: √ρ′, one, or ρ′. */
  readonly rescaling: "root" | "none" | "whole";
  /** What multiplies a residual. */
  readonly weights: "w" | "one" | "root-w" | "w2";
  readonly residual: "pi-x" | "x-pi";
  readonly depth: "clamped" | "free";
  /** Rows of the Jacobian that belong to clamped depths. */
  readonly rows: "masked" | "formula";
  readonly chart: Chart;
  readonly rotationFirst: boolean;
  /** Rotation columns by the full angle 2δ instead of δ. */
  readonly doubledAngle: boolean;
}

/** The contract where a file states no convention. */
export const contract: CostRecipe = {
  rescaling: "root",
  weights: "w",
  residual: "pi-x",
  depth: "clamped",
  rows: "masked",
  chart: "Q7",
  rotationFirst: false,
  doubledAngle: false,
};

/** The three quantities: a number, [N][2], and [d][N][2] with one row a coordinate of the tangent. */
export interface PoseCost<S> {
  readonly cost: S;
  readonly residual: S[][];
  readonly jacobian: S[][][];
}

/** The quantities of one problem under a recipe. */
export function poseCost<S extends Real<S>>(
  problem: PosedReprojection<S>,
  recipe: CostRecipe,
): PoseCost<S> {
  const { x3d, K, delta, y } = problem;
  const R = rowRotation(y);
  const pose = poseDerivativesAt(recipe.chart, R, y.slice(0, 3));
  const clamps = clampsOf(problem, recipe);
  const points = weightedResiduals(problem, recipe).map((f, i) => {
    const X = rigidTransform(x3d[i], R, pose.t);
    const rows = recipe.rows === "masked" ? maskedProjectionJacobian : formulaProjectionJacobian;
    const motion = pointMotion(pose, x3d[i]);
    const s = dot(f, f);
    const scale = factor(s, delta, recipe);
    const w = weightsOf(problem, recipe, i);
    const sign = recipe.residual === "pi-x" ? 1 : -1;
    return {
      cost: (delta && recipe.rescaling !== "none" ? squaredHuber(s, delta) : s).over(2),
      residual: f.map((v) => v.times(scale).times(sign)),
      jacobian: rows(X, K, clamps).map((J, k) =>
        motion.map((dX) => dot(J, dX).times(w[k]).times(scale).times(sign)),
      ),
    };
  });
  const order = columns(recipe);
  return {
    cost: sum(
      points.map((point) => point.cost),
      y[0],
    ),
    residual: points.map((point) => point.residual),
    jacobian: order.map(({ from, share }) =>
      points.map((point) => point.jacobian.map((row) => row[from].times(share))),
    ),
  };
}

/** f = w ∘ (π − x) [N][2]. */
function weightedResiduals<S extends Real<S>>(
  problem: PosedReprojection<S>,
  recipe: CostRecipe,
): S[][] {
  const R = rowRotation(problem.y);
  const clamps = clampsOf(problem, recipe);
  return problem.x2d.map((x, i) => {
    const X = rigidTransform(problem.x3d[i], R, problem.y.slice(0, 3));
    const w = weightsOf(problem, recipe, i);
    return clampedProjection(X, problem.K, clamps).map((pi, k) => w[k].times(pi.minus(x[k])));
  });
}

const clampsOf = <S>({ zMin }: PosedReprojection<S>, { depth }: CostRecipe): Clamps<S> =>
  depth === "clamped" ? { zMin } : {};

function weightsOf<S extends Real<S>>(
  { w2d }: PosedReprojection<S>,
  { weights }: CostRecipe,
  i: number,
): S[] {
  return w2d[i].map((w) => {
    if (weights === "one") return w.of(1);
    if (weights === "root-w") return w.sqrt();
    return weights === "w2" ? w.times(w) : w;
  });
}

function factor<S extends Real<S>>(s: S, delta: S | undefined, { rescaling }: CostRecipe): S {
  if (!delta || rescaling === "none") return s.of(1);
  return rescaling === "whole" ? squaredHuberSlope(s, delta) : robustScale(s, delta);
}

/** Which coordinate of the chart each column is, and by what it is multiplied. */
function columns({ chart, rotationFirst, doubledAngle }: CostRecipe) {
  const offset = rotationOffset(chart);
  const turns = tangentSize(chart) - 3;
  const shifts = [0, 1, 2].map((a) => ({ from: (offset === 0 ? 3 : 0) + a, share: 1 }));
  const rotation = Array.from({ length: turns }, (_, a) => ({
    from: offset + a,
    share: doubledAngle ? 0.5 : 1,
  }));
  return rotationFirst ? [...rotation, ...shifts] : [...shifts, ...rotation];
}
