/**
 * Levels from logits in doubles, M of them at an offset; see definitions/code-decoding.ts.
 *
 * Bits are decoded one by one as they come, each from the bit before it. The logistic function is taken
 * of −|ℓ|, so that no exponential overflows, and its slope keeps its digits in both tails. Unlike the
 * definition, no bits are allowed: their level is 0. Integer results hold for M ≤ 30.
 */
import type { CodeForm } from "./binary-code.js";

export type LastBit = "correct" | "published-two-bit-bug";

function sigmoid(x: number): number {
  const e = Math.exp(-Math.abs(x));
  return x < 0 ? e / (1 + e) : 1 / (1 + e);
}

function sigmoidSlope(x: number): number {
  const e = Math.exp(-Math.abs(x));
  return e / ((1 + e) * (1 + e));
}

/** 1 where the target of bit j is its negation. */
function flipped(j: number, before: number, form: CodeForm): number {
  return (j < form.inverted ? 1 : 0) ^ (form.kind === "gray" ? before : 0);
}

/** The hard level. */
export function hardLevel(M: number, logits: Float64Array, form: CodeForm, offset = 0): number {
  let v = 0;
  for (let j = 0; j < M; j++)
    v = 2 * v + ((logits[offset + j] > 0 ? 1 : 0) ^ flipped(j, v & 1, form));
  return v;
}

/** The hard level with Gray bits undone by given bits [M], at the same offset. */
export function hardLevelAfterBits(
  M: number,
  logits: Float64Array,
  bits: Float64Array,
  form: CodeForm,
  offset = 0,
): number {
  let v = 0;
  for (let j = 0; j < M; j++) {
    const before = j > 0 ? bits[offset + j - 1] : 0;
    v = 2 * v + ((logits[offset + j] > 0 ? 1 : 0) ^ flipped(j, before, form));
  }
  return v;
}

/** ±1 of the last bit, whose predecessor is the last bit of `above`. */
function lastSign(M: number, above: number, form: CodeForm, lastBit: LastBit): number {
  let turned = flipped(M - 1, above & 1, form);
  if (lastBit === "published-two-bit-bug" && M - 1 < form.inverted) turned ^= 1;
  else if (lastBit !== "correct" && lastBit !== "published-two-bit-bug")
    throw new RangeError(
      `decodedLevel: expected lastBit correct or published-two-bit-bug, got ${lastBit}`,
    );
  return turned ? -1 : 1;
}

/** v without truth; 0 if M = 0. @throws RangeError if lastBit is neither of its two values. */
export function decodedLevel(
  M: number,
  logits: Float64Array,
  form: CodeForm,
  lastBit: LastBit = "correct",
  offset = 0,
): number {
  if (M === 0) return 0;
  const above = hardLevel(M - 1, logits, form, offset);
  return 2 * above + sigmoid(lastSign(M, above, form, lastBit) * logits[offset + M - 1]);
}

/** Writes ∂v/∂ℓ [M] to slopes, at the same offset. @throws as decodedLevel. */
export function decodedLevelGradient(
  M: number,
  logits: Float64Array,
  form: CodeForm,
  lastBit: LastBit,
  slopes: Float64Array,
  offset = 0,
): void {
  if (M === 0) return;
  const above = hardLevel(M - 1, logits, form, offset);
  const last = sigmoidSlope(logits[offset + M - 1]);
  slopes.fill(0, offset, offset + M - 1);
  slopes[offset + M - 1] = lastSign(M, above, form, lastBit) * last;
}

/** m of M ≥ 1 bits. */
export function softBit(
  M: number,
  logits: Float64Array,
  truth: Float64Array,
  form: CodeForm,
  offset = 0,
): number {
  for (let j = 0; j < M - 1; j++) {
    const before = j > 0 ? truth[offset + j - 1] : 0;
    const bit = (logits[offset + j] > 0 ? 1 : 0) ^ flipped(j, before, form);
    if (bit !== truth[offset + j]) return j;
  }
  return M - 1;
}

/** v with true bits [M] at the same offset; 0 if M = 0. */
export function decodedLevelWithTruth(
  M: number,
  logits: Float64Array,
  truth: Float64Array,
  form: CodeForm,
  offset = 0,
): number {
  if (M === 0) return 0;
  const m = softBit(M, logits, truth, form, offset);
  let v = 0;
  for (let j = 0; j < M; j++) v = 2 * v + (j === m ? 0 : truth[offset + j]);
  const sign = flipped(m, m > 0 ? truth[offset + m - 1] : 0, form) ? -1 : 1;
  return v + 2 ** (M - 1 - m) * sigmoid(sign * logits[offset + m]);
}

/** Writes ∂v/∂ℓ [M] with true bits to slopes, at the same offset. */
export function decodedLevelWithTruthGradient(
  M: number,
  logits: Float64Array,
  truth: Float64Array,
  form: CodeForm,
  slopes: Float64Array,
  offset = 0,
): void {
  if (M === 0) return;
  const m = softBit(M, logits, truth, form, offset);
  const sign = flipped(m, m > 0 ? truth[offset + m - 1] : 0, form) ? -1 : 1;
  slopes.fill(0, offset, offset + M);
  slopes[offset + m] = sign * 2 ** (M - 1 - m) * sigmoidSlope(logits[offset + m]);
}
