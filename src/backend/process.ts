/**
 * The backend of another program: any command that speaks the process protocol of docs/claims.md.
 *
 * Problems with as many points share a line; several lines are open at a time, and answers come in any
 * order. What the protocol has no words for is refused before anything is sent. A command that dies or
 * hangs is started once more and asked what it has not answered; then the task fails, saying which
 * problems have their answers. A problem that the command refuses, or answers with no numbers, has to be
 * one that the oracle has no answer to either: its status is then the oracle's.
 */
import type { Claims } from "../formats/claims.js";
import { defaultLimits } from "../formats/limits.js";
import type { ChildLimits } from "../live/child.js";
import { Conversation } from "../live/conversation.js";
import { requireTask } from "./new-task.js";
import { answerFault, unanswered } from "./protocol/answers.js";
import { type Group, groups, lineSize, question } from "./protocol/requests.js";
import type { Translation } from "./protocol/translation.js";
import { translations } from "./protocol/translations.js";
import { RefusedTask } from "./refused-task.js";
import { type Backend, BackendError, type Operation, type Task } from "./task.js";

export interface ProcessOptions {
  /** Run by the shell, in the folder of this process. */
  readonly command: string;
  /** Methods of the protocol that the command answers. Default: all that a task can ask for. */
  readonly methods?: readonly string[];
  /** Precision in which it computes: it is told, and audited by it. Default: "float64". */
  readonly precision?: "float64" | "float32";
  /** Seconds that an answer may take; the first may take three times as long. Default: 60. */
  readonly timeout?: number;
  /** Requests that are open at a time. Default: 2. */
  readonly ahead?: number;
  /** Characters that a line may have, if it holds more than one problem. Default: 4 Mi. */
  readonly lineLength?: number;
  /** How often a command that died or hung is started again within a task. Default: 1. */
  readonly restarts?: number;
  readonly onErrorText?: (text: string) => void;
  readonly limits?: Partial<ChildLimits>;
}

/** A task under way. */
interface Work {
  readonly task: Task;
  readonly translation: Translation;
  readonly completed: boolean[];
}

export class ProcessBackend implements Backend {
  readonly name = "process";
  readonly precision: "float64" | "float32";
  private readonly options: Required<Omit<ProcessOptions, "methods" | "onErrorText">> &
    ProcessOptions;
  private conversation: Conversation | null = null;
  private closed = false;

  /** @throws RangeError if an option is out of range. */
  constructor(options: ProcessOptions) {
    const defaults = { precision: "float64", timeout: 60, ahead: 2, restarts: 1 } as const;
    this.options = { ...defaults, lineLength: 2 ** 22, limits: {}, ...options };
    const { command, precision, timeout, ahead, lineLength, restarts } = this.options;
    requireOption(
      "command",
      command,
      typeof command === "string" && command.trim() !== "",
      "a command",
    );
    requireOption("precision", precision, /^float(32|64)$/.test(precision), "float64 or float32");
    requireOption("timeout", timeout, timeout > 0 && timeout <= 86_400, "> 0 s and at most a day");
    requireOption("ahead", ahead, Number.isInteger(ahead) && ahead >= 1, "a whole number from 1");
    requireOption(
      "restarts",
      restarts,
      Number.isInteger(restarts) && restarts >= 0,
      "a whole number from 0",
    );
    requireOption(
      "lineLength",
      lineLength,
      lineLength >= 1 && lineLength <= 2 ** 25,
      "at most 32 Mi",
    );
    this.precision = precision;
  }

  has({ name }: Operation): boolean {
    if (!Object.hasOwn(translations, name)) return false;
    const { methods } = this.options;
    // Which of two methods a task needs is in its settings; one of them is enough to be asked.
    const own = name === "poseVjp" ? ["bpnp", "bpnp-faster"] : [translations[name].method({})];
    return methods === undefined || own.some((method) => methods.includes(method));
  }

  async run(task: Task): Promise<void> {
    if (this.closed) throw new Error("run: expected an open backend, got process after close");
    requireTask(task);
    const B = task.status.length;
    const work: Work = {
      task,
      translation: translations[task.operation.name],
      completed: new Array<boolean>(B).fill(false),
    };
    this.requireSayable(work);
    const asked: number[] = [];
    for (let b = 0; b < B; b++)
      if (work.translation.asked(task, b)) asked.push(b);
      else this.leave(work, b, "had nothing to ask");
    let open = groups(task, work.translation, asked, this.options.lineLength);
    for (let starts = 0; open.length > 0; starts++) {
      if (starts > this.options.restarts) throw this.failure(work, this.reason());
      open = await this.put(work, open);
    }
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.conversation?.finish();
  }

