/** Comparing a claimed array with a candidate, block by block, so that mixed units hide nothing. */

/** Ranges [from, to) of a flat array that are measured apart: rotation rows and translation rows. */
export type Blocks = readonly (readonly [number, number])[];

/** The two row blocks of a [6, ...] array of `length` entries, or the whole of anything else. */
export function rowBlocks(length: number, rows: boolean): Blocks {
  return rows ? [[0, length / 2], [length / 2, length]] : [[0, length]]; // biome-ignore format: one line
}

/** ‖a − b‖ over a block; with b left out, ‖a‖. */
export function distance(
  a: Float64Array,
  b: Float64Array | null,
  [from, to]: readonly [number, number],
): number {
  let largest = 0;
  for (let i = from; i < to; i++) largest = Math.max(largest, Math.abs(b ? a[i] - b[i] : a[i]));
  if (!(largest > 0) || !Number.isFinite(largest)) return largest;
  // Scaled, so that squares of 1e-200 or 1e200 neither vanish nor overflow.
  let sum = 0;
  for (let i = from; i < to; i++) sum += ((b ? a[i] - b[i] : a[i]) / largest) ** 2;
  return largest * Math.sqrt(sum);
}

/** Inner product over a block. */
export function inner(
  a: Float64Array,
  b: Float64Array,
  [from, to]: readonly [number, number],
): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += a[i] * b[i];
  return sum;
}

/**
 * ‖claim − candidate‖ / ‖candidate‖, the worst over the blocks. Where the candidate is exactly zero,
 * `scales` says, per block, what size of number counts as one.
 */
export function relativeError(
  claim: Float64Array,
  candidate: Float64Array,
  blocks: Blocks,
  scales: readonly number[],
): number {
  let worst = 0;
  for (const [k, block] of blocks.entries()) {
    const gap = distance(claim, candidate, block);
    const size = distance(candidate, null, block) || scales[k];
    worst = Math.max(worst, gap === 0 ? 0 : gap / size);
  }
  return worst;
}

/** Cosine of the angle between two arrays; 1 if both are zero, 0 if one is. */
export function cosine(a: Float64Array, b: Float64Array): number {
  const whole = [0, a.length] as const;
  const [sizeA, sizeB] = [distance(a, null, whole), distance(b, null, whole)];
  if (sizeA === 0 || sizeB === 0) return sizeA === sizeB ? 1 : 0;
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] / sizeA) * (b[i] / sizeB);
  return Math.min(1, Math.max(-1, sum));
}

/** The greatest of a list of any length, which arguments of a function may not have; NaN if one is. */
export const greatest = (values: readonly number[]): number =>
  values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);

/** The middle of a list, the mean of the two middle ones if their count is even; NaN if empty. */
export function median(values: readonly number[]): number {
  if (values.length === 0) return Number.NaN;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
