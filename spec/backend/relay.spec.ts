import { expect, it } from "vitest";
import { InlineBackend } from "../../src/backend/inline.js";
import { newTask } from "../../src/backend/new-task.js";
import { RefusedTask } from "../../src/backend/refused-task.js";
import { type HandOver, RelayBackend } from "../../src/backend/relay.js";
import { type Backend, BackendError, type Task } from "../../src/backend/task.js";
import { answered, posePairs } from "./pose-pairs.js";
import { everyTask } from "./tasks.js";

/** Finishes only some problems, leaves rubbish in the others, and is gone. */
class Fleeting implements Backend {
  readonly precision = "float32";
  runs = 0;
  closed = false;
  constructor(
    readonly name: string,
    private readonly finishes: (b: number) => boolean,
    private readonly refuses = false,
    readonly has: Backend["has"] = () => true,
  ) {}
  async run(task: Task): Promise<void> {
    this.runs++;
    const completed = Array.from(task.status, (_, b) => this.finishes(b));
    for (const array of Object.values(task.output)) array.fill(123);
    for (const [b, done] of completed.entries()) if (done) task.operation.run(task, b, b + 1);
    if (completed.every(Boolean)) return;
    throw new (this.refuses ? RefusedTask : BackendError)(`${this.name}: gone`, completed);
  }
  async close(): Promise<void> {
    this.closed = true;
  }
}

it.each(Object.entries(everyTask(9)))(
  "run(…) of %s has every answer when two backends were lost half way",
  async (_, task) => {
    const fresh = newTask(task.operation, task.settings, task.offsets, task.input);
    const handOvers: HandOver[] = [];
    const relay = new RelayBackend(
      [
        new Fleeting("first", (b) => b % 3 === 0),
        new Fleeting("second", (b) => b > 2),
        new InlineBackend(),
      ],
      { onHandOver: (handOver) => handOvers.push(handOver) },
    );
    await relay.run(fresh);
    const expected = answered(task);
    expect(fresh.status).toEqual(expected.status);
    expect(fresh.output).toEqual(expected.output);
    expect(handOvers.map(({ from, to, problems, of }) => [from, to, problems, of])).toEqual([
      ["first", "second", 6, 9],
      ["second", "inline", 3, 9],
    ]);
  },
);

it("run(…) that nobody finishes says which problems have answers, and the last reason", async () => {
  const relay = new RelayBackend([
    new Fleeting("first", (b) => b === 1),
    new Fleeting("second", (b) => b === 1),
  ]);
  const error = await relay.run(posePairs(4)).catch((reason) => reason);
  expect(error).toBeInstanceOf(BackendError);
  // What was the second of those left is the third of all.
  expect(error.completed).toEqual([false, true, true, false]);
  expect(error.message).toBe(
    "first, then second: 2 of 4 problems of poseDistance were finished by none; the last said: second: gone",
  );
});

it("run(…) does not ask a backend again that was lost twice in a row; one that refuses, it does", async () => {
  for (const refuses of [false, true]) {
    const first = new Fleeting("first", () => false, refuses);
    const relay = new RelayBackend([first, new InlineBackend()]);
    for (let i = 0; i < 4; i++) await relay.run(posePairs(2));
    expect(first.runs).toBe(refuses ? 4 : 2);
  }
});

it("run(…) goes to the first that has the operation; has(…) says whether any has", async () => {
  const without = new Fleeting(
    "first",
    () => true,
    false,
    ({ name }) => name === "solve",
  );
  const [task] = [posePairs(3)];
  const relay = new RelayBackend([without, new InlineBackend()]);
  await relay.run(task);
  expect(without.runs).toBe(0);
  expect(task.output).toEqual(answered(task).output);
  expect(relay.has(task.operation)).toBe(true);
  expect(new RelayBackend([without]).has(task.operation)).toBe(false);
  await expect(new RelayBackend([without]).run(task)).rejects.toThrow(
    "first: 3 of 3 problems of poseDistance were finished by none, since none that is left has the operation",
  );
  expect(relay.precision).toBe("float32");
  await relay.close();
  expect(without.closed).toBe(true);
  await expect(relay.run(task)).rejects.toThrow("inline after close");
});

it("run(…) passes on what is no loss: a setting that no backend could stand", async () => {
  const odd: Backend = {
    ...{ name: "odd", precision: "float64", has: () => true, close: async () => {} },
    run: async () => {
      throw new RangeError("setting");
    },
  };
  await expect(new RelayBackend([odd, new InlineBackend()]).run(posePairs(1))).rejects.toThrow(
    RangeError,
  );
  expect(() => new RelayBackend([])).toThrow("expected at least one backend, got none");
});
