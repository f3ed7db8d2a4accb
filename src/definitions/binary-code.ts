/**
 * The bits of a level, and what a network learns to predict of them.
 *
 *     b_j = ⌊v / 2^(M−1−j)⌋ mod 2            j = 0 … M − 1, the most significant first      (ENC-3)
 *     plain:  p_j = b_j        gray:  p_j = b_j ⊕ b_(j−1),  b_(−1) = 0                       (ENC-4)
 *     target_j = p_j ⊕ [j < inverted]
 *
 * Neighbouring levels differ in one Gray bit. Published code inverts the first two bits, so that a
 * background of zeros is no object point: inverted = 2. Of a code with fewer bits all are inverted.
 * Source: EQUATIONS ENC-3, ENC-4; [LC2023] Sec 4.2 (plain), published code (gray, 2); [Gray1953].
 */

/** What is predicted: plain or Gray bits, of which the first `inverted` are negated. */
export interface CodeForm {
  readonly kind: "plain" | "gray";
  readonly inverted: number;
}

/** b [M] of a level 0 … 2^M − 1. */
export function levelBits(v: number, M: number): number[] {
  return Array.from({ length: M }, (_, j) => Math.floor(v / 2 ** (M - 1 - j)) % 2);
}

/** The level of bits b [M]: Σ 2^(M−1−j) b_j. */
export function bitsLevel(b: readonly number[]): number {
  return b.reduce((sum, bit, j) => sum + 2 ** (b.length - 1 - j) * bit, 0);
}

/** target [M] of bits b [M]. */
export function codeTargets(b: readonly number[], form: CodeForm): number[] {
  return b.map((bit, j) => {
    const p = form.kind === "gray" && j > 0 ? (bit + b[j - 1]) % 2 : bit;
    return j < form.inverted ? 1 - p : p;
  });
}

/** b [M] of targets [M]: the inverse of codeTargets. */
export function targetBits(target: readonly number[], form: CodeForm): number[] {
  const p = target.map((bit, j) => (j < form.inverted ? 1 - bit : bit));
  if (form.kind === "plain") return p;
  return p.map((_, j) => p.slice(0, j + 1).reduce((sum, bit) => sum + bit, 0) % 2);
}
