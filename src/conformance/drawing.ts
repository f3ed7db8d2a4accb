/**
 * Inputs of cases, drawn so that they have the same bits everywhere: short decimals of a counter-based
 * stream, quaternions whose entries are hundredths, and pixels made at 64 digits and rounded to decimals.
 */
import { projection, rigidTransform } from "../definitions/projection.js";
import type { ClaimArray } from "../formats/claims.js";
import type { Stream } from "../random/stream.js";
import { type Big, big } from "../scalar/big.js";
import type { Matrix, Vector } from "../scalar/matrix.js";

/** A multiple of 10^−places between low and high, ends included. */
export function decimalBetween(draw: Stream, low: number, high: number, places: number): number {
  const unit = Number(`1e${places}`);
  const [from, to] = [Math.round(low * unit), Math.round(high * unit)];
  return (from + draw.integer(to - from + 1)) / unit;
}

/** As many decimals between low and high. */
export const decimals = (
  draw: Stream,
  count: number,
  low: number,
  high: number,
  places = 2,
): number[] => Array.from({ length: count }, () => decimalBetween(draw, low, high, places));

/** v at the nearest multiple of 10^−places. */
export function roundedNumber(v: number, places: number): number {
  const unit = Number(`1e${places}`);
  const near = Math.round(v * unit) / unit;
  return near === 0 ? 0 : near;
}

export const roundedTo = (v: Big, places: number): number => roundedNumber(v.toNumber(), places);

export const exactly = (values: ArrayLike<number>): Big[] => Array.from(values, (v) => big(v));
export const rowsOf = <T>(flat: readonly T[], width: number): T[][] =>
  Array.from({ length: flat.length / width }, (_, i) => flat.slice(i * width, (i + 1) * width));

/** N object points within a cube of two units, no coordinate nearer to another's than a hundredth. */
export const cloud = (draw: Stream, N: number, depth = 1): number[] =>
  Array.from({ length: N }, () => [
    ...decimals(draw, 2, -1, 1),
    decimalBetween(draw, -depth, depth, 3),
  ]).flat();

/** Two weights a point, none of them one. */
export const unevenWeights = (draw: Stream, N: number): number[] =>
  decimals(draw, 2 * N, 0.4, 1.9).map((w) => (w === 1 ? 1.05 : w));

/** Cameras: upper triangular, strongly skewed, and one whose nine entries all count. */
export const cameras = {
  plain: [800, 0, 320, 0, 780, 240, 0, 0, 1],
  skewed: [760, 145.5, 310, 0, 820, 250.5, 0, 0, 1],
  full: [705, 24, 330, -12.5, 690, 246, 0.021, -0.034, 1.1],
} as const;

/**
 * A unit quaternion of hundredths: four whole numbers whose squares add up to 10 000. None is zero, and no
 * two are equal in size, so that exchanged entries show.
 */
export function hundredthsQuaternion(draw: Stream): number[] {
  for (;;) {
    const [a, b, c] = [0, 1, 2].map(() => 1 + draw.integer(98));
    const d = Math.sqrt(10000 - a * a - b * b - c * c);
    if (!(Number.isInteger(d) && d > 0) || new Set([a, b, c, d]).size < 4) continue;
    const signs = [1, ...[0, 1, 2].map(() => (draw.integer(2) ? 1 : -1))];
    return draw.shuffle([a, b, c, d]).map((v, k) => (signs[k] * v) / 100);
  }
}

/** The rotation [9] of a quaternion of hundredths: multiples of 10⁻⁴. */
export function hundredthsRotation(q: readonly number[]): number[] {
  const [w, x, y, z] = q.map((v) => Math.round(100 * v));
  return [
    ...[w * w + x * x - y * y - z * z, 2 * (x * y - w * z), 2 * (x * z + w * y)],
    ...[2 * (x * y + w * z), w * w - x * x + y * y - z * z, 2 * (y * z - w * x)],
    ...[2 * (x * z - w * y), 2 * (y * z + w * x), w * w - x * x - y * y + z * z],
  ].map((v) => v / 10000);
}

/** π(R z + t) of every point [N][2], at 64 digits. */
export const projected = (
  x3d: readonly number[],
  K: readonly number[],
  R: Matrix<Big>,
  t: Vector<Big>,
): Big[][] =>
  rowsOf(exactly(x3d), 3).map((z) => projection(rigidTransform(z, R, t), rowsOf(exactly(K), 3)));

/** An array of a shape. */
export const array = (shape: readonly number[], data: readonly number[]): ClaimArray => ({
  shape,
  data: Float64Array.from(data),
});
