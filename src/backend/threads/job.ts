/**
 * What a thread is told: a task whose arrays every thread can see, and where all of them look up which
 * problems come next. Chunks of problems are handed out as threads ask for them, so that a thread with
 * hard problems gets fewer.
 */
import { operations } from "../operations/index.js";
import { type ProblemError, runRange } from "../run-range.js";
import { isShared } from "../shared-array.js";
import type { FieldArrays, Settings, Task } from "../task.js";

/** A task without its functions; every array is in shared memory. */
export interface Job {
  readonly operation: string;
  readonly settings: Settings;
  readonly offsets: Int32Array;
  readonly input: FieldArrays;
  readonly output: FieldArrays;
  readonly status: Uint8Array;
  /** Problems of a chunk, the last one apart. */
  readonly chunk: number;
  /** The next chunk to be handed out [1]. */
  readonly next: Int32Array;
  /** 1 for every chunk that is written. */
  readonly written: Uint8Array;
}

/** A problem that an operation threw at, in words, since errors lose their class on the way. */
export interface JobFailure {
  readonly problem: number;
  readonly message: string;
}

/**
 * The job of a task: arrays that are not in shared memory are copied there.
 *
 * @throws DataCloneError if a setting is no data, such as a function.
 */
export function jobOf(task: Task, chunk: number): Job {
  const { operation, settings, offsets, input, output, status } = task;
  const chunks = Math.ceil(status.length / chunk);
  return {
    ...{ operation: operation.name, settings: structuredClone(settings), chunk },
    offsets: inSharedMemory(offsets, Int32Array),
    input: mapped(input, (values) => inSharedMemory(values, Float64Array)),
    output: mapped(output, (values) => inSharedMemory(values, Float64Array)),
    status: inSharedMemory(status, Uint8Array),
    next: new Int32Array(new SharedArrayBuffer(4)),
    written: new Uint8Array(new SharedArrayBuffer(chunks)),
  };
}

/** Brings what the threads wrote back to a task whose arrays they could not see. */
export function collectJob({ output, status }: Job, task: Task): void {
  for (const [name, values] of Object.entries(task.output))
    if (values !== output[name]) values.set(output[name]);
  if (task.status !== status) task.status.set(status);
}

/** On a thread: computes chunk after chunk until none is left. Null, or what stopped it. */
export function workOn(job: Job): JobFailure | null {
  const { chunk, next, written, status } = job;
  const task: Task = { ...job, operation: operations[job.operation] };
  for (;;) {
    const at = Atomics.add(next, 0, 1);
    if (at >= written.length) return null;
    try {
      runRange(task, at * chunk, Math.min(status.length, (at + 1) * chunk));
    } catch (error) {
      stopJob(job);
      const { problem, message } = error as ProblemError;
      return { problem, message };
    }
    Atomics.store(written, at, 1);
  }
}

/** Hands out no more chunks. */
export function stopJob({ next, written }: Job): void {
  Atomics.store(next, 0, written.length);
}

/** Whether each problem's answer is written. */
export function completedOf(job: Job, failures: readonly JobFailure[]): boolean[] {
  const { chunk, written, status } = job;
  return Array.from({ length: status.length }, (_, b) => {
    const at = Math.floor(b / chunk);
    if (Atomics.load(written, at) === 1) return true;
    // Of the chunk that a failure stopped, the problems before it are there.
    return failures.some(({ problem }) => Math.floor(problem / chunk) === at && b < problem);
  });
}

type Numbers = Float64Array | Int32Array | Uint8Array;

function inSharedMemory<T extends Numbers>(
  values: T,
  make: {
    new (buffer: SharedArrayBuffer): T;
    readonly BYTES_PER_ELEMENT: number;
  },
): T {
  if (isShared(values)) return values;
  const copy = new make(new SharedArrayBuffer(make.BYTES_PER_ELEMENT * values.length));
  copy.set(values as never);
  return copy;
}

const mapped = (arrays: FieldArrays, change: (values: Float64Array) => Float64Array): FieldArrays =>
  Object.fromEntries(Object.entries(arrays).map(([name, values]) => [name, change(values)]));
