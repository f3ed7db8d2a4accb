/** A task of every operation over one batch of aimed problems. */
import { newTask, pointless } from "../../src/backend/new-task.js";
import {
  keypoints,
  keypointsVjp,
  linearCovarianceLoss,
  monteCarloLoss,
  poseVjp,
  seededMonteCarloLoss,
  solve,
} from "../../src/backend/operations/index.js";
import { packedProblems } from "../../src/backend/problems.js";
import type { FieldArrays, Operation, Settings, Task } from "../../src/backend/task.js";
import { movedRow } from "../../src/kernels/pose-row.js";
import { publishedLinearCovariance } from "../../src/loss/linear-covariance-options.js";
import { stream } from "../../src/random/index.js";
import { aimedBatch } from "./aimed-batch.js";
import { answered, posePairs } from "./pose-pairs.js";

const normals = (name: string, length: number) => {
  const draw = stream(`spec/backend/tasks/${name}`);
  return Float64Array.from({ length }, () => draw.normal());
};

/** Tasks by the name of their operation, B problems of up to `most` points each. */
export function everyTask(B: number, most = 12): Readonly<Record<string, Task>> {
  const { problems, truth, delta } = aimedBatch(B, most);
  const { offsets, x2d, x3d, w2d, K } = packedProblems(problems);
  const task = (operation: Operation, settings: Settings, input: FieldArrays) =>
    newTask(operation, settings, offsets, { x2d, x3d, w2d, K, ...input });
  const solved = task(solve, {}, { delta });
  const [samples, proposals] = [8, 2];
  const near = normals("near", 6 * samples * B);
  const poses = new Float64Array(7 * samples * B);
  for (let s = 0; s < samples * B; s++) {
    const from = 7 * Math.floor(s / samples);
    const step = near.subarray(6 * s, 6 * s + 6).map((v) => 1e-3 * v);
    movedRow(truth.slice(from, from + 7), step, poses.subarray(7 * s, 7 * s + 7));
  }
  const sampled = {
    target: truth,
    poses,
    logDensities: normals("densities", proposals * samples * B),
  };
  const clamps = { zMin: 0.1 };
  const { robust, zMin } = publishedLinearCovariance;
  const maps = normals("maps", 35 * B).map((v) => v * v);
  const grid = { rows: 5, columns: 7 };
  const upstream = { byKeypoint: normals("x", 2 * B), byDeviation: normals("s", 2 * B) };
  return {
    solve: solved,
    poseVjp: task(
      poseVjp,
      {},
      { delta, pose: answered(solved).output.pose, v: normals("v", 6 * B) },
    ),
    monteCarloLoss: task(
      monteCarloLoss,
      { width: 7, samples, proposals, clamps },
      { delta, ...sampled },
    ),
    seededMonteCarloLoss: task(
      seededMonteCarloLoss,
      { width: 7, seed: "spec", samples: 16, iterations: 2 },
      { delta, target: truth, index: Float64Array.from(delta, (_, b) => b) },
    ),
    linearCovarianceLoss: task(
      linearCovarianceLoss,
      { robust, zMin, corners: 8 },
      { pose: truth, corners: normals("corners", 24) },
    ),
    poseDistance: posePairs(B),
    keypoints: newTask(keypoints, grid, pointless(B), { maps }),
    keypointsVjp: newTask(keypointsVjp, grid, pointless(B), { maps, ...upstream }),
  };
}
