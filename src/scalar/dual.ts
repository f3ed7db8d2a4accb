import type { Real } from "./real.js";

/**
 * a + b ε with ε² = 0, over any scalar: a definition evaluated on duals carries its own derivative
 * along one direction. Duals of duals are second-order duals: see hyper-dual.ts.
 *
 * Comparisons look at `a` only, so a branch is taken as the value takes it and the slope is that of
 * the branch: one-sided on a kink.
 */
export class Dual<S extends Real<S>> implements Real<Dual<S>> {
  constructor(
    readonly a: S,
    readonly b: S,
  ) {}

  private lift(x: Dual<S> | number): Dual<S> {
    return typeof x === "number" ? this.of(x) : x;
  }
  plus(x: Dual<S> | number): Dual<S> {
    if (typeof x === "number") return new Dual(this.a.plus(x), this.b);
    return new Dual(this.a.plus(x.a), this.b.plus(x.b));
  }
  minus(x: Dual<S> | number): Dual<S> {
    if (typeof x === "number") return new Dual(this.a.minus(x), this.b);
    return new Dual(this.a.minus(x.a), this.b.minus(x.b));
  }
  times(x: Dual<S> | number): Dual<S> {
    if (typeof x === "number") return new Dual(this.a.times(x), this.b.times(x));
    return new Dual(this.a.times(x.a), this.b.times(x.a).plus(this.a.times(x.b)));
  }
  over(x: Dual<S> | number): Dual<S> {
    if (typeof x === "number") return new Dual(this.a.over(x), this.b.over(x));
    const quotient = this.a.over(x.a);
    return new Dual(quotient, this.b.minus(quotient.times(x.b)).over(x.a));
  }
  negated(): Dual<S> {
    return new Dual(this.a.negated(), this.b.negated());
  }
  sqrt(): Dual<S> {
    const root = this.a.sqrt();
    return new Dual(root, this.b.over(root.times(2)));
  }
  sin(): Dual<S> {
    return new Dual(this.a.sin(), this.b.times(this.a.cos()));
  }
  cos(): Dual<S> {
    return new Dual(this.a.cos(), this.b.times(this.a.sin()).negated());
  }
  exp(): Dual<S> {
    const power = this.a.exp();
    return new Dual(power, this.b.times(power));
  }
  log(): Dual<S> {
    return new Dual(this.a.log(), this.b.over(this.a));
  }
  acos(): Dual<S> {
    // 1 − a² as (1 − a)(1 + a), which keeps its digits where acos is steep.
    const run = this.a.negated().plus(1).times(this.a.plus(1)).sqrt();
    return new Dual(this.a.acos(), this.b.over(run).negated());
  }
  atan2(x: Dual<S> | number): Dual<S> {
    const adjacent = this.lift(x);
    const squared = this.a.times(this.a).plus(adjacent.a.times(adjacent.a));
    const turn = this.b.times(adjacent.a).minus(this.a.times(adjacent.b));
    return new Dual(this.a.atan2(adjacent.a), turn.over(squared));
  }
  lessThan(x: Dual<S> | number): boolean {
    return this.a.lessThan(typeof x === "number" ? x : x.a);
  }
  atMost(x: Dual<S> | number): boolean {
    return this.a.atMost(typeof x === "number" ? x : x.a);
  }
  of(n: number): Dual<S> {
    return new Dual(this.a.of(n), this.a.of(0));
  }
  toNumber(): number {
    return this.a.toNumber();
  }
}

/** x as a dual with slope dx: a variable if dx = 1, a constant if dx = 0. */
export function dual<S extends Real<S>>(x: S, dx: S | number = 0): Dual<S> {
  return new Dual(x, typeof dx === "number" ? x.of(dx) : dx);
}
