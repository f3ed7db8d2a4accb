/**
 * The small head as a network of keypoints: pixels and σ under Laplace likelihood, with the LC loss or not.
 *
 *     L = mean (log σ + |x − π(z, y_gt)| / σ) + β L_LC,   w = 1/σ
 *
 * Source: [LC2023] Sec 4.5; EQUATIONS LC-32, LC-35, LC-36, EXP-L5.
 */
import { keypointLikelihoodLossGradient, keypointWeights } from "../kernels/keypoint-likelihood.js";
import { linearCovarianceLoss } from "../loss/index.js";
import { cloudCorners } from "./cloud.js";
import type { HeadLoss } from "./small-head.js";

/** The loss of a keypoint head; β = 0 is the likelihood alone. */
export function keypointHeadLoss(beta: number): HeadLoss {
  return (problem, { exact, pose }) => {
    const { n, x2d, w2d } = problem;
    const [sigma, predicted, slopes] = [0, 0, 0].map(() => new Float64Array(2 * n));
    // w = 1/σ is its own inverse.
    keypointWeights(n, w2d, sigma);
    keypointLikelihoodLossGradient(n, x2d, exact.x2d, sigma, predicted, slopes);
    // dσ/dw = −1/w² = −σ².
    const byWeights = slopes.map((slope, j) => -slope * sigma[j] ** 2);
    if (beta === 0) return { predicted, w2d: byWeights };
    const { loss, gradient } = linearCovarianceLoss(problem, pose, { corners: cloudCorners });
    if (!Number.isFinite(loss)) return null;
    for (let j = 0; j < 2 * n; j++) {
      predicted[j] += beta * gradient.x2d[j];
      byWeights[j] += beta * gradient.w2d[j];
    }
    return { predicted, w2d: byWeights };
  };
}
