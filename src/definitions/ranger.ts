/**
 * Ranger: rectified Adam on centred gradients, pulled back by a slow copy of the parameters.
 *
 *     centredGradient   rows of a tensor of rank ≥ 2, minus their means
 *     smaLength         ρ_t = ρ∞ − 2tβ₂ᵗ/(1 − β₂ᵗ),   ρ∞ = 2/(1 − β₂) − 1
 *     rectifiedUpdate   θ ← θ − ηλθ;  m, v as Adam's;  then
 *                         ρ_t > 5   θ ← θ − η r_t √(1 − β₂ᵗ)/(1 − β₁ᵗ) · m/(√v + ε)
 *                         else      θ ← θ − η m/(1 − β₁ᵗ)
 *                       r_t² = (ρ_t − 4)(ρ_t − 2)ρ∞ / ((ρ∞ − 4)(ρ∞ − 2)ρ_t)
 *     lookAhead         every 6 steps: slow ← slow + α(θ − slow),  θ ← slow
 *
 * ε joins √v before its bias is corrected, as published code has it: at the first steps it weighs
 * 1/√(1 − β₂ᵗ) times what it weighs in Adam. A row is all that belongs to one index of the first axis.
 * Source: EQUATIONS OPT-4; [Liu2020] Algorithm 2, [Yong2020] Eq 1, [Zhang2019] Algorithm 1.
 */
import { type Matrix, sum } from "../scalar/matrix.js";
import type { Real } from "../scalar/real.js";
import { type AdamConstants, type AdamState, decayed, seenShare } from "./adam.js";

/** Each row less its mean. */
export function centredGradient<S extends Real<S>>(rows: Matrix<S>): S[][] {
  return rows.map((row) => {
    const mean = sum(row, row[0]).over(row.length);
    return row.map((g) => g.minus(mean));
  });
}

/** ρ_t: over how many steps v averages, in effect, after t of them; ρ_1 = 1, and ρ∞ in the end. */
export function smaLength<S extends Real<S>>(like: S, beta2: number, t: number): S {
  const rest = like.of(1).minus(seenShare(like, beta2, t));
  return limitLength(like, beta2).minus(rest.times(2 * t).over(seenShare(like, beta2, t)));
}

const limitLength = <S extends Real<S>>(like: S, beta2: number): S =>
  like.of(2).over(like.of(1).minus(beta2)).minus(1);

/** r_t: what a step is shortened by for the variance of a young v; defined for ρ_t > 4. */
export function rectification<S extends Real<S>>(like: S, beta2: number, t: number): S {
  const [length, limit] = [smaLength(like, beta2, t), limitLength(like, beta2)];
  const young = length.minus(4).times(length.minus(2)).over(length);
  return young.over(limit.minus(4).times(limit.minus(2)).over(limit)).sqrt();
}

/** θ, m and v after step t; v is used once ρ_t passes `threshold`. */
export function rectifiedUpdate<S extends Real<S>>(
  state: AdamState<S>,
  g: S,
  t: number,
  { rate, beta1, beta2, epsilon, decay }: AdamConstants,
  threshold = 5,
): AdamState<S> {
  const m = decayed(state.m, g, beta1);
  const v = decayed(state.v, g.times(g), beta2);
  const theta = state.theta.minus(state.theta.times(g.of(rate).times(decay)));
  const step = m.times(rate).over(seenShare(g, beta1, t));
  if (smaLength(g, beta2, t).atMost(threshold)) return { theta: theta.minus(step), m, v };
  const factor = rectification(g, beta2, t).times(seenShare(g, beta2, t).sqrt());
  return { theta: theta.minus(step.times(factor).over(v.sqrt().plus(epsilon))), m, v };
}

/** The slow parameter, moved α of the way to the fast one: what both become. */
export function lookAhead<S extends Real<S>>(slow: S, fast: S, alpha: number): S {
  return slow.plus(fast.minus(slow).times(alpha));
}
