/**
 * A backend whose answers are checked as they come: a seeded sample of them against the oracle's own.
 *
 * Which problems are checked depends on the seed and on how many there were before, over all tasks: one of every
 * block of `oneIn`, the same ones on every run. A check costs four answers of the oracle to that problem, on
 * this thread; nothing that passes is kept.
 */
import type { Claims } from "../formats/claims.js";
import { writeClaimsJson } from "../formats/json.js";
import { stream } from "../random/stream.js";
import { type Agreement, comparison, onlyProblem } from "./agreement.js";
import { claimsOfTask } from "./protocol/claims.js";
import type { Backend, Operation, Task } from "./task.js";
import { taskJson } from "./task-json.js";

export interface AuditOptions {
  /**
   * One problem in so many is checked, and none for 0. Default: 1000; 0 for inline and threads, which run the
   * oracle itself.
   */
  readonly oneIn?: number;
  /** Names the sample, and the draws of its budgets. Default: "audit". */
  readonly seed?: string;
}

/** An answer that was compared: a field of a problem, counted over all tasks. */
export interface AuditedField extends Agreement {
  readonly operation: string;
  readonly problem: number;
}

export interface SelfAudit {
  readonly backend: string;
  /** Problems answered, checked, and of these outside their budget. */
  readonly problems: number;
  readonly checked: number;
  readonly outside: number;
  /** Checked problems of which rounding alone decides what comes out, and the first reason. */
  readonly undecided: number;
  readonly reason: string | null;
  /** The answer that came closest to its budget, or furthest beyond; null if none was compared. */
  readonly worst: AuditedField | null;
}

/** An answer outside its budget, and the problem that it is to. */
export class AuditError extends Error {
  override readonly name = "AuditError";

  constructor(
    message: string,
    /** Which problem of the task it is. */
    readonly problem: number,
    /** That problem alone, with the answer that was given. */
    readonly task: Task,
    /** The same as a claims file's content; null if no method of claims files says it. */
    readonly claims: Claims | null,
  ) {
    super(message);
  }

  /** Text to be kept: a claims file for `pnp-oracle audit`, or what `taskOfJson` reads. */
  get saved(): string {
    return this.claims ? writeClaimsJson(this.claims) : taskJson(this.task);
  }
}

export class AuditedBackend implements Backend {
  readonly name: string;
  readonly precision: Backend["precision"];
  readonly shared?: boolean;
  private readonly oneIn: number;
  private readonly seed: string;
  private problems = 0;
  private checked = 0;
  private outside = 0;
  private undecided = 0;
  private reason: string | null = null;
  private worst: AuditedField | null = null;

  /** @throws RangeError if oneIn is no whole number. */
  constructor(
    readonly inner: Backend,
    { oneIn, seed = "audit" }: AuditOptions = {},
  ) {
    ({ name: this.name, precision: this.precision, shared: this.shared } = inner);
    this.oneIn = oneIn ?? (["inline", "threads"].includes(inner.name) ? 0 : 1000);
    this.seed = seed;
    if (!(Number.isSafeInteger(this.oneIn) && this.oneIn >= 0))
      throw new RangeError(`AuditedBackend: expected a whole oneIn >= 0, got ${oneIn}`);
  }

  has(operation: Operation): boolean {
    return this.inner.has(operation);
  }

  /**
   * Runs the task, then checks.
   *
   * @throws BackendError as the backend does; AuditError for the first answer outside its budget.
   */
  async run(task: Task): Promise<void> {
    const first = this.problems;
    this.problems += task.status.length;
    await this.inner.run(task);
    let failure: AuditError | null = null;
    for (const b of this.sample(first, task.status.length)) {
      const found = this.check(task, b, first + b);
      failure ??= found;
      // Whoever else waits on this thread gets a turn between two problems.
      await new Promise((resolve) => setTimeout(resolve));
    }
    if (failure) throw failure;
  }

  close(): Promise<void> {
    return this.inner.close();
  }

  /** What has been checked so far. */
  report(): SelfAudit {
    const { problems, checked, outside, undecided, reason, worst } = this;
    return { backend: this.name, problems, checked, outside, undecided, reason, worst };
  }

  /** Problems of a task to be checked, when so many came before it. */
  private sample(first: number, count: number): number[] {
    const { oneIn, seed } = this;
    if (oneIn === 0 || count === 0) return [];
    const chosen: number[] = [];
    for (let block = Math.floor(first / oneIn); block * oneIn < first + count; block++) {
      const b = block * oneIn + stream(`${seed}/${block}`).integer(oneIn) - first;
      if (b >= 0 && b < count) chosen.push(b);
    }
    return chosen;
  }

  private check(task: Task, b: number, problem: number): AuditError | null {
    this.checked++;
    const operation = task.operation.name;
    const found = comparison(task, b, this.precision, `${this.seed}/${problem}`);
    if (found.kind === "undecided") {
      this.undecided++;
      this.reason ??= `${operation}, problem ${problem}: ${found.reason}`;
      return null;
    }
    const fail = (what: string) => {
      this.outside++;
      return new AuditError(
        `${this.name}: ${operation} of problem ${b}: ${what}`,
        b,
        onlyProblem(task, b),
        claimsOfTask(task, b, this.precision, this.name),
      );
    };
    if (found.kind === "status")
      return fail(`expected status ${found.expected}, as the oracle has it, got ${found.got}`);
    let failure: AuditError | null = null;
    for (const field of found.fields) {
      const { error, budget } = field;
      if (this.worst === null || excess(field) > excess(this.worst))
        this.worst = { operation, problem, ...field };
      if (!(error <= budget))
        failure ??= fail(
          `expected ${field.field} within ${shown(budget)} of the oracle's, got an error of ${shown(error)}`,
        );
    }
    return failure;
  }
}

/** Error over budget; no number is beyond every budget. */
const excess = ({ error, budget }: Agreement): number => {
  if (Number.isNaN(error)) return Infinity;
  return error === 0 ? 0 : error / budget;
};
const shown = (value: number): string => value.toPrecision(2);
