/**
 * Free keypoints pulled to a target pose by losses of the pose that they imply, by Adam.
 *
 * A network reduced to its output, with nothing to be learned but the pixels themselves: what is left to see
 * is where a gradient through the pose leads. Scene D1, its keypoints off by noise at the start.
 * Source: SYSTEMS D1, S-01 (5), S-02 (3), S-07 (2); EQUATIONS EXP-R3, EXP-R6, REPRO-L5; [BPnP2020] Sec 4.
 */
import type { Variant } from "../differentiate/variants.js";
import { rotationError } from "../kernels/pose-error.js";
import { adam, stepDecay } from "../optimise/index.js";
import { keypointLosses } from "../pipeline/index.js";
import type { Pose } from "../problem/pose.js";
import { type Scene, scene } from "../problem/scenes.js";
import { stream } from "../random/stream.js";

/** Weights of the two losses in each of the sums. */
export const poseSums = {
  l_p: { projection: 1, regularisation: 1 },
  l_proj: { projection: 1, regularisation: 0 },
} as const;
export type PoseSum = keyof typeof poseSums;

export interface KeypointDescentOptions {
  readonly sum: PoseSum;
  readonly layer: Variant;
  /** Standard deviation of each pixel coordinate at the start [px]. */
  readonly offset: number;
  /**
   * Where the solver starts: at the pose of the step before, and first at the true one; or searching afresh at every
   * step, as a layer does that keeps nothing.
   */
  readonly solver: "followed" | "searched";
  readonly steps: number;
  /** Adam's step [px]; a tenth of it from half of the steps on. */
  readonly rate: number;
}

export interface KeypointDescent {
  readonly scene: Scene;
  /** Rotation error of the pose [rad], and root mean square error of the keypoints [px], before each step. */
  readonly angles: Float64Array;
  readonly errors: Float64Array;
  /** Keypoints [2N] before each step, and after the last. */
  readonly path: readonly Float64Array[];
  /** Steps at which the loss had no gradient: nothing moved. */
  readonly lost: number;
}

/** The descent of this name: the same scene and start for every loss and layer. */
export function keypointDescent(name: string, options: KeypointDescentOptions): KeypointDescent {
  const { sum, layer, offset, solver, steps, rate } = options;
  const made = scene("D1", { seed: name });
  const draw = stream(`${name}/start`);
  const truth = made.correspondences.x2d;
  const values = truth.map((v) => v + offset * draw.normal());
  const moved = adam([{ values }], { rate });
  const decay = stepDecay([Math.max(1, Math.floor(steps / 2))]);
  const [angles, errors] = [new Float64Array(steps), new Float64Array(steps)];
  const path: Float64Array[] = [];
  let pose: Pose | null = made.pose;
  let lost = 0;
  for (let step = 0; step < steps; step++) {
    const found = keypointLosses({ ...made.correspondences, x2d: values.slice() }, truth, {
      ...{
        layer,
        ...poseSums[sum],
        start: solver === "followed" ? (pose ?? made.pose) : undefined,
      },
    });
    pose = found.pose;
    angles[step] = pose ? rotationError(flat(pose), flat(made.pose)) : Number.NaN;
    errors[step] = rootMeanSquare(values, truth);
    path.push(values.slice());
    if (found.outcome.counts) moved.step([found.gradient.x2d], decay(step));
    else lost++;
  }
  path.push(values.slice());
  return { scene: made, angles, errors, path, lost };
}

/** Of the distances of N pixels. */
function rootMeanSquare(x2d: Float64Array, truth: Float64Array): number {
  let squares = 0;
  for (let k = 0; k < x2d.length; k++) squares += (x2d[k] - truth[k]) ** 2;
  return Math.sqrt((2 * squares) / x2d.length);
}

/** [R | t] row by row [12]. */
export function flat({ R, t }: Pose): Float64Array {
  return Float64Array.from({ length: 12 }, (_, k) =>
    k % 4 < 3 ? R.get(Math.floor(k / 4), k % 4) : t.get(Math.floor(k / 4)),
  );
}
