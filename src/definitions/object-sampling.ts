/**
 * Weights of the cells at which a detector trains, drawn half uniformly, half by centerness.
 *
 *     p_i = c_i / Σ_j c_j     q_i = η/F + (1 − η) p_i     ω_i = p_i / q_i     Σ_i q_i ω_i = 1
 *     w_j ∝ ω_j / Σ_{k of the same object} ω_k,  of mean 1
 *
 * over F foreground cells of centerness c ≥ 0; η is the share drawn uniformly. Importance weights ω
 * make expectations those under p; balanced weights w give every object drawn the same total.
 * Source: EQUATIONS EPRO-42; the published code of [EProPnP2022].
 */
import { sum, type Vector } from "../scalar/matrix.js";
import type { Real } from "../scalar/real.js";

/** p [F]. */
export function centernessProbabilities<S extends Real<S>>(c: Vector<S>): S[] {
  const total = sum(c, c[0]);
  return c.map((x) => x.over(total));
}

/** ω [F] of centerness c [F] and the uniform share η in [0, 1]. */
export function importanceWeights<S extends Real<S>>(c: Vector<S>, share: S): S[] {
  return centernessProbabilities(c).map((p) =>
    p.over(share.over(c.length).plus(share.negated().plus(1).times(p))),
  );
}

/** w [n] of samples' weights ω [n] and the object [n] of each. */
export function balancedWeights<S extends Real<S>>(
  weights: Vector<S>,
  objects: readonly number[],
): S[] {
  const ratio = weights.map((x, j) =>
    x.over(
      sum(
        weights.filter((_, k) => objects[k] === objects[j]),
        x,
      ),
    ),
  );
  const mean = sum(ratio, weights[0]).over(weights.length);
  return ratio.map((x) => x.over(mean));
}
