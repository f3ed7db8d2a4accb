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

/** p [F]. @throws RangeError unless there are cells, of centerness >= 0 and not all 0. */
export function centernessProbabilities<S extends Real<S>>(c: Vector<S>): S[] {
  if (c.length === 0) throw new RangeError("centernessProbabilities: expected F >= 1 cells, got 0");
  for (const x of c)
    if (!x.of(0).atMost(x))
      throw new RangeError(
        `centernessProbabilities: expected centerness >= 0, got ${x.toNumber()}`,
      );
  const total = sum(c, c[0]);
  if (total.atMost(0))
    throw new RangeError("centernessProbabilities: expected a positive sum of centerness, got 0");
  return c.map((x) => x.over(total));
}

/** ω [F] of centerness c [F] and the uniform share η. @throws RangeError as above, or unless η is in [0, 1]. */
export function importanceWeights<S extends Real<S>>(c: Vector<S>, share: S): S[] {
  if (!(share.of(0).atMost(share) && share.atMost(1)))
    throw new RangeError(`importanceWeights: expected a share in [0, 1], got ${share.toNumber()}`);
  return centernessProbabilities(c).map((p) =>
    p.over(share.over(c.length).plus(share.negated().plus(1).times(p))),
  );
}

/** w [n] of samples' weights ω [n] and the object [n] of each. @throws RangeError if an object's ω are all 0. */
export function balancedWeights<S extends Real<S>>(
  weights: Vector<S>,
  objects: readonly number[],
): S[] {
  if (objects.length !== weights.length)
    throw new RangeError(
      `balancedWeights: expected ${weights.length} objects, got ${objects.length}`,
    );
  if (weights.length === 0) return [];
  const ratio = weights.map((x, j) => {
    const total = sum(
      weights.filter((_, k) => objects[k] === objects[j]),
      x,
    );
    if (total.atMost(0))
      throw new RangeError(
        `balancedWeights: expected a positive sum of weights of object ${objects[j]}, got ${total.toNumber()}`,
      );
    return x.over(total);
  });
  const mean = sum(ratio, weights[0]).over(weights.length);
  return ratio.map((x) => x.over(mean));
}
