/**
 * A double with a row of derivatives beside it: forward-mode differentiation of plain code.
 *
 * Written here, apart from the duals of the definitions, so that what is differentiated with it is a
 * route of its own. A constant carries no row at all.
 */
export class Tangent {
  private constructor(
    readonly value: number,
    private readonly row: Float64Array | null,
  ) {}

  /** x, the same whatever the variables are. */
  static constant(x: number): Tangent {
    return new Tangent(x, null);
  }

  /** x as variable `index` of `count`. */
  static variable(x: number, index: number, count: number): Tangent {
    const row = new Float64Array(count);
    row[index] = 1;
    return new Tangent(x, row);
  }

  /** The derivatives by each of `count` variables. */
  slopes(count: number): Float64Array {
    return this.row ?? new Float64Array(count);
  }

  /** f(this) with slope f′. */
  private chained(value: number, slope: number): Tangent {
    return new Tangent(value, this.row ? this.row.map((d) => slope * d) : null);
  }

  /** A function of two numbers with its two partial derivatives. */
  private static joined(value: number, a: Tangent, da: number, b: Tangent, db: number): Tangent {
    const [first, second] = [a.row, b.row];
    if (first && second)
      return new Tangent(
        value,
        first.map((d, i) => da * d + db * second[i]),
      );
    if (first)
      return new Tangent(
        value,
        first.map((d) => da * d),
      );
    return new Tangent(value, second ? second.map((d) => db * d) : null);
  }

  private static of(x: Tangent | number): Tangent {
    return typeof x === "number" ? Tangent.constant(x) : x;
  }

  plus(x: Tangent | number): Tangent {
    const b = Tangent.of(x);
    return Tangent.joined(this.value + b.value, this, 1, b, 1);
  }
  minus(x: Tangent | number): Tangent {
    const b = Tangent.of(x);
    return Tangent.joined(this.value - b.value, this, 1, b, -1);
  }
  times(x: Tangent | number): Tangent {
    const b = Tangent.of(x);
    return Tangent.joined(this.value * b.value, this, b.value, b, this.value);
  }
  over(x: Tangent | number): Tangent {
    const b = Tangent.of(x);
    const quotient = this.value / b.value;
    return Tangent.joined(quotient, this, 1 / b.value, b, -quotient / b.value);
  }
  sqrt(): Tangent {
    const root = Math.sqrt(this.value);
    return this.chained(root, 0.5 / root);
  }
  sin(): Tangent {
    return this.chained(Math.sin(this.value), Math.cos(this.value));
  }
  cos(): Tangent {
    return this.chained(Math.cos(this.value), -Math.sin(this.value));
  }
  exp(): Tangent {
    const power = Math.exp(this.value);
    return this.chained(power, power);
  }
  /** Natural logarithm. */
  log(): Tangent {
    return this.chained(Math.log(this.value), 1 / this.value);
  }
}
