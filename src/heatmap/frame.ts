/**
 * Which frames a data set keeps: those with every keypoint in the image and in front of the camera.
 * Source: EQUATIONS DATA-1; [UAVA2021] Sec 3.2.
 */
import { type ArrayInput, denseArray } from "../problem/dense-array.js";

export interface FrameOptions {
  readonly width: number;
  readonly height: number;
  /** Where the first pixel's centre lies: 0, so that the image spans −½ … W − ½, or ½, 0 … W. Default: 0. */
  readonly pixelOffset?: 0 | 0.5;
}

/**
 * Whether every keypoint [N, 2] lies in the image; true without keypoints. With depths [N], also whether every one is
 * positive.
 *
 * @throws TypeError or RangeError if an array or the image is malformed.
 */
export function inFrame(
  keypoints: ArrayInput,
  { width, height, pixelOffset = 0 }: FrameOptions,
  depths?: ArrayInput,
): boolean {
  for (const [name, size] of [
    ["width", width],
    ["height", height],
  ] as const)
    if (!(size > 0)) throw new RangeError(`inFrame: expected ${name} > 0, got ${size}`);
  const { data, shape } = denseArray("inFrame", "keypoints", keypoints, ["N", 2]);
  const low = pixelOffset - 0.5;
  for (let i = 0; i < data.length; i += 2) {
    const [u, v] = [data[i] - low, data[i + 1] - low];
    if (!(u >= 0 && u < width && v >= 0 && v < height)) return false;
  }
  if (depths === undefined) return true;
  return denseArray("inFrame", "depths", depths, [shape[0]]).data.every((depth) => depth > 0);
}
