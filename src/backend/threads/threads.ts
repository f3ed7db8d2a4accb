/**
 * The backend of several threads: the oracle's own code on each, over memory that all of them share. Its
 * answers have the bits of the inline backend's for any number of threads and any size of chunks, since
 * every problem is computed by one thread from its own numbers.
 */
import { availableParallelism } from "node:os";
import { requireTask } from "../new-task.js";
import { operations } from "../operations/index.js";
import { type Backend, BackendError, type Operation, type Task } from "../task.js";
import { collectJob, completedOf, type Job, type JobFailure, jobOf, stopJob } from "./job.js";
import { Pool } from "./pool.js";

export interface ThreadsOptions {
  /** Default: as many as the machine runs at once. */
  readonly threads?: number;
  /** Problems handed to a thread at a time. Default: a 32nd of a thread's share, at most 64. */
  readonly chunk?: number;
  /** Most megabytes of each thread's heap, shared arrays apart. Default: what Node allows. */
  readonly heap?: number;
}

/** Chunks of a thread: while the last one is computed, other threads may have nothing left. */
const CHUNKS = 32;
const LARGEST = 64;

export class ThreadsBackend implements Backend {
  readonly name = "threads";
  readonly precision = "float64";
  readonly shared = true;
  readonly threads: number;
  private readonly chunk: number | undefined;
  private readonly heap: number | undefined;
  private pool: Pool | null = null;
  private closed = false;

  /** Threads start with the first task. @throws RangeError if an option is no whole number ≥ 1. */
  constructor(options: ThreadsOptions = {}) {
    const { threads = availableParallelism(), chunk, heap } = options;
    for (const [name, value] of Object.entries({ threads, chunk, heap }))
      if (value !== undefined && !(Number.isSafeInteger(value) && value >= 1))
        throw new RangeError(`threads: expected a whole ${name} >= 1, got ${value}`);
    this.threads = threads;
    this.chunk = chunk;
    this.heap = heap;
  }

  /** Whether threads know it by its name: they are told no other code. */
  has(operation: Operation): boolean {
    return operations[operation.name] === operation;
  }

  async run(task: Task): Promise<void> {
    if (this.closed) throw new Error("run: expected an open backend, got threads after close");
    requireTask(task);
    if (!this.has(task.operation))
      throw new RangeError(
        `run: expected an operation of ${Object.keys(operations).join(", ")}, got ${task.operation.name}`,
      );
    const B = task.status.length;
    if (B === 0) return;
    const fair = Math.min(LARGEST, Math.ceil(B / (CHUNKS * this.threads)));
    const job = jobOf(task, this.chunk ?? fair);
    const { failures, lost } = await this.worked(job);
    collectJob(job, task);
    const { name } = task.operation;
    if (lost !== null)
      throw new BackendError(
        `threads: ${name} was not finished, a thread is gone: ${lost.message}`,
        completedOf(job, failures),
        { cause: lost },
      );
    if (failures.length > 0)
      throw new BackendError(
        `threads: ${name} failed at ${failures[0].message}`,
        completedOf(job, failures),
      );
  }

  /** Has every thread work on a job until no chunk is left, or a thread is gone. */
  private async worked(job: Job): Promise<{ failures: JobFailure[]; lost: Error | null }> {
    if (this.pool?.gone) await this.replacePool();
    const pool = (this.pool ??= new Pool(this.threads, this.heap));
    const count = Math.min(this.threads, job.written.length);
    const runs = await Promise.allSettled(Array.from({ length: count }, () => pool.run(job)));
    const failures: JobFailure[] = [];
    let lost: Error | null = null;
    for (const run of runs)
      if (run.status === "rejected") lost ??= run.reason;
      else if (run.value) failures.push(run.value);
    if (lost !== null) {
      stopJob(job);
      // Until they are ended, threads may still write to the arrays of this task.
      await pool.close();
    }
    return { failures, lost };
  }

  private async replacePool(): Promise<void> {
    const { pool } = this;
    this.pool = null;
    await pool?.close();
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.replacePool();
  }
}
