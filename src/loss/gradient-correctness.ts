/**
 * Gradient correctness: the share of correspondences that a gradient moves towards the true pose.
 *
 * What the paper leaves open is an option, or counted apart (AMB-9). By default a step is infinitesimal,
 * every correspondence counts, and two kinds have no say: those whose gradient is zero, which nothing
 * moves, and those that fit the truth to the last bit, which nothing can improve. A correspondence whose
 * error stays as it is, moved along its level line, is not correct.
 * Which gradient is scored, of the pose loss alone or of the total, is up to the caller.
 * Source: EQUATIONS LC-33, AMB-9; [LC2023] Sec 4.4, 6.2.
 */
import {
  keypointErrorChange,
  keypointSlope,
  pointErrorChange,
  pointSlope,
} from "../kernels/gradient-correctness.js";
import { projection, projectionJacobian, rigidTransform } from "../kernels/projection.js";
import type { Correspondences } from "../problem/correspondences.js";
import { type ArrayInput, denseArray } from "../problem/dense-array.js";
import type { Pose } from "../problem/pose.js";

export interface CorrectnessOptions {
  /**
   * η > 0 of a step of −η times the gradient, which has to lower the error. Default: infinitesimal, the
   * limit of small η.
   */
  readonly step?: number;
  /** Which correspondences count [N]: those that are not 0. Default: all. */
  readonly mask?: ArrayLike<number>;
}

/** How a gradient scored; every correspondence of the mask is in one of the five counts. */
export interface GradientCorrectness {
  /** correct / (correct + wrong); NaN if there is neither. */
  readonly share: number;
  readonly correct: number;
  readonly wrong: number;
  /** Left out: the gradient is zero, or the error is. */
  readonly zeroGradients: number;
  readonly zeroErrors: number;
  /** Left out: the point lies on the camera plane at the true pose and has no error. */
  readonly unseen: number;
}

/**
 * Scores ∂L/∂x3d [N,3] or ∂L/∂x2d [N,2] of any loss L against the true pose. Weights play no part: the
 * error is ‖x − π(z, y_gt)‖².
 *
 * @throws RangeError or TypeError if the gradient has another shape or is not finite, the mask another
 * length, or the step is not positive and finite.
 */
export function gradientCorrectness(
  { n, x2d, x3d, K }: Pick<Correspondences, "n" | "x2d" | "x3d" | "K">,
  truth: Pose,
  of: "x3d" | "x2d",
  gradient: ArrayInput,
  options: CorrectnessOptions = {},
): GradientCorrectness {
  const { step, mask } = options;
  if (of !== "x3d" && of !== "x2d")
    throw new RangeError(`gradientCorrectness: expected the gradient of x3d or x2d, got ${of}`);
  if (step !== undefined && !(step > 0 && step < Infinity))
    throw new RangeError(`gradientCorrectness: expected a finite step > 0, got ${step}`);
  if (mask && mask.length !== n)
    throw new RangeError(`gradientCorrectness: expected a mask of ${n}, got ${mask.length}`);
  const width = of === "x3d" ? 3 : 2;
  const { data } = denseArray("gradientCorrectness", "gradient", gradient, [n, width]);
  const R = truth.R.data;
  const counts = { correct: 0, wrong: 0, zeroGradients: 0, zeroErrors: 0, unseen: 0 };
  for (let i = 0; i < n; i++) {
    if (mask && mask[i] === 0) continue;
    const x = x2d.subarray(2 * i, 2 * i + 2);
    rigidTransform(x3d.subarray(3 * i, 3 * i + 3), R, truth.t.data, X);
    projection(X, K, pixel);
    for (let a = 0; a < 2; a++) r[a] = x[a] - pixel[a];
    const g = data.subarray(width * i, width * (i + 1));
    if (!(Number.isFinite(r[0]) && Number.isFinite(r[1]))) counts.unseen++;
    else if (g.every((v) => v === 0)) counts.zeroGradients++;
    else if (r[0] === 0 && r[1] === 0) counts.zeroErrors++;
    else if ((width === 3 ? pointChange(x, K, R, g, step) : pixelChange(g, step)) < 0)
      counts.correct++;
    else counts.wrong++;
  }
  const { correct, wrong } = counts;
  return { share: correct / (correct + wrong), ...counts };
}

const X = new Float64Array(3);
const G = new Float64Array(3);
const pixel = new Float64Array(2);
const r = new Float64Array(2);
const J = new Float64Array(6);

/** Change of the error as the camera point X, of residual r, steps against R g; per step if infinitesimal. */
function pointChange(
  x: Float64Array,
  K: Float64Array,
  R: Float64Array,
  g: Float64Array,
  step: number | undefined,
): number {
  for (let a = 0; a < 3; a++) G[a] = R[3 * a] * g[0] + R[3 * a + 1] * g[1] + R[3 * a + 2] * g[2];
  if (step !== undefined) return pointErrorChange(x, X, K, G, step);
  projectionJacobian(X, K, J);
  // ∂π/∂z = ∂π/∂X R, so the slope along g by z is the slope along R g by X.
  return -pointSlope(G, r, J);
}

const pixelChange = (g: Float64Array, step: number | undefined): number =>
  step === undefined ? -keypointSlope(g, r) : keypointErrorChange(g, r, step);
