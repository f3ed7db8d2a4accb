/**
 * Correspondences off the truth in two ways at once: each by its own noise, all by one wrong pose.
 *
 * A network that has learned little is wrong as a whole, as if it saw another pose; what it cannot learn
 * is noise of each point. The points and camera are those of scene D5: 0.6 × 0.4 × 0.5 m at 0.9 m.
 */
import { projection, rigidTransform } from "../kernels/projection.js";
import { rotation } from "../kernels/rodrigues.js";
import type { Correspondences } from "../problem/correspondences.js";
import type { Pose } from "../problem/pose.js";
import { scene } from "../problem/scenes.js";
import { stream } from "../random/stream.js";

export interface OffsetProblem {
  readonly problem: Correspondences;
  readonly truth: Pose;
  /** Object points as the wrong pose would have them [3N]: seen from the truth they are off alike. */
  readonly moved: Float64Array;
  /** Corners of the box that holds the points [8][3]. */
  readonly corners: readonly (readonly number[])[];
}

/** How a problem is made; noise in pixels, offset as a scale: rad, and m to 0.1, 0.1, 0.3 of it. */
export interface OffsetFactors {
  readonly points: number;
  readonly noise: number;
  readonly offset: number;
  /** Depth of the box in metres. Default: 0.9. */
  readonly depth?: number;
}

const corners = [0, 1, 2, 3, 4, 5, 6, 7].map((k) => [
  k & 4 ? 0.3 : -0.3,
  k & 2 ? 0.2 : -0.2,
  k & 1 ? 0.25 : -0.25,
]);
/** Offsets of t per unit of scale, m. */
const reach = [0.1, 0.1, 0.3];

/** The problem of this name: pixels are the projections at the wrong pose, with noise. */
export function offsetProblem(name: string, factors: OffsetFactors): OffsetProblem {
  const { points, noise, offset, depth = 0.9 } = factors;
  const { correspondences, pose: truth, R, t } = scene("D5", { n: points, noise: 0, seed: name });
  const { x3d, w2d, K } = correspondences;
  t[2] = depth;
  const draw = stream(`${name}/offset`);
  const turn = new Float64Array(9);
  rotation(
    Float64Array.from(reach, () => offset * draw.normal()),
    turn,
  );
  const shift = Float64Array.from(reach, (far) => far * offset * draw.normal());
  const noisy = stream(`${name}/noise`);
  const x2d = new Float64Array(2 * points);
  const moved = new Float64Array(3 * points);
  const [X, Y, pixel] = [new Float64Array(3), new Float64Array(3), new Float64Array(2)];
  for (let i = 0; i < points; i++) {
    rigidTransform(x3d.subarray(3 * i, 3 * i + 3), R, origin, X);
    // The wrong pose turns about the object's origin.
    rigidTransform(X, turn, shift, Y);
    for (let a = 0; a < 3; a++) moved[3 * i + a] = R[a] * Y[0] + R[3 + a] * Y[1] + R[6 + a] * Y[2];
    for (let a = 0; a < 3; a++) Y[a] += t[a];
    projection(Y, K, pixel);
    for (let a = 0; a < 2; a++) x2d[2 * i + a] = pixel[a] + noise * noisy.normal();
  }
  return { problem: { n: points, x2d, x3d, w2d, K }, truth, moved, corners };
}

const origin = new Float64Array(3);
