/** Batches aimed at where single precision loses digits, with N from 4 to 4096 side by side. */

import { rotationQuaternion } from "../../../src/kernels/quaternion.js";
import { type Correspondences, correspondences } from "../../../src/problem/correspondences.js";
import type { SceneName } from "../../../src/problem/scene-kinds.js";
import { type SceneOptions, scene } from "../../../src/problem/scenes.js";
import type { AimedBatch } from "../aimed-batch.js";

const kinds: readonly (readonly [SceneName, SceneOptions])[] = [
  ["generic", { n: 4, noise: 0.3 }],
  ["generic", { n: 64, noise: 1 }],
  ["planar", { n: 16, noise: 1 }],
  ["near-planar", { n: 32, noise: 1 }],
  ["far", { n: 32, noise: 0.1 }],
  ["deep", { n: 65, noise: 1, weights: "log-normal" }],
  ["outliers", { n: 63, noise: 1 }],
  ["generic", { n: 513, noise: 2, outliers: 0.1 }],
  ["cube", { n: 33, noise: 0.5, rotation: "near-pi" }],
  ["fronto-parallel", { n: 24, noise: 1 }],
  ["generic", { n: 4096, noise: 1 }],
];

/** The problem seen by a camera with skewed, rectangular pixels: u' = 2u + 0.3v − 50, v' = 0.7v + 20. */
function skewed({ n, x2d, x3d, w2d, K }: Correspondences): Correspondences {
  const seen = new Float64Array(2 * n);
  for (let i = 0; i < n; i++) {
    seen[2 * i] = 2 * x2d[2 * i] + 0.3 * x2d[2 * i + 1] - 50;
    seen[2 * i + 1] = 0.7 * x2d[2 * i + 1] + 20;
  }
  const camera = new Float64Array(9);
  for (let j = 0; j < 3; j++) {
    camera[j] = 2 * K[j] + 0.3 * K[3 + j] - 50 * K[6 + j];
    camera[3 + j] = 0.7 * K[3 + j] + 20 * K[6 + j];
    camera[6 + j] = K[6 + j];
  }
  return correspondences({ x2d: seen, x3d, w2d, K: camera });
}

/** The problem with its points counted in millimetres, from an origin far from the object. */
function inMillimetres({ x2d, x3d, w2d, K }: Correspondences, R: Float64Array, t: Float64Array) {
  const shift = [300, -200, 1500];
  const moved = x3d.map((z, k) => 1000 * z + shift[k % 3]);
  const t1 = t.map(
    (value, i) => 1000 * value - shift.reduce((sum, s, j) => sum + R[3 * i + j] * s, 0),
  );
  return { problem: correspondences({ x2d, x3d: moved, w2d, K }), t: t1 };
}

/** B problems, kinds in turn; every second round skewed, every third in millimetres off the origin. */
export function aimedProblems(B: number, most = 4096): AimedBatch {
  const truth = new Float64Array(7 * B);
  const delta = new Float64Array(B);
  const problems = Array.from({ length: B }, (_, b) => {
    const [name, options] = kinds[b % kinds.length];
    const n = Math.min(options.n ?? 4, most);
    const { correspondences: plain, R, t } = scene(name, { ...options, n, seed: b });
    const round = Math.floor(b / kinds.length);
    const tilted = (b + round) % 2 === 1 ? skewed(plain) : plain;
    const far = (b + round) % 3 === 1 ? inMillimetres(tilted, R, t) : { problem: tilted, t };
    truth.set(far.t, 7 * b);
    rotationQuaternion(R, truth.subarray(7 * b + 3, 7 * b + 7));
    delta[b] = b % 3 === 0 ? Number.POSITIVE_INFINITY : 1.5;
    return far.problem;
  });
  return { problems, truth, delta };
}
