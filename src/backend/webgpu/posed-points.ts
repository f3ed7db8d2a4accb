/** Problems at poses of their own, packed for shaders, and their curvature on the way back to the oracle's tangent. */
import type { FieldArrays, Task } from "../task.js";
import { CURVATURE, POSED } from "./curvature.wgsl.js";
import { type Frame, fitFrame, frame, POINT, packPoints, withinSingle } from "./frame.js";
import { setReference } from "./motions.js";
import { LANES } from "./pose-pair.wgsl.js";

/** Beyond this a δ² would not be a float; no residual here is as long. */
const LARGEST_THRESHOLD = 1e18;

/** Problems that a device takes, in the order of `taken`, each with its frame. */
export interface PosedPoints {
  readonly taken: number[];
  readonly left: number[];
  readonly frames: Frame[];
  /** First point of each, and behind them the number of all. */
  readonly firsts: number[];
  readonly problems: Float32Array<ArrayBuffer>;
  readonly points: Float32Array<ArrayBuffer>;
  /** Workgroups of points: problem, first point in it. */
  readonly tiles: Uint32Array<ArrayBuffer>;
}

/**
 * Packs problems from … to − 1 at poses (t, q) [7] of `poses`; those without points or pose, that `refused` names or that
 * single precision cannot hold, are left.
 */
export function packPosed(
  { offsets, input }: Task,
  from: number,
  to: number,
  poses: Float64Array,
  delta: (b: number) => number,
  refused: (b: number) => boolean,
): PosedPoints {
  const points = new Float32Array(POINT * (offsets[to] - offsets[from]));
  const problems = new Float32Array(POSED * (to - from));
  const whole = new Uint32Array(problems.buffer);
  const [taken, left, tiles, firsts]: number[][] = [[], [], [], []];
  const frames: Frame[] = [];
  let first = 0;
  for (let b = from; b < to; b++) {
    const n = offsets[b + 1] - offsets[b];
    const at = frame();
    const record = POSED * taken.length;
    const end = first + n;
    const fits = n > 0 && !refused(b) && setReference(at, poses, 7 * b, 7);
    if (fits) {
      fitFrame(input, offsets[b], n, input.K, 9 * b, at);
      packPoints(input, offsets[b], n, at, points, POINT * first);
      whole[record] = first;
      whole[record + 1] = n;
      problems[record + 2] = Math.min(delta(b), LARGEST_THRESHOLD);
      for (let i = 0; i < 3; i++)
        for (let j = 0; j < 3; j++) problems[record + 4 + 4 * i + j] = at.P[3 * i + j];
    }
    if (!fits || !sound(points, first, end)) {
      left.push(b);
      continue;
    }
    for (let i = 0; i < n; i += LANES) tiles.push(taken.length, i);
    taken.push(b);
    frames.push(at);
    firsts.push(first);
    first = end;
  }
  return {
    ...{ taken, left, frames },
    firsts: [...firsts, first],
    problems: problems.subarray(0, POSED * taken.length),
    points: points.subarray(0, POINT * first),
    tiles: Uint32Array.from(tiles),
  };
}

/** Least depth, in that of the centroid, at which a point's slopes are numbers of single precision. */
const LEAST_DEPTH = 1e-6;

function sound(points: Float32Array, first: number, end: number): boolean {
  if (!withinSingle(points, POINT * first, POINT * end)) return false;
  for (let row = POINT * first; row < POINT * end; row += POINT)
    if (Math.abs(points[row + 3]) < LEAST_DEPTH) return false;
  return true;
}

/** Writes the symmetric matrix [6, 6] of sums θθ [6], θτ [9], ττ [6], from entry `at`, to H. */
export function curvatureMatrix(sums: Float32Array, at: number, H: Float64Array): void {
  let k = at;
  for (let i = 0; i < 3; i++) for (let j = i; j < 3; j++) H[6 * i + j] = H[6 * j + i] = sums[k++];
  for (let i = 0; i < 3; i++) for (let j = 3; j < 6; j++) H[6 * i + j] = H[6 * j + i] = sums[k++];
  for (let i = 3; i < 6; i++) for (let j = i; j < 6; j++) H[6 * i + j] = H[6 * j + i] = sums[k++];
}

