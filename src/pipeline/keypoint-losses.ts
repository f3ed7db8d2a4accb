/**
 * The losses of keypoints through the pose that they imply.
 *
 *     l_proj = Σ ‖π(z, y⋆) − x⋆‖²,   l_reg = Σ ‖x − π(z, y⋆)‖²,   y⋆ = y⋆(x, z, w, K)
 *     ∂L/∂θ = direct part + vᵀ ∂y⋆/∂θ,   v = ∂L/∂y⋆
 *
 * Of l_reg the exact layer with unit weights leaves the direct part alone, 2(x − π): y⋆ is where v vanishes. That is
 * not put in by hand; with weights, with δ or with another layer v does not vanish and is not left out.
 * l_proj alone leaves keypoints free wherever the pose does not follow them; l_reg ties them down.
 * Source: EQUATIONS REPRO-L2, REPRO-L3, REPRO-L5, BPNP-8, AMB-2; [BPnP2020]; [UAVA2021] Sec 3.
 */
import type { Variant } from "../differentiate/variants.js";
import { reprojectionGradient } from "../kernels/reprojection-cost.js";
import { reprojectionInputGradient } from "../kernels/reprojection-inputs.js";
import type { Correspondences } from "../problem/correspondences.js";
import { type ArrayInput, denseArray } from "../problem/dense-array.js";
import type { Pose } from "../problem/pose.js";
import {
  type DataGradient,
  dataGradient,
  type LayerOutcome,
  layerOf,
  type PoseLayer,
} from "./pose-layer.js";

export interface KeypointLossOptions {
  /** How keypoints become a pose and back. Default: "exact". */
  readonly layer?: PoseLayer | Variant;
  /** Weights ≥ 0 of l_proj and l_reg in L. Default: 1 each, which is l_p. */
  readonly projection?: number;
  readonly regularisation?: number;
  /** Over keypoints. Default: "sum". */
  readonly reduction?: "sum" | "mean";
  /** A pose to start the solver at. Default: a search. */
  readonly start?: Pose;
}

/** L and its parts, px²; NaN, and a gradient of zeros, unless the outcome counts. */
export interface KeypointLosses {
  readonly outcome: LayerOutcome;
  readonly loss: number;
  readonly projection: number;
  readonly regularisation: number;
  /** y⋆; null if the layer found none. */
  readonly pose: Pose | null;
  /** ∂L/∂(x, z, w, K) in total: direct, and through the pose. */
  readonly gradient: DataGradient;
}

const upstream = new Float64Array(6);
const part = new Float64Array(6);

/**
 * L of the keypoints in `problem` against the true ones x⋆ [N, 2].
 *
 * @throws TypeError or RangeError if x⋆ or an option is malformed.
 */
export function keypointLosses(
  problem: Correspondences,
  truth: ArrayInput,
  options: KeypointLossOptions = {},
): KeypointLosses {
  const name = "keypointLosses";
  const { projection: a = 1, regularisation: b = 1, reduction = "sum" } = options;
  const { n } = problem;
  const x = denseArray(name, "truth", truth, [n, 2]).data;
  for (const [what, weight] of [
    ["projection", a],
    ["regularisation", b],
  ] as const)
    if (!(weight >= 0 && weight < Number.POSITIVE_INFINITY))
      throw new RangeError(`${name}: expected ${what} >= 0, got ${weight}`);
  if (reduction !== "sum" && reduction !== "mean")
    throw new RangeError(`${name}: expected reduction of sum, mean, got ${reduction}`);
  const layer = layerOf(options.layer);
  const { outcome, pose } = layer.solve(problem, options.start);
  if (!outcome.counts || pose === null) return undefinedLosses(n, outcome, pose);
  const gradient = dataGradient(n);
  // Costs are half of sums of squares.
  const scale = reduction === "mean" ? 2 / n : 2;
  upstream.fill(0);
  const [direct, none] = [dataGradient(n), { ...problem, w2d: new Float64Array(2 * n).fill(1) }];
  const projection = scale * added({ ...none, x2d: x }, pose, a * scale, false, direct, gradient);
  const regularisation = scale * added(none, pose, b * scale, true, direct, gradient);
  const loss = a * projection + b * regularisation;
  for (const rows of Object.values(direct) as Float64Array[]) rows.fill(0);
  const through = layer.vjp(problem, pose, upstream, direct);
  const whole = through.counts && Number.isFinite(loss);
  if (!whole) return undefinedLosses(n, through.counts ? overflow : through, pose);
  for (const key of ["x2d", "x3d", "w2d", "K"] as const)
    for (let i = 0; i < gradient[key].length; i++) gradient[key][i] += direct[key][i];
  return { outcome: through, loss, projection, regularisation, pose, gradient };
}

/** The cost of pixels at a pose; adds its gradients, times a weight, by the pose and directly by the data. */
function added(
  { n, x2d, x3d, w2d, K }: Correspondences,
  pose: Pose,
  weight: number,
  movesPixels: boolean,
  room: DataGradient,
  gradient: DataGradient,
): number {
  const [R, t] = [pose.R.data, pose.t.data];
  const cost = reprojectionGradient(n, x2d, x3d, w2d, K, R, t, Number.POSITIVE_INFINITY, part);
  for (let k = 0; k < 6; k++) upstream[k] += weight * part[k];
  const { x2d: x, x3d: z, w2d: w, K: byK } = room;
  const into = { x, z, w, K: byK, delta };
  reprojectionInputGradient(n, x2d, x3d, w2d, K, R, t, Number.POSITIVE_INFINITY, into);
  for (let i = 0; i < z.length; i++) gradient.x3d[i] += weight * z[i];
  for (let i = 0; i < 9; i++) gradient.K[i] += weight * byK[i];
  if (movesPixels) for (let i = 0; i < x.length; i++) gradient.x2d[i] += weight * x[i];
  return cost;
}

const delta = new Float64Array(1);
const overflow: LayerOutcome = {
  counts: false,
  status: "not-finite",
  sentence: "A point lies on the camera plane, or numbers overflow: there is no loss.",
};

const undefinedLosses = (n: number, outcome: LayerOutcome, pose: Pose | null): KeypointLosses => ({
  outcome: { ...outcome, counts: false },
  loss: Number.NaN,
  projection: Number.NaN,
  regularisation: Number.NaN,
  pose,
  gradient: dataGradient(n),
});
