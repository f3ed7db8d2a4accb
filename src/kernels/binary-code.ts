/**
 * Bits of a level on flat arrays; see definitions/binary-code.ts. Gray bits are made and undone on whole
 * integers, v ⊕ (v ≫ 1) and its inverse by doubling shifts, so codes have at most 30 bits.
 */

export interface CodeForm {
  readonly kind: "plain" | "gray";
  readonly inverted: number;
}

/** Writes b [M] of a level to bits at `offset`. */
export function levelBits(v: number, M: number, bits: Float64Array, offset = 0): void {
  for (let j = 0; j < M; j++) bits[offset + j] = (v >> (M - 1 - j)) & 1;
}

/** The level of M bits at `offset`. */
export function bitsLevel(M: number, bits: Float64Array, offset = 0): number {
  let v = 0;
  for (let j = 0; j < M; j++) v = 2 * v + bits[offset + j];
  return v;
}

/** A mask of the inverted ones among M bits. */
const invertedMask = (M: number, inverted: number): number => {
  const count = Math.min(M, inverted);
  return ((1 << count) - 1) << (M - count);
};

/** Writes target [M] of bits b [M] at `offset` to target at `offset`, which may be b. */
export function codeTargets(
  M: number,
  b: Float64Array,
  form: CodeForm,
  target: Float64Array,
  offset = 0,
): void {
  const v = bitsLevel(M, b, offset);
  const code = form.kind === "gray" ? v ^ (v >> 1) : v;
  levelBits(code ^ invertedMask(M, form.inverted), M, target, offset);
}

/** Writes b [M] of targets [M] at `offset` to b at `offset`, which may be target. */
export function targetBits(
  M: number,
  target: Float64Array,
  form: CodeForm,
  b: Float64Array,
  offset = 0,
): void {
  let v = bitsLevel(M, target, offset) ^ invertedMask(M, form.inverted);
  if (form.kind === "gray") for (let shift = 1; shift < M; shift *= 2) v ^= v >> shift;
  levelBits(v, M, b, offset);
}
