/** An operation on some problems of a task, with the name of the one that it could not stand. */
import type { Task } from "./task.js";

/** What an operation threw, and at which problem: those before it in the range are written. */
export class ProblemError extends Error {
  override readonly name = "ProblemError";

  constructor(
    readonly problem: number,
    options: ErrorOptions,
  ) {
    super(`problem ${problem}: ${(options.cause as Error)?.message ?? options.cause}`, options);
  }
}

/** Computes problems from … to − 1. @throws ProblemError for the first that throws. */
export function runRange(task: Task, from: number, to: number): void {
  try {
    task.operation.run(task, from, to);
  } catch {
    // Operations read several problems at once: one by one, the culprit shows.
    for (let b = from; b < to; b++)
      try {
        task.operation.run(task, b, b + 1);
      } catch (cause) {
        throw new ProblemError(b, { cause });
      }
  }
}
