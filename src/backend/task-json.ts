/** A task as JSON, so that a problem that went wrong can be kept and computed again. */

import { newTask } from "./new-task.js";
import { operations } from "./operations/index.js";
import type { FieldArrays, Settings, Task } from "./task.js";

const schema = "pnp-oracle/task@1";

/** A task with its answers; numbers that are none as the strings "NaN", "Infinity" and "-Infinity". */
export function taskJson({ operation, settings, offsets, input, output, status }: Task): string {
  const arrays = (of: FieldArrays) =>
    Object.fromEntries(
      Object.entries(of).map(([name, array]) => [name, Array.from(array, written)]),
    );
  return `${JSON.stringify({
    ...{ schema, operation: operation.name, settings, offsets: [...offsets] },
    ...{ input: arrays(input), output: arrays(output) },
    status: Array.from(status, (code) => operation.statuses[code]),
  })}\n`;
}

/**
 * The task that `taskJson` wrote, with its answers.
 *
 * @throws RangeError if the text is of another schema or operation, or its arrays do not belong together;
 * SyntaxError if it is no JSON.
 */
export function taskOfJson(text: string): Task {
  const read = JSON.parse(text) as Record<string, unknown>;
  const fail = (what: string, expected: string, got: unknown): never => {
    throw new RangeError(`taskOfJson: expected ${what} ${expected}, got ${got}`);
  };
  if (read?.schema !== schema) fail("schema", schema, read?.schema);
  const operation = Object.hasOwn(operations, String(read.operation))
    ? operations[String(read.operation)]
    : fail("operation", Object.keys(operations).join(", "), read.operation);
  const arrays = (of: unknown): FieldArrays =>
    Object.fromEntries(
      Object.entries((of ?? {}) as Record<string, unknown[]>).map(([name, list]) => [
        name,
        Array.isArray(list) ? Float64Array.from(list, Number) : fail(name, "a list", list),
      ]),
    );
  const offsets = Int32Array.from((read.offsets ?? []) as number[]);
  const task = newTask(operation, (read.settings ?? {}) as Settings, offsets, arrays(read.input));
  const output = arrays(read.output);
  for (const [name, array] of Object.entries(task.output)) {
    if (output[name]?.length !== array.length)
      fail(`output ${name} of`, `${array.length} numbers`, output[name]?.length);
    array.set(output[name]);
  }
  const names = (read.status ?? []) as string[];
  for (let b = 0; b < task.status.length; b++) {
    const code = operation.statuses.indexOf(names[b]);
    task.status[b] = code >= 0 ? code : fail("status", operation.statuses.join(", "), names[b]);
  }
  return task;
}

const written = (value: number): number | string =>
  Number.isFinite(value) ? value : String(value);
