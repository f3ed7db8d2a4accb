import { expect, it } from "vitest";
import { audit } from "../../src/audit/audit.js";
import { AuditError, AuditedBackend } from "../../src/backend/audited.js";
import { InlineBackend } from "../../src/backend/inline.js";
import { taskPart } from "../../src/backend/parts.js";
import type { Backend, FieldArrays, Task } from "../../src/backend/task.js";
import { taskOfJson } from "../../src/backend/task-json.js";
import { readClaimsJson } from "../../src/formats/json.js";
import { posePairs } from "./pose-pairs.js";
import { everyTask } from "./tasks.js";

/** The oracle in float32 at its borders, and then spoilt. */
class Spoilt implements Backend {
  readonly precision = "float32";
  constructor(
    private readonly spoil: (task: Task) => void = () => {},
    readonly name = "spoilt",
  ) {}
  has = () => true;
  close = async () => {};
  async run(task: Task): Promise<void> {
    const rounded = (of: FieldArrays) =>
      Object.fromEntries(
        Object.entries(of).map(([name, array]) => [
          name,
          Float64Array.from(Float32Array.from(array)),
        ]),
      );
    task.operation.run({ ...task, input: rounded(task.input) }, 0, task.status.length);
    for (const array of Object.values(task.output)) array.set(Float32Array.from(array));
    this.spoil(task);
  }
}

async function auditError(run: Promise<void>): Promise<AuditError> {
  const error = await run.then(
    () => null,
    (reason) => reason,
  );
  expect(error).toBeInstanceOf(AuditError);
  return error;
}

const B = 30;
const tasks = everyTask(B);

it.each(Object.keys(tasks))("run(…) finds nothing wrong with %s in float32", async (name) => {
  const backend = new AuditedBackend(new Spoilt(), { oneIn: 1 });
  await backend.run(tasks[name]);
  const { checked, outside, undecided, worst } = backend.report();
  expect([checked, outside]).toEqual([B, 0]);
  expect(undecided).toBeLessThan(B / 3);
  expect(worst!.error).toBeLessThanOrEqual(worst!.budget);
});

/** Mistakes in the first problem that has an answer: what is said of them. */
const mistakes: readonly [string, string, (values: Float64Array) => void][] = [
  ["solve", "pose", (q) => void (q[4] += 0.01)],
  ["solve", "cost", (c) => void (c[0] *= 2)],
  ["poseVjp", "x2d", (g) => g.forEach((v, k) => void (g[k] = -v))],
  ["poseVjp", "K", (g) => void ([g[1], g[3]] = [g[3], g[1]])],
  ["monteCarloLoss", "loss", (c) => void (c[0] += 0.1 * Math.abs(c[0]))],
  ["monteCarloLoss", "w2d", (g) => g.forEach((v, k) => void (g[k] = 1.02 * v))],
  ["seededMonteCarloLoss", "x3d", (g) => g.fill(0)],
  ["linearCovarianceLoss", "linearError", (c) => void (c[0] *= 1.01)],
  ["linearCovarianceLoss", "x2d", (g) => g.reverse()],
  ["poseDistance", "addS", (c) => void (c[0] *= 1.001)],
  ["keypoints", "keypoint", (x) => void ([x[0], x[1]] = [x[1], x[0]])],
  ["keypointsVjp", "maps", (g) => void (g[3] = Number.NaN)],
];
it.each(mistakes)("run(…) raises where %s has a mistake in its %s", async (name, field, spoil) => {
  const task = tasks[name];
  const spoilOne = ({ output, status, operation, offsets, settings }: Task) => {
    const { per, width } = operation.outputs(settings)[field];
    const own = Array.from(status, (_, b) => {
      const [from, to] = per === "point" ? [offsets[b], offsets[b + 1]] : [b, b + 1];
      return output[field].subarray(width * from, width * to);
    });
    spoil(
      own.find((values) => values.every((v) => Number.isFinite(v)) && values.some((v) => v !== 0))!,
    );
  };
  const backend = new AuditedBackend(new Spoilt(spoilOne), { oneIn: 1 });
  const error = await auditError(backend.run(task));
  expect(error.message).toMatch(
    new RegExp(
      `^spoilt: ${name} of problem \\d+: expected ${field}.* within .* of the oracle's, got an error of`,
    ),
  );
  expect(backend.report().outside).toBe(1);
  const { error: most, budget } = backend.report().worst!;
  expect(most <= budget).toBe(false);
});

