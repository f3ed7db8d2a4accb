/**
 * A computation recorded as it runs once, so that it can be played again on flat numbers (registers.ts): the
 * same operations in the same order, with no object made and nothing looked up.
 *
 * What a definition does depends on its inputs only where it compares scalars, or picks a pivot. A program is
 * therefore a tree: straight runs of operations, each ending in a question whose answer says which run comes
 * next. Where no recorded run follows, playing stops, and the computation has to be recorded once more, on
 * inputs that answer that way; so a program never guesses.
 */
import { largest } from "./matrix.js";
import type { Real } from "./real.js";

/** Numbers from numbers, in any scalar. It may decide by comparisons and `pivotIndex`, but read no scalar. */
export type Computation = <S extends Real<S>>(inputs: readonly S[]) => readonly S[];

/** What an operation does; a code's place in this list is its number. */
export const operations = [
  ...(["plus", "minus", "times", "over"] as const),
  ...(["negated", "sqrt", "sin", "cos", "exp", "log", "acos", "atan2"] as const),
] as const;

const [plus, minus, times, over, negated, sqrt, sin, cos, exp, log, acos, atan2] = operations.map(
  (_, code) => code,
);

/** What is asked of registers at the end of a run: a before b, a at most b, or which is greatest. */
export interface Question {
  readonly asks: "lessThan" | "atMost" | "largest";
  readonly registers: readonly number[];
}

/** A straight run of operations: operation k writes register `first` + k. */
export interface Run {
  readonly first: number;
  readonly codes: Uint8Array;
  readonly a: Int32Array;
  readonly b: Int32Array;
  /** What is asked at its end, and the runs that follow by answer; null at the end of the computation. */
  readonly question: Question | null;
  readonly next: Map<number, Run>;
  /** Registers that hold the results; only where there is no question. */
  readonly results: Int32Array;
}

/** Numbers that a program plays on: those of `Input` are what it is given. */
export interface Registers<Input> {
  /** Room for that many registers: constants in the first of them, inputs from `constantRegisters` on. */
  load(size: number, constants: readonly number[], inputs: ArrayLike<Input>): void;
  play(run: Run): void;
  answer(question: Question): number;
}

/** Registers kept for constants, of which no definition has as many. */
export const constantRegisters = 1024;

/** Operations, of 9 bytes each, beyond which a program forgets what it has recorded. */
const mostOperations = 2 ** 21;

export class Program {
  private root: Run | null = null;
  private readonly constants: Constants = new Map();
  private size: number;
  private operations = 0;
  /** False once the computation turned out to read a scalar, or to be too long. */
  private recordable = true;

  constructor(
    readonly computation: Computation,
    readonly inputs: number,
  ) {
    this.size = constantRegisters + inputs;
  }

  /** Operations recorded. */
  get length(): number {
    return this.operations;
  }

  /** Plays on these inputs: the registers that hold the results; null where nothing recorded answers so. */
  played<Input>(registers: Registers<Input>, inputs: ArrayLike<Input>): Int32Array | null {
    registers.load(this.size, Array.from(this.constants.keys(), Number), inputs);
    let run = this.root;
    while (run) {
      registers.play(run);
      if (!run.question) return run.results;
      run = run.next.get(registers.answer(run.question)) ?? null;
    }
    return null;
  }

  /**
   * Records the computation at these inputs.
   *
   * @returns false if it cannot be recorded.
   * @throws what the computation throws; nothing is recorded then.
   */
  record(values: ArrayLike<number>): boolean {
    if (!this.recordable) return false;
    const recording = new Recording(this.constants, this.inputs);
    try {
      const inputs = Array.from(values, (v, i) => new Traced(v, constantRegisters + i, recording));
      recording.end(this.computation(inputs));
    } catch (error) {
      if (!(error instanceof Unrecordable)) throw error;
      this.recordable = false;
      return false;
    }
    if (this.operations + recording.operations > mostOperations) {
      this.root = null;
      this.operations = 0;
    }
    this.graft(recording);
    return true;
  }

  /** Adds what is new of a recording: the runs from the first answer on that led nowhere yet. */
  private graft({ runs, answers, size }: Recording): void {
    let known = this.root;
    let k = 0;
    for (let next = known; next; next = next.next.get(answers[k++]) ?? null) known = next;
    if (k === runs.length) return;
    if (known) known.next.set(answers[k - 1], runs[k]);
    else this.root = runs[0];
    for (; k < runs.length; k++) {
      this.operations += runs[k].codes.length;
      if (k + 1 < runs.length) runs[k].next.set(answers[k], runs[k + 1]);
    }
    this.size = Math.max(this.size, size);
  }
}

