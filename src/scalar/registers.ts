/**
 * Numbers that programs (program.ts) are played on, flat: doubles, doubles that lose bits, double-doubles. Each
 * does what its boxed twin does (double.ts, rounding.ts, double-double.ts), operation by operation and
 * bit by bit.
 */
import type { DoubleDouble } from "./double-double.js";
import { product, quotient, root, sum, word } from "./double-word.js";
import {
  angleOf,
  arcCosineOf,
  cosineOf,
  exponentialOf,
  logarithmOf,
  sineOf,
} from "./double-word-functions.js";
import { largest } from "./matrix.js";
import { constantRegisters, type Question, type Registers, type Run } from "./program.js";
import type { RoundingModel } from "./rounding.js";

/** Doubles. */
export class DoubleRegisters implements Registers<number> {
  values: Float64Array = new Float64Array(0);

  load(size: number, constants: readonly number[], inputs: ArrayLike<number>): void {
    if (this.values.length < size) this.values = new Float64Array(2 * size);
    this.values.set(constants);
    this.values.set(inputs, constantRegisters);
  }
  play({ first, codes, a, b }: Run): void {
    const { values } = this;
    for (let k = 0; k < codes.length; k++) {
      const code = codes[k];
      const x = values[a[k]];
      const y = values[b[k]];
      values[first + k] = code === 2 ? x * y : code === 0 ? x + y : result(code, x, y);
    }
  }
  answer({ asks, registers }: Question): number {
    const [x, y] = [this.values[registers[0]], this.values[registers[1]]];
    if (asks === "lessThan") return Number(x < y);
    if (asks === "atMost") return Number(x <= y);
    return largest(registers.map((register) => this.values[register]));
  }
}

/** What an operation, by its place in `operations`, makes of doubles; one of a single number ignores the other. */
function result(code: number, x: number, y: number): number {
  switch (code) {
    case 0:
      return x + y;
    case 1:
      return x - y;
    case 2:
      return x * y;
    case 3:
      return x / y;
    case 4:
      return -x;
    case 5:
      return Math.sqrt(x);
    case 6:
      return Math.sin(x);
    case 7:
      return Math.cos(x);
    case 8:
      return Math.exp(x);
    case 9:
      return Math.log(x);
    case 10:
      return Math.acos(x);
    default:
      return Math.atan2(x, y);
  }
}

/** Doubles of which every result but a change of sign is rounded at random, as `Rounding` does it. */
export class RoundingRegisters extends DoubleRegisters {
  constructor(public model: RoundingModel) {
    super();
  }

  override play({ first, codes, a, b }: Run): void {
    const { values } = this;
    const { u, draw } = this.model;
    for (let k = 0; k < codes.length; k++) {
      const code = codes[k];
      const x = values[a[k]];
      const y = values[b[k]];
      if (code === 4) values[first + k] = -x;
      else {
        // Rounding may carry a cosine past 1; a real implementation then rounds to 1 as well.
        const exact =
          code === 2
            ? x * y
            : code === 0
              ? x + y
              : result(code, code === 10 ? Math.min(1, Math.max(-1, x)) : x, y);
        values[first + k] = exact + exact * (u * (2 * draw() - 1));
      }
    }
  }
}

type Pair = Pick<DoubleDouble, "hi" | "lo">;

/** Sums of two doubles. */
export class DoubleDoubleRegisters implements Registers<Pair> {
  hi: Float64Array = new Float64Array(0);
  lo: Float64Array = new Float64Array(0);

  load(size: number, constants: readonly number[], inputs: ArrayLike<Pair>): void {
    if (this.hi.length < size) {
      this.hi = new Float64Array(2 * size);
      this.lo = new Float64Array(2 * size);
    }
    this.hi.set(constants);
    // No register of a constant is written again, so its lo stays 0.
    for (let i = 0; i < inputs.length; i++) {
      this.hi[constantRegisters + i] = inputs[i].hi;
      this.lo[constantRegisters + i] = inputs[i].lo;
    }
  }
  play({ first, codes, a, b }: Run): void {
    const { hi, lo } = this;
    for (let k = 0; k < codes.length; k++) {
      const i = a[k];
      const j = b[k];
      resultInWord(codes[k], hi[i], lo[i], hi[j], lo[j]);
      hi[first + k] = word[0];
      lo[first + k] = word[1];
    }
  }
  answer({ asks, registers }: Question): number {
    const { hi, lo } = this;
    if (asks === "largest") return largest(registers.map((register) => hi[register]));
    const [i, j] = registers;
    if (hi[i] !== hi[j]) return Number(hi[i] < hi[j]);
    return Number(asks === "lessThan" ? lo[i] < lo[j] : lo[i] <= lo[j]);
  }
}

/** Leaves in `word` what an operation makes of two pairs. */
function resultInWord(code: number, xh: number, xl: number, yh: number, yl: number): void {
  if (code === 2) product(xh, xl, yh, yl);
  else if (code === 0) sum(xh, xl, yh, yl);
  else if (code === 1) sum(xh, xl, -yh, -yl);
  else if (code === 3) quotient(xh, xl, yh, yl);
  else if (code === 4) {
    word[0] = -xh;
    word[1] = -xl;
  } else if (code === 5) root(xh, xl);
  else if (code === 6) sineOf(xh, xl);
  else if (code === 7) cosineOf(xh, xl);
  else if (code === 8) exponentialOf(xh, xl);
  else if (code === 9) logarithmOf(xh, xl);
  else if (code === 10) arcCosineOf(xh, xl);
  else angleOf(xh, xl, yh, yl);
}
