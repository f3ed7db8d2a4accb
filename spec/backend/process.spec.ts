import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, expect, it } from "vitest";
import { AuditError, AuditedBackend } from "../../src/backend/audited.js";
import { ProcessBackend, type ProcessOptions } from "../../src/backend/process.js";
import { RefusedTask } from "../../src/backend/refused-task.js";
import { BackendError, type Task } from "../../src/backend/task.js";
import { left } from "../live/asked.js";
import { answered, posePairs } from "./pose-pairs.js";

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
const command = (fault = "none", file = "") =>
  `${quoted(process.execPath)} ${quoted(fileURLToPath(new URL("command.mjs", import.meta.url)))} ${fault} ${file && quoted(file)}`;

/** Two problems a line: a task of ten is five requests. */
const twoALine = 26 * 24 * 2 + 26 * 18;

const opened: { backend: ProcessBackend; errors: string }[] = [];
function open(fault: string, options: Partial<ProcessOptions> = {}, file = "") {
  const one = { backend: null as unknown as ProcessBackend, errors: "" };
  one.backend = new ProcessBackend({
    ...{ command: command(fault, file), lineLength: twoALine, timeout: 20 },
    onErrorText: (text) => {
      one.errors += text;
    },
    ...options,
  });
  opened.push(one);
  return one;
}
afterEach(async () => {
  for (const { backend, errors } of opened.splice(0)) {
    await backend.close();
    expect(left(errors)).toEqual([]);
  }
});

/** Sums of six distances of poses of size one, through rotation matrices: some thirty roundings. */
const room = 32 * Number.EPSILON;
function expectAnswers(task: Task) {
  const truth = answered(task);
  expect(task.status).toEqual(truth.status);
  for (const name of ["add", "addS"])
    task.output[name].forEach((value, b) => {
      const expected = truth.output[name][b];
      if (Number.isNaN(expected)) expect(value).toBeNaN();
      else expect(Math.abs(value - expected)).toBeLessThanOrEqual(room * (1 + expected));
    });
}

async function failed(run: Promise<void>): Promise<BackendError> {
  const error = await run.then(
    () => null,
    (reason) => reason,
  );
  expect(error).toBeInstanceOf(BackendError);
  return error;
}

it("run(…) has a command answer problems by the line, and keeps it for the next task", async () => {
  const { backend } = open("none");
  for (const B of [0, 1, 10, 3]) {
    const task = posePairs(B);
    await backend.run(task);
    expectAnswers(task);
  }
  expect(opened[0].errors.match(/process/g)).toHaveLength(1);
});

it.each(["reversed", "chatter", "refuses-batches"])(
  "run(…) of a command that %s has every answer in its place",
  async (fault) => {
    const { backend } = open(fault, { ahead: 4 });
    const task = posePairs(10);
    await backend.run(task);
    expectAnswers(task);
  },
);

it("run(…) of several tasks at a time shares one command", async () => {
  const { backend } = open("reversed");
  const tasks = [posePairs(4), posePairs(5), posePairs(6)];
  await Promise.all(tasks.map((task) => backend.run(task)));
  for (const task of tasks) expectAnswers(task);
});

it("run(…) gives problems that have no pose the oracle's status, and asks for the others", async () => {
  const { backend } = open("none");
  const task = posePairs(10, (b) => b % 3 !== 1);
  await backend.run(task);
  expectAnswers(task);
  expect(task.status.filter((code) => code !== 0)).toHaveLength(3);
});

