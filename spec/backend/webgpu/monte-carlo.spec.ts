import { expect } from "vitest";
import type { Task } from "../../../src/backend/task.js";
import { webgpuBackend } from "../../../src/backend/webgpu/backend.js";
import { aimedBatch } from "../aimed-batch.js";
import { aimedProblems } from "./aimed-problems.js";
import { gpu, onGpu } from "./gpu.js";
import { monteCarloTask } from "./monte-carlo-task.js";
import { farthestDirection, farthestValue, oracleOf, promised } from "./parity.js";

/** Runs a task on the GPU and on the oracle, and holds one against the other. */
async function expectParity(task: Task): Promise<Task> {
  const truth = oracleOf(task);
  await gpu!.run(task);
  expect(task.status).toEqual(truth.status);
  // A loss is a difference of the two: its scale is theirs.
  const scale = (b: number) =>
    Math.abs(truth.output.targetCost[b]) + Math.abs(truth.output.predicted[b]);
  for (const name of ["loss", "targetCost", "predicted"]) {
    const { distance, problem } = farthestValue(task, truth, name, scale);
    expect(distance, `${name} of problem ${problem}`).toBeLessThan(promised.value);
  }
  for (const name of ["x2d", "x3d", "w2d", "delta"]) {
    const { distance, problem } = farthestDirection(task, truth, name);
    expect(distance, `${name} of problem ${problem}`).toBeLessThan(promised.direction);
  }
  return task;
}

onGpu("monteCarloLoss has the oracle's numbers where single precision loses digits", async () => {
  const before = gpu!.counts.float64;
  await expectParity(monteCarloTask(aimedProblems(22), { samples: 130, proposals: 2 }));
  expect(gpu!.counts.float64).toBe(before);
});

onGpu("monteCarloLoss has the oracle's statuses for problems that have no loss", async () => {
  const before = gpu!.counts;
  const task = await expectParity(monteCarloTask(aimedBatch(45), { samples: 64, proposals: 4 }));
  expect(new Set(task.status).size).toBeGreaterThan(1);
  expect(gpu!.counts.float64 - before.float64).toBeLessThan(10);
});

onGpu("monteCarloLoss holds depths and pixels as the oracle does", async () => {
  const clamps = { zMin: 0.95, lb: [150, 120], ub: [420, 330] };
  const batch = aimedProblems(11, 64);
  const free = await expectParity(monteCarloTask(batch, { samples: 64, proposals: 2 }));
  const task = monteCarloTask(batch, { samples: 64, proposals: 2, clamps, meanOverSamples: false });
  await expectParity(task);
  expect(task.output.targetCost).not.toEqual(free.output.targetCost);
});

for (const B of [0, 1, 7, 1000])
  onGpu(`monteCarloLoss computes ${B} problems`, async () => {
    await expectParity(monteCarloTask(aimedProblems(B, 12), { samples: 16, proposals: 2 }));
  });

onGpu("a batch larger than the device's buffers is cut, and has the same bits", async () => {
  const small = await webgpuBackend({ bufferBytes: 16 * 1024 });
  const how = { samples: 32, proposals: 2 };
  const cut = monteCarloTask(aimedProblems(33, 200), how);
  const whole = monteCarloTask(aimedProblems(33, 200), how);
  await gpu!.run(whole);
  await small.run(cut);
  expect(small.counts).toEqual({ device: 33, float64: 0 });
  expect(cut.status).toEqual(whole.status);
  expect(cut.output).toEqual(whole.output);
  // 513 points take 25 KiB: a problem cannot be cut, and stays in float64.
  const large = monteCarloTask(aimedProblems(11), how);
  await small.run(large);
  expect(small.counts.float64).toBe(2);
  expect(large.status).toEqual(oracleOf(large).status);
  await small.close();
});
