/**
 * The whole pipeline in one call: heat maps to keypoints to a pose to a loss, and the gradient back on the maps.
 *
 *     maps → (aggregated) → softmax → centre of mass → pixels → pose layer → loss
 *          ←      …       ←         ←                ←        ←            ← 1
 *
 * | loss by                    | through the pose                  | gradient contract                            |
 * |----------------------------|-----------------------------------|----------------------------------------------|
 * | layer "exact"              | implicit function theorem         | that of the loss itself (BPNP-2)             |
 * | layer "faster"             | Gauss–Newton Hessian, ∂²π dropped | exact where residuals vanish (BPNP-3)        |
 * | layer "gauss-newton"       | Gauss–Newton Hessian              | likewise (BPNP-4)                            |
 * | layer "depth-weighted"     | published code's constraint       | off by the depth ratio, always (BPNP-5)      |
 * | another PoseLayer          | its own                           | its own                                      |
 * | monteCarlo                 | samples and densities are held    | that of the estimate (EPRO-20)               |
 * | linearCovariance           | none: at the true pose            | the detachments of LC-19                     |
 *
 * What does not count — a map without a keypoint, a label outside the image, a solver that fails — is said so item by
 * item, adds nothing to the loss and has a gradient of zero. Means are over what counts.
 * Source: EQUATIONS REPRO-L1 … L7, HM-11; [UAVA2021] Fig 1, Sec 3; [BPnP2020].
 */
import ndarray, { type NdArray } from "ndarray";
import { type AggregatedMaps, aggregatedMaps } from "../heatmap/aggregation.js";
import { inFrame } from "../heatmap/frame.js";
import { type HeatMapKeypoints, heatMapKeypoints } from "../heatmap/keypoints.js";
import { isDense } from "../heatmap/map-stack.js";
import { type MapStatus, mapSentences } from "../heatmap/map-status.js";
import { keypointWeightsSlope } from "../kernels/keypoint-likelihood.js";
import type { Pose } from "../problem/pose.js";
import { type ItemTerm, itemTerms, type PipelineStage } from "./item-terms.js";
import { combined, heatMapTerm } from "./map-term.js";
import { type SceneItem, sceneItems } from "./pipeline-input.js";
import type { PipelineOptions, PipelineScene } from "./pipeline-options.js";
import { type LayerOutcome, layerOf } from "./pose-layer.js";
import { checkedTerms, type TermName, termNames } from "./terms.js";

/** One image. */
export interface PipelineItem {
  /** What does not count, and why; empty if all does. */
  readonly failures: readonly (LayerOutcome & { readonly stage: PipelineStage })[];
  /** x [2K] and σ [2K], px, flat. */
  readonly keypoints: Float64Array;
  readonly deviations: Float64Array;
  /** The layer's pose; null without one. */
  readonly pose: Pose | null;
  /** Values of the terms that count, before weights. */
  readonly values: { readonly [name in TermName]?: number };
}

export interface PipelineResult {
  /** Σ weight · value over the terms. */
  readonly loss: number;
  /** Each term's value over the batch, before its weight, and how many images, or maps of l_h, it is over. */
  readonly terms: { readonly [name in TermName]?: { value: number; counted: number } };
  readonly items: readonly PipelineItem[];
  /** ∂L/∂maps, one array [B, K, H_s, W_s] a resolution. */
  readonly gradients: readonly NdArray<Float64Array>[];
  /**
   * ‖∇ weight · l_h‖ / ‖∇ of all other terms‖ over the maps, where both are asked for; else null. Where it is far from 1,
   * one of them is not learned from.
   */
  readonly balance: number | null;
}

const name = "keypointPipeline";

/**
 * The loss of logits [B, K, H, W], or of several resolutions of them, and its gradient.
 *
 * @throws TypeError or RangeError if an array or option is malformed, or the scene lacks what a term needs; never for
 * what is in a map.
 */
