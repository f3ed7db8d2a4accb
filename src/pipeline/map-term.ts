/** The part of a pipeline's loss that its maps have before any keypoint: l_h, and how gradients meet on the maps. */
import ndarray, { type NdArray } from "ndarray";
import { multiResolutionLoss } from "../heatmap/losses.js";
import { mapStack, zeroMaps } from "../heatmap/map-stack.js";
import { heatMapTargets } from "../heatmap/targets.js";
import type { SceneItem } from "./pipeline-input.js";
import type { PipelineOptions, PipelineScene } from "./pipeline-options.js";

/**
 * Σ_s λ_s l_h of maps [B, K, H_s, W_s] over the items that are used, and its gradients.
 *
 * @throws TypeError or RangeError if an option is malformed.
 */
export function heatMapTerm(
  name: string,
  maps: readonly NdArray[],
  items: readonly SceneItem[],
  { image }: PipelineScene,
  options: PipelineOptions,
  used: (item: number) => boolean,
): { loss: number; counted: number; gradients: readonly NdArray<Float64Array>[] } {
  const [B, K] = maps[0].shape;
  const { heatMap = {} } = options;
  const centres = new Float64Array(2 * K * B);
  items.forEach(({ keypoints }, b) => {
    if (keypoints) centres.set(keypoints, 2 * K * b);
  });
  const { sigma = [0.035 * image.width, 0.035 * image.height] } = heatMap;
  const { scale = "density", guard = 1e-8, reach } = heatMap;
  const targets =
    heatMap.targets ??
    maps.map((map) => {
      const { rows, columns } = mapStack(name, "logits", map);
      const keypoints = ndarray(centres, [B, K, 2]);
      const shape = { rows, columns, coordinates: image, outside: "keep" } as const;
      return heatMapTargets(keypoints, { ...shape, sigma, scale, guard, reach }).maps;
    });
  const valid = Array.from({ length: B * K }, (_, i) => used(Math.floor(i / K)));
  const { loss, parts } = multiResolutionLoss(maps, targets, {
    kind: heatMap.kind,
    weights: heatMap.weights,
    floor: heatMap.floor,
    temperature: options.temperature,
    valids: maps.map(() => valid),
  });
  return { loss, counted: parts[0].counted, gradients: parts.map(({ gradient }) => gradient) };
}

/** Both gradients on the maps as one, in `out` if it is given, and how their lengths compare. */
export function combined(
  maps: readonly NdArray[],
  weight: number,
  supervised: readonly NdArray<Float64Array>[] | null,
  through: readonly NdArray<Float64Array>[] | null,
  out: readonly NdArray<Float64Array>[] | undefined,
): { gradients: readonly NdArray<Float64Array>[]; balance: number | null } {
  let own = 0;
  let other = 0;
  const gradients = maps.map((map, s) => {
    const [first, second] = [supervised?.[s], through?.[s]];
    const sum = first ?? second ?? zeroMaps(mapStack("keypointPipeline", "logits", map));
    if (first) {
      const [data, rest] = [first.data, second?.data];
      for (let i = 0; i < data.length; i++) {
        const direct = weight * data[i];
        const indirect = rest ? rest[i] : 0;
        own += direct * direct;
        other += indirect * indirect;
        data[i] = direct + indirect;
      }
    }
    if (out && out[s] !== sum) out[s].data.set(sum.data);
    return out?.[s] ?? sum;
  });
  return { gradients, balance: supervised && through && Math.sqrt(own / other) };
}