for (const fault of ["dies-once", "hangs-once"])
  it(`run(…) starts a command that ${fault.replace("-", " ")} again, and asks it for the rest`, async () => {
    const folder = mkdtempSync(join(tmpdir(), "pnp-oracle-process-"));
    try {
      const file = join(folder, "started");
      const { backend } = open(fault, { timeout: 1.5 }, file);
      const task = posePairs(10);
      await backend.run(task);
      expectAnswers(task);
      expect(existsSync(file)).toBe(true);
      expect(opened[0].errors.match(/process/g)).toHaveLength(2);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

it("run(…) of a command that dies again fails, and says which problems have answers", async () => {
  const { backend } = open("dies", { ahead: 1 });
  const task = posePairs(14);
  const error = await failed(backend.run(task));
  // Two requests of two problems from each start.
  expect(error.completed.map(Number)).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0]);
  expect(error.message).toMatch(/ended with exit code 9.*8 of 14 problems have answers/);
});

it.each([
  ["hangs", /gave no answer within/, 4],
  ["garbage", /which is no JSON/, 4],
  ["shape", /problems 4 … 5.*expected add of shape \[2\], got \[1, 2\]/, 4],
  ["missing", /expected adds in the answer, got add/, 4],
  ["nan", /problem 4 was answered with numbers that are none; the oracle has an answer to it/, 4],
  ["flood", /wrote without end|which was never asked|no object|expected/, 0],
])("run(…) of a command that %s fails with the reason", async (fault, reason, done) => {
  const { backend } = open(fault, { ahead: 1, restarts: 0, timeout: 1.5 });
  const error = await failed(backend.run(posePairs(10)));
  expect(error.message).toMatch(reason);
  expect(error.completed.filter(Boolean)).toHaveLength(done);
});

it("run(…) of a command that refuses one problem of its own fails with what it said", async () => {
  const { backend } = open("refuses", { ahead: 1, lineLength: 1 });
  const error = await failed(backend.run(posePairs(5)));
  expect(error.message).toMatch(/problem 2 was refused: “out of memory”; the oracle has an answer/);
  expect(error.completed.map(Number)).toEqual([1, 1, 0, 0, 0]);
});

it("run(…) of a command that does not exist says so", async () => {
  const { backend } = open("", { command: "no-such-command-anywhere" });
  expect((await failed(backend.run(posePairs(2)))).message).toMatch(/did not find the command/);
});

it("close() while a task is under way fails it, and run(…) throws afterwards", async () => {
  const { backend } = open("hangs", { ahead: 1, timeout: 100, limits: { grace: 50 } });
  const running = failed(backend.run(posePairs(10)));
  await new Promise((resolve) => setTimeout(resolve, 300));
  await backend.close();
  expect((await running).message).toMatch(/the backend was closed/);
  await expect(backend.run(posePairs(1))).rejects.toThrow("run: expected an open backend");
});

it("run(…) of a command that is off by a thousandth raises where it is checked", async () => {
  const { backend } = open("wrong");
  const audited = new AuditedBackend(backend, { oneIn: 5 });
  const error = await audited.run(posePairs(10)).catch((reason) => reason);
  expect(error).toBeInstanceOf(AuditError);
  expect(error.message).toMatch(/^process: poseDistance of problem \d: expected add within/);
  expect(error.claims.method).toBe("metrics");
  expect(audited.report()).toMatchObject({ problems: 10, checked: 2, outside: 2 });
});

it("has(…) keeps to the command's methods, and run(…) refuses others before anything is sent", async () => {
  const { backend } = open("none", { methods: ["pnp"] });
  const task = posePairs(3);
  expect(backend.has(task.operation)).toBe(false);
  const error = await failed(backend.run(task));
  expect(error).toBeInstanceOf(RefusedTask);
  expect(error.message).toBe(
    "process: poseDistance: expected one of the command's methods pnp, got metrics",
  );
  expect(opened[0].errors).toBe("");
});

it.each([
  [{ command: " " }, "expected command a command, got  "],
  [{ timeout: 0 }, "expected timeout > 0 s and at most a day, got 0"],
  [{ ahead: 1.5 }, "expected ahead a whole number from 1, got 1.5"],
  [{ restarts: -1 }, "expected restarts a whole number from 0, got -1"],
  [{ lineLength: 2 ** 26 }, "expected lineLength at most 32 Mi, got 67108864"],
])("new ProcessBackend(%j) says what it %s", (options, message) => {
  expect(() => new ProcessBackend({ command: "x", ...options })).toThrow(
    `ProcessBackend: ${message}`,
  );
});
