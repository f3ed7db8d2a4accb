/**
 * Gradient descent, plain or with momentum. One parameter θ with gradient g; the velocity b starts at 0.
 *
 *     g ← g + λθ;   b ← μb + g;   θ ← θ − η (b, or by Nesterov g + μb)
 *
 * b collects gradients without η, as PyTorch does. On a quadratic of curvature h, μ = 0, each step multiplies
 * the distance to the minimum by 1 − ηh: it shrinks if 0 < ηh < 2, and grows without end beyond.
 * Source: EQUATIONS OPT-7; [Polyak1964], [Sutskever2013] Eq 3, 4 up to the place of η.
 */
import type { Real } from "../scalar/real.js";

/** η, momentum μ, decay λ, and whether the step looks ahead as Nesterov's. */
export interface DescentConstants {
  readonly rate: number;
  readonly momentum: number;
  readonly decay: number;
  readonly nesterov: boolean;
}

/** A parameter with its velocity. */
export interface DescentState<S> {
  readonly theta: S;
  readonly velocity: S;
}

/** θ and b after one step. */
export function descentUpdate<S extends Real<S>>(
  state: DescentState<S>,
  gradient: S,
  { rate, momentum, decay, nesterov }: DescentConstants,
): DescentState<S> {
  const g = gradient.plus(state.theta.times(decay));
  const velocity = state.velocity.times(momentum).plus(g);
  const step = nesterov ? g.plus(velocity.times(momentum)) : velocity;
  return { theta: state.theta.minus(step.times(rate)), velocity };
}
