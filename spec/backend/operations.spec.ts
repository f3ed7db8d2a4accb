import { describe, expect, it } from "vitest";
import { InlineBackend } from "../../src/backend/inline.js";
import { newTask } from "../../src/backend/new-task.js";
import { operations, solve } from "../../src/backend/operations/index.js";
import { packedProblems } from "../../src/backend/problems.js";
import { solveCorrespondences } from "../../src/solve/solve-pnp.js";
import { aimedBatch } from "./aimed-batch.js";

describe("operations", () => {
  it("are listed under their own names, with ok as their first status", () => {
    for (const [name, operation] of Object.entries(operations)) {
      expect(operation.name).toBe(name);
      expect(operation.statuses[0]).toBe("ok");
      expect(new Set(operation.statuses).size).toBe(operation.statuses.length);
    }
  });

  it("solve gives every problem of a batch the answer that it has alone", async () => {
    const { problems, delta } = aimedBatch(60);
    const { offsets, x2d, x3d, w2d, K } = packedProblems(problems);
    const task = newTask(solve, {}, offsets, { x2d, x3d, w2d, K, delta });
    await new InlineBackend().run(task);
    problems.forEach((problem, b) => {
      const alone = solveCorrespondences(problem, { delta: delta[b] });
      expect(solve.statuses[task.status[b]], `problem ${b}`).toBe(alone.status);
      expect(task.output.cost[b]).toBe(alone.cost);
      const t = alone.pose ? [...alone.pose.t.data] : [Number.NaN, Number.NaN, Number.NaN];
      expect([...task.output.pose.subarray(7 * b, 7 * b + 3)]).toEqual(t);
    });
    expect(new Set(task.status).size).toBeGreaterThan(5);
  });
});
