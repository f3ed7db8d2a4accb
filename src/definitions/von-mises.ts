/**
 * Density of a yaw angle β: von Mises, mixed with the uniform density of the circle.
 *
 *     q(β) = (1 − m) e^(κ cos(β − μ)) / (2π I₀(κ)) + m / (2π)             dβ on [−π, π)  [1/rad]
 *
 * μ is the mode, κ ≥ 0 the concentration and m the share of the uniform density, 1/4 in published
 * code. With h = e^(κ cos(β−μ))/I₀ and its share p = (1 − m) h/(m + (1 − m) h) of the mixture,
 *
 *     ∂ log q/∂β = −p κ sin(β − μ) = −∂ log q/∂μ
 *     ∂ log q/∂κ = p (cos(β − μ) − I₁(κ)/I₀(κ))
 *     ∂ log q/∂m = (1 − h)/(m + (1 − m) h)
 *
 * Source: EQUATIONS EPRO-4, EPRO-11; [EProPnP2022] section 3.2, the share from its published code.
 */
import type { Real } from "../scalar/real.js";
import { besselRatio, logBesselI0 } from "./log-bessel.js";

/**
 * log q(β) for angles in rad. In 64 digits at every κ: in doubles e^(κ cos(β−μ)) / I₀ may underflow.
 *
 * @throws RangeError if κ is negative or not finite, or the share is outside [0, 1].
 */
export function vonMisesMixtureLogDensity<S extends Real<S>>(
  beta: S,
  mean: S,
  kappa: S,
  uniformShare: S,
): S {
  check("vonMisesMixtureLogDensity", uniformShare);
  const circle = beta.of(0).atan2(-1).times(2);
  const { mixed } = densities(beta, mean, kappa, uniformShare);
  return mixed.over(circle).log();
}

/**
 * (∂/∂β, ∂/∂κ, ∂/∂m) of log q [3]; ∂/∂μ is −∂/∂β.
 *
 * @throws RangeError as vonMisesMixtureLogDensity.
 */
export function vonMisesMixtureGradient<S extends Real<S>>(
  beta: S,
  mean: S,
  kappa: S,
  uniformShare: S,
): S[] {
  check("vonMisesMixtureGradient", uniformShare);
  const { h, peaked, mixed } = densities(beta, mean, kappa, uniformShare);
  const p = peaked.over(mixed);
  const gap = beta.minus(mean);
  return [
    p.times(kappa).times(gap.sin()).negated(),
    p.times(gap.cos().minus(besselRatio(kappa))),
    h.negated().plus(1).over(mixed),
  ];
}

/** The densities times 2π: h of von Mises, its part of the mixture, and the mixture. */
function densities<S extends Real<S>>(beta: S, mean: S, kappa: S, uniformShare: S) {
  const h = beta.minus(mean).cos().times(kappa).minus(logBesselI0(kappa)).exp();
  const peaked = uniformShare.negated().plus(1).times(h);
  return { h, peaked, mixed: peaked.plus(uniformShare) };
}

function check<S extends Real<S>>(name: string, share: S): void {
  const value = share.toNumber();
  if (!(value >= 0 && value <= 1))
    throw new RangeError(`${name}: expected a uniform share in [0, 1], got ${value}`);
}
