import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AuditedBackend } from "../../src/backend/audited.js";
import { newTask } from "../../src/backend/new-task.js";
import {
  linearCovarianceLoss,
  monteCarloLoss,
  poseVjp,
  seededMonteCarloLoss,
  solve,
} from "../../src/backend/operations/index.js";
import { pickedTask } from "../../src/backend/parts.js";
import { packedProblems } from "../../src/backend/problems.js";
import { ProcessBackend } from "../../src/backend/process.js";
import { RefusedTask } from "../../src/backend/refused-task.js";
import type { FieldArrays, Operation, Settings, Task } from "../../src/backend/task.js";
import { movedRow } from "../../src/kernels/pose-row.js";
import { publishedLinearCovariance } from "../../src/loss/linear-covariance-options.js";
import { stream } from "../../src/random/index.js";
import { layer } from "../live/asked.js";
import { aimedBatch } from "./aimed-batch.js";
import { answered } from "./pose-pairs.js";

/** The specs' own layer in TypeScript, which computes by the oracle's kernels: only the words can be wrong. */
let backend: ProcessBackend;
beforeAll(() => {
  backend = new ProcessBackend({ command: layer(), timeout: 60, lineLength: 2 ** 15 });
});
afterAll(() => backend.close());

const B = 45;
const { problems, truth, delta } = aimedBatch(B, 9);
const { offsets, x2d, x3d, w2d, K } = packedProblems(problems);
const task = (operation: Operation, settings: Settings, input: FieldArrays): Task =>
  newTask(operation, settings, offsets, { x2d, x3d, w2d, K, ...input });
const plain = new Float64Array(B).fill(Infinity);
const draws = (name: string, length: number) => {
  const draw = stream(`spec/backend/protocol/${name}`);
  return Float64Array.from({ length }, () => draw.normal());
};

/** Whether every answer is the oracle's, up to what a last digit of the words may change; how many there are. */
async function translated(asked: Task): Promise<number> {
  const audited = new AuditedBackend(backend, { oneIn: 1 });
  await audited.run(asked);
  const { checked, undecided } = audited.report();
  return checked - undecided;
}

/** Poses [B, 7] a thousandth beside the true ones. */
const beside = truth.slice();
for (let b = 0; b < B; b++) {
  const row = beside.subarray(7 * b, 7 * b + 7);
  movedRow(row.slice(), new Float64Array(6).fill(1e-3), row);
}

describe("run(…) of a process", () => {
  it("translates solve, with starts, thresholds and problems that have no answer", async () => {
    expect(
      await translated(task(solve, { poseInit: true }, { delta, poseInit: beside })),
    ).toBeGreaterThan(0.8 * B);
  });

  it.each(["exact", "faster"])("translates poseVjp, variant %s", async (variant) => {
    const solutions = answered(task(solve, { poseInit: true }, { delta: plain, poseInit: beside }));
    const { pose } = solutions.output;
    const v = draws("v", 6 * B);
    expect(await translated(task(poseVjp, { variant }, { delta: plain, pose, v }))).toBeGreaterThan(
      0.8 * B,
    );
  });

  it.each([
    { width: 7, proposals: 1, meanOverSamples: true, clamps: { zMin: 0.1 } },
    { width: 4, proposals: 3, meanOverSamples: false, clamps: { zMin: 0.1 } },
  ] as const)("translates monteCarloLoss with %j", async (given) => {
    const { width, proposals } = given;
    const samples = 5;
    const rows = (of: Float64Array, count: number) =>
      Float64Array.from({ length: width * count * B }, (_, i) => {
        const [b, k] = [Math.floor(i / (width * count)), i % width];
        return k < 3 || width === 7 ? of[7 * b + k] : 0.1 * b;
      });
    const poses = rows(truth, samples);
    const near = draws(`near/${width}`, poses.length);
    for (let at = 0; at < poses.length; at += width)
      movedRow(
        poses.slice(at, at + width),
        near.subarray(at, at + (width === 7 ? 6 : 4)).map((x) => 1e-3 * x),
        poses.subarray(at, at + width),
      );
    const logDensities = draws("densities", proposals * samples * B);
    const input = { delta, target: rows(truth, 1), poses, logDensities };
    expect(await translated(task(monteCarloLoss, { ...given, samples }, input))).toBeGreaterThan(
      0.8 * B,
    );
  });

  it.each(["task", "problem"])(
    "translates linearCovarianceLoss, corners per %s",
    async (cornersPer) => {
      const corners = draws("corners", 24 * (cornersPer === "task" ? 1 : B));
      const { robust, zMin } = publishedLinearCovariance;
      const settings = { robust, zMin, cornersPer, corners: 8, valid: true };
      const valid = draws("valid", offsets[B]).map((x) => (x > -0.8 ? 1 : 0));
      expect(
        await translated(task(linearCovarianceLoss, settings, { pose: beside, corners, valid })),
      ).toBeGreaterThan(0.8 * B);
    },
  );
});

