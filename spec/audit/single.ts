import type { Real } from "../../src/scalar/real.js";

const plain = (b: Single | number): number => (typeof b === "number" ? b : b.value);

/** IEEE single precision: what a float32 implementation computes, operation by operation. */
export class Single implements Real<Single> {
  readonly value: number;
  constructor(value: number) {
    this.value = Math.fround(value);
  }
  plus(b: Single | number): Single {
    return new Single(this.value + plain(b));
  }
  minus(b: Single | number): Single {
    return new Single(this.value - plain(b));
  }
  times(b: Single | number): Single {
    return new Single(this.value * plain(b));
  }
  over(b: Single | number): Single {
    return new Single(this.value / plain(b));
  }
  negated(): Single {
    return new Single(-this.value);
  }
  sqrt(): Single {
    return new Single(Math.sqrt(this.value));
  }
  sin(): Single {
    return new Single(Math.sin(this.value));
  }
  cos(): Single {
    return new Single(Math.cos(this.value));
  }
  exp(): Single {
    return new Single(Math.exp(this.value));
  }
  log(): Single {
    return new Single(Math.log(this.value));
  }
  acos(): Single {
    return new Single(Math.acos(this.value));
  }
  atan2(x: Single | number): Single {
    return new Single(Math.atan2(this.value, plain(x)));
  }
  lessThan(b: Single | number): boolean {
    return this.value < plain(b);
  }
  atMost(b: Single | number): boolean {
    return this.value <= plain(b);
  }
  of(n: number): Single {
    return new Single(n);
  }
  toNumber(): number {
    return this.value;
  }
}
