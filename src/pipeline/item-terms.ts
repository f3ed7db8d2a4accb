/** The terms of one image that go through its keypoints: values, and gradients by keypoints and weights. */
import { keypointWeights } from "../kernels/keypoint-likelihood.js";
import { rotationQuaternion } from "../kernels/quaternion.js";
import { linearCovarianceLoss } from "../loss/linear-covariance-loss.js";
import { linearCovarianceSentences } from "../loss/linear-covariance-status.js";
import { monteCarloPoseLoss, seededLossSentences } from "../loss/seeded-pose-loss.js";
import type { Correspondences } from "../problem/correspondences.js";
import type { Pose } from "../problem/pose.js";
import { keypointLosses } from "./keypoint-losses.js";
import { boxCorners, type SceneItem } from "./pipeline-input.js";
import type { PipelineOptions } from "./pipeline-options.js";
import type { LayerOutcome, PoseLayer } from "./pose-layer.js";
import type { TermName } from "./terms.js";

/** Where an image or a part of its loss can fail. */
export type PipelineStage = "map" | "label" | "layer" | "monteCarlo" | "linearCovariance";

/** One term, or the two that share a solver: weights times values, and their gradient. */
export interface ItemTerm {
  readonly stage: PipelineStage;
  readonly outcome: LayerOutcome;
  /** Values by name, before weights. */
  readonly values: { readonly [name in TermName]?: number };
  /** Of the weighted sum, by keypoints and by weights [2K]. */
  readonly x2d: Float64Array;
  readonly w2d: Float64Array;
  /** The layer's pose, where there is one. */
  readonly pose: Pose | null;
}

/** All terms of an image whose keypoints x [2K] and σ [2K] can be used. */
export function itemTerms(
  x2d: Float64Array,
  sigma: Float64Array,
  item: SceneItem,
  index: number,
  weights: Record<TermName, number>,
  layer: PoseLayer,
  options: PipelineOptions,
): ItemTerm[] {
  const n = x2d.length / 2;
  const w2d = item.weights ?? new Float64Array(2 * n).fill(1);
  if (options.weights === "spread") keypointWeights(n, sigma, w2d);
  const problem = { n, x2d, x3d: item.x3d, w2d, K: item.K };
  const terms: ItemTerm[] = [];
  if (weights.projection + weights.regularisation > 0)
    terms.push(layerTerm(problem, item, weights, layer, options));
  if (weights.monteCarlo > 0 && item.pose)
    terms.push(monteCarloTerm(problem, item.pose, weights.monteCarlo, index, options));
  if (weights.linearCovariance > 0 && item.pose)
    terms.push(linearCovarianceTerm(problem, item.pose, weights.linearCovariance, options));
  return terms;
}

/** l_proj and l_reg of one item, through the layer. */
function layerTerm(
  problem: Correspondences,
  item: SceneItem,
  weights: Record<TermName, number>,
  layer: PoseLayer,
  options: PipelineOptions,
): ItemTerm {
  const { outcome, projection, regularisation, pose, gradient } = keypointLosses(
    problem,
    // l_reg alone asks for no truth; l_proj of weight 0 then takes any.
    item.keypoints ?? problem.x2d,
    {
      layer,
      projection: weights.projection,
      regularisation: weights.regularisation,
      reduction: options.keypointReduction ?? "sum",
      start: item.start,
    },
  );
  const values = {
    ...(weights.projection > 0 && { projection }),
    ...(weights.regularisation > 0 && { regularisation }),
  };
  return { stage: "layer", outcome, values, x2d: gradient.x2d, w2d: gradient.w2d, pose };
}

/** EPro-PnP's loss of one item at its true pose. */
function monteCarloTerm(
  problem: Correspondences,
  truth: Pose,
  weight: number,
  index: number,
  { monteCarlo = {} }: PipelineOptions,
): ItemTerm {
  const target = new Float64Array(7);
  target.set(truth.t.data);
  rotationQuaternion(truth.R.data, target.subarray(3));
  const seed = `${monteCarlo.seed ?? "pipeline"}/${index}`;
  const { status, loss, slopes } = monteCarloPoseLoss(problem, target, { ...monteCarlo, seed });
  const counts = Number.isFinite(loss);
  const outcome = { counts, status, sentence: seededLossSentences[status] };
  return weighted("monteCarlo", outcome, { monteCarlo: loss }, weight, slopes);
}

/** The LC loss of one item at its true pose. */
function linearCovarianceTerm(
  problem: Correspondences,
  truth: Pose,
  weight: number,
  { linearCovariance = {} }: PipelineOptions,
): ItemTerm {
  const { status, loss, gradient } = linearCovarianceLoss(problem, truth, {
    corners: boxCorners(problem.x3d),
    ...linearCovariance,
  });
  const { defined, sentence } = linearCovarianceSentences[status];
  const counts = defined && Number.isFinite(loss);
  return weighted(
    "linearCovariance",
    { counts, status, sentence },
    { linearCovariance: loss },
    weight,
    gradient,
  );
}

function weighted(
  stage: PipelineStage,
  outcome: LayerOutcome,
  values: ItemTerm["values"],
  weight: number,
  { x2d, w2d }: { readonly x2d: Float64Array; readonly w2d: Float64Array },
): ItemTerm {
  const scaled = (slopes: Float64Array) => slopes.map((s) => (outcome.counts ? weight * s : 0));
  return { stage, outcome, values, x2d: scaled(x2d), w2d: scaled(w2d), pose: null };
}
