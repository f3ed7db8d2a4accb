/** The scene of a keypoint pipeline, checked: B items of K points. */
import { projection, rigidTransform } from "../kernels/projection.js";
import { requireRegular } from "../problem/camera.js";
import { type ArrayInput, axisCount, denseArray } from "../problem/dense-array.js";
import { type Pose, pose, poseFromVector } from "../problem/pose.js";
import type { PoseInput } from "../solve/solution.js";
import type { PipelineOptions, PipelineScene } from "./pipeline-options.js";

/** One item: its object points, camera, truth and given weights. */
export interface SceneItem {
  readonly x3d: Float64Array;
  readonly K: Float64Array;
  /** x⋆ [2K]; null if the scene does not say. */
  readonly keypoints: Float64Array | null;
  readonly pose: Pose | null;
  readonly start: Pose | undefined;
  /** [2K]; null for ones or the maps' spread. */
  readonly weights: Float64Array | null;
}

/** @throws TypeError or RangeError naming what is malformed. */
export function sceneItems(
  name: string,
  B: number,
  K: number,
  { points, camera, keypoints, poses }: PipelineScene,
  { weights = "ones", starts }: PipelineOptions,
): SceneItem[] {
  const sharedPoints = axisCount(points) === 2 || isFlat(points, 3 * K);
  const z = denseArray(name, "points", points, sharedPoints ? [K, 3] : [B, K, 3]).data;
  const sharedCamera = axisCount(camera) === 2 || isFlat(camera, 9);
  const cameras = denseArray(name, "camera", camera, sharedCamera ? [3, 3] : [B, 3, 3]).data;
  for (let b = 0; 9 * b < cameras.length; b++)
    requireRegular(name, cameras.slice(9 * b, 9 * b + 9));
  const truth = keypoints && denseArray(name, "keypoints", keypoints, [B, K, 2]).data;
  const posed = listed(name, "poses", poses, B);
  const begun = listed(name, "starts", starts, B);
  const given = typeof weights === "string" ? null : weights;
  if (given === null && weights !== "ones" && weights !== "spread")
    throw new RangeError(`${name}: expected weights of ones, spread or [B, K, 2], got ${weights}`);
  const w = given && denseArray(name, "weights", given, [B, K, 2]).data;
  for (const value of w ?? [])
    if (value < 0) throw new RangeError(`${name}: expected weights >= 0, got ${value}`);
  return Array.from({ length: B }, (_, b) => {
    const x3d = sharedPoints ? z : z.subarray(3 * K * b, 3 * K * (b + 1));
    const own = sharedCamera ? cameras : cameras.slice(9 * b, 9 * b + 9);
    return {
      x3d,
      K: own,
      keypoints:
        truth?.subarray(2 * K * b, 2 * K * (b + 1)) ??
        (posed && projected(x3d, posed[b], own)) ??
        null,
      pose: posed?.[b] ?? null,
      start: begun?.[b],
      weights: w?.subarray(2 * K * b, 2 * K * (b + 1)) ?? null,
    };
  });
}

const isFlat = (input: ArrayInput, length: number): boolean =>
  ArrayBuffer.isView(input) && (input as Float64Array).length === length;

function listed(
  name: string,
  what: string,
  given: readonly PoseInput[] | undefined,
  B: number,
): Pose[] | null {
  if (given === undefined) return null;
  if (given.length !== B)
    throw new RangeError(`${name}: expected ${B} entries of ${what}, got ${given.length}`);
  return given.map((one) =>
    typeof one === "object" && "R" in one && "t" in one ? pose(one.R, one.t) : poseFromVector(one),
  );
}

function projected(x3d: Float64Array, { R, t }: Pose, K: Float64Array): Float64Array {
  const x2d = new Float64Array((2 * x3d.length) / 3);
  const X = new Float64Array(3);
  for (let i = 0; 3 * i < x3d.length; i++) {
    rigidTransform(x3d.subarray(3 * i, 3 * i + 3), R.data, t.data, X);
    projection(X, K, x2d.subarray(2 * i, 2 * i + 2));
  }
  return x2d;
}

/** Corners [8, 3] of the box about points [3K]. */
export function boxCorners(x3d: Float64Array): Float64Array {
  const [low, high] = [Infinity, -Infinity].map((from) => [from, from, from]);
  x3d.forEach((x, i) => {
    low[i % 3] = Math.min(low[i % 3], x);
    high[i % 3] = Math.max(high[i % 3], x);
  });
  return Float64Array.from({ length: 24 }, (_, i) =>
    (Math.floor(i / 3) >> (i % 3)) & 1 ? high[i % 3] : low[i % 3],
  );
}
