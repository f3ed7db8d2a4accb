/**
 * Dense targets of a depth map: what the coordinates of an object should be at every pixel.
 *
 * A pixel without depth has no target. Depth is taken at the pixel itself and never interpolated: between an
 * object and what is behind it, the mean of two depths lies on neither. Source: EQUATIONS DATA-6.
 */
import { coordinateTarget } from "../kernels/coordinate-target.js";

export interface CoordinateMap {
  /** z [height, width, 3] in half extents; 0 where there is no target. */
  readonly targets: Float64Array;
  /** 1 where there is a target [height, width]. */
  readonly mask: Uint8Array;
  /** Number of pixels with a target. */
  readonly count: number;
}

export interface CoordinateMapInput {
  readonly width: number;
  /** Depth along the optical axis [height, width], 0 or NaN for none, in the unit of t. */
  readonly depth: ArrayLike<number>;
  /** 1 where the object is seen [height, width]; by default everywhere. */
  readonly visible?: ArrayLike<number>;
  readonly K: Float64Array;
  /** [R | t] row by row [12], object to camera. */
  readonly pose: Float64Array;
  /** Half the extents of the model [3], in the unit of t. */
  readonly extents: Float64Array;
  /** Where in a pixel its depth is: 0.5 in the middle, 0 at its corner. By default 0.5. */
  readonly pixelOffset?: number;
}

/** @throws RangeError if the map is no whole number of rows, an extent is not positive, or K is no camera. */
export function coordinateMap(input: CoordinateMapInput): CoordinateMap {
  const { width, depth, visible, K, pose, extents, pixelOffset = 0.5 } = input;
  const pixels = depth.length;
  const expect = (holds: boolean, expected: string, got: unknown): void => {
    if (!holds) throw new RangeError(`coordinateMap: expected ${expected}, got ${got}`);
  };
  const isWidth = Number.isInteger(width) && width > 0;
  expect(isWidth && pixels % width === 0, `rows of ${width} depths`, `${pixels} depths`);
  expect(!visible || visible.length === pixels, `${pixels} entries of visible`, visible?.length);
  expect(
    extents.every((e) => e > 0 && e < Infinity),
    "positive extents",
    extents.join(", "),
  );
  const targets = new Float64Array(3 * pixels);
  const mask = new Uint8Array(pixels);
  let count = 0;
  for (let p = 0; p < pixels; p++) {
    const d = depth[p];
    if (!(d > 0 && d < Infinity) || (visible && !visible[p])) continue;
    const [u, v] = [p % width, Math.floor(p / width)];
    coordinateTarget(u, v, d, K, pose, extents, pixelOffset, targets.subarray(3 * p, 3 * p + 3));
    mask[p] = 1;
    count++;
  }
  return { targets, mask, count };
}
