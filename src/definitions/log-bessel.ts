/**
 * Logarithm of the modified Bessel function I₀, and the ratio I₁/I₀ that is its slope.
 *
 *     I_ν(κ) = Σ_k (κ/2)^(2k+ν) / (k! (k+ν)!)                                                 ν = 0, 1
 *            = e^κ/√(2πκ) (1 − (4ν²−1)/(8κ) (1 − (4ν²−9)/(2·8κ) (1 − (4ν²−25)/(3·8κ) (1 − …))))
 *
 *     ∂ log I₀/∂κ = I₁/I₀,      ∂ log(e^−κ I₀)/∂κ = −(1 − I₁/I₀)
 *
 * The power series is used below κ = 80: its 200 terms leave out less than 1e-100. From there on the
 * asymptotic series, of which 150 terms leave out less than 1e-68. Near zero log I₀ is κ²/4, of which
 * log(1 + y) with y = I₀ − 1 has no digit: below κ = 1 it is 2 artanh(y/(2 + y)), a power series.
 * Source: EQUATIONS EPRO-11; [AbramowitzStegun1964] sections 9.6 and 9.7.
 */
import type { Real } from "../scalar/real.js";

/** log I₀(κ) of κ ≥ 0. @throws RangeError if κ is negative or not finite. */
export function logBesselI0<S extends Real<S>>(kappa: S): S {
  check("logBesselI0", kappa);
  if (kappa.lessThan(1)) {
    const y = kappa
      .times(kappa)
      .over(4)
      .times(powerSeries(kappa, 0, 2));
    const z = y.over(y.plus(2));
    const q = z.times(z);
    // z < 0.12: 40 terms leave out less than 1e-75.
    let artanh = z.of(0);
    for (let k = 40; k >= 0; k--) artanh = artanh.times(q).plus(z.of(1).over(2 * k + 1));
    return z.times(artanh).times(2);
  }
  if (kappa.lessThan(80)) return powerSeries(kappa, 0, 1).log();
  const pi = kappa.of(0).atan2(-1);
  return asymptotic(kappa, 0).log().plus(kappa).minus(pi.times(kappa).times(2).log().over(2));
}

/** log(e^−κ I₀(κ)) = log I₀(κ) − κ of κ ≥ 0. @throws RangeError as logBesselI0. */
export function logBesselI0Scaled<S extends Real<S>>(kappa: S): S {
  return logBesselI0(kappa).minus(kappa);
}

/** I₁(κ)/I₀(κ) of κ ≥ 0. @throws RangeError if κ is negative or not finite. */
export function besselRatio<S extends Real<S>>(kappa: S): S {
  check("besselRatio", kappa);
  if (kappa.lessThan(80))
    return kappa
      .over(2)
      .times(powerSeries(kappa, 1, 1))
      .over(powerSeries(kappa, 0, 1));
  return asymptotic(kappa, 1).over(asymptotic(kappa, 0));
}

/** 1 − I₁(κ)/I₀(κ) of κ ≥ 0. @throws RangeError as besselRatio. */
export function besselRatioComplement<S extends Real<S>>(kappa: S): S {
  return besselRatio(kappa).negated().plus(1);
}

/**
 * 1 + x/(k (k+ν)) (1 + x/((k+1) (k+1+ν)) (1 + …)), x = κ²/4: from k = 1 it is I_ν over its first term,
 * and from k = 2 with ν = 0 it is (I₀ − 1)/x.
 */
function powerSeries<S extends Real<S>>(kappa: S, order: 0 | 1, first: 1 | 2): S {
  const x = kappa.times(kappa).over(4);
  let series = kappa.of(1);
  for (let k = 200; k >= first; k--)
    series = x
      .over(k * (k + order))
      .times(series)
      .plus(1);
  return series;
}

/** I_ν e^−κ √(2πκ). */
function asymptotic<S extends Real<S>>(kappa: S, order: 0 | 1): S {
  let series = kappa.of(1);
  for (let k = 150; k >= 1; k--) {
    const factor = 4 * order * order - (2 * k - 1) ** 2;
    series = series
      .times(factor)
      .over(kappa.times(8 * k))
      .negated()
      .plus(1);
  }
  return series;
}

function check<S extends Real<S>>(name: string, kappa: S): void {
  const value = kappa.toNumber();
  if (!(value >= 0 && value < Number.POSITIVE_INFINITY))
    throw new RangeError(`${name}: expected a finite concentration >= 0, got ${value}`);
}
