/**
 * VSD, the Visible Surface Discrepancy: of all pixels where the object is visible in either pose, the
 * share at which its two surfaces disagree.
 *
 *     d = depth √(x² + y² + 1),  (x, y, 1) = K⁻¹ (column, row, 1)          distance from the camera
 *     V  = { d_gt > 0  and (d_gt − d_test ≤ δ or d_test = 0) }             where the truth is visible
 *     V̂  = { d_est > 0 and (d_est − d_test ≤ δ or d_test = 0) } ∪ (V ∩ { d_est > 0 })
 *     VSD(τ) = (1/|V ∪ V̂|) (Σ_{V ∩ V̂} cost(|d_gt − d_est|) + |V ∪ V̂| − |V ∩ V̂|)
 *
 *     cost(a) = 1 if a ≥ τ, else 0        "step", the BOP challenge's
 *             = min(1, a/τ)               "linear", of the first definition
 *
 * A depth of 0 means that there is none: the object is missing there, or the sensor saw nothing, which
 * hides nothing (the rule of 2019). δ and τ are in the unit of the depths; the challenge gives τ as
 * a share of the diameter. Nothing is visible in either pose: VSD = 1. VSD is a step function of the
 * poses through their depth maps and has no useful derivative.
 * Source: [Hodan2016] Sec 3, [BopChallenge2020] Sec 2.
 */
import type { Matrix, Vector } from "../scalar/matrix.js";
import { abs, type Real } from "../scalar/real.js";

/** How a pixel's disagreement is counted. */
export type DiscrepancyCost = "step" | "linear";

/** d [h][w] of a depth map [h][w] seen by K = [[fx, s, cx], [0, fy, cy], [0, 0, 1]]. */
export function distanceMap<S extends Real<S>>(depth: Matrix<S>, K: Matrix<S>): S[][] {
  return depth.map((line, row) =>
    line.map((z, column) => {
      const y = K[1][2].minus(row).negated().over(K[1][1]);
      const x = K[0][2].minus(column).negated().minus(K[0][1].times(y)).over(K[0][0]);
      return x.times(x).plus(y.times(y)).plus(1).sqrt().times(z);
    }),
  );
}

/** VSD [k] at tolerances τ [k], of depth maps [h][w]: the test image's, and both poses'. */
export function surfaceDiscrepancy<S extends Real<S>>(
  test: Matrix<S>,
  estimate: Matrix<S>,
  truth: Matrix<S>,
  K: Matrix<S>,
  delta: S,
  taus: Vector<S>,
  cost: DiscrepancyCost = "step",
): S[] {
  const [seen, estimated, true_] = [test, estimate, truth].map((depth) => distanceMap(depth, K));
  const present = (d: S) => !d.atMost(0);
  const unhidden = (d: S, sensed: S) =>
    present(d) && (d.minus(sensed).atMost(delta) || !present(sensed));
  let union = 0;
  const disagreements: S[] = [];
  for (const [i, line] of seen.entries())
    for (const [j, sensed] of line.entries()) {
      const inTruth = unhidden(true_[i][j], sensed);
      const inEstimate = unhidden(estimated[i][j], sensed) || (inTruth && present(estimated[i][j]));
      if (inTruth || inEstimate) union++;
      if (inTruth && inEstimate) disagreements.push(abs(true_[i][j].minus(estimated[i][j])));
    }
  return taus.map((tau) => {
    if (union === 0) return tau.of(1);
    const costs = disagreements.map((a) =>
      tau.atMost(a) ? tau.of(1) : cost === "step" ? tau.of(0) : a.over(tau),
    );
    const matched = costs.reduce((sum, one) => sum.plus(one), tau.of(0));
    return matched.plus(union - disagreements.length).over(union);
  });
}
