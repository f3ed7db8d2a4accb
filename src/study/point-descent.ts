/**
 * Object points learned under a loss of the pose alone, by Adam: a network reduced to its output.
 *
 * Every point is a free parameter that starts off by a wrong pose. At each step it is seen with fresh
 * noise, the part of a network's error that training does not remove, and the gradient of the loss at
 * the noisy points moves the parameters. Source: [LC2023] Sec 4.4, Fig 7 (the design, without its
 * network).
 */
import { projection, rigidTransform } from "../kernels/projection.js";
import { gradientCorrectness } from "../loss/gradient-correctness.js";
import { stream } from "../random/stream.js";
import { Adam } from "./adam.js";
import { offsetProblem } from "./offset-sweep.js";
import { type PoseLossName, poseLossGradients } from "./pose-losses.js";

export interface DescentSettings {
  readonly points: number;
  /** Standard deviation of a point's noise, seen in pixels at the box's depth. */
  readonly noise: number;
  /** Scale of the wrong pose at the start. */
  readonly offset: number;
  readonly steps: number;
  /** Adam's step, m. */
  readonly rate: number;
  /** Steps that make one entry of the curves; a divisor of `steps`. */
  readonly window: number;
}

export interface Descent {
  /** Correctness of the gradients, mean over each window; NaN where the loss was not defined. */
  readonly correctness: number[];
  /** Root mean square pixel error of the parameters themselves, without noise, after each window. */
  readonly error: number[];
}

/** The descent of this name: the same start and noise for every loss. */
export function pointDescent(loss: PoseLossName, name: string, settings: DescentSettings): Descent {
  const { points, noise, offset, steps, rate, window } = settings;
  const made = offsetProblem(name, { points, noise: 0, offset });
  const { truth, corners } = made;
  const { w2d, K, x3d } = made.problem;
  const x2d = pixelsOf(x3d, truth.R.data, truth.t.data, K);
  const parameters = made.moved.slice();
  const spread = (noise * truth.t.data[2]) / K[0];
  const draw = stream(`${name}/descent`);
  const adam = new Adam(parameters, rate);
  const correctness: number[] = [];
  const error: number[] = [];
  let sum = 0;
  for (let step = 1; step <= steps; step++) {
    const seen = { n: points, x2d, w2d, K, x3d: parameters.map((v) => v + spread * draw.normal()) };
    const gradient = poseLossGradients(loss, seen, truth, corners, `${name}/${step}`);
    if (gradient === null) sum = Number.NaN;
    else {
      sum += gradientCorrectness(seen, truth, "x3d", gradient.x3d).share;
      adam.step(gradient.x3d);
    }
    if (step % window !== 0) continue;
    correctness.push(sum / window);
    const now = pixelsOf(parameters, truth.R.data, truth.t.data, K);
    const squares = now.reduce((total, u, k) => total + (u - x2d[k]) ** 2, 0);
    error.push(Math.sqrt(squares / points));
    sum = 0;
  }
  return { correctness, error };
}

function pixelsOf(
  x3d: Float64Array,
  R: Float64Array,
  t: Float64Array,
  K: Float64Array,
): Float64Array {
  const pixels = new Float64Array((2 * x3d.length) / 3);
  const X = new Float64Array(3);
  for (let i = 0; 3 * i < x3d.length; i++) {
    rigidTransform(x3d.subarray(3 * i, 3 * i + 3), R, t, X);
    projection(X, K, pixels.subarray(2 * i, 2 * i + 2));
  }
  return pixels;
}
