/** Runs in a browser: every operation on its GPU, held against the oracle on the same page. */
import { newTask, pointless } from "../../src/backend/new-task.js";
import * as operations from "../../src/backend/operations/index.js";
import { packedProblems } from "../../src/backend/problems.js";
import type { Task } from "../../src/backend/task.js";
import { webgpuBackend } from "../../src/backend/webgpu/backend.js";
import { stream } from "../../src/random/stream.js";
import { aimedProblems } from "../backend/webgpu/aimed-problems.js";
import { monteCarloTask } from "../backend/webgpu/monte-carlo-task.js";
import { farthestDirection, farthestValue, oracleOf } from "../backend/webgpu/parity.js";

/** What became of one operation: whether statuses agree, and how far its values and gradients are off. */
export interface Parity {
  readonly statuses: boolean;
  readonly value: number;
  readonly direction: number;
}

function tasks(): Record<string, Task> {
  const batch = aimedProblems(11, 40);
  const { offsets, x2d, x3d, w2d, K } = packedProblems(batch.problems);
  const points = { x2d, x3d, w2d, K };
  const { truth, delta } = batch;
  const draw = stream("spec/browser/webgpu");
  const normals = (length: number) => Float64Array.from({ length }, () => draw.normal());
  const { solve, poseVjp, linearCovarianceLoss, poseDistance, keypoints, keypointsVjp } =
    operations;
  const cells = { rows: 16, columns: 12 };
  const maps = normals(192 * 5);
  const pairs = { estimate: truth, truth: truth.map((v) => v + 0.001 * draw.normal()) };
  return {
    monteCarloLoss: monteCarloTask(batch, { samples: 64, proposals: 2 }),
    seededMonteCarloLoss: newTask(
      operations.seededMonteCarloLoss,
      { width: 7, seed: "browser", samples: 64, iterations: 2 },
      offsets,
      { ...points, delta, target: truth, index: Float64Array.from(delta, (_, b) => b) },
    ),
    solve: newTask(solve, {}, offsets, { ...points, delta }),
    poseVjp: newTask(poseVjp, {}, offsets, { ...points, delta, pose: truth, v: normals(66) }),
    linearCovarianceLoss: newTask(linearCovarianceLoss, { corners: 4 }, offsets, {
      ...{ ...points, pose: truth, corners: normals(12) },
    }),
    poseDistance: newTask(poseDistance, { vertices: 70 }, pointless(11), {
      ...{ ...pairs, vertices: normals(210) },
    }),
    keypoints: newTask(keypoints, cells, pointless(5), { maps }),
    keypointsVjp: newTask(keypointsVjp, cells, pointless(5), {
      ...{ maps, byKeypoint: normals(10), byDeviation: normals(10) },
    }),
  };
}

/** Parity of every operation by name, and how many problems the GPU itself computed. */
export async function parity(): Promise<{ found: Record<string, Parity>; onDevice: number }> {
  const backend = await webgpuBackend();
  const found: Record<string, Parity> = {};
  for (const [name, task] of Object.entries(tasks())) {
    const truth = oracleOf(task);
    await backend.run(task);
    let [value, direction] = [0, 0];
    for (const [output, { per, width }] of Object.entries(task.operation.outputs(task.settings))) {
      if (per === "point" || width > 9)
        direction = Math.max(direction, farthestDirection(task, truth, output).distance);
      else if (output !== "delta" && output !== "K") {
        // A keypoint is told to a share of its map, a Monte Carlo loss of the costs that it is made of.
        const scale = (b: number) => {
          if (output === "keypoint") return 16;
          const { targetCost, predicted } = truth.output;
          if (targetCost && output !== "pose")
            return Math.abs(targetCost[b]) + Math.abs(predicted[b]);
          return Math.max(
            ...truth.output[output].subarray(width * b, width * (b + 1)).map(Math.abs),
          );
        };
        value = Math.max(value, farthestValue(task, truth, output, scale).distance);
      }
    }
    const statuses = task.status.every((code, b) => code === truth.status[b]);
    found[name] = { statuses, value, direction };
  }
  const onDevice = backend.counts.device;
  await backend.close();
  return { found, onDevice };
}
