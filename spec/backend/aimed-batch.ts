/** Batches for specs of backends: problems of every kind and size side by side, the hopeless ones among them. */
import { rotationQuaternion } from "../../src/kernels/quaternion.js";
import type { Correspondences } from "../../src/problem/correspondences.js";
import type { SceneName } from "../../src/problem/scene-kinds.js";
import { type SceneOptions, scene } from "../../src/problem/scenes.js";
import { stream } from "../../src/random/stream.js";

const kinds: readonly (readonly [SceneName, SceneOptions?])[] = [
  ["cube"],
  ["planar", { noise: 1 }],
  ["outliers"],
  ["cube", { n: 0 }],
  ["near-planar", { noise: 1 }],
  ["behind-camera"],
  ["deep", { noise: 1, weights: "log-normal" }],
  ["collinear"],
  ["cube", { weights: "zeros" }],
  ["cube", { rotation: "near-pi", weights: "zero-axis" }],
  ["coincident"],
  ["far", { noise: 1 }],
  ["cube", { weights: "one-hot" }],
  ["cube", { n: 2 }],
  ["fronto-parallel", { noise: 1 }],
];

export interface AimedBatch {
  readonly problems: readonly Correspondences[];
  /** True poses (t, q) [7 B]. */
  readonly truth: Float64Array;
  /** Huber thresholds [B], every third Infinity. */
  readonly delta: Float64Array;
}

/** B problems of 4 … `most` points, kinds in turn, from a stream of their own. */
export function aimedBatch(B: number, most = 24): AimedBatch {
  const truth = new Float64Array(7 * B);
  const delta = new Float64Array(B);
  const problems = Array.from({ length: B }, (_, b) => {
    const draw = stream("spec/backend/aimed").at(b);
    const [name, options] = kinds[b % kinds.length];
    const n = 4 + draw.integer(most - 3);
    const { correspondences, R, t } = scene(name, { n, seed: b, noise: 0.5, ...options });
    truth.set(t, 7 * b);
    rotationQuaternion(R, truth.subarray(7 * b + 3, 7 * b + 7));
    delta[b] = b % 3 === 0 ? Infinity : 0.5 + 2 * draw.uniform();
    return correspondences;
  });
  return { problems, truth, delta };
}
