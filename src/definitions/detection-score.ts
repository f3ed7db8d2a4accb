/**
 * How good a solved pose is held to be, and the loss that teaches it.
 *
 *     s*(e) = clamp((2.5 − log₂ e)/4, 0, 1)     L(x, s) = −s ln σ(x) − (1 − s) ln(1 − σ(x))     ∂L/∂x = σ(x) − s
 *     score = p_class σ(x)                       s_MC = Σ_j v̄_j s*(e_j),  Σ v̄ = 1
 *     s_r = s^{1−r} s_MC^r,  r in [0, 1],  0⁰ = 1
 *
 * e ≥ 0 is the ground-plane error of the solved pose in metres: s* falls from 1 at 2^−1.5 m to 0 at
 * 2^2.5 m, and is a target, never differentiated. s_MC is the score expected under the posterior,
 * e_j then the distance of sample j from the solved pose; s_r mixes it with the score s = σ(x) that the
 * network gives itself: r = 0 leaves it out, as the published configuration does. Source: EQUATIONS EPRO-39; [EProPnP2022] Sec 4.2
 * and published code.
 */
import { dot, type Vector } from "../scalar/matrix.js";
import { max, min, type Real } from "../scalar/real.js";

/** s*(e) in [0, 1]; 1 at e = 0. */
export function scoreTarget<S extends Real<S>>(e: S): S {
  if (e.atMost(0)) return e.of(1);
  const level = e.log().over(e.of(2).log()).negated().plus(2.5).over(4);
  return min(max(level, e.of(0)), e.of(1));
}

/** L(x, s) of a logit x and a target s in [0, 1]. */
export function scoreLoss<S extends Real<S>>(x: S, s: S): S {
  const rest = x.lessThan(0) ? x.exp() : x.negated().exp();
  const positive = x.lessThan(0) ? x.of(0) : x;
  return positive.minus(x.times(s)).plus(rest.plus(1).log());
}

/** ∂L/∂x = σ(x) − s. */
export function scoreLossSlope<S extends Real<S>>(x: S, s: S): S {
  return scoreProbability(x).minus(s);
}

/** σ(x) in (0, 1). */
export function scoreProbability<S extends Real<S>>(x: S): S {
  return x.of(1).over(x.negated().exp().plus(1));
}

/** The score by which detections are ranked: class probability times σ(x). */
export function detectionScore<S extends Real<S>>(probability: S, x: S): S {
  return probability.times(scoreProbability(x));
}

/** s_MC in [0, 1] of normalised weights v̄ [K] and distances e [K] m. */
export function monteCarloScore<S extends Real<S>>(weights: Vector<S>, e: Vector<S>): S {
  return dot(weights, e.map(scoreTarget));
}

/** s_r in [0, 1] of the scores s and s_MC in [0, 1] and the ratio r. @throws RangeError unless they are. */
export function mixedScore<S extends Real<S>>(score: S, monteCarlo: S, ratio: S): S {
  for (const [what, x] of [
    ["score", score],
    ["Monte Carlo score", monteCarlo],
    ["ratio", ratio],
  ] as const)
    if (!(x.of(0).atMost(x) && x.atMost(1)))
      throw new RangeError(`mixedScore: expected a ${what} in [0, 1], got ${x.toNumber()}`);
  const power = (base: S, exponent: S) =>
    exponent.atMost(0)
      ? base.of(1)
      : base.atMost(0)
        ? base.of(0)
        : base.log().times(exponent).exp();
  return power(score, ratio.negated().plus(1)).times(power(monteCarlo, ratio));
}
