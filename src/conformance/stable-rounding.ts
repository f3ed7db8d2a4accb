/**
 * Doubles that lose their last bits, as scalar/rounding.ts has them, with the same bits on every machine: the
 * language leaves the last digits of Math.sin and its like to the engine, double-doubles do not.
 */
import { stream } from "../random/stream.js";
import { type DoubleDouble, doubleDouble } from "../scalar/double-double.js";
import type { Real } from "../scalar/real.js";
import { unitRoundoff } from "../scalar/rounding.js";

/** Runs of a formula: their root mean square is known to about a quarter. */
export const runs = 8;

/** Uniform draws in [0, 1), taken in turn from a table of prime length. */
export type RoundingDraws = () => number;

/** The draws of one problem. */
export function roundingDraws(problem: number): RoundingDraws {
  const table = stream("conformance/rounding").at(problem).uniforms(new Float64Array(8191));
  let next = 0;
  return () => {
    next = next + 1 < table.length ? next + 1 : 0;
    return table[next];
  };
}

export class StableRounding implements Real<StableRounding> {
  constructor(
    readonly value: number,
    readonly draw: RoundingDraws,
  ) {}

  private round(x: number): StableRounding {
    return new StableRounding(x + x * (unitRoundoff.float64 * (2 * this.draw() - 1)), this.draw);
  }
  private by(of: (x: DoubleDouble) => DoubleDouble, x = this.value): StableRounding {
    return this.round(of(doubleDouble(x)).toNumber());
  }
  plus(b: StableRounding | number): StableRounding {
    return this.round(this.value + plain(b));
  }
  minus(b: StableRounding | number): StableRounding {
    return this.round(this.value - plain(b));
  }
  times(b: StableRounding | number): StableRounding {
    return this.round(this.value * plain(b));
  }
  over(b: StableRounding | number): StableRounding {
    return this.round(this.value / plain(b));
  }
  negated(): StableRounding {
    return new StableRounding(-this.value, this.draw);
  }
  sqrt(): StableRounding {
    return this.round(Math.sqrt(this.value));
  }
  sin(): StableRounding {
    return this.by((x) => x.sin());
  }
  cos(): StableRounding {
    return this.by((x) => x.cos());
  }
  exp(): StableRounding {
    return this.by((x) => x.exp());
  }
  log(): StableRounding {
    return this.by((x) => x.log());
  }
  acos(): StableRounding {
    // Rounding may carry a cosine past 1; a real implementation then rounds to 1 as well.
    return this.by((x) => x.acos(), Math.min(1, Math.max(-1, this.value)));
  }
  atan2(x: StableRounding | number): StableRounding {
    return this.by((y) => y.atan2(plain(x)));
  }
  lessThan(b: StableRounding | number): boolean {
    return this.value < plain(b);
  }
  atMost(b: StableRounding | number): boolean {
    return this.value <= plain(b);
  }
  of(n: number): StableRounding {
    return new StableRounding(n, this.draw);
  }
  toNumber(): number {
    return this.value;
  }
}

const plain = (b: StableRounding | number): number => (typeof b === "number" ? b : b.value);
