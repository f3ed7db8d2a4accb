/**
 * A level from the logits ℓ of its bits, soft in one bit so that a gradient can pass.
 *
 *     p_j = [ℓ_j > 0] ⊕ [j < inverted]        plain: b_j = p_j        gray: b_j = b_(j−1) ⊕ p_j
 *     without truth:  v = Σ_(j<M−1) 2^(M−1−j) b_j + σ(± ℓ_(M−1))                             (ENC-5)
 *     with truth b*:  v = Σ_(j≠m) 2^(M−1−j) b*_j + 2^(M−1−m) σ(± ℓ_m)                        (ENC-6)
 *
 * σ(±ℓ) is the probability that the bit b is 1: the sign is − once for an inverted bit and once more for
 * a Gray bit after a 1. Without truth the soft bit is the last. With it, Gray bits are undone by the true
 * bits before them, m is the first that is then wrong, the last one if none is, and every other is
 * corrected. Only ℓ of the soft bit has a slope: ±2^(M−1−m) σ (1 − σ).
 *
 * Outside the object there is no truth and no slope: the hard level Σ 2^(M−1−j) b_j. Published code undoes its
 * Gray bits there with those of whatever level the caller holds for the truth (hardLevelAfterBits), and
 * leaves out the sign of the inversion in the last bit of ENC-5, which is wrong where that bit is
 * inverted: for M = 2 (lastBit "published-two-bit-bug"). ℓ = 0 reads as 0; M ≥ 1.
 * Source: EQUATIONS ENC-5, ENC-6; [LC2023] Sec 4.2, Fig 4 and published code.
 */
import type { Real } from "../scalar/real.js";
import { bitsLevel, type CodeForm, targetBits } from "./binary-code.js";

/** Whether the inversion of the last bit enters its sign; only where it is inverted does it matter. */
export type LastBit = "correct" | "published-two-bit-bug";

const sigmoid = <S extends Real<S>>(x: S): S => x.of(1).over(x.negated().exp().plus(1));
const hardTargets = <S extends Real<S>>(logits: readonly S[]): number[] =>
  logits.map((x) => (x.atMost(0) ? 0 : 1));

/** ±1: the sign with which logit j speaks for bit j, given the bit before it. */
function signOf(j: number, before: number, form: CodeForm, lastBit: LastBit = "correct"): number {
  const turned = j < form.inverted && lastBit === "correct" ? -1 : 1;
  return form.kind === "gray" && before === 1 ? -turned : turned;
}

/** The hard level, an integer: all bits by their logits' signs. */
export function hardLevel<S extends Real<S>>(logits: readonly S[], form: CodeForm): number {
  return bitsLevel(targetBits(hardTargets(logits), form));
}

/** The hard level with Gray bits undone by given bits [M]: no decoding unless those are right. */
export function hardLevelAfterBits<S extends Real<S>>(
  logits: readonly S[],
  bits: readonly number[],
  form: CodeForm,
): number {
  return bitsLevel(bitsAfter(logits, bits, form));
}

/** b [M] of which each Gray bit is undone by the given bit before it. */
function bitsAfter<S extends Real<S>>(
  logits: readonly S[],
  bits: readonly number[],
  form: CodeForm,
): number[] {
  return hardTargets(logits).map((target, j) => {
    const p = j < form.inverted ? 1 - target : target;
    return form.kind === "gray" && j > 0 ? (p + bits[j - 1]) % 2 : p;
  });
}

/** v without truth, in [0, 2^M − 1]. */
export function decodedLevel<S extends Real<S>>(
  logits: readonly S[],
  form: CodeForm,
  lastBit: LastBit = "correct",
): S {
  const b = targetBits(hardTargets(logits), form);
  const last = b.length - 1;
  const sign = signOf(last, last > 0 ? b[last - 1] : 0, form, lastBit);
  return sigmoid(logits[last].times(sign)).plus(bitsLevel([...b.slice(0, last), 0]));
}

/** ∂v/∂ℓ [M] without truth. */
export function decodedLevelGradient<S extends Real<S>>(
  logits: readonly S[],
  form: CodeForm,
  lastBit: LastBit = "correct",
): S[] {
  const b = targetBits(hardTargets(logits), form);
  const last = b.length - 1;
  const sign = signOf(last, last > 0 ? b[last - 1] : 0, form, lastBit);
  return logits.map((x, j) => (j === last ? slope(x).times(sign) : x.of(0)));
}

/** σ (1 − σ), the same for ℓ and −ℓ: as σ(ℓ) σ(−ℓ), which has all its digits where σ is nearly 1. */
const slope = <S extends Real<S>>(x: S): S => sigmoid(x).times(sigmoid(x.negated()));

/** m: the first bit that is wrong once those before it are right, the last if none is. */
export function softBit<S extends Real<S>>(
  logits: readonly S[],
  truth: readonly number[],
  form: CodeForm,
): number {
  const wrong = bitsAfter(logits, truth, form).findIndex((bit, j) => bit !== truth[j]);
  return wrong < 0 ? truth.length - 1 : wrong;
}

/** v with true bits [M], in [0, 2^M − 1]. */
export function decodedLevelWithTruth<S extends Real<S>>(
  logits: readonly S[],
  truth: readonly number[],
  form: CodeForm,
): S {
  const m = softBit(logits, truth, form);
  const sign = signOf(m, m > 0 ? truth[m - 1] : 0, form);
  const others = bitsLevel(truth.map((bit, j) => (j === m ? 0 : bit)));
  return sigmoid(logits[m].times(sign))
    .times(2 ** (truth.length - 1 - m))
    .plus(others);
}

/** ∂v/∂ℓ [M] with true bits [M]. */
export function decodedLevelWithTruthGradient<S extends Real<S>>(
  logits: readonly S[],
  truth: readonly number[],
  form: CodeForm,
): S[] {
  const m = softBit(logits, truth, form);
  const factor = signOf(m, m > 0 ? truth[m - 1] : 0, form) * 2 ** (truth.length - 1 - m);
  return logits.map((x, j) => (j === m ? slope(x).times(factor) : x.of(0)));
}
