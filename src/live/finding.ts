/** What a command does that no claims file could do: every way to break the protocol, by name. */
import type { Question } from "./question.js";

/** Every fault, with what to do about it. */
export const faults = {
  "not-started": "check the command: it is run by the shell, in this folder",
  crashed: "run it on the request by hand; its last words are on standard error",
  "ended-early": "read standard input until it ends, and only then exit",
  stalled: "raise --timeout if it only needs longer; otherwise it hangs on this request",
  slow: "raise --timeout if this is as fast as it can be",
  "closed-input": "read standard input until it ends",
  "closed-output": "keep standard output open until standard input ends",
  "not-json":
    "write one JSON object a line to standard output, and everything else to standard error",
  binary: "write UTF-8 text to standard output, one JSON object a line",
  "half-line": "end every answer with a line end, and flush it",
  "long-line": "answer with the arrays that were asked for, one line an answer",
  flooding: "write one line for each request and no more",
  "unknown-id": "answer with the id of the request, unchanged",
  "duplicate-answer": "answer each request once",
  "not-an-answer": 'answer {"id", "claim": {…}} or {"id", "error": "…"}',
  refused: "answer problems like this one, or leave the quantity out of --want",
  "missing-quantity": "answer what the request wants, or name what there is with --want",
  "unknown-quantity": "answer with quantities of the method only",
  "wrong-shape": "give each quantity the shape that docs/claims.md states",
  "non-deterministic":
    "seed or remove whatever is random, and sum in a fixed order; or judge its means, with --seeds 32",
} as const;

export type FaultName = keyof typeof faults;

/** A request as it was sent. */
export interface Asked {
  readonly id: number;
  readonly question: Question;
}

/** One kind of fault, with the first request that met it. */
export interface Finding {
  readonly fault: FaultName;
  /** What happened the first time. */
  readonly sentence: string;
  readonly remedy: string;
  /** How often it happened. */
  readonly count: number;
  /** The request that was first met by it; null if none was open. */
  readonly asked: Asked | null;
  /** Whether the request alone brings it about in a process of its own; absent where that was not tried. */
  readonly alone?: boolean;
  /** The smallest request that does; absent where none smaller than `asked` was found. */
  readonly smallest?: Asked;
}

/** Findings, those of one kind put together: a command that goes wrong for ever fills no memory. */
export class Findings {
  private readonly found = new Map<FaultName, Finding>();

  add(fault: FaultName, sentence: string, asked: Asked | null): void {
    const before = this.found.get(fault);
    const first = before ?? { fault, sentence, remedy: faults[fault], asked, count: 0 };
    this.found.set(fault, { ...first, count: first.count + 1 });
  }

  /** Takes one back that turned out to be something else. */
  withdraw(fault: FaultName): void {
    const before = this.found.get(fault);
    if (!before) return;
    if (before.count > 1) this.found.set(fault, { ...before, count: before.count - 1 });
    else this.found.delete(fault);
  }

  /** In the order in which they first happened. */
  list(): Finding[] {
    return [...this.found.values()];
  }
}
