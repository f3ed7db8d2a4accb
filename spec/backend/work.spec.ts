import { expect, it } from "vitest";
import { operations } from "../../src/backend/operations/index.js";
import { operationsOfPair, workOf } from "../../src/backend/work.js";
import { posePairs } from "./pose-pairs.js";
import { aimedProblems } from "./webgpu/aimed-problems.js";
import { monteCarloTask } from "./webgpu/monte-carlo-task.js";

it("workOf counts every pair of a sample or the target and a point, and every number once", () => {
  const task = monteCarloTask(aimedProblems(3, 20), { samples: 16, proposals: 2 });
  const points = task.offsets[3];
  const { pairs, operations: flops, bytes } = workOf(task, "float32");
  expect(pairs).toBe(17 * points);
  expect(flops).toBe(pairs * (operationsOfPair.sampleCost + operationsOfPair.sampleSlopes));
  const perProblem = 9 + 1 + 7 + 7 * 16 + 2 * 16 + 4;
  expect(bytes).toBe(4 * (2 * 7 * points + 3 * perProblem));
  expect(workOf(task, "float64").bytes).toBe(2 * bytes);
});

it("workOf knows every operation, and refuses another", () => {
  const task = posePairs(4);
  expect(workOf(task, "float64").pairs).toBe(4 * 36);
  for (const operation of Object.values(operations))
    expect(() =>
      workOf({ ...task, operation: { ...task.operation, name: operation.name } }, "float32"),
    ).not.toThrow();
  expect(() =>
    workOf({ ...task, operation: { ...task.operation, name: "no" } }, "float32"),
  ).toThrow(RangeError);
});
