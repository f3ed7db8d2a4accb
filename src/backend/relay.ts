/**
 * Several backends as one: what the first cannot finish is finished on the next.
 *
 * A task goes to the first that has its operation. If that is lost half way, problems that have their answers
 * keep them, and the next gets the others. Answers then come from two backends, of two precisions perhaps;
 * `onHandOver` says when. A backend that was lost twice in a row is not asked again; one that only refuses a
 * task is.
 */
import { mergePicked, pickedTask } from "./parts.js";
import { RefusedTask } from "./refused-task.js";
import { type Backend, BackendError, type Operation, type Task } from "./task.js";

/** Problems that one backend left to others. */
export interface HandOver {
  readonly from: string;
  /** The backend that goes on; null if there is none. */
  readonly to: string | null;
  readonly operation: string;
  /** How many problems are handed over, of how many. */
  readonly problems: number;
  readonly of: number;
  readonly error: BackendError;
}

export interface RelayOptions {
  readonly onHandOver?: (handOver: HandOver) => void;
}

/** How often in a row a backend may be lost before it is left alone. */
const patience = 2;

export class RelayBackend implements Backend {
  readonly name: string;
  /** That of the least precise. */
  readonly precision: Backend["precision"];
  readonly shared: boolean;
  /** How often in a row each was lost. */
  private readonly losses: number[];

  /** @param runners in the order in which they are asked; closed together. */
  constructor(
    private readonly runners: readonly Backend[],
    private readonly options: RelayOptions = {},
  ) {
    if (runners.length === 0)
      throw new RangeError("RelayBackend: expected at least one backend, got none");
    this.name = runners.map(({ name }) => name).join(", then ");
    this.precision = runners.some((one) => one.precision === "float32") ? "float32" : "float64";
    this.shared = runners.some(({ shared }) => shared);
    this.losses = runners.map(() => 0);
  }

  has(operation: Operation): boolean {
    return this.runners.some((runner) => runner.has(operation));
  }

  /** @throws BackendError if problems are left that no backend finished, with those that were completed. */
  async run(task: Task): Promise<void> {
    const { operation, status } = task;
    let left = Array.from(status, (_, b) => b);
    const able = this.runners.filter(
      (runner, i) => runner.has(operation) && this.losses[i] < patience,
    );
    let last: BackendError | null = null;
    for (const [i, runner] of able.entries()) {
      last = await this.attempt(runner, task, left);
      if (!last) return;
      const { completed } = last;
      left = left.filter((_, k) => !completed[k]);
      this.options.onHandOver?.({
        ...{ from: runner.name, to: able[i + 1]?.name ?? null, operation: operation.name },
        ...{ problems: left.length, of: status.length, error: last },
      });
    }
    const missing = new Set(left);
    throw new BackendError(
      `${this.name}: ${left.length} of ${status.length} problems of ${operation.name} were finished by none${last ? `; the last said: ${last.message}` : ", since none that is left has the operation"}`,
      Array.from(status, (_, b) => !missing.has(b)),
      last ? { cause: last } : undefined,
    );
  }

  async close(): Promise<void> {
    await Promise.all(this.runners.map((runner) => runner.close()));
  }

  /** Runs what is left on one backend; its error if it was lost, with what it completed written. */
  private async attempt(
    runner: Backend,
    task: Task,
    left: readonly number[],
  ): Promise<BackendError | null> {
    const whole = left.length === task.status.length;
    const part = whole ? task : pickedTask(task, left);
    const i = this.runners.indexOf(runner);
    try {
      await runner.run(part);
      this.losses[i] = 0;
      if (!whole) mergePicked(part, task, left);
      return null;
    } catch (error) {
      if (!(error instanceof BackendError)) throw error;
      if (!(error instanceof RefusedTask)) this.losses[i]++;
      // Unfinished problems may hold anything: the next backend writes them.
      if (!whole) mergePicked(part, task, left);
      return error;
    }
  }
}
