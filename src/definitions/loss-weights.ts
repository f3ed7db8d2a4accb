/**
 * How losses are added up and kept of one size.
 *
 *     L = Σ_k λ_k L_k,  ∂L/∂L_k = λ_k     n ← (1 − μ) n + μ m,  n₀ = 1     L̄ = L/n
 *
 * n follows the mean m of a batch's global scales (EPRO-33, momentum μ = 0.01; inverse deviations of
 * EPRO-40 with 0.1), is a constant to every derivative and stands still outside training. For
 * constant m, n_t − m = (1 − μ)^t (n₀ − m).
 * Source: EQUATIONS EPRO-33, 36, 41; [EProPnP2022] Sec 5.2 and published code.
 */
import { sum, type Vector } from "../scalar/matrix.js";
import type { Real } from "../scalar/real.js";

/** L of losses [k] and their weights λ [k]. */
export function weightedTotal<S extends Real<S>>(losses: Vector<S>, weights: Vector<S>): S {
  return sum(
    losses.map((x, k) => x.times(weights[k])),
    weights[0],
  );
}

/** n after a batch of mean m. */
export function runningMean<S extends Real<S>>(n: S, m: S, momentum: S): S {
  return n.times(momentum.negated().plus(1)).plus(m.times(momentum));
}

/** L̄ = L / max(n, n₀): the loss in units of the running mean, which a floor n₀ keeps from zero. */
export function normalisedLoss<S extends Real<S>>(loss: S, n: S, floor: S): S {
  return loss.over(n.lessThan(floor) ? floor : n);
}
