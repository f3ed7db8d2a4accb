/** Poses that gradients go through: solved forwards, and backwards by the implicit function theorem. */
import type { PointGradients } from "../batch.js";
import { rows } from "../batch.js";
import type { Problems } from "../problems.js";
import {
  type PoseGradientOptions,
  type PoseOptions,
  poseGradients,
  solvedPoses,
} from "../solved-poses.js";
import type { Backend } from "../task.js";
import { type Differentiable, pointRange, requireUpstream } from "./differentiable.js";
import { tangentGradients } from "./pose-coordinates.js";

export interface PoseInputGradients extends PointGradients {
  /** [B, 3, 3], all nine entries taken as free. */
  readonly K: Float64Array;
  /** By the threshold [B]. */
  readonly delta: Float64Array;
}

export interface DifferentiablePoseOptions
  extends PoseOptions,
    Pick<PoseGradientOptions, "variant"> {}

/**
 * Poses (t, q) [B, 7] of least cost, q = (w, x, y, z). A problem counts if it has a pose that is a minimum.
 * Backwards, its gradient is that of `poseGradients`; one whose derivative is not defined hands back zeros.
 *
 * @throws as solvedPoses does.
 */
export async function differentiablePoses(
  backend: Backend,
  problems: Problems,
  options: DifferentiablePoseOptions = {},
): Promise<Differentiable<PoseInputGradients>> {
  const { variant, ...forward } = options;
  const { pose: value, status } = await solvedPoses(backend, problems, forward);
  const counts = status.map((name) => name === "ok" || name === "kink");
  return {
    ...{ value, counts, status },
    async backward(upstream) {
      requireUpstream("differentiablePoses", upstream, value);
      const v = tangentGradients(value, upstream);
      const { delta } = forward;
      const found = await poseGradients(backend, problems, value, v, { delta, variant });
      const moves = found.status.map(
        (name, b) => counts[b] && !["singular", "not-finite", "saddle"].includes(name),
      );
      return withoutOthers(problems, found, moves);
    },
  };
}

export interface PoseLossOptions extends DifferentiablePoseOptions {
  /** Factor of ‖t − t′‖², per squared unit of the points. Default: 1. */
  readonly translation?: number;
  /** Factor of 1 − ⟨q, q′⟩² = sin²(θ/2), θ the angle between the rotations. Default: 1. */
  readonly rotation?: number;
}

/**
 * How far poses of least cost are from target poses (t′, q′) [B, 7], one number a problem:
 *
 *     L = translation · ‖t − t′‖² + rotation · (1 − ⟨q, q′⟩²)
 *
 * @throws RangeError if targets are not [B, 7] of unit quaternions; else as differentiablePoses does.
 */
export async function differentiablePoseLosses(
  backend: Backend,
  problems: Problems,
  targets: ArrayLike<number>,
  options: PoseLossOptions = {},
): Promise<Differentiable<PoseInputGradients>> {
  const name = "differentiablePoseLosses";
  const { translation = 1, rotation = 1, ...rest } = options;
  const target = rows(name, "targets", targets, problems.count, 7);
  requireUnit(name, target);
  const poses = await differentiablePoses(backend, problems, rest);
  const value = new Float64Array(problems.count);
  const slope = new Float64Array(7 * problems.count);
  for (let b = 0; b < problems.count; b++) {
    const [y, truth] = [poses.value, target].map((of) => of.subarray(7 * b, 7 * b + 7));
    let [square, cosine] = [0, 0];
    for (let k = 0; k < 3; k++) square += (y[k] - truth[k]) ** 2;
    for (let k = 3; k < 7; k++) cosine += y[k] * truth[k];
    value[b] = poses.counts[b] ? translation * square + rotation * (1 - cosine ** 2) : Number.NaN;
    for (let k = 0; k < 3; k++) slope[7 * b + k] = 2 * translation * (y[k] - truth[k]);
    for (let k = 3; k < 7; k++) slope[7 * b + k] = -2 * rotation * cosine * truth[k];
  }
  return {
    ...{ value, counts: poses.counts, status: poses.status },
    async backward(upstream) {
      requireUpstream(name, upstream, value);
      return poses.backward(slope.map((v, i) => upstream[Math.floor(i / 7)] * v));
    },
  };
}

/** Gradients with zeros for the problems that move nothing. */
function withoutOthers(
  problems: Problems,
  { x2d, x3d, w2d, K, delta }: PoseInputGradients,
  moves: readonly boolean[],
): PoseInputGradients {
  for (const [b, moved] of moves.entries()) {
    if (moved) continue;
    for (const [values, width] of [
      [x2d, 2],
      [x3d, 3],
      [w2d, 2],
    ] as const)
      values.fill(0, ...pointRange(problems, b, width));
    K.fill(0, 9 * b, 9 * b + 9);
    delta[b] = 0;
  }
  return { x2d, x3d, w2d, K, delta };
}

/** @throws RangeError unless every quaternion has length one to single precision. */
function requireUnit(caller: string, poses: Float64Array): void {
  for (let at = 0; at < poses.length; at += 7) {
    const size = Math.hypot(...poses.subarray(at + 3, at + 7));
    if (!(Math.abs(size - 1) <= 1e-6))
      throw new RangeError(
        `${caller}: expected unit quaternions, got one of length ${size} in problem ${at / 7}`,
      );
  }
}
