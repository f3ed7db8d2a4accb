/**
 * Which frames a network is trained on, and how they are cut out.
 *
 *     UAVA      frames whose keypoints are all inside the image                              DATA-1
 *     LineMOD   a square of 1.5 times the box's longer side, its side and centre moved by     DATA-2
 *               up to a quarter, resized to 256 px, of which the network makes 64
 *     LM-O,     real and rendered images mixed at a share; instances seen for at least        DATA-3
 *     YCB-V     a share, and by at least 100 pixels of the output
 *
 * Draws come from a named stream, so that a run can be repeated. Source: EQUATIONS DATA-1 … DATA-3;
 * [UAVA2021] Sec 3.2, [EProPnP2022] Sec 5.1, [LC2023] Sec 4.3.
 */
import { cropAffine } from "../kernels/affine-crop.js";
import type { Stream } from "../random/stream.js";
import type { BopInstanceInfo } from "./bop-scene.js";

/** Share of real images in the mix with rendered ones, as published for ZebraPose with LC. */
export const realShares = { lmo: 0.25, ycbv: 0.125 } as const;
/** Least visible share of an instance to train on, by the network. */
export const leastVisibleShares = { gdr: 0.3, zebra: 0.2 } as const;
/** Fewest visible pixels of the output map; an instance with fewer is drawn again. */
export const fewestPixels = 100;

/**
 * True if every keypoint is in front of the camera and its pixel inside the image, 0 ≤ u < width and
 * 0 ≤ v < height; a pixel on the far edge is outside.
 *
 * @param keypoints [3n]; pose [R | t] row by row [12] in their unit; K [9]
 */
export function isWholeInImage(
  keypoints: Float64Array,
  pose: Float64Array,
  K: Float64Array,
  [width, height]: readonly [number, number],
): boolean {
  const X = new Float64Array(3);
  for (let i = 0; i < keypoints.length; i += 3) {
    for (let a = 0; a < 3; a++)
      X[a] =
        pose[4 * a] * keypoints[i] +
        pose[4 * a + 1] * keypoints[i + 1] +
        pose[4 * a + 2] * keypoints[i + 2] +
        pose[4 * a + 3];
    const [u, v, w] = [0, 3, 6].map((r) => K[r] * X[0] + K[r + 1] * X[1] + K[r + 2] * X[2]);
    if (!(w > 0 && u >= 0 && u < width * w && v >= 0 && v < height * w)) return false;
  }
  return true;
}

/** Nine keypoints [27] of a stand-in drone: its centre and the corners of its box, of a given diagonal. */
export function droneKeypoints({ sides, diagonal }: DroneBody): Float64Array {
  const half = diagonal / 2 / Math.hypot(...sides);
  const points = [0, 0, 0];
  for (let corner = 0; corner < 8; corner++)
    for (let a = 0; a < 3; a++) points.push((corner & (4 >> a) ? half : -half) * sides[a]);
  return Float64Array.from(points);
}

export interface DroneBody {
  /** Proportions of the box. */
  readonly sides: readonly [number, number, number];
  /** Its diagonal, m. */
  readonly diagonal: number;
}

/** The drones of UAVA: boxes of their proportions, of the diagonals that evaluations use. */
export const droneBodies: Readonly<Record<"m2ed" | "tello", DroneBody>> = {
  m2ed: { sides: [0.322, 0.242, 0.084], diagonal: 0.354 },
  tello: { sides: [0.098, 0.0925, 0.041], diagonal: 0.2 },
};

export interface CropRule {
  /** Side of the square in longer sides of the box. */
  readonly pad: number;
  /** Greatest relative change of the side, and greatest shift in sides of the box. */
  readonly scaleJitter: number;
  readonly shiftJitter: number;
}

export const linemodCrop: CropRule = { pad: 1.5, scaleJitter: 0.25, shiftJitter: 0.25 };

/**
 * M [2,3] row by row [6], from image to map, of a crop about a box x, y, width, height [px]; with a stream,
 * moved at random. Parts beyond the image are for the caller to fill with zeros.
 *
 * @throws RangeError if the box has no size.
 */
export function boxCrop(
  box: ArrayLike<number>,
  pixels: number,
  draw?: Stream,
  { pad, scaleJitter, shiftJitter }: CropRule = linemodCrop,
): Float64Array {
  const jitter = (most: number) => (draw ? most * (2 * draw.uniform() - 1) : 0);
  const [x, y, width, height] = Array.from(box);
  if (!(width > 0 && height > 0))
    throw new RangeError(`boxCrop: expected a box of some size, got ${width} x ${height}`);
  const side = pad * Math.max(width, height) * (1 + jitter(scaleJitter));
  const centre = Float64Array.of(
    x + width * (0.5 + jitter(shiftJitter)),
    y + height * (0.5 + jitter(shiftJitter)),
  );
  const M = new Float64Array(6);
  cropAffine(centre, side, 0, pixels, M);
  return M;
}

/** "real" at the share given, else "rendered". @throws RangeError unless the share is in 0 … 1. */
export function drawnImageKind(draw: Stream, realShare: number): "real" | "rendered" {
  if (!(realShare >= 0 && realShare <= 1))
    throw new RangeError(`drawnImageKind: expected a share in 0 … 1, got ${realShare}`);
  return draw.uniform() < realShare ? "real" : "rendered";
}

/** True if an instance is seen well enough to train on. */
export function isTrainable(
  { visibleShare }: Pick<BopInstanceInfo, "visibleShare">,
  outputPixels: number,
  leastShare: number,
): boolean {
  return visibleShare >= leastShare && outputPixels >= fewestPixels;
}
