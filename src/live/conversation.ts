/**
 * Questions and answers with a command: every request gets one outcome, whatever the command does.
 *
 * Requests go out in order, and answers may come in any. The clock runs for the oldest open request
 * alone, from when it was sent or anything was last answered, so that a command that works through a
 * queue is not blamed for its length. A command that lets two in a row pass, floods, or breaks off is
 * stopped, and what was still open has no outcome but that.
 */
import { excerpt, type Line, readLine } from "./answer.js";
import { Child, type ChildLimits, type ChildListener, type Ending } from "./child.js";
import { type Asked, Findings } from "./finding.js";
import { type Arrays, type Question, requestLine } from "./question.js";

export interface ConversationOptions {
  /** Seconds that an answer may take; the first may take three times as long, for what is loaded. */
  readonly timeout: number;
  /** Useless bytes and lines that are put up with; default 16 MiB and 10 000. */
  readonly noise?: { readonly bytes: number; readonly lines: number };
  /** Answered requests that are kept, to be shown if they are answered again; default all. */
  readonly kept?: number;
  readonly limits?: Partial<ChildLimits>;
  readonly onErrorText?: (text: string) => void;
}

/** What became of a request: an answer with how long it took [s], or none. */
export type Outcome =
  | { readonly kind: "answered"; readonly claim: Arrays; readonly seconds: number }
  | { readonly kind: "refused"; readonly reason: string }
  | { readonly kind: "none" };

interface Open extends Asked {
  readonly sent: number;
  readonly settle: (outcome: Outcome) => void;
}

/** How many requests in a row may pass without an answer. */
const patience = 2;
/** How long a broken pipe may be the first sign of an end that explains it [ms]. */
const omen = 300;
const noAnswer: Outcome = { kind: "none" };

export class Conversation {
  readonly findings = new Findings();
  private readonly child: Child;
  private readonly noise: { bytes: number; lines: number };
  private readonly open = new Map<number, Open>();
  /** Requests whose time ran out, those that were answered, and how many those are. */
  private readonly late = new Map<number, Open>();
  private readonly answered = new Map<number, Asked>();
  private answers = 0;
  private asked = 0;
  private lastAnswer = performance.now();
  private passedInARow = 0;
  private clock: NodeJS.Timeout | undefined;
  private ending: Ending | null = null;
  private unexplained: Ending | null = null;
  private stopping: Promise<void> | null = null;

  constructor(
    command: string,
    private readonly options: ConversationOptions,
  ) {
    this.noise = { bytes: 2 ** 24, lines: 10_000, ...options.noise };
    const listener: ChildListener = {
      line: (bytes) => this.heard(bytes),
      longLine: (bytes) => this.longLine(bytes),
      inputClosed: () => this.closed("closed-input", "It closed its standard input"),
      outputClosed: () => this.closed("closed-output", "It closed its standard output"),
      errorText: (text) => options.onErrorText?.(text),
      ended: (ending) => this.ended(ending),
    };
    this.child = new Child(command, listener, options.limits);
  }

  /** True if nothing more can be asked. */
  get over(): boolean {
    return this.ending !== null || this.stopping !== null;
  }

  /** True if nothing more can be asked, and it has been said why. */
  get gone(): boolean {
    return this.over && this.unexplained === null;
  }

  /** How many requests were sent. */
  get requests(): number {
    return this.asked;
  }

  /** Asks a question; the promise never fails. */
  async ask(question: Question): Promise<{ asked: Asked; outcome: Outcome }> {
    const asked = { id: this.asked + 1, question };
    return { asked, outcome: await this.outcomeOf(asked) };
  }

  private outcomeOf({ id, question }: Asked): Promise<Outcome> {
    if (this.over) {
      // It ended between two requests, which is only a fault if there is another.
      if (this.unexplained) this.blame(this.unexplained, { id, question });
      this.unexplained = null;
      return Promise.resolve(noAnswer);
    }
    this.asked = id;
    return new Promise((settle) => {
      this.open.set(id, { id, question, sent: performance.now(), settle });
      this.child.send(requestLine(id, question));
      this.wind();
    });
  }

  /** Ends the command and everything it started. */
  async finish(): Promise<void> {
    clearTimeout(this.clock);
    // Slow or never: once nothing else is wanted, a late answer has as long again.
    const until = performance.now() + 1000 * this.options.timeout;
    while (this.late.size > 0 && !this.over && performance.now() < until)
      await new Promise((resolve) => setTimeout(resolve, 20));
    await (this.stopping ?? this.child.finish());
    this.release();
  }

  /** Stops at once, as after Ctrl-C. */
  async abort(): Promise<void> {
    await this.stop();
  }

  private stop(): Promise<void> {
    clearTimeout(this.clock);
    this.stopping ??= this.child.stop();
    this.release();
    return this.stopping;
  }

  /** Nobody waits any longer. */
  private release(): void {
    for (const { settle } of this.open.values()) settle(noAnswer);
    this.open.clear();
  }

  private get oldest(): Open | null {
    return this.open.values().next().value ?? null;
  }

  /** Sets the clock for the oldest open request. */
  private wind(): void {
    clearTimeout(this.clock);
    const { oldest } = this;
    if (!oldest || this.over) return;
    const first = this.answers + this.late.size === 0;
    const seconds = Number((this.options.timeout * (first ? 3 : 1)).toPrecision(3));
    const due = Math.max(oldest.sent, this.lastAnswer) + 1000 * seconds;
    this.clock = setTimeout(
      () => this.passed(oldest, seconds),
      Math.max(0, due - performance.now()),
    );
  }

