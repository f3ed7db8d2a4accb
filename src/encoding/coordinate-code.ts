/**
 * Object coordinates as binary codes, axis by axis, and back from the logits of their bits.
 *
 * Bits of a point stand axis after axis, the most significant first: [N, Σ M]. A coordinate outside
 * its range is coded by the nearest end, and counted. Source: EQUATIONS ENC-1 to ENC-6; [LC2023] Sec 4.2, 6.3.
 */
import { type CodeForm, codeTargets, levelBits } from "../kernels/binary-code.js";
import type { LastBit } from "../kernels/code-decoding.js";
import {
  bitCounts,
  codedLevel,
  codeRange,
  type RangeRule,
  type TieRule,
} from "../kernels/code-range.js";
import { type ArrayInput, denseArray } from "../problem/dense-array.js";

/** What a decoder returns at pixels outside the object, where there is no true code. */
export type OutsideRule = "hard" | "published-hard-after-given-bits";

export interface CodeOptions {
  /** Bits of the longest axis; 7 by default. */
  readonly most?: number;
  /** Fewest bits of any axis: 2 by default, as published; 0 is the text's formula alone. */
  readonly least?: number;
  /** Bits per axis [3], instead of counting them from the extents. */
  readonly counts?: readonly number[];
  /** Interval of the levels: "text", c_min to c_max, by default, or "published", ±|c_min|. */
  readonly range?: RangeRule;
  /** Where the middle between two levels goes: "half-up" by default; published code: "half-even". */
  readonly ties?: TieRule;
  /** "plain" by default; published code predicts Gray bits, the first two of them inverted. */
  readonly kind?: CodeForm["kind"];
  readonly inverted?: number;
  /** Sign of the soft last bit where it is inverted: "correct" by default. */
  readonly lastBit?: LastBit;
  /** Outside the object: the hard level, by default, or what published code returns. */
  readonly outside?: OutsideRule;
}

/** Every choice of the code published with [LC2023], its two mistakes under their names. */
export const publishedCodeOptions = {
  least: 2,
  range: "published",
  ties: "half-even",
  kind: "gray",
  inverted: 2,
  lastBit: "published-two-bit-bug",
  outside: "published-hard-after-given-bits",
} as const satisfies CodeOptions;

export interface CoordinateCode {
  /** Bits per axis [3]; an axis of none has one level, its centre. */
  readonly counts: Int32Array;
  /** Bits of a point. */
  readonly bits: number;
  /** [low, high] per axis [3, 2], in the unit of the model. */
  readonly ranges: Float64Array;
  readonly form: CodeForm;
  readonly ties: TieRule;
  readonly lastBit: LastBit;
  readonly outside: OutsideRule;
}

/**
 * The code of a model that reaches from `least` [3] to `greatest` [3].
 *
 * @throws RangeError if an axis has no extent, counts are no whole numbers from 0 to 30, or an option
 * is none of its values; TypeError if the corners are no arrays of numbers.
 */
export function coordinateCode(
  model: { readonly least: ArrayInput; readonly greatest: ArrayInput },
  options: CodeOptions = {},
): CoordinateCode {
  const least = denseArray("coordinateCode", "least", model.least, [3]).data;
  const greatest = denseArray("coordinateCode", "greatest", model.greatest, [3]).data;
  const { kind = "plain", inverted = 0, ties = "half-up" } = options;
  if (kind !== "plain" && kind !== "gray")
    throw new RangeError(`coordinateCode: expected kind plain or gray, got ${kind}`);
  if (!(Number.isInteger(inverted) && inverted >= 0 && inverted <= 30))
    throw new RangeError(`coordinateCode: expected inverted from 0 to 30, got ${inverted}`);
  const ranges = new Float64Array(6);
  for (let a = 0; a < 3; a++)
    codeRange(least[a], greatest[a], options.range ?? "text", ranges.subarray(2 * a, 2 * a + 2));
  const counts = new Int32Array(3);
  if (options.counts === undefined)
    bitCounts(
      greatest.map((x, a) => x - least[a]),
      options.most ?? 7,
      options.least ?? 2,
      ties,
      counts,
    );
  else counts.set(checkedCounts(options.counts));
  return {
    counts,
    bits: counts[0] + counts[1] + counts[2],
    ranges,
    form: { kind, inverted },
    ties,
    lastBit: options.lastBit ?? "correct",
    outside: options.outside ?? "hard",
  };
}

function checkedCounts(counts: readonly number[]): readonly number[] {
  const whole = counts.every((M) => Number.isInteger(M) && M >= 0 && M <= 30);
  if (!(counts.length === 3 && whole))
    throw new RangeError(
      `coordinateCode: expected 3 counts, whole numbers from 0 to 30, got ${counts.join(", ")}`,
    );
  return counts;
}

export interface EncodedCoordinates {
  /** The level of every coordinate [N, 3]. */
  readonly levels: Int32Array;
  /** Its bits, and what a network is to predict of them: [N, code.bits] each. */
  readonly bits: Float64Array;
  readonly targets: Float64Array;
  /** Coordinates that lie outside their range. */
  readonly clamped: number;
}

/** The codes of object points z [N, 3]. @throws TypeError or RangeError if z is not such an array. */
export function encodedCoordinates(code: CoordinateCode, z: ArrayInput): EncodedCoordinates {
  const { data, shape } = denseArray("encodedCoordinates", "z", z, ["N", 3]);
  const n = shape[0];
  const levels = new Int32Array(3 * n);
  const bits = new Float64Array(n * code.bits);
  const targets = new Float64Array(n * code.bits);
  let clamped = 0;
  let at = 0;
  for (let i = 0; i < 3 * n; i++) {
    const [M, low, high] = axisOf(code, i % 3);
    if (data[i] < low || data[i] > high) clamped++;
    levels[i] = codedLevel(data[i], low, high, M, code.ties);
    levelBits(levels[i], M, bits, at);
    targets.set(bits.subarray(at, at + M), at);
    codeTargets(M, targets, code.form, targets, at);
    at += M;
  }
  return { levels, bits, targets, clamped };
}

/** Bits, low and high of an axis. */
export function axisOf(code: CoordinateCode, a: number): readonly [number, number, number] {
  return [code.counts[a], code.ranges[2 * a], code.ranges[2 * a + 1]];
}