it("run(…) of a process says “no clamp” by one that no point meets, where all lie in front of the camera", async () => {
  const front = Array.from({ length: B }, (_, b) => b).filter((b) => b % 15 !== 5);
  const given = { delta, target: truth, poses: beside, logDensities: new Float64Array(B) };
  const losses = task(monteCarloLoss, { width: 7, samples: 1, proposals: 1 }, given);
  const settings = { robust: publishedLinearCovariance.robust, corners: 8 };
  const cornered = { pose: beside, corners: draws("corners", 24) };
  for (const whole of [losses, task(linearCovarianceLoss, settings, cornered)])
    expect(await translated(pickedTask(whole, front))).toBeGreaterThan(0.8 * front.length);
});

describe("run(…) of a process refuses, with a reason and before anything is sent,", () => {
  const target = truth;
  const given = { delta, target, poses: truth, logDensities: new Float64Array(B) };
  const one = { width: 7, samples: 1, proposals: 1 } as const;
  const lc = { corners: 8, robust: {} };
  const cornered = { pose: truth, corners: new Float64Array(24) };
  const index = Float64Array.from({ length: B }, (_, b) => b);
  const cases: [string, Task, RegExp][] = [
    [
      "iterations",
      task(solve, { maxIterations: 5 }, { delta }),
      /expected maxIterations left out, got 5/,
    ],
    [
      "other variants",
      task(
        poseVjp,
        { variant: "gauss-newton" },
        { delta: plain, pose: truth, v: draws("v", 6 * B) },
      ),
      /expected variant left out or "exact" or "faster", got "gauss-newton"/,
    ],
    [
      "a threshold of bpnp",
      task(poseVjp, {}, { delta, pose: truth, v: draws("v", 6 * B) }),
      /problem 1: expected delta Infinity, got .* bpnp has no Huber threshold/,
    ],
    [
      "clamps in pixels",
      task(monteCarloLoss, { ...one, clamps: { zMin: 0.1, lb: [0, 0] } }, given),
      /expected clamps without lb and ub, got \[0,0\]/,
    ],
    [
      "no clamp where points lie behind the camera",
      task(monteCarloLoss, one, given),
      /problem 5: expected every point in front of the camera/,
    ],
    [
      "a threshold of zero",
      task(
        monteCarloLoss,
        { ...one, clamps: { zMin: 0.1 } },
        { ...given, delta: new Float64Array(B) },
      ),
      /problem 0: expected delta > 0, got 0/,
    ],
    [
      "samples drawn inside",
      task(seededMonteCarloLoss, { width: 7, seed: "a" }, { delta, target, index }),
      /expected an operation that the protocol has a method for \(solve, poseVjp, .*\), got seededMonteCarloLoss/,
    ],
    ...Object.entries({
      representation: "quaternion",
      form: "gaussian",
      reduction: "sum",
      weights: "squared",
      hessian: "observed",
      maskWeights: true,
      terms: ["prior"],
      detached: [],
      robust: null,
      zMin: -1,
    }).map(([name, value]): [string, Task, RegExp] => [
      `${name} of lc`,
      task(linearCovarianceLoss, { ...lc, [name]: value }, cornered),
      new RegExp(`expected .*${name}|expected all three ${name}`),
    ]),
  ];
  it.each(cases)("%s", async (_, asked, reason) => {
    expect(backend.has(asked.operation)).toBe(asked.operation !== seededMonteCarloLoss);
    const error = await backend.run(asked).then(
      () => null,
      (thrown) => thrown,
    );
    expect(error).toBeInstanceOf(RefusedTask);
    expect(error.message).toMatch(reason);
    expect(error.completed).toEqual(new Array(B).fill(false));
  });
});
