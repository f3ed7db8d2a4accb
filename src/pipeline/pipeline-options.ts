/** What a keypoint pipeline is given, and how it may be told to work. */
import type { NdArray } from "ndarray";
import type { Variant } from "../differentiate/variants.js";
import type { MapLossKind } from "../heatmap/losses.js";
import type { ImagePixels, MapSize } from "../heatmap/map-coordinates.js";
import type { LinearCovarianceLossOptions } from "../loss/linear-covariance-options.js";
import type { SeededLossOptions } from "../loss/seeded-pose-loss.js";
import type { ArrayInput } from "../problem/dense-array.js";
import type { PoseInput } from "../solve/solution.js";
import type { PoseLayer } from "./pose-layer.js";
import type { PipelineTerms } from "./terms.js";

/** What the maps of B images with K keypoints each show. */
export interface PipelineScene {
  /** Object points z [K, 3], shared, or [B, K, 3]. */
  readonly points: ArrayInput;
  /** Camera K [3, 3], shared, or [B, 3, 3]. */
  readonly camera: ArrayInput;
  /** The image that keypoints are pixels of. */
  readonly image: ImagePixels;
  /** True keypoints x⋆ [B, K, 2]; by default those of the true poses. */
  readonly keypoints?: ArrayInput;
  /** True poses, B of them: { R, t } or (ω, t) [6]. */
  readonly poses?: readonly PoseInput[];
}

export interface HeatMapTermOptions {
  /** Default: "l1". */
  readonly kind?: MapLossKind;
  /** λ ≥ 0 of each resolution. Default: 1. */
  readonly weights?: readonly number[];
  /** σ of the drawn targets in x and y [px]. Default: 3.5 % of the image. */
  readonly sigma?: readonly [number, number];
  /** As in heatMapTargets. Defaults: "density" and 1e-8, those of [UAVA2021]. */
  readonly scale?: "peak" | "density";
  readonly guard?: number | null;
  readonly reach?: number;
  /** Targets [B, K, H_s, W_s] of each resolution, instead of drawing them. */
  readonly targets?: readonly NdArray[];
  /** Floor of divergences. Default: 0. */
  readonly floor?: number;
}

export interface PipelineOptions {
  /** The losses and their weights; terms.ts names the published sums. */
  readonly terms: PipelineTerms;
  /** How keypoints become a pose and back, for projection and regularisation. Default: "exact". */
  readonly layer?: PoseLayer | Variant;
  /** τ > 0 of the softmax over cells. Default: 1. */
  readonly temperature?: number;
  /** Where several resolutions meet before the softmax. Default: "finest"; [UAVA2021]: "image". */
  readonly aggregation?: "finest" | "image" | MapSize;
  /** Weights of residuals: ones, 1/σ of the maps' spread in pixels, or given [B, K, 2]. Default: "ones". */
  readonly weights?: "ones" | "spread" | ArrayInput;
  /** Poses to start the layer's solver at, B of them. Default: a search. */
  readonly starts?: readonly PoseInput[];
  /** Over keypoints, in projection and regularisation. Default: "sum". */
  readonly keypointReduction?: "sum" | "mean";
  /** Over the items that count, of every term but heatMap. Default: "mean". */
  readonly batchReduction?: "mean" | "sum";
  /** An item whose true keypoints are not all in the image: left out, or taken all the same. Default: "drop". */
  readonly outside?: "drop" | "keep";
  /**
   * Room for the gradients, one dense array [B, K, H_s, W_s] a resolution, which the result then holds. A loop that
   * gives last step's arrays allocates no maps, with one resolution and no heatMap term. Default: new arrays.
   */
  readonly out?: readonly NdArray<Float64Array>[];
  readonly heatMap?: HeatMapTermOptions;
  /** Of EPro-PnP's loss; its `seed` has the item's number appended. */
  readonly monteCarlo?: SeededLossOptions;
  /** Of the LC loss. Default corners: those of the points' bounding box. */
  readonly linearCovariance?: LinearCovarianceLossOptions;
}
