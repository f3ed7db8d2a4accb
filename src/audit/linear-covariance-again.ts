/**
 * The Linear-Covariance loss by a second route: the project's definition, which multiplies the solver's
 * matrix A out, of residuals and J made from K [R | t] (second-projection.ts), J by duals. Its gradient
 * is the definition's in closed form, where the audit's own is taken by duals, point by point.
 */
import { linearCovarianceLossGradient } from "../definitions/linear-covariance-gradient.js";
import {
  type LinearCovarianceOptions,
  linearCovarianceLoss,
} from "../definitions/linear-covariance-loss.js";
import {
  residualThreshold,
  residualVariance,
  shortenedResidual,
} from "../definitions/linear-covariance-robust.js";
import { poseRepresentationJacobian } from "../definitions/pose-representation.js";
import { dual } from "../scalar/dual.js";
import { cross, type Matrix, type Vector } from "../scalar/matrix.js";
import type { Real } from "../scalar/real.js";
import { type Differences, isGradient } from "./explicit-method.js";
import { latest } from "./latest.js";
import type { LossProblem } from "./linear-covariance.js";
import type { LossRecipe } from "./linear-covariance-recipe.js";
import { lossEpsilon } from "./linear-covariance-residuals.js";
import type { PosedReprojection } from "./pose-cost.js";
import { secondResiduals } from "./second-projection.js";

/** What the two routes to the true recipe's quantities disagree by. */
export function lossDifferences<S extends Real<S>>(
  { view, corners, valid }: LossProblem<S>,
  posed: PosedReprojection<S>,
): Differences<LossRecipe, S> {
  const { R, t, K, zMin, maxLength, residualFactor, weightFactor } = view;
  const { x2d, x3d, w2d } = posed;
  const clamp = "straight-through";
  const options: LinearCovarianceOptions<S> = {
    ...{ zMin, failure: "identity" },
    robust: { maxLength, clamp, residualFactor, weightFactor, epsilon: lossEpsilon },
  };
  const Jf = poseRepresentationJacobian("corners-3d", { R, t, corners });
  const problem = { x2d, x3d, w2d, K, R, t, Jf, group: 3, valid };
  const gradient = latest(() => linearCovarianceLossGradient(problem, options));
  const whole = latest(() => {
    const bare = { ...posed, w2d: w2d.map((row) => row.map((w) => w.of(1))) };
    const e = secondResiduals(bare, posed.y).map(({ f }) =>
      shortenedResidual(f, maxLength, lossEpsilon).map((v) => v.negated()),
    );
    const variance = residualVariance(e, residualThreshold(e, valid, residualFactor, t[0]));
    const held = { J: secondRows(bare), linearResidual: e, variance };
    return linearCovarianceLoss(problem, options, held);
  });
  return (quantity, { variable }, values) => {
    if (!isGradient(quantity)) {
      const { priorError, covarianceError, linearError, loss } = whole(null);
      const again = { prior_error: priorError, cov_error: covarianceError, loss }[quantity];
      return [values[0].minus(again ?? linearError)];
    }
    const own = gradient(null);
    const byWeights = own.w2d.map((row, i) =>
      row.map((v, k) => (variable === "w2" ? v.over(w2d[i][k].times(2)) : v)),
    );
    const rows = { grad_x2d: own.x2d, grad_x3d: own.x3d }[quantity] ?? byWeights;
    return rows.flat().map((v, k) => values[k].minus(v));
  };
}

/** J [2N][6] in the RP tangent with the depth free: z moves by a × z, and t by τ. */
function secondRows<S extends Real<S>>(posed: PosedReprojection<S>): S[][] {
  const { x2d, x3d, w2d, K, y } = posed;
  const still = (rows: Matrix<S>) => rows.map((row) => row.map((v) => dual(v)));
  const columns = [0, 1, 2, 3, 4, 5].map((p) => {
    const axis = (from: number): Vector<S> => [0, 1, 2].map((k) => y[0].of(p === from + k ? 1 : 0));
    const moved = {
      ...{ x2d: still(x2d), w2d: still(w2d), K: still(K) },
      x3d: x3d.map((z) => cross(axis(0), z).map((v, k) => dual(z[k], v))),
      // Nothing is nearer than this.
      zMin: dual(y[0].of(Number.NEGATIVE_INFINITY)),
    };
    const row = y.map((v, k) => (k < 3 ? dual(v, axis(3)[k]) : dual(v)));
    return secondResiduals(moved, row).flatMap(({ f }) => f.map((v) => v.b));
  });
  return x2d.flatMap((_, i) => [0, 1].map((k) => columns.map((column) => column[2 * i + k])));
}
