import type { Real } from "../../src/scalar/real.js";

/** A double that counts what is done to it: every +, −, ×, ÷ and function is one operation. */
export class Counted implements Real<Counted> {
  static operations = 0;

  constructor(readonly value: number) {}

  private done(value: number): Counted {
    Counted.operations++;
    return new Counted(value);
  }
  plus = (b: Counted | number) => this.done(this.value + plain(b));
  minus = (b: Counted | number) => this.done(this.value - plain(b));
  times = (b: Counted | number) => this.done(this.value * plain(b));
  over = (b: Counted | number) => this.done(this.value / plain(b));
  negated = () => this.done(-this.value);
  sqrt = () => this.done(Math.sqrt(this.value));
  sin = () => this.done(Math.sin(this.value));
  cos = () => this.done(Math.cos(this.value));
  exp = () => this.done(Math.exp(this.value));
  log = () => this.done(Math.log(this.value));
  acos = () => this.done(Math.acos(this.value));
  atan2 = (x: Counted | number) => this.done(Math.atan2(this.value, plain(x)));
  lessThan = (b: Counted | number) => this.value < plain(b);
  atMost = (b: Counted | number) => this.value <= plain(b);
  of = (n: number) => new Counted(n);
  toNumber = () => this.value;
}

const plain = (b: Counted | number): number => (typeof b === "number" ? b : b.value);

/** How many operations `run` takes. */
export function operations(run: () => unknown): number {
  Counted.operations = 0;
  run();
  return Counted.operations;
}
