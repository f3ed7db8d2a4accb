/** Parts of a task that are tasks themselves: a run of its problems, or some of them; and the way back. */
import { fieldLength, newTask } from "./new-task.js";
import type { FieldArrays, Fields, Task } from "./task.js";

/**
 * Problems from … to − 1 of a task. Its arrays are views: what is written to the part stands in the whole.
 *
 * @throws RangeError unless 0 ≤ from ≤ to ≤ B.
 */
export function taskPart(task: Task, from: number, to: number): Task {
  const B = task.offsets.length - 1;
  if (!(Number.isInteger(from) && Number.isInteger(to) && 0 <= from && from <= to && to <= B))
    throw new RangeError(`taskPart: expected a range within 0 … ${B}, got ${from} … ${to}`);
  const { operation, settings, offsets } = task;
  const cut = (fields: Fields, arrays: FieldArrays): FieldArrays =>
    Object.fromEntries(
      Object.entries(fields).map(([name, { per, width }]) => {
        const values = arrays[name];
        if (per === "task") return [name, values];
        const [first, end] = per === "problem" ? [from, to] : [offsets[from], offsets[to]];
        return [name, values.subarray(width * first, width * end)];
      }),
    );
  return {
    ...{ operation, settings },
    offsets: offsets.slice(from, to + 1).map((first) => first - offsets[from]),
    input: cut(operation.inputs(settings), task.input),
    output: cut(operation.outputs(settings), task.output),
    status: task.status.subarray(from, to),
  };
}

/**
 * The problems of a task at `indices`, in that order, copied, with outputs of their own.
 *
 * @throws RangeError if an index is not of a problem.
 */
export function pickedTask(task: Task, indices: readonly number[]): Task {
  const { operation, settings } = task;
  const parts = indices.map((b) => taskPart(task, b, b + 1));
  const offsets = new Int32Array(parts.length + 1);
  for (const [i, part] of parts.entries()) offsets[i + 1] = offsets[i] + part.offsets[1];
  const input = Object.fromEntries(
    Object.entries(operation.inputs(settings)).map(([name, field]) => {
      if (field.per === "task") return [name, task.input[name]];
      const values = new Float64Array(fieldLength(field, offsets));
      for (const [i, part] of parts.entries())
        values.set(part.input[name], field.width * (field.per === "problem" ? i : offsets[i]));
      return [name, values];
    }),
  );
  return newTask(operation, settings, offsets, input);
}

/** Writes outputs and status of `pickedTask(task, indices)` to their places in the task. */
export function mergePicked(part: Task, task: Task, indices: readonly number[]): void {
  for (const [i, b] of indices.entries()) {
    const [from, to] = [taskPart(part, i, i + 1), taskPart(task, b, b + 1)];
    for (const name of Object.keys(task.output)) to.output[name].set(from.output[name]);
    task.status[b] = part.status[i];
  }
}
