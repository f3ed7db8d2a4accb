import { describe, expect, it } from "vitest";
import {
  type Backend,
  backend,
  InlineBackend,
  newTask,
  packedProblems,
  paddedProblems,
  pointless,
  solve,
  solvedPoses,
} from "../../src/backend/index.js";
import { pickedTask, taskPart } from "../../src/backend/parts.js";
import { ThreadsBackend } from "../../src/backend/threads/threads.js";
import { aimedBatch } from "./aimed-batch.js";
import { type Anything, expectRefusals } from "./refusals.js";

const { problems: list } = aimedBatch(3);
const problems = packedProblems(list);
const zeros = (length: number) => new Float64Array(length);

describe("problems, tasks and backends say what they expected and what they got:", () => {
  expectRefusals([
    [
      "a list that holds no correspondences",
      () => packedProblems([undefined as Anything]),
      "packedProblems: expected correspondences at 0, got undefined",
    ],
    [
      "arrays that are too short",
      () => packedProblems([{ ...list[0], x3d: zeros(2) }]),
      "packedProblems: expected 3",
    ],
    [
      "a camera that is short",
      () => packedProblems([{ ...list[0], K: zeros(8) }]),
      "packedProblems: expected 9 numbers of K in problem 0, got 8",
    ],
    [
      "flat arrays without a size",
      () => paddedProblems({ x2d: zeros(4), x3d: zeros(6), K: zeros(9) }),
      "paddedProblems: expected size [B, N] beside flat arrays, got none",
    ],
    [
      "a size that is none",
      () => paddedProblems({ x2d: zeros(4), x3d: zeros(6), K: zeros(9), size: [1, -2] }),
      "paddedProblems: expected a size of two whole numbers >= 0, got 1,-2",
    ],
    [
      "arrays of another size",
      () => paddedProblems({ x2d: zeros(4), x3d: zeros(7), K: zeros(9), size: [1, 2] }),
      "paddedProblems: expected x3d of shape [1, 2, 3], got 7 numbers",
    ],
    [
      "a count beyond the arrays",
      () =>
        paddedProblems({ x2d: zeros(4), x3d: zeros(6), K: zeros(9), size: [1, 2], counts: [3] }),
      "paddedProblems: expected counts within 0 … 2, got 3 of problem 0",
    ],
    [
      "a singular camera",
      () => paddedProblems({ x2d: zeros(4), x3d: zeros(6), K: zeros(9), size: [1, 2] }),
      "paddedProblems, problem 0: expected a regular K",
    ],
    [
      "a point that is not finite",
      () => paddedProblems({ x2d: [[[0, Number.NaN]]], x3d: [[0, 0, 0]], K: zeros(9) }),
      "paddedProblems: expected finite x2d, got NaN in problem 0",
    ],
    [
      "a weight below zero",
      () =>
        paddedProblems({
          x2d: [[[0, 0]]],
          x3d: [[0, 0, 0]],
          w2d: [[[1, -1]]],
          K: [
            [1, 0, 0],
            [0, 1, 0],
            [0, 0, 1],
          ],
        }),
      "paddedProblems: expected w2d >= 0, got -1",
    ],
    [
      "a name of no backend",
      () => backend({ name: "cuda" as Anything }),
      "backend: expected name of inline, threads, webgpu, process, got cuda",
    ],
    [
      "a precision of none",
      () => backend({ precision: "float16" as Anything }),
      "backend: expected precision of float64, float32, got float16",
    ],
    [
      "a process without its command",
      () => backend({ name: "process" }),
      "backend: expected process, with its command, got none",
    ],
    [
      "no threads",
      () => backend({ name: "threads", threads: { threads: 0 } }),
      "threads: expected a whole threads >= 1, got 0",
    ],
    [
      "half a chunk",
      () => new ThreadsBackend({ chunk: 0.5 }),
      "threads: expected a whole chunk >= 1, got 0.5",
    ],
    [
      "an input that is missing",
      () => newTask(solve, {}, pointless(1), {}),
      "solve: expected 0 numbers of input x2d, 2 a point, got none",
    ],
    [
      "an input of another task",
      () => newTask(solve, {}, pointless(0), { ...problems, maps: zeros(0) } as Anything),
      "solve: expected input of x2d, x3d, w2d, K, delta, got count",
    ],
    [
      "offsets that fall",
      () => newTask(solve, {}, Int32Array.of(0, 2, 1), {}),
      "solve: expected offsets that do not fall, got 2 and 1 at 2",
    ],
    [
      "offsets from one",
      () => newTask(solve, {}, Int32Array.of(1, 2), {}),
      "solve: expected offsets that start at 0, got 1",
    ],
  ]);

  it("a backend that lacks the operation, or is closed, says so", async () => {
    const poor: Backend = {
      name: "poor",
      precision: "float64",
      has: () => false,
      run: async () => {},
      close: async () => {},
    };
    await expect(solvedPoses(poor, problems)).rejects.toThrow(
      "solvedPoses: expected a backend that has solve, got poor",
    );
    const closed = new InlineBackend();
    await closed.close();
    await expect(solvedPoses(closed, problems)).rejects.toThrow(
      "run: expected an open backend, got inline after close",
    );
  });

  it("parts outside a task", () => {
    const { x2d, x3d, w2d, K, offsets } = problems;
    const task = newTask(solve, {}, offsets, { x2d, x3d, w2d, K, delta: zeros(3).fill(1) });
    expect(() => taskPart(task, 1, 4)).toThrow(
      "taskPart: expected a range within 0 … 3, got 1 … 4",
    );
    expect(() => pickedTask(task, [3])).toThrow(
      "taskPart: expected a range within 0 … 3, got 3 … 4",
    );
    expect(pickedTask(task, [2, 0]).input.x2d).toEqual(
      Float64Array.of(...x2d.slice(2 * offsets[2]), ...x2d.slice(0, 2 * offsets[1])),
    );
  });
});
