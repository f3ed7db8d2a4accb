/**
 * Correspondences: object points and the pixels where they are seen (EQUATIONS CONV-1 to CONV-4).
 *
 *     r_i = x_i − π(z_i),   cost = ½ Σ ρ(‖w_i ∘ r_i‖²)
 *
 * Weights multiply residuals. Input is checked here, once, and copied into flat arrays; everything
 * after this trusts them.
 */

import { cameraMatrix, requireRegular } from "./camera.js";
import { type ArrayInput, axisCount, type DenseArray, denseArray } from "./dense-array.js";

/** Checked correspondences, flat and row-major. */
export interface Correspondences {
  /** Number of correspondences N. */
  readonly n: number;
  /** Pixels x [2N]. */
  readonly x2d: Float64Array;
  /** Object points z [3N]. */
  readonly x3d: Float64Array;
  /** Weights w ≥ 0 [2N], multiplying residuals. */
  readonly w2d: Float64Array;
  /** Camera matrix [9]. */
  readonly K: Float64Array;
}

export interface CorrespondencesInput {
  /** Pixels [N, 2]. */
  readonly x2d: ArrayInput;
  /** Object points [N, 3]. */
  readonly x3d: ArrayInput;
  /** Residual weights w [N, 2] or, shared by both axes, [N]; ones by default. */
  readonly w2d?: ArrayInput;
  /** Squared weights ω = w² [N, 2] or [N], in place of w2d. */
  readonly omega2d?: ArrayInput;
  /** Camera matrix [3, 3], regular. */
  readonly K: ArrayInput;
}

/** Batched input: as CorrespondencesInput with a leading axis B, which x3d and K may lack. */
export type BatchInput = CorrespondencesInput;

/**
 * Checked, flat correspondences. N = 0 is legal, as are weights of zero: whether the problem has an
 * answer is for `problemStatus` to say.
 *
 * @throws TypeError if an input is no array of numbers; RangeError if a shape differs, an entry is
 * not finite, a weight is negative, K is singular, or both w2d and omega2d are given.
 */
export function correspondences(input: CorrespondencesInput): Correspondences {
  const name = "correspondences";
  const x2d = denseArray(name, "x2d", input.x2d, ["N", 2]);
  const n = x2d.shape[0];
  const x3d = denseArray(name, "x3d", input.x3d, [n, 3]);
  return {
    n,
    x2d: x2d.data,
    x3d: x3d.data,
    w2d: weights(name, input, [n]).data,
    K: cameraMatrix(name, input.K),
  };
}

/**
 * One Correspondences per problem of a batch: x2d [B, N, 2], x3d [B, N, 3] or shared [N, 3], weights
 * [B, N, 2] or [B, N], K [B, 3, 3] or shared [3, 3]. B = 0 gives an empty list.
 *
 * @throws as correspondences does; flat typed arrays cannot say where a problem ends, so x2d, x3d
 * and weights must be ndarrays or nested lists.
 */
export function correspondencesBatch(input: BatchInput): Correspondences[] {
  const name = "correspondencesBatch";
  for (const key of ["x2d", "x3d", "w2d", "omega2d"] as const)
    if (input[key] !== undefined && axisCount(input[key]) === null)
      throw new TypeError(
        `${name}: expected ${key} as an ndarray or nested lists, got a flat array`,
      );
  const x2d = denseArray(name, "x2d", input.x2d, ["B", "N", 2]);
  const [b, n] = x2d.shape;
  // Nested lists of no problems cannot say how long each would be, so nothing else can be compared.
  if (b === 0) return [];
  // [[], []] has two axes as far as one can see, but it stands for two problems of no points.
  const shared = axisCount(input.x3d) === 2 && (n > 0 || !Array.isArray(input.x3d));
  const x3d = denseArray(name, "x3d", input.x3d, shared ? [n, 3] : [b, n, 3]);
  const w2d = weights(name, input, [b, n]);
  const oneK = axisCount(input.K) === 2 || (ArrayBuffer.isView(input.K) && input.K.length === 9);
  const K = denseArray(name, "K", input.K, oneK ? [3, 3] : [b, 3, 3]).data;
  return Array.from({ length: b }, (_, i) => {
    const camera = oneK ? K.slice() : K.slice(9 * i, 9 * i + 9);
    requireRegular(name, camera);
    return {
      n,
      x2d: x2d.data.slice(2 * n * i, 2 * n * (i + 1)),
      x3d: shared ? x3d.data.slice() : x3d.data.slice(3 * n * i, 3 * n * (i + 1)),
      w2d: w2d.data.slice(2 * n * i, 2 * n * (i + 1)),
      K: camera,
    };
  });
}

/** Weights w [..., 2] of `points` correspondences, from w or ω, one or two a point. */
function weights(name: string, input: CorrespondencesInput, points: readonly number[]): DenseArray {
  const { w2d, omega2d } = input;
  if (w2d !== undefined && omega2d !== undefined)
    throw new RangeError(`${name}: expected w2d or omega2d, got both`);
  const shape = [...points, 2];
  const total = shape.reduce((product, length) => product * length, 1);
  const given = w2d ?? omega2d;
  if (given === undefined) return { data: new Float64Array(total).fill(1), shape };
  const label = w2d !== undefined ? "w2d" : "omega2d";
  const perPoint = isPerPoint(given, points, total);
  const { data } = denseArray(name, label, given, perPoint ? points : shape);
  for (const value of data)
    if (value < 0) throw new RangeError(`${name}: expected ${label} >= 0, got ${value}`);
  const out = new Float64Array(total);
  for (let i = 0; i < total; i++) {
    const value = perPoint ? data[i >> 1] : data[i];
    out[i] = w2d !== undefined ? value : Math.sqrt(value);
  }
  return { data: out, shape };
}

/** Whether weights come one a point: by their axes or, for a flat array, by their number. */
function isPerPoint(input: ArrayInput, points: readonly number[], total: number): boolean {
  const axes = axisCount(input);
  if (axes !== null) return axes === points.length;
  return (input as Float64Array).length * 2 === total && total > 0;
}
