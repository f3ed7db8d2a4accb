/**
 * RMSprop: gradient descent in units of the gradient's recent size. One parameter θ with gradient g; the
 * averages v and ḡ and the velocity b start at 0.
 *
 *     g ← g + λθ;   v ← αv + (1 − α)g²,   ḡ ← αḡ + (1 − α)g
 *     s = √v, or centred √(v − ḡ²);   b ← μb + g/(s + ε);   θ ← θ − ηb
 *
 * ε is added to the root, outside it, and b collects scaled gradients without η, as PyTorch does: a rate that
 * falls brakes the velocity too. v − ḡ² is a variance under the weights of the average, but for the
 * share of them not yet given, so it is never negative.
 * Source: EQUATIONS OPT-2; [TielemanHinton2012], centred form [Graves2013] Eq 38..42.
 */
import type { Real } from "../scalar/real.js";
import { decayed } from "./adam.js";

/** η, α, ε, momentum μ, decay λ, and whether v is centred. */
export interface RmspropConstants {
  readonly rate: number;
  readonly alpha: number;
  readonly epsilon: number;
  readonly momentum: number;
  readonly decay: number;
  readonly centred: boolean;
}

/** A parameter with its averages of g² and g and its velocity. */
export interface RmspropState<S> {
  readonly theta: S;
  readonly v: S;
  readonly mean: S;
  readonly velocity: S;
}

/** θ, v, ḡ and b after one step. */
export function rmspropUpdate<S extends Real<S>>(
  state: RmspropState<S>,
  gradient: S,
  { rate, alpha, epsilon, momentum, decay, centred }: RmspropConstants,
): RmspropState<S> {
  const g = gradient.plus(state.theta.times(decay));
  const v = decayed(state.v, g.times(g), alpha);
  const mean = decayed(state.mean, g, alpha);
  const size = (centred ? v.minus(mean.times(mean)) : v).sqrt();
  const velocity = state.velocity.times(momentum).plus(g.over(size.plus(epsilon)));
  return { theta: state.theta.minus(velocity.times(rate)), v, mean, velocity };
}
