/**
 * Object coordinates from the logits of their bits, with the gradient that comes back through them.
 *
 * Source: EQUATIONS ENC-5, ENC-6; [LC2023] Sec 4.2, Fig 4.
 */
import {
  decodedLevel,
  decodedLevelGradient,
  decodedLevelWithTruth,
  decodedLevelWithTruthGradient,
  hardLevel,
  hardLevelAfterBits,
} from "../kernels/code-decoding.js";
import { levelCoordinate, levelStep } from "../kernels/code-range.js";
import { type ArrayInput, denseArray } from "../problem/dense-array.js";
import { axisOf, type CoordinateCode } from "./coordinate-code.js";

export interface DecodedCoordinates {
  /** z [N, 3], in the unit of the model. */
  readonly z: Float64Array;
  /** ∂z/∂logit of every bit [N, code.bits]: each logit moves its own coordinate alone. */
  readonly slopes: Float64Array;
}

/**
 * z of logits [N, code.bits], the last bit of each axis soft (ENC-5).
 *
 * @throws TypeError or RangeError if the logits are not such an array of finite numbers.
 */
export function decodedCoordinates(code: CoordinateCode, logits: ArrayInput): DecodedCoordinates {
  const { data } = denseArray("decodedCoordinates", "logits", logits, ["N", code.bits]);
  const points = pointCount("decodedCoordinates", code, data);
  return decoded(code, points, (M, at, slopes) => {
    decodedLevelGradient(M, data, code.form, code.lastBit, slopes, at);
    return decodedLevel(M, data, code.form, code.lastBit, at);
  });
}

/**
 * z of logits [N, code.bits], one bit of each axis soft and the others true (ENC-6). `bits` [N, code.bits]
 * are 0 or 1; where mask [N] is 0 the point is outside the object, decoded hard and without a slope, as
 * `code.outside` says. The default mask is all inside.
 *
 * @throws TypeError or RangeError if an array does not fit, or a bit or mask is neither 0 nor 1.
 */
export function decodedCoordinatesWithTruth(
  code: CoordinateCode,
  truth: { readonly logits: ArrayInput; readonly bits: ArrayInput; readonly mask?: ArrayInput },
): DecodedCoordinates {
  const caller = "decodedCoordinatesWithTruth";
  const { data } = denseArray(caller, "logits", truth.logits, ["N", code.bits]);
  const points = pointCount(caller, code, data);
  const bits = binary(caller, "bits", truth.bits, [points, code.bits]);
  const mask = truth.mask && binary(caller, "mask", truth.mask, [points]);
  return decoded(code, points, (M, at, slopes, i) => {
    if (mask === undefined || mask[i] === 1) {
      decodedLevelWithTruthGradient(M, data, bits, code.form, slopes, at);
      return decodedLevelWithTruth(M, data, bits, code.form, at);
    }
    return code.outside === "hard"
      ? hardLevel(M, data, code.form, at)
      : hardLevelAfterBits(M, data, bits, code.form, at);
  });
}

/** ∂L/∂logits [N, code.bits] of v = ∂L/∂z [N, 3]. @throws TypeError or RangeError if v does not fit. */
export function decodedCoordinatesPull(
  code: CoordinateCode,
  { z, slopes }: DecodedCoordinates,
  v: ArrayInput,
): Float64Array {
  const { data } = denseArray("decodedCoordinatesPull", "v", v, [z.length / 3, 3]);
  let at = 0;
  const pulled = new Float64Array(slopes.length);
  for (let i = 0; i < z.length; i++)
    for (const end = at + code.counts[i % 3]; at < end; at++) pulled[at] = slopes[at] * data[i];
  return pulled;
}

function decoded(
  code: CoordinateCode,
  points: number,
  level: (M: number, at: number, slopes: Float64Array, point: number) => number,
): DecodedCoordinates {
  const z = new Float64Array(3 * points);
  const slopes = new Float64Array(points * code.bits);
  let at = 0;
  for (let i = 0; i < 3 * points; i++) {
    const [M, low, high] = axisOf(code, i % 3);
    z[i] = levelCoordinate(level(M, at, slopes, Math.floor(i / 3)), low, high, M);
    const step = levelStep(low, high, M);
    for (let j = at; j < at + M; j++) slopes[j] *= step;
    at += M;
  }
  return { z, slopes };
}

function pointCount(caller: string, code: CoordinateCode, logits: Float64Array): number {
  if (code.bits === 0)
    throw new RangeError(`${caller}: expected a code of at least one bit, got none on any axis`);
  return logits.length / code.bits;
}

function binary(caller: string, name: string, input: ArrayInput, axes: number[]): Float64Array {
  const { data } = denseArray(caller, name, input, axes);
  const wrong = data.find((x) => x !== 0 && x !== 1);
  if (wrong !== undefined)
    throw new RangeError(`${caller}: expected ${name} of 0 and 1, got ${wrong}`);
  return data;
}
