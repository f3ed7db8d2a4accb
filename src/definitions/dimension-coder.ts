/**
 * The code in which a detector predicts a dimension of a box, per class and axis.
 *
 *     d̂ = (ln d − ln μ) / (σ/μ)     d = μ e^{d̂ σ/μ}     ∂d/∂d̂ = d σ/μ     ∂d̂/∂d = μ/(σ d)
 *
 * d > 0 in metres; μ > 0 and σ > 0 are the mean and standard deviation over a class, in metres too.
 * σ/μ is to first order the standard deviation of ln d, so that codes have unit spread.
 * Source: EQUATIONS EPRO-38; [EProPnP2022] Sec 4.2 and published code.
 */
import type { Real } from "../scalar/real.js";

/** d̂, a number. */
export function encodedDimension<S extends Real<S>>(d: S, mean: S, deviation: S): S {
  return d.log().minus(mean.log()).over(deviation.over(mean));
}

/** ∂d̂/∂d, per metre. */
export function encodedDimensionSlope<S extends Real<S>>(d: S, mean: S, deviation: S): S {
  return mean.over(deviation.times(d));
}

/** d, in the unit of μ. */
export function decodedDimension<S extends Real<S>>(code: S, mean: S, deviation: S): S {
  return code.times(deviation.over(mean)).plus(mean.log()).exp();
}

/** ∂d/∂d̂, in the unit of μ. */
export function decodedDimensionSlope<S extends Real<S>>(code: S, mean: S, deviation: S): S {
  return decodedDimension(code, mean, deviation).times(deviation).over(mean);
}
