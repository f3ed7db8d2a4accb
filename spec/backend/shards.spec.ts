import { expect, it } from "vitest";
import { InlineBackend } from "../../src/backend/inline.js";
import { seededMonteCarloLosses } from "../../src/backend/monte-carlo-losses.js";
import { mergePicked, pickedTask } from "../../src/backend/parts.js";
import { packedProblems } from "../../src/backend/problems.js";
import { aimedBatch } from "./aimed-batch.js";
import { answered } from "./pose-pairs.js";
import { everyTask } from "./tasks.js";

const inline = new InlineBackend();
const B = 17;

it.each(Object.entries(everyTask(B)))(
  "run(…) of %s in shards, each a task of its own, merges to the bits of the whole batch",
  async (_, task) => {
    const whole = answered(task);
    const shards = [0, 1, 2].map((k) =>
      Array.from({ length: B }, (_, b) => b).filter((b) => b % 3 === k),
    );
    for (const values of [...Object.values(task.output), task.status]) values.fill(77);
    // As on machines that know nothing of each other, the last one first.
    for (const indices of shards.reverse()) {
      const own = pickedTask(task, indices);
      await inline.run(own);
      mergePicked(own, task, indices);
    }
    expect(task.status).toEqual(whole.status);
    expect(task.output).toEqual(whole.output);
  },
);

it("seededMonteCarloLosses(…) of a shard that knows its indices has the bits of the whole batch", async () => {
  const { problems, truth, delta } = aimedBatch(B, 8);
  const options = { seed: "run 7", samples: 16, iterations: 2 };
  const whole = await seededMonteCarloLosses(inline, packedProblems(problems), truth, {
    ...options,
    delta,
  });
  const cut = 9;
  const parts = await Promise.all(
    [
      [0, cut],
      [cut, B],
    ].map(([from, to]) =>
      seededMonteCarloLosses(
        inline,
        packedProblems(problems.slice(from, to)),
        truth.slice(7 * from, 7 * to),
        {
          ...options,
          delta: delta.slice(from, to),
          indices: Array.from({ length: to - from }, (_, i) => from + i),
        },
      ),
    ),
  );
  for (const name of ["loss", "x2d", "x3d", "w2d", "byDelta", "pose"] as const)
    expect([...parts[0][name], ...parts[1][name]]).toEqual([...whole[name]]);
  // Without its indices the second shard would draw what the first one drew.
  const forgetful = await seededMonteCarloLosses(
    inline,
    packedProblems(problems.slice(cut)),
    truth.slice(7 * cut),
    { ...options, delta: delta.slice(cut) },
  );
  expect(forgetful.loss).not.toEqual(parts[1].loss);
});
