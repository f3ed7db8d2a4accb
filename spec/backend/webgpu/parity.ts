/** How far a backend's answers are from the oracle's: for specs that compare them, problem by problem. */
import { fieldLength, newTask } from "../../../src/backend/new-task.js";
import type { Task } from "../../../src/backend/task.js";

/** The same task with room of its own, answered by the oracle. */
export function oracleOf({ operation, settings, offsets, input }: Task): Task {
  const own = newTask(operation, settings, offsets, input);
  operation.run(own, 0, own.status.length);
  return own;
}

/** The entries of problem b in an output of either kind. */
export function entriesOf(task: Task, name: string, b: number): Float64Array {
  const { per, width } = task.operation.outputs(task.settings)[name];
  const [from, to] = per === "point" ? task.offsets.subarray(b, b + 2) : [b, b + 1];
  return task.output[name].subarray(width * from, width * to);
}

export interface Distance {
  readonly problem: number;
  /** Largest |found − truth| over the scale, or 1 − cosine of the angle between both. */
  readonly distance: number;
}

/** The farthest value of an output from the oracle's, relative to `scale(b)`; NaN counts as equal to NaN only. */
export function farthestValue(
  found: Task,
  truth: Task,
  name: string,
  scale: (b: number) => number = (b) => Math.max(...entriesOf(truth, name, b).map(Math.abs)),
): Distance {
  let worst: Distance = { problem: -1, distance: 0 };
  for (let b = 0; b < truth.status.length; b++) {
    const own = entriesOf(found, name, b);
    const unit = scale(b);
    entriesOf(truth, name, b).forEach((value, k) => {
      if (Object.is(value, own[k]) || value === own[k]) return;
      const distance = Math.abs(own[k] - value) / unit;
      if (!(distance <= worst.distance)) worst = { problem: b, distance };
    });
  }
  return worst;
}

/** The output whose direction is farthest from the oracle's, as 1 − cosine; a length off by a share counts too. */
export function farthestDirection(found: Task, truth: Task, name: string): Distance {
  let worst: Distance = { problem: -1, distance: 0 };
  for (let b = 0; b < truth.status.length; b++) {
    const own = entriesOf(found, name, b);
    const theirs = entriesOf(truth, name, b);
    let [dot, a, c] = [0, 0, 0];
    theirs.forEach((value, k) => {
      dot += value * own[k];
      a += value * value;
      c += own[k] * own[k];
    });
    if (a === 0 && c === 0) continue;
    if (theirs.every(Number.isNaN) && own.every(Number.isNaN)) continue;
    const distance = 1 - dot / Math.sqrt(a * c);
    if (!(distance <= worst.distance)) worst = { problem: b, distance };
  }
  return worst;
}

/** Numbers in a task's outputs, for specs that ask whether anything was compared. */
export const outputSize = ({ operation, settings, offsets }: Task): number =>
  Object.values(operation.outputs(settings)).reduce((sum, f) => sum + fieldLength(f, offsets), 0);

/** What single precision on a GPU promises: values to 1e-4 of their scale, gradients to a cosine of 0.99999. */
export const promised = { value: 1e-4, direction: 1e-5 } as const;
