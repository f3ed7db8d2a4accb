/**
 * The Laplace likelihood of keypoints in doubles, on flat arrays; see definitions/keypoint-likelihood.ts.
 * The slope by σ subtracts before it divides, and keeps its digits beside the minimum, σ = |x − u|.
 */

/** L of x, u and σ [2N]; 0 if N = 0. @throws RangeError unless every σ is positive. */
export function keypointLikelihoodLoss(
  n: number,
  x: Float64Array,
  u: Float64Array,
  sigma: Float64Array,
): number {
  let total = 0;
  for (let i = 0; i < 2 * n; i++) {
    requirePositive("keypointLikelihoodLoss", sigma[i], i);
    total += Math.log(sigma[i]) + Math.abs(x[i] - u[i]) / sigma[i];
  }
  return n === 0 ? 0 : total / (2 * n);
}

/** Writes ∂L/∂x and ∂L/∂σ [2N]; no output may be an input. @throws as the loss. */
export function keypointLikelihoodLossGradient(
  n: number,
  x: Float64Array,
  u: Float64Array,
  sigma: Float64Array,
  x2d: Float64Array,
  slopes: Float64Array,
): void {
  for (let i = 0; i < 2 * n; i++) {
    const s = sigma[i];
    requirePositive("keypointLikelihoodLossGradient", s, i);
    x2d[i] = Math.sign(x[i] - u[i]) / s / (2 * n);
    slopes[i] = (s - Math.abs(x[i] - u[i])) / s / s / (2 * n);
  }
}

/** Writes w [2N], which may be σ. @throws RangeError unless every σ is positive. */
export function keypointWeights(n: number, sigma: Float64Array, w: Float64Array): void {
  for (let i = 0; i < 2 * n; i++) {
    requirePositive("keypointWeights", sigma[i], i);
    w[i] = 1 / sigma[i];
  }
}

/** Writes dw/dσ [2N], which may be σ. @throws RangeError unless every σ is positive. */
export function keypointWeightsSlope(n: number, sigma: Float64Array, slopes: Float64Array): void {
  for (let i = 0; i < 2 * n; i++) {
    requirePositive("keypointWeightsSlope", sigma[i], i);
    slopes[i] = -1 / sigma[i] / sigma[i];
  }
}

function requirePositive(name: string, sigma: number, i: number): void {
  if (!(sigma > 0)) throw new RangeError(`${name}: expected sigma > 0, got ${sigma} at ${i}`);
}