it("run(…) raises where the status is another, and counts every answer outside its budget", async () => {
  const backend = new AuditedBackend(new Spoilt((task) => task.status.fill(1, 3, 5)), { oneIn: 1 });
  const error = await auditError(backend.run(posePairs(9)));
  expect(error.message).toBe(
    "spoilt: poseDistance of problem 3: expected status ok, as the oracle has it, got no-pose",
  );
  expect(error.problem).toBe(3);
  expect(backend.report()).toMatchObject({ problems: 9, checked: 9, outside: 2, undecided: 0 });
});

it("run(…) keeps an offending problem as a claims file that an audit finds wrong", async () => {
  const spoil = (task: Task) => void (task.output.add[2] *= 1.01);
  const error = await auditError(
    new AuditedBackend(new Spoilt(spoil), { oneIn: 1 }).run(posePairs(4)),
  );
  const claims = readClaimsJson(error.saved, "failing.json");
  expect(claims.dtype).toBe("float32");
  const { files } = await audit([{ name: "failing.json", claims }]);
  const verdicts = files[0].claims.map(({ quantity, verdict }) => [quantity, verdict]);
  expect(Object.fromEntries(verdicts)).toMatchObject({ add: "wrong" });
  expect(verdicts.find(([name]) => name === "adds")![1]).not.toBe("wrong");
});

it("run(…) keeps a problem that no claims file says as a task, which reads back to the bit", async () => {
  const error = await auditError(
    new AuditedBackend(new Spoilt((task) => void (task.output.keypoint[0] = Infinity)), {
      oneIn: 1,
    }).run(tasks.keypoints),
  );
  expect(error.claims).toBeNull();
  const read = taskOfJson(error.saved);
  expect(read).toEqual(error.task);
  expect(read.output.keypoint[0]).toBe(Infinity);
});

it("taskOfJson(…) says what is wrong with other texts", () => {
  expect(() => taskOfJson("{}")).toThrow(
    "taskOfJson: expected schema pnp-oracle/task@1, got undefined",
  );
  const text = '{"schema": "pnp-oracle/task@1", "operation": "toString"}';
  expect(() => taskOfJson(text)).toThrow(/expected operation solve, .* got toString/);
});

/** Which of ten problems, in tasks of these sizes, were checked: they alone are spoilt. */
async function checkedOf(sizes: readonly number[], oneIn: number, seed?: string) {
  const whole = posePairs(sizes.reduce((a, b) => a + b, 0));
  const found: number[] = [];
  for (let b = 0; b < whole.status.length; b++) {
    let first = 0;
    const backend = new AuditedBackend(
      new Spoilt((task) => {
        const own = b - first;
        if (own >= 0 && own < task.status.length) task.status[own] = 1;
      }),
      { oneIn, seed },
    );
    for (const size of sizes) {
      await backend.run(taskPart(whole, first, first + size)).catch(() => found.push(b));
      first += size;
    }
  }
  return found;
}

it("run(…) checks one problem of every block, the same ones however they come, by the seed", async () => {
  const chosen = await checkedOf([12], 4);
  expect(chosen.map((b) => Math.floor(b / 4))).toEqual([0, 1, 2]);
  expect(await checkedOf([1, 5, 0, 6], 4)).toEqual(chosen);
  const others = await Promise.all(["a", "b", "c"].map((seed) => checkedOf([12], 4, seed)));
  expect(new Set(others.map(String)).size).toBeGreaterThan(1);
});

it("new AuditedBackend(…) checks one in a thousand of a GPU's answers, none of the oracle's own", async () => {
  const far = new AuditedBackend(new Spoilt(undefined, "webgpu"));
  const own = new AuditedBackend(new InlineBackend());
  await far.run(posePairs(2500));
  await own.run(posePairs(2500));
  expect([2, 3]).toContain(far.report().checked);
  expect(own.report()).toEqual({
    ...{ backend: "inline", problems: 2500, checked: 0, outside: 0, undecided: 0 },
    ...{ reason: null, worst: null },
  });
  expect(() => new AuditedBackend(new InlineBackend(), { oneIn: 0.5 })).toThrow(
    "AuditedBackend: expected a whole oneIn >= 0, got 0.5",
  );
});