export function keypointPipeline(
  logits: NdArray | readonly NdArray[],
  scene: PipelineScene,
  options: PipelineOptions,
): PipelineResult {
  const maps = Array.isArray(logits) ? (logits as readonly NdArray[]) : [logits as NdArray];
  const weights = checkedTerms(name, options.terms);
  const [B, K] = checkedShape(maps, options.out);
  const items = sceneItems(name, B, K, scene, options);
  requireTruth(weights, items);
  const merged = merge(maps, scene, options);
  const decoded = heatMapKeypoints(merged?.maps ?? maps[0], {
    temperature: options.temperature,
    coordinates: scene.image,
    into: merged ? undefined : options.out?.[0],
  });
  const layer = layerOf(options.layer);
  const evaluated = items.map((item, b) => {
    const failures = unusable(decoded.status.slice(K * b, K * (b + 1)), item, scene, options);
    const own = ({ data }: NdArray<Float64Array>) => data.subarray(2 * K * b, 2 * K * (b + 1));
    const [keypoints, deviations] = [own(decoded.keypoints), own(decoded.deviations)];
    const usable = failures.length === 0;
    const terms = usable
      ? itemTerms(keypoints, deviations, item, b, weights, layer, options)
      : ([] as const);
    for (const { stage, outcome } of terms)
      if (!outcome.counts) failures.push({ stage, ...outcome });
    return { failures, usable, keypoints, deviations, terms };
  });
  const share = (stage: PipelineStage): number => {
    const counts = (terms: readonly ItemTerm[]) =>
      terms.some((term) => term.stage === stage && term.outcome.counts);
    const counted = evaluated.filter(({ terms }) => counts(terms)).length;
    return options.batchReduction === "sum" || counted === 0 ? 1 : 1 / counted;
  };
  const through = pulledBack(K, evaluated, share, options, decoded);
  const gradients = through && (merged?.vjp(through) ?? [through]);
  const supervised =
    weights.heatMap > 0
      ? heatMapTerm(name, maps, items, scene, options, (b) => evaluated[b].usable)
      : null;
  return {
    ...totals(weights, evaluated, supervised, share),
    items: evaluated.map(({ failures, keypoints, deviations, terms }) => ({
      failures,
      keypoints,
      deviations,
      pose: terms.find(({ stage }) => stage === "layer")?.pose ?? null,
      values: Object.assign({}, ...terms.map((t) => (t.outcome.counts ? t.values : {}))),
    })),
    ...combined(maps, weights.heatMap, supervised?.gradients ?? null, gradients, options.out),
  };
}

/** Why an image counts in nothing: a map without a keypoint, or a label outside. */
function unusable(
  status: readonly MapStatus[],
  { keypoints }: SceneItem,
  { image }: PipelineScene,
  { outside = "drop" }: PipelineOptions,
): (LayerOutcome & { stage: PipelineStage })[] {
  const found: (LayerOutcome & { stage: PipelineStage })[] = [];
  const add = (stage: PipelineStage, why: MapStatus) =>
    found.push({ stage, counts: false, status: why, sentence: mapSentences[why].sentence });
  const bad = status.find((one) => !mapSentences[one].defined);
  if (bad) add("map", bad);
  if (outside === "drop" && keypoints) {
    const marked = ndarray(keypoints, [keypoints.length / 2, 2]);
    if (!inFrame(marked, image)) add("label", "outside");
  }
  return found;
}

