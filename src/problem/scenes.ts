/**
 * Seeded problems with a known pose, for specs, benchmarks and demonstrations.
 *
 *     const { correspondences, pose } = scene("planar", { n: 32, noise: 0.5, seed: 7 });
 *
 * The same name, options and seed give the same scene. Geometry, noise, outliers and weights come
 * from separate streams, so asking for noise moves no point. Draws have the same bits on every
 * machine; the engine's sin and cos may still move a last digit in scenes with a fixed rotation.
 */

import { projection, rigidTransform } from "../kernels/projection.js";
import { rotation } from "../kernels/rodrigues.js";
import { type Stream, stream } from "../random/stream.js";
import { type Correspondences, correspondences } from "./correspondences.js";
import { type Pose, poseOf } from "./pose.js";
import { type SceneKind, type SceneName, sceneKinds } from "./scene-kinds.js";

/** How weights are drawn (EQUATIONS VER-3); "one-hot" leaves one point, "zero-axis" no v axis. */
export type SceneWeights =
  | "given"
  | "ones"
  | "uniform"
  | "log-normal"
  | "one-hot"
  | "zero-axis"
  | "zeros";

/** How the true rotation is drawn (VER-3): as the scene says, or on and beside the chart's seams. */
export type SceneRotation = "given" | "uniform" | "identity" | "tiny" | "near-pi" | "exact-turn";

export interface SceneOptions {
  /** Number of correspondences. Default: the scene's own. */
  readonly n?: number;
  /** Standard deviation of the noise on each pixel coordinate, px. Default: the scene's own. */
  readonly noise?: number;
  /** Which draw of the scene. Default: 0. */
  readonly seed?: number | string;
  /** Share of correspondences whose pixels are replaced by uniform ones. Default: the scene's own. */
  readonly outliers?: number;
  /** Default: "given". */
  readonly weights?: SceneWeights;
  /** Default: "given". */
  readonly rotation?: SceneRotation;
}

export interface Scene {
  readonly name: SceneName;
  readonly correspondences: Correspondences;
  /** The true pose. */
  readonly pose: Pose;
  /** The true pose, flat: R [9] and t [3]. */
  readonly R: Float64Array;
  readonly t: Float64Array;
  /** Standard deviation of the noise on each pixel coordinate [N], px. */
  readonly noise: Float64Array;
  /** 1 where the pixel belongs to the point, 0 where it is an outlier [N]. */
  readonly inliers: Uint8Array;
}

/** Every scene name. */
export const sceneNames = Object.keys(sceneKinds) as readonly SceneName[];

/**
 * The scene of this name under these options.
 *
 * @throws RangeError if the name is unknown, n is not a count or is fixed, or noise or outliers are
 * out of range.
 */
export function scene(name: SceneName, options: SceneOptions = {}): Scene {
  const kind: SceneKind | undefined = sceneKinds[name];
  if (kind === undefined)
    throw new RangeError(`scene: expected one of ${sceneNames.join(", ")}, got ${name}`);
  const { n = kind.n, noise = kind.noise, seed = 0, outliers = kind.outliers ?? 0 } = options;
  if (!(Number.isSafeInteger(n) && n >= 0))
    throw new RangeError(`scene: expected a whole n >= 0, got ${n}`);
  if (kind.fixed && n !== kind.n)
    throw new RangeError(`scene: expected n = ${kind.n} for ${name}, got ${n}`);
  if (!(noise >= 0 && noise < Number.POSITIVE_INFINITY))
    throw new RangeError(`scene: expected a finite noise >= 0, got ${noise}`);
  if (!(outliers >= 0 && outliers <= 1))
    throw new RangeError(`scene: expected outliers within 0 … 1, got ${outliers}`);
  const draw = stream(`scene/${name}/${seed}`);
  const draft = kind.draft(n, draw.child("geometry"));
  const R = sceneRotation(draft.R, options.rotation ?? "given", draw.child("rotation"));
  const { K, x3d, t } = draft;
  const sigma = noiseLevels(kind, n, noise, draw.child("level"));
  const x2d = noisyPixels(x3d, R, t, K, sigma, draw.child("noise"));
  const inliers = replaceOutliers(x2d, outliers, K, draw.child("outliers"));
  const w2d = sceneWeights(n, options.weights ?? "given", kind, sigma, draw.child("weights"));
  return {
    name,
    correspondences: correspondences({ x2d, x3d, w2d, K }),
    pose: poseOf(R, t),
    R,
    t,
    noise: sigma,
    inliers,
  };
}

