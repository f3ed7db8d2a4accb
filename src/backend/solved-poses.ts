/** Poses of a batch of problems, and gradients through them. */
import type { DerivativeStatus } from "../differentiate/standing.js";
import { type Variant, variantNames } from "../differentiate/variants.js";
import type { Status } from "../problem/status.js";
import {
  correspondencesOf,
  outcomes,
  type PointGradients,
  pointGradients,
  ran,
  rows,
  thresholds,
} from "./batch.js";
import { poseVjp } from "./operations/pose-vjp.js";
import { solve } from "./operations/solve.js";
import type { Problems } from "./problems.js";
import type { Backend, FieldArrays } from "./task.js";

export interface PoseOptions {
  /** Huber threshold [weighted px], > 0, one for all or one a problem [B]. Default: Infinity. */
  readonly delta?: number | ArrayLike<number>;
  /** Poses (t, q) to start at [B, 7]. Default: every problem is searched for its lowest minimum. */
  readonly poseInit?: ArrayLike<number>;
  /** Most evaluations of the Hessian from one start, ≥ 1. Default: 100. */
  readonly maxIterations?: number;
}

export interface SolvedPoses {
  /** [B], as of solvePnP. */
  readonly status: readonly Status[];
  /** (t, q) [B, 7], q = (w, x, y, z); NaN where there is no single pose. */
  readonly pose: Float64Array;
  /** ½Σρ [B], weighted px²; NaN where there is no pose. */
  readonly cost: Float64Array;
}

/**
 * The pose of least cost of every problem, as solvePnP finds it.
 *
 * @throws RangeError if an option is out of range or a start is no pose; BackendError if the backend fails.
 */
export async function solvedPoses(
  backend: Backend,
  problems: Problems,
  options: PoseOptions = {},
): Promise<SolvedPoses> {
  const name = "solvedPoses";
  const { poseInit, maxIterations } = options;
  const { count, offsets } = problems;
  if (maxIterations !== undefined && !(Number.isSafeInteger(maxIterations) && maxIterations >= 1))
    throw new RangeError(`${name}: expected a whole maxIterations >= 1, got ${maxIterations}`);
  const delta = thresholds(name, options.delta, count, "> 0");
  const task = await ran(
    name,
    backend,
    solve,
    { maxIterations, poseInit: poseInit !== undefined },
    offsets,
    { ...correspondencesOf(problems), delta, ...starts(name, poseInit, count) },
  );
  return { status: outcomes(task), pose: task.output.pose, cost: task.output.cost };
}

function starts(caller: string, given: ArrayLike<number> | undefined, count: number): FieldArrays {
  if (given === undefined) return {};
  const poses = rows(caller, "poseInit", given, count, 7);
  for (let at = 0; at < poses.length; at += 7) {
    const y = poses.subarray(at, at + 7);
    if (!(y.every(Number.isFinite) && y.subarray(3).some((entry) => entry !== 0)))
      throw new RangeError(
        `${caller}: expected a pose (t, q) to start at, got (${y.join(", ")}) for problem ${at / 7}`,
      );
  }
  return { poseInit: poses };
}

export interface PoseGradientOptions {
  /** The threshold that poses were solved with; as of PoseOptions. */
  readonly delta?: number | ArrayLike<number>;
  /** Which derivative. Default: "exact". */
  readonly variant?: Variant;
}

export interface PoseGradients extends PointGradients {
  /** [B], as of poseVjp. */
  readonly status: readonly DerivativeStatus[];
  /** [B, 3, 3], all nine entries taken as free. */
  readonly K: Float64Array;
  /** By the threshold [B]. */
  readonly delta: Float64Array;
}

/**
 * vᵀ ∂y/∂θ of every problem at its pose (t, q) [B, 7], for upstream gradients v [B, 6] in the chart LEFT:
 * rotation (camera frame) first, then translation. As poseVjp has them. Problems whose pose or v is NaN are
 * "not-finite", so that what could not be solved needs no care.
 *
 * @throws RangeError if lengths differ or an option is out of range; BackendError if the backend fails.
 */
export async function poseGradients(
  backend: Backend,
  problems: Problems,
  poses: ArrayLike<number>,
  v: ArrayLike<number>,
  options: PoseGradientOptions = {},
): Promise<PoseGradients> {
  const name = "poseGradients";
  const { variant = "exact" } = options;
  const { count, offsets } = problems;
  if (!variantNames.includes(variant))
    throw new RangeError(`${name}: expected variant ${variantNames.join(", ")}, got ${variant}`);
  const task = await ran(name, backend, poseVjp, { variant }, offsets, {
    ...correspondencesOf(problems),
    delta: thresholds(name, options.delta, count, "> 0"),
    pose: rows(name, "poses", poses, count, 7),
    v: rows(name, "v", v, count, 6),
  });
  const { K, delta } = task.output;
  return { status: outcomes(task), ...pointGradients(problems, task), K, delta };
}
