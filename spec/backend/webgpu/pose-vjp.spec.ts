import { expect } from "vitest";
import { newTask } from "../../../src/backend/new-task.js";
import { poseVjp, solve } from "../../../src/backend/operations/index.js";
import { packedProblems } from "../../../src/backend/problems.js";
import type { Task } from "../../../src/backend/task.js";
import type { Variant } from "../../../src/differentiate/variants.js";
import { stream } from "../../../src/random/stream.js";
import { type AimedBatch, aimedBatch } from "../aimed-batch.js";
import { aimedProblems } from "./aimed-problems.js";
import { gpu, onGpu } from "./gpu.js";
import { farthestDirection, farthestValue, oracleOf, promised } from "./parity.js";

/** Gradients at the oracle's solutions, or at the true poses, where forces do not balance. */
function gradients(batch: AimedBatch, variant: Variant, at: "solution" | "truth"): Task {
  const { offsets, x2d, x3d, w2d, K } = packedProblems(batch.problems);
  const input = { x2d, x3d, w2d, K, delta: batch.delta };
  let pose = batch.truth;
  if (at === "solution") {
    const solved = newTask(solve, {}, offsets, input);
    solve.run(solved, 0, batch.problems.length);
    pose = solved.output.pose;
  }
  const draw = stream("spec/backend/webgpu/upstream");
  const v = Float64Array.from({ length: 6 * batch.problems.length }, () => draw.normal());
  return newTask(poseVjp, { variant }, offsets, { ...input, pose, v });
}

async function expectParity(task: Task): Promise<void> {
  const truth = oracleOf(task);
  await gpu!.run(task);
  expect(task.status).toEqual(truth.status);
  for (const name of ["x2d", "x3d", "w2d", "K"]) {
    const { distance, problem } = farthestDirection(task, truth, name);
    expect(distance, `${name} of problem ${problem}`).toBeLessThan(promised.direction);
    // A direction says nothing of the length: that may be off by as much as the angle allows across.
    const length = farthestValue(task, truth, name);
    expect(length.distance, `${name} of problem ${length.problem}`).toBeLessThan(
      Math.sqrt(2 * promised.direction),
    );
  }
}

for (const variant of ["exact", "faster"] as const)
  for (const at of ["solution", "truth"] as const)
    onGpu(`poseVjp, ${variant}, has the oracle's gradients at the ${at}`, async () => {
      const before = gpu!.counts;
      await expectParity(gradients(aimedProblems(22), variant, at));
      // One in twenty may be too ill conditioned for single precision.
      expect(gpu!.counts.float64 - before.float64).toBeLessThan(3);
    });

onGpu(
  "poseVjp has the oracle's statuses where there is no gradient, or not that of a minimum",
  async () => {
    const task = gradients(aimedBatch(60), "exact", "solution");
    await expectParity(task);
    expect(new Set(task.status).size).toBeGreaterThan(2);
  },
);

onGpu("poseVjp leaves depth-weighted variants to the oracle", async () => {
  const task = gradients(aimedProblems(2, 8), "depth-weighted", "solution");
  const truth = oracleOf(task);
  await gpu!.run(task);
  for (const [name, values] of Object.entries(truth.output))
    expect(task.output[name]).toEqual(values);
});

for (const B of [0, 1, 7, 1000])
  onGpu(`poseVjp computes ${B} problems`, async () => {
    await expectParity(gradients(aimedProblems(B, 12), "exact", "truth"));
  });
