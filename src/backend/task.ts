/**
 * A batch of independent problems as flat arrays, and what is to be computed of each: the one form in
 * which work reaches a backend.
 *
 * Problems are packed one behind the other, so that they may differ in their number of points and
 * nothing is padded: points of problem b are `offsets[b]` … `offsets[b + 1] − 1`. A field holds `width`
 * numbers for each point, for each problem, or once for all.
 * No number of one problem enters another: a task may be cut anywhere, run in any order and on any
 * number of workers, and its outputs have the same bits wherever the same backend computes them.
 */

/** How a field is laid out: `width` numbers for every point, every problem, or the whole task. */
export interface Field {
  readonly per: "point" | "problem" | "task";
  readonly width: number;
}

export type Fields = Readonly<Record<string, Field>>;
export type FieldArrays = Readonly<Record<string, Float64Array>>;

/** Settings of an operation: what can be written as JSON. */
export type Settings = Readonly<Record<string, unknown>>;

/**
 * What can be computed of every problem of a batch. Its `run` is the oracle's own float64 code, which every
 * other backend is compared with.
 */
export interface Operation {
  readonly name: string;
  /** Outcomes by the code that stands in a task's `status`; code 0 is "ok". */
  readonly statuses: readonly string[];
  inputs(settings: Settings): Fields;
  outputs(settings: Settings): Fields;
  /**
   * Writes outputs and status of problems from … to − 1. Problems that have no answer get a status that
   * says why, and the NaNs or zeros that stand in the operation's file; their neighbours are computed all
   * the same.
   *
   * @throws RangeError if a setting or a threshold is out of range: what no answer could stand for.
   */
  run(task: Task, from: number, to: number): void;
}

/** One batch of one operation. Inputs are read only; outputs and status are written by a backend. */
export interface Task {
  readonly operation: Operation;
  readonly settings: Settings;
  /** First point of each problem, and behind them the number of all points [B + 1]. */
  readonly offsets: Int32Array;
  readonly input: FieldArrays;
  readonly output: FieldArrays;
  /** A code of `operation.statuses` for each problem [B]. */
  readonly status: Uint8Array;
}

/** Runs tasks: on this thread, on others, on a GPU, in another process. */
export interface Backend {
  readonly name: string;
  /** Precision in which answers are computed. */
  readonly precision: "float64" | "float32";
  /** Whether arrays in shared memory spare this backend a copy. Default: false. */
  readonly shared?: boolean;
  /** Whether this backend has the operation; `run` throws for one that it has not. */
  has(operation: Operation): boolean;
  /**
   * Writes the task's outputs and status; the promise ends when all are written.
   *
   * @throws BackendError if the backend cannot finish: device lost, out of memory, process gone.
   */
  run(task: Task): Promise<void>;
  /** Ends workers, devices and processes. Afterwards `run` throws. */
  close(): Promise<void>;
}

/** A backend that could not finish a task, and which of its problems have their answers. */
export class BackendError extends Error {
  override readonly name = "BackendError";

  /** @param completed one entry a problem: whether its outputs and status were written. */
  constructor(
    message: string,
    readonly completed: readonly boolean[],
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