  /** @throws RefusedTask naming what the protocol cannot say. */
  private requireSayable({ task, translation, completed }: Work): void {
    const refuse = (reason: string) => {
      throw new RefusedTask(`process: ${task.operation.name}: ${reason}`, completed);
    };
    if (!translation) {
      const known = Object.keys(translations).join(", ");
      throw new RefusedTask(
        `process: expected an operation that the protocol has a method for (${known}), got ${task.operation.name}`,
        completed,
      );
    }
    const reason = translation.refusal(task.settings);
    if (reason) refuse(reason);
    const method = translation.method(task.settings);
    if (this.options.methods && !this.options.methods.includes(method))
      refuse(
        `expected one of the command's methods ${this.options.methods.join(", ")}, got ${method}`,
      );
    for (let b = 0; b < completed.length; b++) {
      if (!translation.asked(task, b)) continue;
      const own = translation.refusalOf(task, b);
      if (own) refuse(`problem ${b}: ${own}`);
      const size = lineSize(task, translation, b);
      if (size > defaultLimits.text)
        refuse(
          `problem ${b}: expected lines of at most ${defaultLimits.text} characters, got ${size}`,
        );
    }
  }

  /** Puts all groups to the command; those that it left open when it was lost come back. */
  private async put(work: Work, all: readonly Group[]): Promise<Group[]> {
    const conversation = this.started();
    const waiting = [...all];
    const left: Group[] = [];
    let failed: BackendError | null = null;
    const worker = async () => {
      for (;;) {
        // Whoever hangs on one request is not asked another.
        const group = failed || left.length > 0 || conversation.over ? null : waiting.shift();
        if (!group) return;
        try {
          waiting.unshift(...(await this.ask(work, group, conversation)));
        } catch (error) {
          if (error instanceof Lost) left.push(group);
          else
            failed ??= error instanceof BackendError ? error : this.failure(work, error as Error);
        }
      }
    };
    await Promise.all(Array.from({ length: this.options.ahead }, worker));
    if (failed) throw failed;
    const rest = [...left, ...waiting];
    if (rest.length > 0) await conversation.abort();
    if (rest.length > 0 && this.closed) throw this.failure(work, "the backend was closed");
    return rest;
  }

  /** Asks one group. Returns groups to be asked in its place, if it was refused as a whole. */
  private async ask(work: Work, group: Group, conversation: Conversation): Promise<Group[]> {
    const { task, translation, completed } = work;
    const dtype: Claims["dtype"] = this.precision;
    const { asked, outcome } = await conversation.ask(question(task, translation, group, dtype));
    if (outcome.kind === "refused") {
      if (group.length > 1) return group.map((b) => [b]);
      this.leave(work, group[0], `was refused: “${outcome.reason}”`);
      return [];
    }
    if (outcome.kind === "none") {
      const found = conversation.findings.list().find((finding) => finding.asked?.id === asked.id);
      if (conversation.over || !found || found.fault === "stalled") throw new Lost();
      throw this.failure(work, `${label(group)}: ${found.sentence} (${found.remedy})`);
    }
    const fault = answerFault(task, translation, group, outcome.claim);
    if (fault) throw this.failure(work, `${label(group)}: ${fault}`);
    translation.read(task, group, outcome.claim);
    const missing = new Set(unanswered(task, group));
    for (const b of group)
      if (missing.has(b)) this.leave(work, b, "was answered with numbers that are none");
      else {
        task.status[b] = translation.status(task, b);
        completed[b] = true;
      }
    return [];
  }

  /** A problem without an answer gets the oracle's status. @throws BackendError if the oracle has an answer. */
  private leave(work: Work, b: number, what: string): void {
    const { task, completed } = work;
    task.operation.run(task, b, b + 1);
    const { statuses } = task.operation;
    if (statuses[task.status[b]] === "ok" && what !== "had nothing to ask")
      throw this.failure(work, `problem ${b} ${what}; the oracle has an answer to it`);
    completed[b] = true;
  }

  /** The command, started if it is not running. */
  private started(): Conversation {
    if (this.conversation && !this.conversation.over) return this.conversation;
    const { command, timeout, limits, lineLength, onErrorText } = this.options;
    this.conversation = new Conversation(command, {
      timeout,
      onErrorText,
      kept: 16,
      // An answer may be written with more digits and spaces than it needs.
      limits: { line: Math.max(2 ** 24, 4 * lineLength), ...limits },
    });
    return this.conversation;
  }

  /** What the command was last found to do. */
  private reason(): string {
    const last = this.conversation?.findings.list().at(-1);
    return last ? `${last.sentence} (${last.remedy})` : "the command was lost";
  }

  private failure({ task, completed }: Work, cause: string | Error): BackendError {
    const done = completed.filter(Boolean).length;
    const reason = typeof cause === "string" ? cause : cause.message;
    return new BackendError(
      `process: ${task.operation.name} by ${JSON.stringify(this.options.command)}: ${reason}; ${done} of ${completed.length} problems have answers`,
      completed,
      typeof cause === "string" ? undefined : { cause },
    );
  }
}

/** The command was lost while it was asked: it may be asked again. */
class Lost extends Error {}

const label = (group: Group): string =>
  group.length === 1
    ? `problem ${group[0]}`
    : `problems ${group[0]} … ${group[group.length - 1]}, ${group.length} of as many points`;

function requireOption(name: string, value: unknown, holds: boolean, expected: string): void {
  if (!holds) throw new RangeError(`ProcessBackend: expected ${name} ${expected}, got ${value}`);
}
