/**
 * The scalar functions of a rotation vector in doubles; see definitions/rotation-series.ts.
 *
 * The crossover is at s = 10, just beyond the half turn, so a canonical rotation vector (θ ≤ π)
 * always meets the power series. Up to there the series of C, B′ and C′ lose less than a factor of 4
 * to alternating signs; the closed forms take over where nothing cancels in them any more. Beside
 * the crossover, values and slopes are within 4 ulp on both sides. A and B need no series: sin is
 * accurate on its own and 1 − cos θ is taken as 2 sin²(θ/2), which has no cancellation.
 *
 * D = Σ_k 2/(4π²k² − s). The first term holds the pole at θ = 2π and stays apart; the rest,
 * Σₙ 2(ζ(2n) − 1)/(2π)²ⁿ sⁿ⁻¹, gains a factor of 16 or more per term below s = 10.
 */

const crossover = 10;

// (−1)ʲ / (k + 2j)! for j = 0 … 15: the first term left out is below 1e-18 of the sum at s = 10.
const series = (k: number): Float64Array =>
  Float64Array.from({ length: 16 }, (_, j) => {
    let factorial = 1;
    for (let i = 2; i <= k + 2 * j; i++) factorial *= i;
    return (j % 2 ? -1 : 1) / factorial;
  });
const slope = (coefficients: Float64Array): Float64Array =>
  coefficients.subarray(1).map((c, j) => (j + 1) * c);

const seriesOfC = series(3);
const slopeOfB = slope(series(2));
const slopeOfC = slope(seriesOfC);
// 2(ζ(2n) − 1) / (2π)²ⁿ for n = 1 … 17.
const seriesOfD = Float64Array.of(
  0.03267274151216445,
  0.000105641107053347,
  5.637370282876845e-7,
  3.357141926657451e-9,
  2.0742872904166045e-11,
  1.3000482138698975e-13,
  8.196052055691009e-16,
  5.180118196169724e-18,
  3.277539174701792e-20,
  2.0747401878593604e-22,
  1.3136241807166534e-24,
  8.318003195189264e-27,
  5.267262996834231e-29,
  3.335484298822144e-31,
  2.1122063323183885e-33,
  1.3375664093215244e-35,
  8.470227328650247e-38,
);
const slopeOfD = slope(seriesOfD);
const pole = 4 * Math.PI * Math.PI;

function horner(coefficients: Float64Array, s: number): number {
  let sum = 0;
  for (let j = coefficients.length - 1; j >= 0; j--) sum = sum * s + coefficients[j];
  return sum;
}

/** A(s) = sin θ / θ [1], s = θ² ≥ 0 in rad². */
export function seriesA(s: number): number {
  const theta = Math.sqrt(s);
  return theta > 0 ? Math.sin(theta) / theta : 1;
}

/** B(s) = (1 − cos θ) / θ² [1/rad²]. */
export function seriesB(s: number): number {
  const half = 0.5 * Math.sqrt(s);
  const ratio = half > 0 ? Math.sin(half) / half : 1;
  return 0.5 * ratio * ratio;
}

/** C(s) = (θ − sin θ) / θ³ [1/rad³]. */
export function seriesC(s: number): number {
  if (s < crossover) return horner(seriesOfC, s);
  const theta = Math.sqrt(s);
  return (theta - Math.sin(theta)) / (s * theta);
}

/** D(s) = (1 − (θ/2) cot(θ/2)) / θ² [1/rad²]; not finite, or of no meaning, at θ = 2πk, k ≥ 1. */
export function seriesD(s: number): number {
  if (s < crossover) return 2 / (pole - s) + horner(seriesOfD, s);
  const half = 0.5 * Math.sqrt(s);
  return (1 - half / Math.tan(half)) / s;
}

/** dA/ds. */
export function seriesASlope(s: number): number {
  return 0.5 * (seriesC(s) - seriesB(s));
}

/** dB/ds. */
export function seriesBSlope(s: number): number {
  if (s < crossover) return horner(slopeOfB, s);
  return (0.5 * seriesA(s) - seriesB(s)) / s;
}

/** dC/ds. */
export function seriesCSlope(s: number): number {
  if (s < crossover) return horner(slopeOfC, s);
  return (0.5 * seriesB(s) - 1.5 * seriesC(s)) / s;
}

/** dD/ds; not finite, or of no meaning, at θ = 2πk, k ≥ 1. */
export function seriesDSlope(s: number): number {
  if (s < crossover) return 2 / ((pole - s) * (pole - s)) + horner(slopeOfD, s);
  const half = 0.5 * Math.sqrt(s);
  const sine = Math.sin(half);
  return ((half / sine - Math.cos(half)) / (8 * half * sine) - seriesD(s)) / s;
}