/** Standard deviation of the noise on each point [N], px. */
function noiseLevels(kind: SceneKind, n: number, noise: number, draw: Stream): Float64Array {
  const [least, most] = kind.spread ?? [1, 1];
  return Float64Array.from(
    { length: n },
    () => noise * least * Math.exp(Math.log(most / least) * draw.uniform()),
  );
}

function noisyPixels(
  x3d: Float64Array,
  R: Float64Array,
  t: Float64Array,
  K: Float64Array,
  sigma: Float64Array,
  draw: Stream,
): Float64Array {
  const X = new Float64Array(3);
  const pixel = new Float64Array(2);
  const x2d = new Float64Array(2 * sigma.length);
  for (let i = 0; i < sigma.length; i++) {
    rigidTransform(x3d.subarray(3 * i, 3 * i + 3), R, t, X);
    projection(X, K, pixel);
    x2d[2 * i] = pixel[0] + sigma[i] * draw.normal();
    x2d[2 * i + 1] = pixel[1] + sigma[i] * draw.normal();
  }
  return x2d;
}

/** Replaces a share of the pixels by uniform ones of an image centred on the principal point. */
function replaceOutliers(
  x2d: Float64Array,
  share: number,
  K: Float64Array,
  draw: Stream,
): Uint8Array {
  const n = x2d.length / 2;
  const inliers = new Uint8Array(n).fill(1);
  const order = draw.shuffle(Uint32Array.from({ length: n }, (_, i) => i));
  for (const i of order.subarray(0, Math.round(share * n))) {
    inliers[i] = 0;
    x2d[2 * i] = 2 * K[2] * draw.uniform();
    x2d[2 * i + 1] = 2 * K[5] * draw.uniform();
  }
  return inliers;
}

function sceneWeights(
  n: number,
  how: SceneWeights,
  kind: SceneKind,
  sigma: Float64Array,
  draw: Stream,
): Float64Array {
  const w = new Float64Array(2 * n);
  const hot = n > 0 ? draw.integer(n) : 0;
  for (let j = 0; j < 2 * n; j++) {
    const i = j >> 1;
    if (how === "given") w[j] = kind.spread && sigma[i] > 0 ? 1 / sigma[i] : (kind.weight ?? 1);
    else if (how === "ones") w[j] = 1;
    else if (how === "uniform") w[j] = draw.uniform();
    else if (how === "log-normal") w[j] = Math.exp(draw.normal());
    else if (how === "one-hot") w[j] = i === hot ? 1 : 0;
    else if (how === "zero-axis") w[j] = j % 2 === 0 ? 1 : 0;
  }
  return w;
}

function sceneRotation(given: Float64Array, how: SceneRotation, draw: Stream): Float64Array {
  if (how === "given") return given;
  const R = new Float64Array(9);
  const omega = draw.sphere();
  let angle = 0;
  if (how === "uniform") return draw.rotation(R);
  if (how === "tiny") angle = 10 ** (-12 + 8 * draw.uniform());
  if (how === "near-pi") angle = Math.PI - 10 ** (-9 + 6 * draw.uniform());
  if (how === "exact-turn") {
    omega.fill(0);
    omega[draw.integer(3)] = 1;
    angle = (Math.PI / 2) * (1 + draw.integer(3));
  }
  for (let k = 0; k < 3; k++) omega[k] *= angle;
  rotation(omega, R);
  return R;
}