  /** The time of a request is over. */
  private passed(request: Open, seconds: number): void {
    this.findings.add("stalled", `It gave no answer within ${seconds} s.`, request);
    this.open.delete(request.id);
    this.late.set(request.id, request);
    this.lastAnswer = performance.now();
    request.settle(noAnswer);
    if (++this.passedInARow >= patience) this.stop();
    else this.wind();
  }

  private heard(bytes: Buffer): void {
    if (this.over || bytes.length === 0) return;
    const line = readLine(bytes);
    const request = typeof line.id === "number" ? this.open.get(line.id) : undefined;
    if (request) this.answer(request, line);
    else this.stray(line, bytes.length);
  }

  private answer(request: Open, line: Line): void {
    const seconds = (performance.now() - Math.max(request.sent, this.lastAnswer)) / 1000;
    this.open.delete(request.id);
    this.keep(request);
    this.lastAnswer = performance.now();
    this.passedInARow = 0;
    const { claim, error, fault } = line;
    if (fault) this.findings.add(fault.name, fault.sentence, request);
    if (claim) request.settle({ kind: "answered", claim, seconds });
    else if (error !== undefined) request.settle({ kind: "refused", reason: error });
    else request.settle(noAnswer);
    this.wind();
  }

  private keep({ id, question }: Open): void {
    this.answers++;
    this.answered.set(id, { id, question });
    const [first] = this.answered.keys();
    if (this.answered.size > (this.options.kept ?? Infinity)) this.answered.delete(first);
  }

  /** A line that answers nothing that is open. */
  private stray({ id, fault }: Line, length: number): void {
    const { oldest } = this;
    const lateOne = typeof id === "number" ? this.late.get(id) : undefined;
    if (lateOne) {
      const took = ((performance.now() - lateOne.sent) / 1000).toPrecision(2);
      this.findings.withdraw("stalled");
      this.findings.add("slow", `It answered only after ${took} s.`, lateOne);
      this.late.delete(lateOne.id);
      this.keep(lateOne);
      this.lastAnswer = performance.now();
      this.passedInARow = 0;
      this.wind();
      return;
    }
    if (fault) this.findings.add(fault.name, fault.sentence, oldest);
    else if (Number.isInteger(id) && (id as number) >= 1 && (id as number) <= this.asked)
      // Whatever was asked and is neither open nor late has been answered.
      this.findings.add(
        "duplicate-answer",
        `It answered request ${id} twice.`,
        this.answered.get(id as number) ?? oldest,
      );
    else {
      const open = oldest ? `; request ${oldest.id} was open` : "";
      const sentence = `It answered id ${excerpt(JSON.stringify(id))}, which was never asked${open}.`;
      this.findings.add("unknown-id", sentence, oldest);
    }
    this.noise.bytes -= length;
    this.noise.lines--;
    if (this.noise.bytes < 0 || this.noise.lines < 0) {
      this.findings.add("flooding", "It wrote without end what nobody asked for.", oldest);
      this.stop();
    }
  }

  private longLine(beginning: Buffer): void {
    if (this.over) return;
    const text = excerpt(beginning.toString("latin1"));
    this.findings.add(
      "long-line",
      `It wrote a line without end, beginning “${text}”.`,
      this.oldest,
    );
    this.stop();
  }

  /** A pipe was closed: by a command that goes on, or as the first sign of one that has ended. */
  private closed(fault: "closed-input" | "closed-output", what: string): void {
    setTimeout(() => {
      if (this.over || (fault === "closed-output" && this.open.size === 0)) return;
      this.findings.add(
        fault,
        `${what} while a request was open, and went on running.`,
        this.oldest,
      );
      this.stop();
    }, omen).unref();
  }

  private ended(ending: Ending): void {
    const before = this.over;
    if (!before && ending.unread.length > 0) this.lastWords(ending.unread);
    this.ending = ending;
    clearTimeout(this.clock);
    const { oldest } = this;
    if (!before && oldest) this.blame(ending, oldest);
    else if (!before) this.unexplained = ending;
    this.release();
  }

  /** What stood after the last line end: an answer that only lacks it, or half of one. */
  private lastWords(unread: Buffer): void {
    const line = readLine(unread);
    const request = typeof line.id === "number" ? this.open.get(line.id) : undefined;
    if (request && line.claim) this.answer(request, line);
    else {
      const text = excerpt(unread.toString("latin1"));
      this.findings.add("half-line", `It ended in the middle of a line: “${text}”.`, this.oldest);
    }
  }

  private blame({ code, signal, failure }: Ending, oldest: Asked): void {
    const others = this.open.size > 1 ? ` (${this.open.size - 1} more were waiting)` : "";
    const { answers } = this;
    const when =
      answers === 0 ? "before any answer" : `after ${answers} answer${answers === 1 ? "" : "s"}`;
    if (failure !== null) this.findings.add("not-started", `It did not start: ${failure}.`, oldest);
    else if (code === 127 && answers === 0)
      this.findings.add(
        "not-started",
        "The shell did not find the command (exit code 127).",
        oldest,
      );
    else if (signal !== null)
      this.findings.add("crashed", `It was ended by ${signal}, ${when}${others}.`, oldest);
    else if (code !== 0)
      this.findings.add("crashed", `It ended with exit code ${code}, ${when}${others}.`, oldest);
    else this.findings.add("ended-early", `It ended with exit code 0, ${when}${others}.`, oldest);
  }
}
