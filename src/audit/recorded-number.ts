import type { Real } from "../scalar/real.js";

/** How many operations a computation in recorded numbers has taken. */
export interface Tally {
  operations: number;
}

/** The inputs of an operation, and how the slope of its result comes back to each. */
interface Origin {
  readonly inputs: readonly Recorded[];
  readonly back: readonly ((slope: Recorded) => Recorded)[];
}

/**
 * Doubles that remember how they came about: automatic differentiation in reverse, as learning frameworks do it.
 *
 * Slopes are recorded numbers too, so they can be differentiated again; that is what "create_graph" asks for. Every
 * operation adds one to the tally, those of slopes included. What is known beforehand costs nothing: an operation on
 * constants, times 0 or 1, plus 0; nor does a change of sign.
 */
export class Recorded implements Real<Recorded> {
  private static count = 0;
  /** Grows with every number made: no input is younger than what came of it. */
  private readonly age = Recorded.count++;

  private constructor(
    private readonly value: number,
    private readonly tally: Tally,
    /** Null for constants; without inputs for variables. */
    private readonly origin: Origin | null,
  ) {}

  /** A number to differentiate by. */
  static variable(value: number, tally: Tally): Recorded {
    return new Recorded(value, tally, { inputs: [], back: [] });
  }

  /** The same value, by which nothing can be differentiated: "detached". */
  held(): Recorded {
    // One costs as much as the other: no constant, which would be free.
    return Recorded.variable(this.value, this.tally);
  }

  private known(value: number): boolean {
    return this.origin === null && this.value === value;
  }
  private lifted(b: Recorded | number): Recorded {
    return typeof b === "number" ? this.of(b) : b;
  }
  private made(value: number, { inputs, back }: Origin, cost = 1): Recorded {
    if (inputs.every(({ origin }) => origin === null)) return this.of(value);
    this.tally.operations += cost;
    return new Recorded(value, this.tally, { inputs, back });
  }
  /** A function of this number alone, and its slope from that of the result. */
  private image(value: number, back: (slope: Recorded) => Recorded): Recorded {
    return this.made(value, { inputs: [this], back: [back] });
  }

  plus(other: Recorded | number): Recorded {
    const b = this.lifted(other);
    if (b.known(0)) return this;
    if (this.known(0)) return b;
    const back = [(slope: Recorded) => slope, (slope: Recorded) => slope];
    return this.made(this.value + b.value, { inputs: [this, b], back });
  }
  minus(other: Recorded | number): Recorded {
    const b = this.lifted(other);
    if (b.known(0)) return this;
    const back = [(slope: Recorded) => slope, (slope: Recorded) => slope.negated()];
    return this.made(this.value - b.value, { inputs: [this, b], back });
  }
  times(other: Recorded | number): Recorded {
    const b = this.lifted(other);
    if (this.known(0) || b.known(1)) return this;
    if (b.known(0) || this.known(1)) return b;
    const back = [(slope: Recorded) => slope.times(b), (slope: Recorded) => slope.times(this)];
    return this.made(this.value * b.value, { inputs: [this, b], back });
  }
  over(other: Recorded | number): Recorded {
    const b = this.lifted(other);
    if (this.known(0) || b.known(1)) return this;
    const back = [
      (slope: Recorded) => slope.over(b),
      (slope: Recorded) => slope.times(quotient).over(b).negated(),
    ];
    const quotient: Recorded = this.made(this.value / b.value, { inputs: [this, b], back });
    return quotient;
  }
  negated(): Recorded {
    return this.made(-this.value, { inputs: [this], back: [(slope) => slope.negated()] }, 0);
  }
  sqrt(): Recorded {
    const root: Recorded = this.image(Math.sqrt(this.value), (slope) => slope.over(root.times(2)));
    return root;
  }
  sin(): Recorded {
    return this.image(Math.sin(this.value), (slope) => slope.times(this.cos()));
  }
  cos(): Recorded {
    return this.image(Math.cos(this.value), (slope) => slope.times(this.sin()).negated());
  }
  exp(): Recorded {
    const power: Recorded = this.image(Math.exp(this.value), (slope) => slope.times(power));
    return power;
  }
  log(): Recorded {
    return this.image(Math.log(this.value), (slope) => slope.over(this));
  }
  acos(): Recorded {
    return this.image(Math.acos(this.value), (slope) =>
      slope.over(this.of(1).minus(this.times(this)).sqrt()).negated(),
    );
  }
  atan2(other: Recorded | number): Recorded {
    const x = this.lifted(other);
    const share = (slope: Recorded) => slope.over(this.times(this).plus(x.times(x)));
    const back = [
      (slope: Recorded) => share(slope).times(x),
      (slope: Recorded) => share(slope).times(this).negated(),
    ];
    return this.made(Math.atan2(this.value, x.value), { inputs: [this, x], back });
  }
  lessThan(b: Recorded | number): boolean {
    return this.value < this.lifted(b).value;
  }
  atMost(b: Recorded | number): boolean {
    return this.value <= this.lifted(b).value;
  }
  of(n: number): Recorded {
    return new Recorded(n, this.tally, null);
  }
  toNumber(): number {
    return this.value;
  }

  /** ∂this/∂variables: one pass back, through what leads to them and nothing else. */
  slopesBy(variables: readonly Recorded[]): Recorded[] {
    const order = this.ancestors();
    const leading = new Set(variables);
    for (const node of order)
      if (node.origin?.inputs.some((input) => leading.has(input))) leading.add(node);
    const slopes = new Map<Recorded, Recorded>([[this, this.of(1)]]);
    for (const node of order.reverse()) {
      const slope = slopes.get(node);
      if (slope === undefined || node.origin === null) continue;
      const { inputs, back } = node.origin;
      inputs.forEach((input, i) => {
        if (!leading.has(input)) return;
        const part = back[i](slope);
        slopes.set(input, slopes.get(input)?.plus(part) ?? part);
      });
    }
    return variables.map((variable) => slopes.get(variable) ?? this.of(0));
  }

  /** This and everything that it came of, the oldest first. */
  private ancestors(): Recorded[] {
    const found = new Set<Recorded>([this]);
    for (const node of found) for (const input of node.origin?.inputs ?? []) found.add(input);
    return [...found].sort((a, b) => a.age - b.age);
  }
}
