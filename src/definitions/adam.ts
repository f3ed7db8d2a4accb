/**
 * Adam: steps of a size that the gradient's sign and steadiness set, not its length. One parameter θ with
 * gradient g, at its t-th step, t = 1, 2, …; the moments m and v start at 0.
 *
 *     adam    g ← g + λθ;   m ← β₁m + (1 − β₁)g,  v ← β₂v + (1 − β₂)g²
 *             θ ← θ − η m̂/(√v̂ + ε),   m̂ = m/(1 − β₁ᵗ),  v̂ = v/(1 − β₂ᵗ)
 *     adamW   the same without λ in g, after   θ ← θ − ηλθ
 *
 * ε is added to the root, outside it, as PyTorch does; so a gradient of 0 from the start moves nothing.
 * Source: EQUATIONS OPT-1, OPT-3; [KingmaBa2015] Algorithm 1, [LoshchilovHutter2019] Algorithm 2.
 */
import type { Real } from "../scalar/real.js";

/** η, β₁, β₂, ε and the decay λ. */
export interface AdamConstants {
  readonly rate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly decay: number;
}

/** A parameter with its moments. */
export interface AdamState<S> {
  readonly theta: S;
  readonly m: S;
  readonly v: S;
}

/** θ, m and v after step t, decay λ added to the gradient. */
export function adamUpdate<S extends Real<S>>(
  state: AdamState<S>,
  g: S,
  t: number,
  constants: AdamConstants,
): AdamState<S> {
  return moved(state, g.plus(state.theta.times(constants.decay)), t, constants);
}

/** θ, m and v after step t, decay λ taken from the parameter itself. */
export function adamWUpdate<S extends Real<S>>(
  { theta, m, v }: AdamState<S>,
  g: S,
  t: number,
  constants: AdamConstants,
): AdamState<S> {
  const { rate, decay } = constants;
  const kept = theta.minus(theta.times(theta.of(rate).times(decay)));
  return moved({ theta: kept, m, v }, g, t, constants);
}

function moved<S extends Real<S>>(
  { theta, m, v }: AdamState<S>,
  g: S,
  t: number,
  { rate, beta1, beta2, epsilon }: AdamConstants,
): AdamState<S> {
  const first = decayed(m, g, beta1);
  const second = decayed(v, g.times(g), beta2);
  const mean = first.over(seenShare(g, beta1, t));
  const root = second.over(seenShare(g, beta2, t)).sqrt();
  return { theta: theta.minus(mean.times(rate).over(root.plus(epsilon))), m: first, v: second };
}

/** β a + (1 − β) x: the running mean that forgets. */
export function decayed<S extends Real<S>>(a: S, x: S, beta: number): S {
  return a.times(beta).plus(x.times(x.of(1).minus(beta)));
}

/** 1 − βᵗ: the weight that a running mean from 0 has given to what it saw. */
export function seenShare<S extends Real<S>>(like: S, beta: number, t: number): S {
  let power = like.of(1);
  for (let k = 0; k < t; k++) power = power.times(beta);
  return like.of(1).minus(power);
}
