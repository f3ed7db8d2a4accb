/** The backend of this thread: the oracle's own code, problem by problem. */
import { requireTask } from "./new-task.js";
import { type ProblemError, runRange } from "./run-range.js";
import { type Backend, BackendError, type Operation, type Task } from "./task.js";

/** Milliseconds after which timers and messages of this thread get their turn. */
const PATIENCE = 50;
/** Most problems between two looks at the clock. */
const GROUP = 32;

/** Runs tasks on this thread, in float64. */
export class InlineBackend implements Backend {
  readonly name = "inline";
  readonly precision = "float64";
  private closed = false;

  /** True: every operation comes with the code that runs here. */
  has(_: Operation): boolean {
    return true;
  }

  async run(task: Task): Promise<void> {
    if (this.closed) throw new Error("run: expected an open backend, got inline after close");
    requireTask(task);
    const B = task.status.length;
    let rested = performance.now();
    for (let b = 0, to = 0; b < B; b = to) {
      // Groups grow to their size, since a first problem may take as long as many others.
      to = Math.min(B, b + Math.min(GROUP, b + 1));
      try {
        runRange(task, b, to);
      } catch (error) {
        const done = (error as ProblemError).problem;
        throw new BackendError(
          `inline: ${task.operation.name} failed at ${(error as ProblemError).message}`,
          Array.from({ length: B }, (_, i) => i < done),
          { cause: (error as ProblemError).cause },
        );
      }
      if (performance.now() - rested < PATIENCE) continue;
      await new Promise((resolve) => setTimeout(resolve));
      rested = performance.now();
    }
  }

  async close(): Promise<void> {
    this.closed = true;
  }
}
