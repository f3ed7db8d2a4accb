/**
 * How good a solved pose is held to be, and the loss that teaches it.
 *
 *     s*(e) = clamp((2.5 − log₂ e)/4, 0, 1)     L(x, s) = −s ln σ(x) − (1 − s) ln(1 − σ(x))     ∂L/∂x = σ(x) − s
 *     score = p_class σ(x)                       s_MC = Σ_j v̄_j s*(e_j),  Σ v̄ = 1
 *
 * e ≥ 0 is the ground-plane error of the solved pose in metres: s* falls from 1 at 2^−1.5 m to 0 at
 * 2^2.5 m, and is a target, never differentiated. s_MC is the score expected under the posterior,
 * e_j then the distance of sample j from the solved pose. Source: EQUATIONS EPRO-39; [EProPnP2022] Sec 4.2
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
