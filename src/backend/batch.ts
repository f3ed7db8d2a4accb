/** What the functions of batches share: input of each problem read, a task run, output brought home. */
import { newTask } from "./new-task.js";
import type { Problems } from "./problems.js";
import { sharedArray } from "./shared-array.js";
import type { Backend, FieldArrays, Operation, Settings, Task } from "./task.js";

/** Runs an operation of a batch. @throws RangeError if the backend has it not; else as the backend does. */
export async function ran(
  caller: string,
  backend: Backend,
  operation: Operation,
  settings: Settings,
  offsets: Int32Array,
  input: FieldArrays,
): Promise<Task> {
  if (!backend.has(operation))
    throw new RangeError(
      `${caller}: expected a backend that has ${operation.name}, got ${backend.name}`,
    );
  const task = newTask(operation, settings, offsets, input, backend.shared);
  await backend.run(task);
  return task;
}

/** The outcome of every problem, by name. */
export function outcomes<T extends string>({ operation, status }: Task): T[] {
  return Array.from(status, (code) => operation.statuses[code] as T);
}

/**
 * Numbers [count, width] in a flat array, not copied if it is one of doubles.
 *
 * @throws TypeError if they are no list of numbers; RangeError if they are more or fewer.
 */
export function rows(
  caller: string,
  name: string,
  given: ArrayLike<number>,
  count: number,
  width: number,
): Float64Array {
  if (typeof given !== "object" || given === null || !Number.isInteger(given.length))
    throw new TypeError(`${caller}: expected ${name} as a flat array, got ${typeof given}`);
  if (given.length !== count * width)
    throw new RangeError(
      `${caller}: expected ${count * width} numbers of ${name}, [${count}, ${width}], got ${given.length}`,
    );
  if (given instanceof Float64Array) return given;
  const values = sharedArray(given.length);
  for (let k = 0; k < given.length; k++) values[k] = given[k];
  return values;
}

/** Thresholds δ [B] of one for all or one a problem. @throws RangeError if one is not above `least`. */
export function thresholds(
  caller: string,
  given: number | ArrayLike<number> | undefined,
  count: number,
  least: "> 0" | ">= 0",
): Float64Array {
  if (given === undefined || typeof given === "number")
    return thresholds(caller, new Float64Array(count).fill(given ?? Infinity), count, least);
  const delta = rows(caller, "delta", given, count, 1);
  for (let b = 0; b < count; b++)
    if (!(least === "> 0" ? delta[b] > 0 : delta[b] >= 0))
      throw new RangeError(`${caller}: expected delta ${least}, got ${delta[b]} of problem ${b}`);
  return delta;
}

/** What belongs to points, in the arrays that the problems came in: packed, or [B, N, width] with zeros. */
export function unpacked(
  { count, offsets, room }: Problems,
  values: Float64Array,
  width: number,
): Float64Array {
  if (room === null) return values;
  const out = new Float64Array(count * room * width);
  for (let b = 0; b < count; b++)
    out.set(values.subarray(width * offsets[b], width * offsets[b + 1]), b * room * width);
  return out;
}

/** What belongs to points, packed: the way back from `unpacked`. @throws as `rows`. */
export function packed(
  caller: string,
  name: string,
  { count, offsets, room }: Problems,
  given: ArrayLike<number>,
): Float64Array {
  if (room === null) return rows(caller, name, given, offsets[count], 1);
  const values = rows(caller, name, given, count * room, 1);
  const out = sharedArray(offsets[count]);
  for (let b = 0; b < count; b++) {
    const n = offsets[b + 1] - offsets[b];
    out.set(values.subarray(b * room, b * room + n), offsets[b]);
  }
  return out;
}

/** Inputs of correspondences. */
export const correspondencesOf = ({ x2d, x3d, w2d, K }: Problems): FieldArrays => ({
  ...{ x2d, x3d, w2d, K },
});

/** Gradients by points, as they came. */
export interface PointGradients {
  /** [P, 2], [P, 3] and [P, 2] of packed problems with P points in all; [B, N, …] of padded ones. */
  readonly x2d: Float64Array;
  readonly x3d: Float64Array;
  readonly w2d: Float64Array;
}

export const pointGradients = (problems: Problems, { output }: Task): PointGradients => ({
  x2d: unpacked(problems, output.x2d, 2),
  x3d: unpacked(problems, output.x3d, 3),
  w2d: unpacked(problems, output.w2d, 2),
});
