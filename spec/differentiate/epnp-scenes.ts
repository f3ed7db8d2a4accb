import type { EpnpDerivativeOptions } from "../../src/differentiate/index.js";
import { epnpJacobian } from "../../src/differentiate/index.js";
import { projection, projectionJacobian, rigidTransform } from "../../src/kernels/projection.js";
import {
  type Correspondences,
  correspondences,
  type Scene,
  type SceneName,
  type SceneOptions,
  scene,
} from "../../src/problem/index.js";
import { stream } from "../../src/random/index.js";

/** ∂π/∂y [2N, 6] in chart LEFT. */
export function poseMotions(
  { n, x3d, K }: Correspondences,
  R: Float64Array,
  t: Float64Array,
): Float64Array {
  const J = new Float64Array(12 * n);
  const [X, D] = [new Float64Array(3), new Float64Array(6)];
  for (let i = 0; i < n; i++) {
    rigidTransform(x3d.subarray(3 * i, 3 * i + 3), R, t, X);
    projectionJacobian(X, K, D);
    const p = [0, 1, 2].map((k) => X[k] - t[k]);
    for (let r = 0; r < 2; r++) {
      const [a, b, c] = D.subarray(3 * r, 3 * r + 3);
      J.set(
        [p[1] * c - p[2] * b, p[2] * a - p[0] * c, p[0] * b - p[1] * a, a, b, c],
        12 * i + 6 * r,
      );
    }
  }
  return J;
}

/** Largest entry of A J − I, rotation and translation each in their own unit: t in multiples of ‖t‖. */
export function identityGap(
  problem: Correspondences,
  R: Float64Array,
  t: Float64Array,
  options?: EpnpDerivativeOptions,
): number {
  const { x2d: A } = epnpJacobian(problem, options);
  const J = poseMotions(problem, R, t);
  const unit = (j: number) => (j < 3 ? 1 : Math.hypot(...t));
  let worst = 0;
  for (let i = 0; i < 6; i++)
    for (let j = 0; j < 6; j++) {
      let entry = i === j ? -1 : 0;
      for (let m = 0; m < 2 * problem.n; m++) entry += A.data[2 * problem.n * i + m] * J[6 * m + j];
      worst = Math.max(worst, (Math.abs(entry) * unit(j)) / unit(i));
    }
  return worst;
}

/** D1 at 1.5 m to 3.5 m, 0.2 m and 0.15 m off the axis in standard deviation, and its exact pixels. */
export function drone(seed: number, noise: number) {
  const { R, correspondences: drawn } = scene("D1", { seed });
  const draw = stream("spec/differentiate/drone").at(seed);
  const t = Float64Array.of(0.2 * draw.normal(), 0.15 * draw.normal(), 1.5 + 2 * draw.uniform());
  const exact = pixels(drawn.x3d, R, t, drawn.K);
  const x2d = exact.map((x) => x + noise * draw.normal());
  return { problem: correspondences({ x2d, x3d: drawn.x3d, K: drawn.K }), exact, R, t };
}

export function pixels(
  x3d: Float64Array,
  R: Float64Array,
  t: Float64Array,
  K: Float64Array,
): Float64Array {
  const x2d = new Float64Array((2 * x3d.length) / 3);
  const X = new Float64Array(3);
  for (let i = 0; 3 * i < x3d.length; i++) {
    rigidTransform(x3d.subarray(3 * i, 3 * i + 3), R, t, X);
    projection(X, K, x2d.subarray(2 * i, 2 * i + 2));
  }
  return x2d;
}

/** The scene's correspondences in exact pixels, those of the camera. */
export const exactScene = (name: SceneName, seed: number, options: SceneOptions = {}): Scene =>
  scene(name, { ...options, seed, noise: 0 });

/** ∂l/∂y [6], LEFT, of l = Σ‖π(y) − x⋆‖². */
export function projectionSlope(
  problem: Correspondences,
  target: Float64Array,
  R: Float64Array,
  t: Float64Array,
): Float64Array {
  const J = poseMotions(problem, R, t);
  const off = pixels(problem.x3d, R, t, problem.K).map((x, m) => 2 * (x - target[m]));
  return Float64Array.from({ length: 6 }, (_, j) =>
    off.reduce((sum, d, m) => sum + d * J[6 * m + j], 0),
  );
}

export function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    ab += a[i] * b[i];
    aa += a[i] * a[i];
    bb += b[i] * b[i];
  }
  return ab / Math.sqrt(aa * bb);
}

export const median = (a: readonly number[]): number => [...a].sort((x, y) => x - y)[a.length >> 1];
