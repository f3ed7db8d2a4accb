/** Keypoints of heat maps that gradients go through. */
import { type MapOptions, mapGradients, mapKeypoints } from "../map-keypoints.js";
import type { Backend } from "../task.js";
import { type Differentiable, requireUpstream } from "./differentiable.js";

export interface MapInputGradients {
  /** [B, H, W]. */
  readonly maps: Float64Array;
}

/**
 * Keypoints and deviations (x, y, σ_x, σ_y) [B, 4] of maps [B, H, W], in the unit of the coordinates.
 *
 * @throws as mapKeypoints does.
 */
export async function differentiableKeypoints(
  backend: Backend,
  maps: ArrayLike<number>,
  options: MapOptions,
): Promise<Differentiable<MapInputGradients>> {
  const { keypoint, deviation, status } = await mapKeypoints(backend, maps, options);
  const value = new Float64Array(2 * keypoint.length);
  for (let k = 0; k < keypoint.length; k++) {
    value[2 * k - (k % 2)] = keypoint[k];
    value[2 * k - (k % 2) + 2] = deviation[k];
  }
  const counts = status.map((_, b) => value.subarray(4 * b, 4 * b + 4).every(Number.isFinite));
  return {
    ...{ value, counts, status },
    async backward(upstream) {
      requireUpstream("differentiableKeypoints", upstream, value);
      const half = (from: 0 | 2) =>
        Float64Array.from(keypoint, (_, k) =>
          counts[k >> 1] ? upstream[2 * k - (k % 2) + from] : 0,
        );
      const found = await mapGradients(backend, maps, half(0), half(2), options);
      return { maps: found.maps };
    },
  };
}