/** Registers of constants. */
type Constants = Map<number | "-0", number>;

/** Thrown where a computation reads a scalar, or takes too many operations or constants. */
class Unrecordable extends Error {}

/** One way through a computation, as it is being made. */
class Recording {
  readonly runs: Run[] = [];
  readonly answers: number[] = [];
  private codes: number[] = [];
  private a: number[] = [];
  private b: number[] = [];
  private first: number;

  constructor(
    private readonly constants: Constants,
    inputs: number,
  ) {
    this.first = constantRegisters + inputs;
  }

  get size(): number {
    return this.first + this.codes.length;
  }
  get operations(): number {
    return this.runs.reduce((sum, { codes }) => sum + codes.length, 0);
  }

  operation(code: number, a: number, b: number): number {
    if (this.size > mostOperations) throw new Unrecordable();
    this.codes.push(code);
    this.a.push(a);
    this.b.push(b);
    return this.size - 1;
  }

  constant(value: number): number {
    // To a map, −0 is 0.
    const key = Object.is(value, -0) ? "-0" : value;
    const register = this.constants.get(key) ?? this.constants.size;
    if (register === constantRegisters) throw new Unrecordable();
    this.constants.set(key, register);
    return register;
  }

  answered(question: Question, answer: number): void {
    this.close(question, new Int32Array(0));
    this.answers.push(answer);
  }

  end(results: readonly Traced[]): void {
    this.close(
      null,
      Int32Array.from(results, ({ register }) => register),
    );
  }

  private close(question: Question | null, results: Int32Array): void {
    const { first, codes, a, b } = this;
    const own = { codes: Uint8Array.from(codes), a: Int32Array.from(a), b: Int32Array.from(b) };
    this.runs.push({ first, ...own, question, next: new Map(), results });
    this.first = this.size;
    [this.codes, this.a, this.b] = [[], [], []];
  }
}

/** A double that writes down what is done to it. */
class Traced implements Real<Traced> {
  constructor(
    readonly value: number,
    readonly register: number,
    private readonly recording: Recording,
  ) {}

  private made(code: number, value: number, b: Traced | number = this): Traced {
    const other = typeof b === "number" ? this.recording.constant(b) : b.register;
    const register = this.recording.operation(code, this.register, other);
    return new Traced(value, register, this.recording);
  }
  private asked(asks: "lessThan" | "atMost", b: Traced | number, answer: boolean): boolean {
    const other = typeof b === "number" ? this.recording.constant(b) : b.register;
    this.recording.answered({ asks, registers: [this.register, other] }, Number(answer));
    return answer;
  }
  plus(b: Traced | number): Traced {
    return this.made(plus, this.value + plain(b), b);
  }
  minus(b: Traced | number): Traced {
    return this.made(minus, this.value - plain(b), b);
  }
  times(b: Traced | number): Traced {
    return this.made(times, this.value * plain(b), b);
  }
  over(b: Traced | number): Traced {
    return this.made(over, this.value / plain(b), b);
  }
  negated(): Traced {
    return this.made(negated, -this.value);
  }
  sqrt(): Traced {
    return this.made(sqrt, Math.sqrt(this.value));
  }
  sin(): Traced {
    return this.made(sin, Math.sin(this.value));
  }
  cos(): Traced {
    return this.made(cos, Math.cos(this.value));
  }
  exp(): Traced {
    return this.made(exp, Math.exp(this.value));
  }
  log(): Traced {
    return this.made(log, Math.log(this.value));
  }
  acos(): Traced {
    return this.made(acos, Math.acos(this.value));
  }
  atan2(x: Traced | number): Traced {
    return this.made(atan2, Math.atan2(this.value, plain(x)), x);
  }
  lessThan(b: Traced | number): boolean {
    return this.asked("lessThan", b, this.value < plain(b));
  }
  atMost(b: Traced | number): boolean {
    return this.asked("atMost", b, this.value <= plain(b));
  }
  largestOf(column: readonly Traced[]): number {
    const answer = largest(column.map(({ value }) => value));
    this.recording.answered({ asks: "largest", registers: column.map((x) => x.register) }, answer);
    return answer;
  }
  of(n: number): Traced {
    return new Traced(n, this.recording.constant(n), this.recording);
  }
  toNumber(): number {
    // What becomes of a number that was read, a program cannot know.
    throw new Unrecordable();
  }
}

const plain = (b: Traced | number): number => (typeof b === "number" ? b : b.value);
