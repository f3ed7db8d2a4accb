/** A task from an operation and its inputs: checked, with room for what it computes. */
import { sharedArray } from "./shared-array.js";
import type { Field, FieldArrays, Fields, Operation, Settings, Task } from "./task.js";

/** Problems without points: heat maps and pairs of poses. */
export const pointless = (problems: number): Int32Array => new Int32Array(problems + 1);

/** Numbers that a field holds for so many problems and points. */
export function fieldLength({ per, width }: Field, offsets: Int32Array): number {
  if (per === "task") return width;
  return width * (per === "problem" ? offsets.length - 1 : offsets[offsets.length - 1]);
}

/**
 * The task of computing `operation` of problems whose first points are `offsets` [B + 1]. Inputs are used as
 * they are, not copied; outputs and status are new, in shared memory where `shared`.
 *
 * @throws RangeError if offsets do not rise from 0, or an input is missing, unknown or of another length.
 */
export function newTask(
  operation: Operation,
  settings: Settings,
  offsets: Int32Array,
  input: FieldArrays,
  shared = false,
): Task {
  const room = (fields: Fields) =>
    Object.fromEntries(
      Object.entries(fields).map(([name, field]) => [
        name,
        sharedArray(fieldLength(field, offsets), shared),
      ]),
    );
  requireOffsets(operation.name, offsets);
  const task = {
    ...{ operation, settings, offsets, input },
    output: room(operation.outputs(settings)),
    status: new Uint8Array(offsets.length - 1),
  };
  requireTask(task);
  return task;
}

/** @throws RangeError, in the name of the operation, if a task's arrays do not belong together. */
export function requireTask({ operation, settings, offsets, input, output, status }: Task): void {
  const { name } = operation;
  requireOffsets(name, offsets);
  requireFields(name, "input", operation.inputs(settings), input, offsets);
  requireFields(name, "output", operation.outputs(settings), output, offsets);
  const B = offsets.length - 1;
  if (status.length !== B)
    throw new RangeError(`${name}: expected a status of ${B} problems, got ${status.length}`);
}

function requireOffsets(name: string, offsets: Int32Array): void {
  if (offsets.length === 0 || offsets[0] !== 0)
    throw new RangeError(`${name}: expected offsets that start at 0, got ${offsets[0]}`);
  for (let b = 1; b < offsets.length; b++)
    if (offsets[b] < offsets[b - 1])
      throw new RangeError(
        `${name}: expected offsets that do not fall, got ${offsets[b - 1]} and ${offsets[b]} at ${b}`,
      );
}

function requireFields(
  name: string,
  kind: "input" | "output",
  fields: Fields,
  arrays: FieldArrays,
  offsets: Int32Array,
): void {
  const known = Object.keys(fields);
  for (const given of Object.keys(arrays))
    if (!known.includes(given))
      throw new RangeError(`${name}: expected ${kind} of ${known.join(", ")}, got ${given}`);
  for (const [key, field] of Object.entries(fields)) {
    const length = fieldLength(field, offsets);
    if (arrays[key]?.length !== length)
      throw new RangeError(
        `${name}: expected ${length} numbers of ${kind} ${key}, ${field.width} a ${field.per}, got ${arrays[key]?.length ?? "none"}`,
      );
  }
}