/** ∂L/∂maps of all terms that go through keypoints, decoded from these maps; null if there are none. */
function pulledBack(
  K: number,
  evaluated: readonly { readonly deviations: Float64Array; readonly terms: readonly ItemTerm[] }[],
  share: (stage: PipelineStage) => number,
  { weights }: PipelineOptions,
  decoded: HeatMapKeypoints,
): NdArray<Float64Array> | null {
  if (!evaluated.some(({ terms }) => terms.length > 0)) return null;
  const spread = weights === "spread";
  const [byKeypoints, byDeviations] = [0, 1].map(() => new Float64Array(2 * K * evaluated.length));
  const slopes = new Float64Array(2 * K);
  evaluated.forEach(({ terms, deviations }, b) => {
    if (spread && terms.length > 0) keypointWeightsSlope(K, deviations, slopes);
    for (const { stage, outcome, x2d, w2d } of terms) {
      if (!outcome.counts) continue;
      const part = share(stage);
      for (let i = 0; i < 2 * K; i++) {
        byKeypoints[2 * K * b + i] += part * x2d[i];
        if (spread) byDeviations[2 * K * b + i] += part * w2d[i] * slopes[i];
      }
    }
  });
  const shape = [evaluated.length, K, 2];
  return decoded.vjp(
    ndarray(byKeypoints, shape),
    spread ? ndarray(byDeviations, shape) : undefined,
  );
}

/** Each term over the batch, and their weighted sum. */
function totals(
  weights: Record<TermName, number>,
  evaluated: readonly { readonly terms: readonly ItemTerm[] }[],
  supervised: { readonly loss: number; readonly counted: number } | null,
  share: (stage: PipelineStage) => number,
): Pick<PipelineResult, "loss" | "terms"> {
  const terms: { [name in TermName]?: { value: number; counted: number } } = {};
  if (supervised) terms.heatMap = { value: supervised.loss, counted: supervised.counted };
  for (const name of termNames) {
    if (name === "heatMap" || weights[name] === 0) continue;
    const entry = { value: 0, counted: 0 };
    for (const { terms: own } of evaluated)
      for (const { stage, outcome, values } of own) {
        const value = values[name];
        if (!outcome.counts || value === undefined) continue;
        entry.value += share(stage) * value;
        entry.counted++;
      }
    terms[name] = entry;
  }
  let loss = 0;
  for (const name of termNames) loss += weights[name] * (terms[name]?.value ?? 0);
  return { loss, terms };
}

/** B and K. @throws RangeError if maps are not [B, K, H, W], or the room for gradients is not theirs. */
function checkedShape(
  maps: readonly NdArray[],
  out: PipelineOptions["out"],
): readonly [number, number] {
  const shape = maps[0]?.shape ?? [];
  if (shape.length !== 4)
    throw new RangeError(`${name}: expected logits [B, K, H, W], got [${shape.join(", ")}]`);
  const wanted = maps.map((map) => `[${map.shape.join(", ")}]`).join(" ");
  const given = out?.map((map) => `[${map.shape.join(", ")}]`).join(" ");
  if (out && (given !== wanted || !out.every((map) => isDense(map) && map.offset === 0)))
    throw new RangeError(`${name}: expected dense out of shapes ${wanted}, got ${given}`);
  return [shape[0], shape[1]];
}

/** @throws RangeError if a term needs a truth that the scene does not tell. */
function requireTruth(weights: Record<TermName, number>, items: readonly SceneItem[]): void {
  const posed = weights.monteCarlo + weights.linearCovariance > 0;
  if (posed && items.some((item) => item.pose === null))
    throw new RangeError(`${name}: expected poses for monteCarlo and linearCovariance, got none`);
  const marked = weights.heatMap + weights.projection > 0;
  if (marked && items.some((item) => item.keypoints === null))
    throw new RangeError(`${name}: expected keypoints or poses for heatMap, projection, got none`);
}

/** Several resolutions as one, or null where there is one alone and no size asked for. */
function merge(
  maps: readonly NdArray[],
  { image }: PipelineScene,
  { aggregation = "finest" }: PipelineOptions,
): AggregatedMaps | null {
  if (aggregation === "finest") return maps.length === 1 ? null : aggregatedMaps(maps);
  const size = aggregation === "image" ? { rows: image.height, columns: image.width } : aggregation;
  return aggregatedMaps(maps, size);
}
