import { BigNumberDependencies, create } from "mathjs";
import type { Real } from "./real.js";

/** mathjs's BigNumber, a decimal float of chosen precision; only what is used of it. */
interface Decimal {
  plus(b: Decimal | number): Decimal;
  minus(b: Decimal | number): Decimal;
  times(b: Decimal | number): Decimal;
  div(b: Decimal | number): Decimal;
  neg(): Decimal;
  sqrt(): Decimal;
  sin(): Decimal;
  cos(): Decimal;
  exp(): Decimal;
  ln(): Decimal;
  acos(): Decimal;
  lessThan(b: Decimal | number): boolean;
  lessThanOrEqualTo(b: Decimal | number): boolean;
  toNumber(): number;
  toString(): string;
  toSignificantDigits(digits: number): Decimal;
}
interface DecimalConstructor {
  new (value: number | string | Decimal): Decimal;
  atan2(y: Decimal, x: Decimal): Decimal;
}

const constructors = new Map<number, DecimalConstructor>();

function decimals(digits: number): DecimalConstructor {
  let Decimal = constructors.get(digits);
  if (!Decimal) {
    if (!Number.isInteger(digits) || digits < 20 || digits > 1000)
      throw new RangeError(`big: expected 20 to 1000 digits, got ${digits}`);
    const math = create({ BigNumberDependencies }, { precision: digits });
    Decimal = (math as unknown as { BigNumber: DecimalConstructor }).BigNumber;
    constructors.set(digits, Decimal);
  }
  return Decimal;
}

/** How many significant decimal digits truth is computed with unless told otherwise. */
export const defaultDigits = 64;

/** A decimal float of `digits` significant digits (mathjs BigNumber). Doubles convert exactly. */
export class Big implements Real<Big> {
  constructor(
    readonly value: Decimal,
    readonly digits: number,
  ) {}

  private wrap(value: Decimal): Big {
    return new Big(value, this.digits);
  }
  private lift(b: Big | number): Decimal {
    return typeof b === "number" ? exact(b, this.digits) : b.value;
  }
  plus(b: Big | number): Big {
    return this.wrap(this.value.plus(this.lift(b)));
  }
  minus(b: Big | number): Big {
    return this.wrap(this.value.minus(this.lift(b)));
  }
  times(b: Big | number): Big {
    return this.wrap(this.value.times(this.lift(b)));
  }
  over(b: Big | number): Big {
    return this.wrap(this.value.div(this.lift(b)));
  }
  negated(): Big {
    return this.wrap(this.value.neg());
  }
  sqrt(): Big {
    return this.wrap(this.value.sqrt());
  }
  sin(): Big {
    return this.wrap(this.value.sin());
  }
  cos(): Big {
    return this.wrap(this.value.cos());
  }
  exp(): Big {
    return this.wrap(this.value.exp());
  }
  log(): Big {
    return this.wrap(this.value.ln());
  }
  acos(): Big {
    return this.wrap(this.value.acos());
  }
  atan2(x: Big | number): Big {
    return this.wrap(decimals(this.digits).atan2(this.value, this.lift(x)));
  }
  lessThan(b: Big | number): boolean {
    return this.value.lessThan(this.lift(b));
  }
  atMost(b: Big | number): boolean {
    return this.value.lessThanOrEqualTo(this.lift(b));
  }
  of(n: number): Big {
    return big(n, this.digits);
  }
  toNumber(): number {
    return this.value.toNumber();
  }
  /** The value in decimal, rounded to `digits` significant digits if given. */
  toString(digits?: number): string {
    return (digits ? this.value.toSignificantDigits(digits) : this.value).toString();
  }
}

/** n, a double taken exactly or a decimal string, as a big float. */
export function big(n: number | string, digits: number = defaultDigits): Big {
  if (typeof n === "number") return new Big(exact(n, digits), digits);
  return new Big(new (decimals(digits))(n), digits);
}

/**
 * The decimal of a double. Converting through its shortest decimal string, as the library does,
 * would miss the double by up to half an ulp; a double is m 2ᵉ with m an integer, so it is rebuilt
 * from those, which is exact as long as the digits hold m 2ᵉ and otherwise correctly rounded.
 */
function exact(n: number, digits: number): Decimal {
  const Decimal = decimals(digits);
  if (Number.isInteger(n) && Math.abs(n) <= Number.MAX_SAFE_INTEGER) return new Decimal(n);
  if (!Number.isFinite(n)) return new Decimal(n);
  let exponent = Math.floor(Math.log2(Math.abs(n))) - 52;
  exponent = Math.max(-1074, exponent);
  // Dividing by two powers in turn keeps each of them a double, subnormals included.
  const half = Math.trunc(exponent / 2);
  const mantissa = n / 2 ** half / 2 ** (exponent - half);
  return new Decimal(mantissa).times(power(exponent, digits));
}

const powers = new Map<string, Decimal>();

/**
 * 2ᵉ with all its digits, so that only the product with it rounds. Remembered: audits convert the
 * same few exponents thousands of times.
 */
function power(exponent: number, digits: number): Decimal {
  const key = `${digits}:${exponent}`;
  let result = powers.get(key);
  if (!result) {
    // 2⁻ᵏ = 5ᵏ 10⁻ᵏ; a literal is taken digit by digit, whatever the precision.
    const k = Math.abs(exponent);
    const literal = exponent < 0 ? `${5n ** BigInt(k)}e-${k}` : `${2n ** BigInt(k)}`;
    result = new (decimals(digits))(literal);
    powers.set(key, result);
  }
  return result;
}