/** Whether residuals of a problem lie beside the Huber threshold, as far as single precision can tell. */
export const besideThreshold = (sums: Float32Array, k: number): boolean =>
  sums[CURVATURE * k + CURVATURE - 1] > 0;

/**
 * Writes T [6, 6] of (θ, τ_Y) = T ξ for a tangent ξ = (rotation, translation) of the camera's translation: a turn
 * ω in camera axes about the origin of the camera's translated axes ("camera", LEFT), or in object axes ("object", RP).
 */
export function tangentOfFrame(
  { R, M, centroid }: Frame,
  axes: "camera" | "object",
  T: Float64Array,
): void {
  T.fill(0);
  const [a, b, c] = centroid;
  const arm = [0, 1, 2].map((i) => R[3 * i] * a + R[3 * i + 1] * b + R[3 * i + 2] * c);
  for (let j = 0; j < 3; j++) {
    // Velocity of the centroid under turn j, and that turn in object axes.
    const turn =
      axes === "camera" ? [0, 1, 2].map((i) => R[3 * j + i]) : [0, 1, 2].map((i) => +(i === j));
    const axis =
      axes === "camera" ? [0, 1, 2].map((i) => +(i === j)) : [0, 1, 2].map((i) => R[3 * i + j]);
    const velocity = [
      axis[1] * arm[2] - axis[2] * arm[1],
      axis[2] * arm[0] - axis[0] * arm[2],
      axis[0] * arm[1] - axis[1] * arm[0],
    ];
    for (let i = 0; i < 3; i++) {
      T[6 * i + j] = turn[i];
      T[6 * (3 + i) + j] =
        M[3 * i] * velocity[0] + M[3 * i + 1] * velocity[1] + M[3 * i + 2] * velocity[2];
      T[6 * (3 + i) + 3 + j] = M[3 * i + j];
    }
  }
}

const half = new Float64Array(36);

/** Writes Tᵀ A T [6, 6] to B, which may be A. */
export function congruent(A: Float64Array, T: Float64Array, B: Float64Array): void {
  for (let i = 0; i < 6; i++)
    for (let j = 0; j < 6; j++) {
      let sum = 0;
      for (let k = 0; k < 6; k++) sum += A[6 * i + k] * T[6 * k + j];
      half[6 * i + j] = sum;
    }
  for (let i = 0; i < 6; i++)
    for (let j = 0; j < 6; j++) {
      let sum = 0;
      for (let k = 0; k < 6; k++) sum += T[6 * k + i] * half[6 * k + j];
      B[6 * i + j] = sum;
    }
}

/** Slopes of a problem's points by x', w' and z' [8], in their own units and times `scale`. Returns Σ of the eighth. */
export function writePointSlopes(
  output: FieldArrays,
  { offsets }: Task,
  b: number,
  { sigma, extent }: Frame,
  slopes: Float32Array,
  from: number,
  scale: number,
): number {
  const [byX, byW, byZ] = [scale / sigma, scale * sigma, scale / extent];
  let last = 0;
  for (let i = offsets[b], s = from; i < offsets[b + 1]; i++, s += 8) {
    output.x2d[2 * i] = slopes[s] * byX;
    output.x2d[2 * i + 1] = slopes[s + 1] * byX;
    output.w2d[2 * i] = slopes[s + 2] * byW;
    output.w2d[2 * i + 1] = slopes[s + 3] * byW;
    output.x3d[3 * i] = slopes[s + 4] * byZ;
    output.x3d[3 * i + 1] = slopes[s + 5] * byZ;
    output.x3d[3 * i + 2] = slopes[s + 6] * byZ;
    last += slopes[s + 7];
  }
  return last * scale;
}

/** Whether all eight slopes of all points of a problem are numbers. */
export function areNumbers(slopes: Float32Array, from: number, to: number): boolean {
  let sum = 0;
  for (let k = from; k < to; k++) sum += slopes[k] * 0;
  return sum === 0;
}
