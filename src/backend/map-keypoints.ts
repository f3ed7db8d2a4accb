/** Keypoints of a batch of heat maps, and gradients back onto the maps. */
import ndarray from "ndarray";
import { heatMapKeypoints } from "../heatmap/keypoints.js";
import type { MapStatus } from "../heatmap/map-status.js";
import { outcomes, ran, rows } from "./batch.js";
import { pointless } from "./new-task.js";
import { type KeypointSettings, keypoints, keypointsVjp } from "./operations/keypoints.js";
import type { Backend } from "./task.js";

/** Size of the maps, rows H and columns W, and the options of `heatMapKeypoints`. */
export type MapOptions = KeypointSettings;

export interface MapKeypoints {
  /** [B], as of heatMapKeypoints. */
  readonly status: readonly MapStatus[];
  /** x̂ [B, 2] and σ [B, 2], in the unit of the coordinates; NaN where there is no keypoint. */
  readonly keypoint: Float64Array;
  readonly deviation: Float64Array;
}

/**
 * Keypoints of maps [B, H, W].
 *
 * @throws RangeError if the length is no multiple of a map's or an option is out of range; BackendError if the
 * backend fails.
 */
export async function mapKeypoints(
  backend: Backend,
  maps: ArrayLike<number>,
  options: MapOptions,
): Promise<MapKeypoints> {
  const { count, input } = mapsOf("mapKeypoints", maps, options);
  const task = await ran("mapKeypoints", backend, keypoints, options, pointless(count), input);
  const { keypoint, deviation } = task.output;
  return { status: outcomes(task), keypoint, deviation };
}

export interface MapGradients {
  /** [B]; a map that has a keypoint and an upstream gradient that is no number is "not-finite". */
  readonly status: readonly MapStatus[];
  /** ∂L/∂maps [B, H, W]: zero for maps without a keypoint. */
  readonly maps: Float64Array;
}

/**
 * Gradients by maps [B, H, W] of anything whose gradients by their keypoints [B, 2] and, if given, deviations [B, 2]
 * are `byKeypoint` and `byDeviation`.
 *
 * @throws as mapKeypoints does.
 */
export async function mapGradients(
  backend: Backend,
  maps: ArrayLike<number>,
  byKeypoint: ArrayLike<number>,
  byDeviation: ArrayLike<number> | undefined,
  options: MapOptions,
): Promise<MapGradients> {
  const name = "mapGradients";
  const { count, input } = mapsOf(name, maps, options);
  const task = await ran(name, backend, keypointsVjp, options, pointless(count), {
    ...input,
    byKeypoint: rows(name, "byKeypoint", byKeypoint, count, 2),
    byDeviation: byDeviation
      ? rows(name, "byDeviation", byDeviation, count, 2)
      : new Float64Array(2 * count),
  });
  return { status: outcomes(task), maps: task.output.maps };
}

function mapsOf(caller: string, maps: ArrayLike<number>, options: MapOptions) {
  const { rows: H, columns: W, ...rest } = options;
  for (const [name, value] of [
    ["rows", H],
    ["columns", W],
  ] as const)
    if (!(Number.isSafeInteger(value) && value >= 1))
      throw new RangeError(`${caller}: expected a whole ${name} >= 1, got ${value}`);
  // Of no maps, it only looks at the options.
  heatMapKeypoints(ndarray(new Float64Array(0), [0, H, W]), rest);
  const count = Math.floor((maps?.length ?? 0) / (H * W));
  return { count, input: { maps: rows(caller, "maps", maps, count, H * W) } };
}
