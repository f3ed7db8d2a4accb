/**
 * What a task says in the words of the process protocol (docs/claims.md): methods, inputs and quantities.
 *
 * The protocol asks for batches of problems with as many points each, [B, N, …]; a task packs problems of any
 * number of points. A translation says which problems may share a request, and refuses what has no words.
 */
import type { ClaimArray } from "../../formats/claims.js";
import type { Arrays } from "../../live/question.js";

import { points, row } from "../operations/fields.js";
import { mergePicked, pickedTask } from "../parts.js";
import type { Field, Settings, Task } from "../task.js";

export interface Translation {
  readonly method: (settings: Settings) => string;
  /** Why the settings have no words in the protocol; null if they have. */
  readonly refusal: (settings: Settings) => string | null;
  /** Why problem b has none, though the settings have; null if it has. */
  readonly refusalOf: (task: Task, b: number) => string | null;
  /** Whether problem b is one that a command may be asked about: others have no answer, and a status. */
  readonly asked: (task: Task, b: number) => boolean;
  /** Problems of one request agree in this, besides their number of points. */
  readonly kind: (task: Task, b: number) => string;
  /** Inputs of problems that agree. */
  readonly input: (task: Task, problems: readonly number[]) => Arrays;
  /** Quantities that the answer is made of, with their shapes for so many problems of n points. */
  readonly want: (
    task: Task,
    problems: readonly number[],
  ) => Readonly<Record<string, readonly number[]>>;
  /** Writes an answer of the shapes wanted to the outputs. */
  readonly read: (task: Task, problems: readonly number[], claim: Arrays) => void;
  /** The status of problem b, whose outputs are those of an answer. */
  readonly status: (task: Task, b: number) => number;
  /** The task's own answers in the protocol's words: what a claims file says that was computed. */
  readonly claim: (task: Task, problems: readonly number[]) => Arrays;
}

/** Why a setting has no words, if its value is not one of those that have. */
export function unless(
  settings: Settings,
  name: string,
  sayable: readonly unknown[],
  because: string,
): string | null {
  const value = settings[name];
  return sayable.includes(value)
    ? null
    : `expected ${name} ${sayable.map((one) => JSON.stringify(one) ?? "left out").join(" or ")}, got ${JSON.stringify(value)}: ${because}`;
}

/** One problem's numbers of a field: a view. */
export function own(task: Task, { per, width }: Field, values: Float64Array, b: number) {
  if (per === "task") return values;
  return per === "point" ? points(task, values, width, b) : row(values, width, b);
}

/** The number of points of the problems, which agree in it. */
export const pointCount = ({ offsets }: Task, [b]: readonly number[]): number =>
  offsets[b + 1] - offsets[b];

/** Whether every input of problem b is a number, thresholds apart, which may be infinite. */
export function finiteInput(task: Task, b: number): boolean {
  const fields = Object.entries(task.operation.inputs(task.settings));
  return fields.every(([name, field]) => {
    const values = own(task, field, task.input[name], b);
    return name === "delta" ? values.every((v) => v >= 0) : values.every(Number.isFinite);
  });
}

/**
 * The status that the oracle gives problem b, whose numbers are then the oracle's where it has none: one
 * pass over the points, which is less than it takes to write them down.
 */
export function oracleStatus(task: Task, b: number): number {
  const copy = pickedTask(task, [b]);
  copy.operation.run(copy, 0, 1);
  if (Object.values(copy.output).some((values) => values.some(Number.isNaN)))
    mergePicked(copy, task, [b]);
  return copy.status[0];
}

/** An input or output of problems that agree in size, one behind the other: [B, …shape]. */
export function stacked(
  task: Task,
  side: "input" | "output",
  name: string,
  problems: readonly number[],
  shape: readonly number[],
): ClaimArray {
  const fields = task.operation[`${side}s`](task.settings);
  const width = shape.reduce((product, length) => product * length, 1);
  const data = new Float64Array(width * problems.length);
  for (const [i, b] of problems.entries())
    data.set(own(task, fields[name], task[side][name], b), i * width);
  return { shape: [problems.length, ...shape], data };
}

/** Writes a quantity [B, …] to an output. */
export function written(
  task: Task,
  name: string,
  problems: readonly number[],
  { data }: { readonly data: Float64Array },
): void {
  const field = task.operation.outputs(task.settings)[name];
  const width = data.length / problems.length;
  for (const [i, b] of problems.entries())
    own(task, field, task.output[name], b).set(data.subarray(i * width, (i + 1) * width));
}

/** x3d, x2d, w2d and K of problems. */
export function correspondences(task: Task, problems: readonly number[]): Arrays {
  const n = pointCount(task, problems);
  const of = (name: string, shape: readonly number[]) =>
    stacked(task, "input", name, problems, shape);
  return {
    x3d: of("x3d", [n, 3]),
    x2d: of("x2d", [n, 2]),
    w2d: of("w2d", [n, 2]),
    K: of("K", [3, 3]),
  };
}
