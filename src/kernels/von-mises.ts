/**
 * Von Mises mixed with uniform in doubles; see definitions/von-mises.ts. cos δ − 1 is taken as
 * −2 sin²(δ/2) and I₀ without its factor e^κ, so that no concentration overflows and none loses digits.
 */
import { besselRatioComplement, logBesselI0Scaled } from "./log-bessel.js";

const LOG_CIRCLE = Math.log(2 * Math.PI);

/**
 * log q(β) [1/rad] about mean with concentration κ ≥ 0, `uniformShare` in [0, 1] of it uniform. Every
 * call with the same κ may pass logBesselI0Scaled(κ), which is most of the work.
 *
 * @throws RangeError unless β and mean are finite, κ is finite and not negative, and the share lies in
 * [0, 1].
 */
export function vonMisesMixtureLogDensity(
  beta: number,
  mean: number,
  kappa: number,
  uniformShare = 0.25,
  logI0Scaled = logBesselI0Scaled(kappa),
): number {
  check("vonMisesMixtureLogDensity", beta, mean, kappa, uniformShare);
  const half = Math.sin(0.5 * (beta - mean));
  const logPeak = -2 * kappa * half * half - logI0Scaled;
  if (uniformShare === 0) return logPeak - LOG_CIRCLE;
  return Math.log(uniformShare + (1 - uniformShare) * Math.exp(logPeak)) - LOG_CIRCLE;
}

/**
 * Writes (∂/∂β, ∂/∂κ, ∂/∂share) of the log-density to gradient [3]; ∂/∂mean is −∂/∂β.
 *
 * @throws RangeError as vonMisesMixtureLogDensity.
 */
export function vonMisesMixtureGradient(
  beta: number,
  mean: number,
  kappa: number,
  uniformShare: number,
  gradient: Float64Array,
): void {
  check("vonMisesMixtureGradient", beta, mean, kappa, uniformShare);
  const half = Math.sin(0.5 * (beta - mean));
  const peak = Math.exp(-2 * kappa * half * half - logBesselI0Scaled(kappa));
  const mixed = uniformShare + (1 - uniformShare) * peak;
  // Without a uniform share the von Mises density cancels from the quotient, even where it underflows.
  const share = uniformShare === 0 ? 1 : ((1 - uniformShare) * peak) / mixed;
  gradient[0] = -share * kappa * Math.sin(beta - mean);
  gradient[1] = share * (besselRatioComplement(kappa) - 2 * half * half);
  gradient[2] = (1 - peak) / mixed;
}

function check(name: string, beta: number, mean: number, kappa: number, share: number): void {
  if (!(kappa >= 0 && kappa < Number.POSITIVE_INFINITY))
    throw new RangeError(`${name}: expected a finite concentration >= 0, got ${kappa}`);
  if (!(beta - mean - (beta - mean) === 0))
    throw new RangeError(`${name}: expected finite angles, got ${beta} and ${mean}`);
  if (!(share >= 0 && share <= 1))
    throw new RangeError(`${name}: expected a uniform share in [0, 1], got ${share}`);
}
