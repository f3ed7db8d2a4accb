/**
 * Modified Bessel functions in doubles; see definitions/log-bessel.ts. Other formulas than there, so
 * that every digit asked for comes from sums of positive terms:
 *
 *     κ < 20   r_k = I_k/I_(k−1) = κ/(2k + κ r_(k+1))      backwards from k = 50, where I_50/I_0 < 1e-29
 *              e^κ = I₀ + 2 (I₁ + I₂ + …), hence log(e^−κ I₀) = −log1p(2 r₁ (1 + r₂ (1 + …)))
 *              1 − I₁/I₀ = M(½, 2, 2κ)/M(½, 1, 2κ), Kummer's series
 *     κ ≥ 20   the asymptotic series, whose smallest term is about e^−2κ < 1e-17
 *     κ < 1    log I₀ = log1p of the power series of I₀ − 1, which keeps its digits down to κ = 0
 *
 * Sources: [AbramowitzStegun1964] sections 9.6, 9.7 and 13.1; [Gautschi1967] for running the recurrence
 * backwards.
 */

const LARGE = 20;
const ORDERS = 50;

/** log I₀(κ), κ ≥ 0. @throws RangeError unless κ is finite and not negative. */
export function logBesselI0(kappa: number): number {
  if (!(kappa >= 0 && kappa < Number.POSITIVE_INFINITY)) refuse("logBesselI0", kappa);
  if (kappa >= 1) return kappa + logBesselI0Scaled(kappa);
  const x = 0.25 * kappa * kappa;
  // x ≤ ¼: the first term left out, x¹⁰/10!², is below 2⁻⁶².
  let series = 1;
  for (let k = 9; k >= 2; k--) series = 1 + (series * x) / (k * k);
  return Math.log1p(x * series);
}

/** log(e^−κ I₀(κ)), κ ≥ 0, at most 0. @throws RangeError unless κ is finite and not negative. */
export function logBesselI0Scaled(kappa: number): number {
  if (!(kappa >= 0 && kappa < Number.POSITIVE_INFINITY)) refuse("logBesselI0Scaled", kappa);
  if (kappa < LARGE) {
    let ratio = 0;
    let orders = 0;
    for (let k = ORDERS; k >= 1; k--) {
      ratio = kappa / (2 * k + kappa * ratio);
      orders = ratio * (1 + orders);
    }
    return -Math.log1p(2 * orders);
  }
  return Math.log1p(asymptotic(0, kappa)) - 0.5 * Math.log(2 * Math.PI * kappa);
}

/** I₁(κ)/I₀(κ) = ∂ log I₀/∂κ, in [0, 1). @throws RangeError unless κ is finite and not negative. */
export function besselRatio(kappa: number): number {
  if (!(kappa >= 0 && kappa < Number.POSITIVE_INFINITY)) refuse("besselRatio", kappa);
  if (kappa < LARGE) {
    let ratio = 0;
    for (let k = ORDERS; k >= 1; k--) ratio = kappa / (2 * k + kappa * ratio);
    return ratio;
  }
  return (1 + asymptotic(1, kappa)) / (1 + asymptotic(0, kappa));
}

/** 1 − I₁(κ)/I₀(κ), in (0, 1]. @throws RangeError unless κ is finite and not negative. */
export function besselRatioComplement(kappa: number): number {
  if (!(kappa >= 0 && kappa < Number.POSITIVE_INFINITY)) refuse("besselRatioComplement", kappa);
  if (kappa < LARGE) {
    let term = 1;
    let above = 1;
    let below = 1;
    for (let k = 1; term > Number.EPSILON * above * 0.01; k++) {
      term *= ((2 * k - 1) * kappa) / (k * k);
      below += term;
      above += term / (k + 1);
    }
    return above / below;
  }
  return (asymptotic(0, kappa) - asymptotic(1, kappa)) / (1 + asymptotic(0, kappa));
}

/**
 * S_ν(κ) − 1 in I_ν = e^κ (2πκ)^−½ S_ν, for ν = 0 or 1 and κ ≥ 20: positive terms for ν = 0, negative
 * ones for ν = 1, so that the difference of the two loses nothing.
 */
function asymptotic(order: 0 | 1, kappa: number): number {
  const mu = 4 * order;
  let term = 1;
  let total = 0;
  for (let k = 1; k < 2 * LARGE; k++) {
    const odd = 2 * k - 1;
    term *= (odd * odd - mu) / (8 * k * kappa);
    total += term;
    if (Math.abs(term) <= 0.01 * Number.EPSILON * Math.abs(total)) break;
  }
  return total;
}

function refuse(name: string, kappa: number): never {
  throw new RangeError(`${name}: expected a finite concentration >= 0, got ${kappa}`);
}
