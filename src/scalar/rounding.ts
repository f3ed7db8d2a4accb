import type { Real } from "./real.js";

/** Unit roundoff of the floating-point formats a claim may have been computed in: half an ulp of 1. */
export const unitRoundoff = {
  float64: 2 ** -53,
  float32: 2 ** -24,
  float16: 2 ** -11,
  bfloat16: 2 ** -8,
} as const;

/** A floating-point format. */
export type Dtype = keyof typeof unitRoundoff;

/** The random source and size of the errors that a run in `Rounding` scalars commits. */
export interface RoundingModel {
  /** Unit roundoff u of the arithmetic that is imitated. */
  readonly u: number;
  /** Uniform draws in [0, 1). */
  readonly draw: () => number;
}

/**
 * Doubles that lose the bits a smaller format would lose: every operation's result is multiplied by
 * 1 + u ξ with ξ uniform in [−1, 1]. The spread of a definition run in them over several seeds is the
 * rounding error to expect of an implementation in that format, intermediate cancellation and
 * conditioning included (Monte Carlo arithmetic). Integers given as constants stay exact.
 *
 * Source: [Parker1997] Monte Carlo Arithmetic: exploiting randomness in floating-point arithmetic.
 */
export class Rounding implements Real<Rounding> {
  constructor(
    readonly value: number,
    readonly model: RoundingModel,
  ) {}

  private round(x: number): Rounding {
    return rounded(x, this.model);
  }
  plus(b: Rounding | number): Rounding {
    return this.round(this.value + plain(b));
  }
  minus(b: Rounding | number): Rounding {
    return this.round(this.value - plain(b));
  }
  times(b: Rounding | number): Rounding {
    return this.round(this.value * plain(b));
  }
  over(b: Rounding | number): Rounding {
    return this.round(this.value / plain(b));
  }
  negated(): Rounding {
    return new Rounding(-this.value, this.model);
  }
  sqrt(): Rounding {
    return this.round(Math.sqrt(this.value));
  }
  sin(): Rounding {
    return this.round(Math.sin(this.value));
  }
  cos(): Rounding {
    return this.round(Math.cos(this.value));
  }
  exp(): Rounding {
    return this.round(Math.exp(this.value));
  }
  log(): Rounding {
    return this.round(Math.log(this.value));
  }
  acos(): Rounding {
    // Rounding may carry a cosine past 1; a real implementation then rounds to 1 as well.
    return this.round(Math.acos(Math.min(1, Math.max(-1, this.value))));
  }
  atan2(x: Rounding | number): Rounding {
    return this.round(Math.atan2(this.value, plain(x)));
  }
  lessThan(b: Rounding | number): boolean {
    return this.value < plain(b);
  }
  atMost(b: Rounding | number): boolean {
    return this.value <= plain(b);
  }
  of(n: number): Rounding {
    return new Rounding(n, this.model);
  }
  toNumber(): number {
    return this.value;
  }
}

const plain = (b: Rounding | number): number => (typeof b === "number" ? b : b.value);

/** True if x has no more significant bits than the format holds; its exponent range is not asked. */
export function isRepresentable(x: number, dtype: Dtype): boolean {
  if (x === 0 || !Number.isFinite(x) || dtype === "float64") return true;
  const lastBit = 2 ** (Math.floor(Math.log2(Math.abs(x))) + 1) * unitRoundoff[dtype];
  return Number.isInteger(x / lastBit);
}

/** x as it would be read into the format: rounded once. */
export function rounded(x: number, model: RoundingModel): Rounding {
  // Not x (1 + u ξ): for float64 that factor would round to 1 or below, and every error go down.
  return new Rounding(x + x * (model.u * (2 * model.draw() - 1)), model);
}
