/**
 * Derivatives through a robustification, backwards: kernel of
 * ../definitions/linear-covariance-robust-gradient.ts, in doubles on flat arrays.
 */
import { squaredHuberSlope, squaredHuberThresholdSlope } from "./huber.js";
import type { LinearCovarianceOptions, LinearCovarianceProblem } from "./linear-covariance-loss.js";
import { shortenedResidualJacobian } from "./linear-covariance-robust.js";
import type { LinearCovarianceWorkspace } from "./linear-covariance-workspace.js";
import { twiceHuberSlope, twiceHuberThresholdSlope } from "./twice-huber.js";

/**
 * Writes ∂L/∂e to x2d and ∂L/∂w to w2d, of the ∂L/∂M, ∂L/∂e and ∂L/∂ω in the workspace, which it
 * changes on the way.
 */
export function robustificationGradient(
  { n, w2d, valid }: LinearCovarianceProblem,
  options: LinearCovarianceOptions,
  at: LinearCovarianceWorkspace,
  out: { readonly x2d: Float64Array; readonly w2d: Float64Array },
): void {
  const { robust, detached } = options;
  const { e, squares, weightThreshold: deltaW, residualThreshold: deltaE } = at;
  const spread = detached.includes("covarianceResidual") ? 0 : 1;
  const leans = detached.includes("linearResidual") ? 0 : 1;
  const { byVariance, byResidual, byOmega } = at;
  const byE = out.x2d;
  if (options.maskWeights && valid !== null)
    for (let k = 0; k < 2 * n; k++) byOmega[k] *= valid[k >> 1];
  for (let k = 0; k < 2 * n; k++) {
    byVariance[k] *= spread;
    byE[k] = leans * byResidual[k];
    const share = robust === null ? 1 : squaredHuberSlope(squares[k], deltaW[k]);
    out.w2d[k] = byOmega[k] * share;
  }
  if (robust !== null && !detached.includes("thresholds"))
    addWeightThreshold(n, valid, robust.epsilon, spread, at, out.w2d);
  for (let k = 0; k < 2 * n; k++) {
    const size = Math.abs(e[k]);
    const run = robust === null ? 2 * size : twiceHuberSlope(size, deltaE[k & 1]);
    byE[k] += byVariance[k] * run * Math.sign(e[k]);
    // ∂w² = 2w ∂w; a weight that is squared already is its own square.
    if (options.weights === "multiplier") out.w2d[k] *= 2 * w2d[k];
  }
  if (robust === null || detached.includes("thresholds")) return;
  for (let k = 0; k < 2; k++) {
    let byDelta = 0;
    let counted = 0;
    for (let i = 0; i < n; i++) {
      const c = 2 * i + k;
      byDelta += byVariance[c] * twiceHuberThresholdSlope(Math.abs(e[c]), deltaE[k]);
      counted += valid === null ? 1 : valid[i];
    }
    const share = counted === 0 ? 0 : (byDelta * robust.residualFactor) / counted;
    for (let i = 0; i < n; i++)
      byE[2 * i + k] += share * (valid === null ? 1 : valid[i]) * Math.sign(e[2 * i + k]);
  }
}

/** Through δ_w² = κ₂ m/(M + ε), m = mean(w² M): to ∂L/∂M, and to ∂L/∂w². */
function addWeightThreshold(
  n: number,
  valid: Float64Array | null,
  epsilon: number,
  spread: number,
  at: LinearCovarianceWorkspace,
  bySquare: Float64Array,
): void {
  const { squares, variance: M, weightThreshold: deltaW, byVariance, byOmega } = at;
  for (let k = 0; k < 2; k++) {
    let byMean = 0;
    let pulls = 0;
    let counted = 0;
    for (let i = 0; i < n; i++) {
      const c = 2 * i + k;
      const counts = valid === null ? 1 : valid[i];
      pulls += counts * squares[c] * M[c];
      counted += counts;
    }
    if (!(pulls > 0)) continue;
    for (let i = 0; i < n; i++) {
      const c = 2 * i + k;
      const half = (byOmega[c] * squaredHuberThresholdSlope(squares[c], deltaW[c]) * deltaW[c]) / 2;
      byMean += (half * counted) / pulls;
      byVariance[c] -= (spread * half) / (M[c] + epsilon);
    }
    for (let i = 0; i < n; i++) {
      const c = 2 * i + k;
      const share = (byMean * (valid === null ? 1 : valid[i])) / counted;
      bySquare[c] += share * M[c];
      byVariance[c] += spread * share * squares[c];
    }
  }
}

const residual = new Float64Array(2);
const bend = new Float64Array(4);

/** Turns ∂L/∂e into ∂L/∂r [2n] in place: as it is, or by the clamp's own derivative. */
export function clampGradient(
  n: number,
  { robust }: LinearCovarianceOptions,
  { r }: LinearCovarianceWorkspace,
  g: Float64Array,
): void {
  if (robust === null || robust.clamp === "straight-through") return;
  for (let i = 0; i < 2 * n; i += 2) {
    residual[0] = r[i];
    residual[1] = r[i + 1];
    shortenedResidualJacobian(residual, robust.maxLength, robust.epsilon, bend);
    const g0 = g[i];
    g[i] = bend[0] * g0 + bend[2] * g[i + 1];
    g[i + 1] = bend[1] * g0 + bend[3] * g[i + 1];
  }
}
