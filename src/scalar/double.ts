import type { Real } from "./real.js";

const plain = (b: Double | number): number => (typeof b === "number" ? b : b.value);

/** IEEE doubles, boxed so that a definition can run in them. */
export class Double implements Real<Double> {
  constructor(readonly value: number) {}

  plus(b: Double | number): Double {
    return new Double(this.value + plain(b));
  }
  minus(b: Double | number): Double {
    return new Double(this.value - plain(b));
  }
  times(b: Double | number): Double {
    return new Double(this.value * plain(b));
  }
  over(b: Double | number): Double {
    return new Double(this.value / plain(b));
  }
  negated(): Double {
    return new Double(-this.value);
  }
  sqrt(): Double {
    return new Double(Math.sqrt(this.value));
  }
  sin(): Double {
    return new Double(Math.sin(this.value));
  }
  cos(): Double {
    return new Double(Math.cos(this.value));
  }
  exp(): Double {
    return new Double(Math.exp(this.value));
  }
  log(): Double {
    return new Double(Math.log(this.value));
  }
  acos(): Double {
    return new Double(Math.acos(this.value));
  }
  atan2(x: Double | number): Double {
    return new Double(Math.atan2(this.value, plain(x)));
  }
  lessThan(b: Double | number): boolean {
    return this.value < plain(b);
  }
  atMost(b: Double | number): boolean {
    return this.value <= plain(b);
  }
  of(n: number): Double {
    return new Double(n);
  }
  toNumber(): number {
    return this.value;
  }
}

/** The double n as a scalar. */
export const double = (n: number): Double => new Double(n);
