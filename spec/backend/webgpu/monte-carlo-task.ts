/** Batches of Monte Carlo losses for specs of the GPU: samples as the oracle would draw them around each pose. */
import { newTask } from "../../../src/backend/new-task.js";
import { type ClampSettings, monteCarloLoss } from "../../../src/backend/operations/index.js";
import { packedProblems } from "../../../src/backend/problems.js";
import type { Task } from "../../../src/backend/task.js";
import { rowRotation } from "../../../src/kernels/pose-row.js";
import type { Correspondences } from "../../../src/problem/correspondences.js";
import { stream } from "../../../src/random/stream.js";
import { amis } from "../../../src/sample/amis.js";
import { poseCovariance } from "../../../src/solve/covariance.js";

export interface Posed {
  readonly problems: readonly Correspondences[];
  /** Poses (t, q) [7 B] near which costs are least. */
  readonly truth: Float64Array;
  readonly delta: Float64Array;
}

export interface Drawing {
  readonly samples: number;
  readonly proposals: number;
  readonly clamps?: ClampSettings;
  readonly meanOverSamples?: boolean;
}

/** Poses and log-densities of a problem: adaptive samples, or a cloud around the truth where there are none. */
function drawn(problem: Correspondences, pose: Float64Array, delta: number, how: Drawing) {
  const { samples, proposals } = how;
  const R = new Float64Array(9);
  rowRotation(pose, R);
  const covariance =
    problem.n > 0
      ? poseCovariance(problem, R, pose.subarray(0, 3), {
          ...{ chart: "Q7", delta, hessian: "gauss-newton", epsilon: 1e-5 },
        }).covariance
      : null;
  if (covariance) {
    const sample = amis(problem, pose, covariance, { samples, iterations: proposals, delta });
    if (sample.status === "ok") return sample;
  }
  const draw = stream("spec/backend/webgpu/cloud");
  const poses = new Float64Array(7 * samples);
  for (let s = 0; s < samples; s++) {
    poses.set(
      pose.subarray(0, 3).map((t) => t * (1 + 0.02 * draw.normal())),
      7 * s,
    );
    const q = [...pose.subarray(3)].map((c) => c + 0.02 * draw.normal());
    const length = Math.hypot(...q);
    poses.set(
      q.map((c) => c / length),
      7 * s + 3,
    );
  }
  return { poses, logDensities: new Float64Array(proposals * samples) };
}

/** The task; targets lie a little off the poses, by `off` of their length and turn. */
export function monteCarloTask({ problems, truth, delta }: Posed, how: Drawing, off = 0.002): Task {
  const { samples, proposals } = how;
  const B = problems.length;
  const poses = new Float64Array(7 * samples * B);
  const logDensities = new Float64Array(proposals * samples * B);
  const target = truth.slice();
  problems.forEach((problem, b) => {
    const draw = stream("spec/backend/webgpu/targets").at(b);
    const sample = drawn(problem, truth.subarray(7 * b, 7 * b + 7), delta[b], how);
    poses.set(sample.poses, 7 * samples * b);
    logDensities.set(sample.logDensities, proposals * samples * b);
    const q = target.subarray(7 * b + 3, 7 * b + 7);
    for (let k = 0; k < 3; k++) target[7 * b + k] *= 1 + off * draw.normal();
    for (let k = 0; k < 4; k++) q[k] += off * draw.normal();
    const length = Math.hypot(...q);
    for (let k = 0; k < 4; k++) q[k] /= length;
  });
  const { offsets, x2d, x3d, w2d, K } = packedProblems(problems);
  return newTask(monteCarloLoss, { width: 7, ...how }, offsets, {
    ...{ x2d, x3d, w2d, K, delta, target, poses, logDensities },
  });
}
