import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  BackendError,
  InlineBackend,
  newTask,
  packedProblems,
  type Task,
} from "../../src/backend/index.js";
import { keypointsVjp } from "../../src/backend/operations/keypoints.js";
import { linearCovarianceLoss } from "../../src/backend/operations/linear-covariance-loss.js";
import { poseDistance } from "../../src/backend/operations/pose-distance.js";
import { poseVjp } from "../../src/backend/operations/pose-vjp.js";
import { seededMonteCarloLoss } from "../../src/backend/operations/seeded-monte-carlo-loss.js";
import { solve } from "../../src/backend/operations/solve.js";
import { isShared } from "../../src/backend/shared-array.js";
import { ThreadsBackend } from "../../src/backend/threads/threads.js";
import { stream } from "../../src/random/stream.js";
import { aimedBatch } from "./aimed-batch.js";
import { corners } from "./drawn-inputs.js";

const B = 77;
const { problems, truth, delta } = aimedBatch(B, 40);
const { offsets, x2d, x3d, w2d, K } = packedProblems(problems);
const points = { x2d, x3d, w2d, K };
const index = Float64Array.from({ length: B }, (_, b) => b);
const uniforms = (length: number) =>
  stream("spec/backend/threads").uniforms(new Float64Array(length));

/** A task of every kind that differs in how it reads its arrays. */
const tasks = (shared: boolean): Task[] => [
  newTask(solve, {}, offsets, { ...points, delta }, shared),
  newTask(poseVjp, {}, offsets, { ...points, delta, pose: truth, v: uniforms(6 * B) }, shared),
  newTask(
    seededMonteCarloLoss,
    { width: 7, seed: "spec", samples: 16, iterations: 2 },
    offsets,
    { ...points, delta, target: truth, index },
    shared,
  ),
  newTask(
    linearCovarianceLoss,
    { corners: 8, robust: {}, failure: "identity" },
    offsets,
    { ...points, pose: truth, corners: corners(1, 8) },
    shared,
  ),
  newTask(
    poseDistance,
    { vertices: 50 },
    new Int32Array(B + 1),
    { vertices: corners(1, 50), estimate: truth.map((entry) => entry + 0.01), truth },
    shared,
  ),
  newTask(
    keypointsVjp,
    { rows: 4, columns: 5 },
    new Int32Array(B + 1),
    { maps: uniforms(20 * B), byKeypoint: uniforms(2 * B), byDeviation: uniforms(2 * B) },
    shared,
  ),
];

/** Bits of everything that a task computed. */
const bits = ({ output, status }: Task) => [
  ...Object.values(output).map((values) => new BigUint64Array(values.slice().buffer)),
  Uint8Array.from(status),
];

describe("ThreadsBackend", () => {
  const settings = [
    [1, 1000],
    [2, undefined],
    [3, 5],
  ] as const;
  const pools = new Map<number, ThreadsBackend>();
  let expected: ReturnType<typeof bits>[];

  beforeAll(async () => {
    const alone = tasks(false);
    for (const task of alone) await new InlineBackend().run(task);
    expected = alone.map(bits);
    for (const [threads, chunk] of settings)
      pools.set(threads, new ThreadsBackend({ threads, chunk }));
  });
  afterAll(() => Promise.all([...pools.values()].map((pool) => pool.close())));

  it.each([1, 2, 3])(
    "on %i threads has the bits of this one, statuses included",
    async (threads) => {
      for (const shared of [true, false])
        for (const [i, task] of tasks(shared).entries()) {
          await pools.get(threads)?.run(task);
          expect(Object.values(task.output).every((values) => isShared(values) === shared)).toBe(
            true,
          );
          expect(bits(task), task.operation.name).toEqual(expected[i]);
        }
    },
  );

  it("runs several tasks at once", async () => {
    const several = [...tasks(true), ...tasks(true)];
    await Promise.all(several.map((task) => pools.get(2)?.run(task)));
    expect(several.map(bits)).toEqual([...expected, ...expected]);
  });

  it("says which problem it failed at, and which have their answers", async () => {
    const spoilt = delta.slice();
    spoilt[50] = -1;
    const task = newTask(solve, {}, offsets, { ...points, delta: spoilt }, true);
    const failure: BackendError = await pools
      .get(2)!
      .run(task)
      .catch((error) => error);
    expect(failure).toBeInstanceOf(BackendError);
    expect(failure.message).toMatch(
      /threads: solve failed at problem 50: .*expected delta > 0, got -1/,
    );
    expect(failure.completed).toHaveLength(B);
    expect(failure.completed[50]).toBe(false);
    const whole = new BigUint64Array(task.output.pose.slice().buffer);
    const solved = new BigUint64Array(new Float64Array(expected[0][0].slice().buffer).buffer);
    const done = failure.completed.flatMap((is, b) => (is ? [b] : []));
    expect(done.length).toBeGreaterThan(0);
    for (const b of done)
      expect(whole.slice(7 * b, 7 * b + 7)).toEqual(solved.slice(7 * b, 7 * b + 7));
  });

  it("knows operations by name, and settings that are data", async () => {
    const [task] = tasks(true);
    const backend = pools.get(2)!;
    const other = { ...task.operation, run: () => {} };
    expect([backend.has(task.operation), backend.has(other)]).toEqual([true, false]);
    await expect(backend.run({ ...task, operation: other })).rejects.toThrow(
      "run: expected an operation of solve, poseVjp",
    );
    await expect(backend.run({ ...task, settings: { now: () => {} } })).rejects.toThrow(
      "could not be cloned",
    );
  });

  it("works on after a failure", async () => {
    const [task] = tasks(true);
    await pools.get(2)?.run(task);
    expect(bits(task)).toEqual(expected[0]);
  });
});
