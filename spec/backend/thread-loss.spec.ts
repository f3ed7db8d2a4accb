import { describe, expect, it } from "vitest";
import { BackendError, newTask, packedProblems, type Task } from "../../src/backend/index.js";
import { seededMonteCarloLoss } from "../../src/backend/operations/seeded-monte-carlo-loss.js";
import { ThreadsBackend } from "../../src/backend/threads/threads.js";
import { scene } from "../../src/problem/scenes.js";

const B = 200;
const { correspondences, t } = scene("cube", { n: 64, noise: 1 });
const { offsets, x2d, x3d, w2d, K } = packedProblems(new Array(B).fill(correspondences));
const target = Float64Array.from({ length: 7 * B }, (_, k) => [...t, 1, 0, 0, 0][k % 7]);

/** About ten milliseconds a problem. */
const longTask = (): Task =>
  newTask(
    seededMonteCarloLoss,
    { width: 7, seed: "spec", samples: 1024 },
    offsets,
    {
      ...{ x2d, x3d, w2d, K, target, delta: new Float64Array(B).fill(1) },
      index: Float64Array.from({ length: B }, (_, b) => b),
    },
    true,
  );

/** Waits until more is written than the chunks under way can hold. */
async function begun({ output }: Task): Promise<void> {
  while (output.targetCost.filter((cost) => cost !== 0).length < 12)
    await new Promise((resolve) => setTimeout(resolve, 5));
}

/** Ends one thread of a backend from outside. */
function endThread(backend: ThreadsBackend): Promise<unknown> {
  const pool = Reflect.get(backend, "pool");
  return Reflect.get(pool, "threads").threads[0].terminate();
}

function expectPart(failure: BackendError, { output }: Task): void {
  expect(failure).toBeInstanceOf(BackendError);
  expect(failure.completed).toHaveLength(B);
  expect(failure.completed).toContain(true);
  expect(failure.completed).toContain(false);
  failure.completed.forEach((done, b) => {
    if (done) expect(output.targetCost[b], `problem ${b}`).toBeGreaterThan(0);
  });
}

describe("a thread that is gone", () => {
  it("ends the task with what was completed, and the next task has threads again", async () => {
    const backend = new ThreadsBackend({ threads: 2, chunk: 4 });
    const task = longTask();
    const running: Promise<BackendError> = backend.run(task).then(
      () => expect.fail("the task was finished"),
      (error) => error,
    );
    await begun(task);
    void endThread(backend);
    const failure = await running;
    expect(failure.message).toMatch(
      /^threads: seededMonteCarloLoss was not finished, a thread is gone: /,
    );
    expectPart(failure, task);
    // Whoever finishes the task elsewhere has its arrays for himself.
    const after = task.output.loss.slice();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(task.output.loss.slice()).toEqual(after);

    const again = newTask(
      task.operation,
      { ...task.settings, samples: 16 },
      task.offsets,
      task.input,
    );
    await backend.run(again);
    expect(again.output.loss.every(Number.isFinite)).toBe(true);
    await endThread(backend);
    await new Promise((resolve) => setTimeout(resolve, 1));
    await backend.run(again);

    const last = longTask();
    const closed = backend.run(last).catch((error) => error);
    await begun(last);
    await backend.close();
    expectPart(await closed, last);
    await expect(backend.run(again)).rejects.toThrow(
      "run: expected an open backend, got threads after close",
    );
  });

  it("ends the task if its heap is too small to start", async () => {
    const backend = new ThreadsBackend({ threads: 1, heap: 6 });
    const failure: BackendError = await backend.run(longTask()).catch((error) => error);
    expect(failure).toBeInstanceOf(BackendError);
    expect(failure.message).toMatch(/a thread is gone: .*memory/);
    expect(failure.completed).not.toContain(true);
    await backend.close();
  });
});
