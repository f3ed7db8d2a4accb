import { quaternionRotation } from "../../src/kernels/quaternion.js";
import { yawRotation } from "../../src/kernels/yaw.js";
import type { Clamps } from "../../src/solve/normal-equations.js";
import type { PointSet } from "../../src/solve/polish.js";
import { type RecordedArray, recorded, row } from "./recorded.js";

/** One problem of a recorded run: fixtures/recorded/epro_lm_*.json, made by fixtures/convert-lm.ts. */
export interface RecordedProblem {
  readonly title: string;
  readonly index: number;
  readonly chart: "Q7" | "YAW";
  readonly points: PointSet;
  readonly delta: number;
  /** Iterations recorded. */
  readonly iterations: number;
  readonly clamps: Clamps;
  readonly start: { R: Float64Array; t: Float64Array };
  /** Entry (k, b) of an array with iterations before problems, as a flat vector. */
  at(name: string, k: number): Float64Array;
  /** Row b of an array with problems first. */
  of(name: string): Float64Array;
}

export const runs = [
  "epro_lm_6dof_n8",
  "epro_lm_6dof_n64",
  "epro_lm_6dof_n512",
  "epro_lm_6dof_far",
  "epro_lm_6dof_n64_clip",
  "epro_lm_4dof_n32",
  "epro_lm_4dof_n32_clip",
] as const;

/** The pose (t, q) [7] or (t, β) [4] as R [9], t [3]. */
export function recordedPose(y: Float64Array): { R: Float64Array; t: Float64Array } {
  const R = new Float64Array(9);
  if (y.length === 7) quaternionRotation(y.slice(3), "unit", R);
  else yawRotation(y[3], R);
  return { R, t: y.slice(0, 3) };
}

export function recordedProblems(run: (typeof runs)[number]): RecordedProblem[] {
  const arrays = recorded(run);
  const [count, n] = arrays.x3d.shape;
  return Array.from({ length: count }, (_, b): RecordedProblem => {
    const of = (name: string) => row(arrays[name], b);
    return {
      title: `${run}[${b}]`,
      index: b,
      chart: run.includes("4dof") ? "YAW" : "Q7",
      points: { n, x2d: of("x2d"), x3d: of("x3d"), w2d: of("w2d"), K: of("cam_mats") },
      delta: arrays.delta.data[b],
      iterations: arrays.tr_radius.shape[0],
      clamps: {
        zMin: arrays.z_min.data[0],
        ...(arrays.lb && { lb: of("lb"), ub: of("ub") }),
      },
      start: recordedPose(of("pose_init")),
      of,
      at: (name, k) => inner(arrays[name], k, b),
    };
  });
}

function inner(array: RecordedArray, k: number, b: number): Float64Array {
  const [, ...rest] = array.shape;
  return row({ ...array, shape: rest, data: [...row(array, k)] }, b);
}

/** max |a − b| over entries. */
export function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let worst = 0;
  for (let i = 0; i < a.length; i++) worst = Math.max(worst, Math.abs(a[i] - b[i]));
  return worst;
}

/** ‖a − b‖/‖b‖, Frobenius. */
export function relativeDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let difference = 0;
  let size = 0;
  for (let i = 0; i < a.length; i++) {
    difference += (a[i] - b[i]) ** 2;
    size += b[i] ** 2;
  }
  return Math.sqrt(difference / size);
}
