/**
 * The Linear-Covariance loss of 32 problems with its gradients by x, z and w, on one core: the paper's and
 * the published layer's; beside it, the definition run in doubles on one of the problems, which computes
 * in nested arrays what the kernel computes flat.
 *
 * The published layer itself, measured elsewhere in one thread, takes 190 and 1730 ms in float64 (146 and
 * 599 ms in float32) for the same sizes.
 */
import { linearCovarianceLossGradient } from "../src/definitions/linear-covariance-gradient.js";
import { poseRepresentationJacobian } from "../src/definitions/pose-representation.js";
import {
  type LinearCovarianceLossOptions,
  linearCovarianceLosses,
  publishedLinearCovariance,
} from "../src/loss/index.js";
import { scene } from "../src/problem/index.js";
import { type Double, double } from "../src/scalar/index.js";
import { timed } from "./table.js";

const B = 32;
/** Milliseconds promised for B problems of N points, and what the published layer takes in float64. */
const sizes = [
  { n: 1024, promised: 40, published: 190 },
  { n: 4096, promised: 160, published: 1730 },
] as const;

const corners = Float64Array.from({ length: 24 }, (_, i) =>
  Math.floor(i / 3) & (1 << (i % 3)) ? 0.5 : -0.5,
);

const nested = (flat: Float64Array, width: number): Double[][] =>
  Array.from({ length: flat.length / width }, (_, i) =>
    Array.from({ length: width }, (_, j) => double(flat[width * i + j])),
  );

export async function bench(): Promise<void> {
  const late: string[] = [];
  for (const { n, promised, published } of sizes) {
    const scenes = Array.from({ length: B }, (_, seed) => scene("generic", { n, noise: 2, seed }));
    const problems = scenes.map(({ correspondences }) => correspondences);
    const poses = scenes.map(({ pose }) => pose);
    const batch = (options: LinearCovarianceLossOptions) => () => {
      for (const { status } of linearCovarianceLosses(problems, poses, { corners, ...options }))
        if (status !== "ok") throw new Error(`bench: expected ok, got ${status}`);
    };
    const [{ x2d, x3d, w2d, K }, pose] = [problems[0], poses[0]];
    const [R, t] = [nested(pose.R.data, 3), Array.from(pose.t.data, double)];
    const Jf = poseRepresentationJacobian("corners-3d", { R, t, corners: nested(corners, 3) });
    const defined = {
      ...{ x2d: nested(x2d, 2), x3d: nested(x3d, 3), w2d: nested(w2d, 2), K: nested(K, 3) },
      ...{ R, t, Jf, group: 3 },
    };
    const one = () => linearCovarianceLosses([problems[0]], [pose], { corners });
    const label = `(B, N) = (${B}, ${n})`;
    const [paper, robust, single, definition] = await timed({
      [`${label}: loss and gradients`]: batch({}),
      [`${label}: as published`]: batch(publishedLinearCovariance),
      [`(1, ${n}): loss and gradients`]: one,
      [`(1, ${n}): the definition in doubles`]: () => linearCovarianceLossGradient(defined),
    });
    for (const { name, median } of [paper, robust]) {
      const ms = median / 1000;
      process.stdout.write(
        `${name}: ${ms.toFixed(1)} ms of ${promised} ms promised; the published layer took ${published} ms\n`,
      );
      if (ms > promised) late.push(`${name} ${ms.toFixed(1)} ms`);
    }
    process.stdout.write(
      `${(definition.median / single.median).toFixed(0)}× as fast as the definition\n`,
    );
  }
  if (late.length) throw new Error(`expected within the promise, got ${late.join(", ")}`);
}
