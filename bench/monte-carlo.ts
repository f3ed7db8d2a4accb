/**
 * The Monte Carlo pose loss with its slopes by z, x and w, solver included, 512 poses in 4 iterations,
 * on one core; and the pass that dominates it, against the same pass through the kernels that take one
 * pose and one point at a time. A pair of a pose and a point counts 33 operations for its cost and 66 for
 * its slopes.
 */

import { rowRotation } from "../src/kernels/pose-row.js";
import {
  poseProjections,
  poseSampleCosts,
  poseSampleSlopes,
} from "../src/kernels/pose-sample-cost.js";
import { rotationQuaternion } from "../src/kernels/quaternion.js";
import { reprojectionCost } from "../src/kernels/reprojection-cost.js";
import { reprojectionInputGradient } from "../src/kernels/reprojection-inputs.js";
import { monteCarloPoseLoss } from "../src/loss/index.js";
import { scene } from "../src/problem/index.js";
import { timed } from "./table.js";

const SAMPLES = 512;
const FLOPS = 99;
/** Milliseconds promised for a batch of (B, N). */
const promised: Readonly<Record<string, number>> = { "32,64": 35, "32,512": 250 };

export async function bench(): Promise<void> {
  for (const [B, n] of [
    [1, 64],
    [32, 64],
    [32, 512],
  ] as const) {
    const problems = Array.from({ length: B }, (_, seed) => {
      const { correspondences, pose } = scene("generic", { n, noise: 2, seed });
      const target = new Float64Array(7);
      target.set(pose.t.data as Float64Array);
      rotationQuaternion(pose.R.data as Float64Array, target.subarray(3));
      const w2d = correspondences.w2d.map(() => 0.5);
      return { problem: { ...correspondences, w2d }, target, seed: `bench#${seed}` };
    });
    let sum = 0;
    const batch = () => {
      for (const { problem, target, seed } of problems) {
        const loss = monteCarloPoseLoss(problem, target, { seed, samples: SAMPLES, delta: 4 });
        if (loss.status !== "ok") throw new Error(`bench: expected ok, got ${loss.status}`);
        sum += loss.loss;
      }
    };
    const samples = problems.map(({ problem, target, seed }) => {
      const { sample } = monteCarloPoseLoss(problem, target, { seed, samples: SAMPLES, delta: 4 });
      if (sample === null) throw new Error("bench: expected samples, got none");
      return { problem, poses: sample.poses, v: sample.weights };
    });
    const P = new Float64Array(12 * SAMPLES);
    const costs = new Float64Array(SAMPLES);
    const out = {
      x3d: new Float64Array(3 * n),
      x2d: new Float64Array(2 * n),
      w2d: new Float64Array(2 * n),
      delta: new Float64Array(1),
    };
    const fused = () => {
      for (const { problem, poses, v } of samples) {
        const { x2d, x3d, w2d, K } = problem;
        poseProjections(SAMPLES, 7, poses, K, P);
        poseSampleCosts(n, x2d, x3d, w2d, 0, SAMPLES, P, 4, null, costs);
        poseSampleSlopes(n, x2d, x3d, w2d, SAMPLES, P, v, 4, null, out);
      }
    };
    const each = {
      x: new Float64Array(2 * n),
      z: new Float64Array(3 * n),
      w: new Float64Array(2 * n),
      K: new Float64Array(9),
      delta: new Float64Array(1),
    };
    const R = new Float64Array(9);
    const plain = () => {
      for (const { problem, poses, v } of samples) {
        const { x2d, x3d, w2d, K } = problem;
        for (let s = 0; s < SAMPLES; s++) {
          const y = poses.slice(7 * s, 7 * s + 7);
          rowRotation(y, R);
          const t = y.subarray(0, 3);
          costs[s] = reprojectionCost(n, x2d, x3d, w2d, K, R, t, 4);
          reprojectionInputGradient(n, x2d, x3d, w2d, K, R, t, 4, each);
          for (let k = 0; k < 2 * n; k++) {
            out.x2d[k] += v[s] * each.x[k];
            out.w2d[k] += v[s] * each.w[k];
          }
          for (let k = 0; k < 3 * n; k++) out.x3d[k] += v[s] * each.z[k];
        }
      }
    };
    const label = `(B, N) = (${B}, ${n})`;
    const [loss, pass, peer] = await timed({
      [`${label}: loss and slopes`]: batch,
      [`${label}: fused costs and slopes`]: fused,
      [`${label}: a pose at a time`]: plain,
    });
    const rate = (FLOPS * B * n * SAMPLES) / (1e3 * pass.median);
    process.stdout.write(
      `${rate.toFixed(2)} GFLOP/s in the fused pass, ${(peer.median / pass.median).toFixed(2)}× as fast as a pose at a time\n`,
    );
    const limit = promised[`${B},${n}`];
    if (limit !== undefined)
      process.stdout.write(`${(loss.median / 1000).toFixed(1)} ms of ${limit} ms promised\n`);
    if (!Number.isFinite(sum)) throw new Error(`bench: expected finite losses, got ${sum}`);
  }
}
