/**
 * Quantiles of Fisher's F distribution, and with one degree of freedom above, squares of Student's t.
 *
 *     P(F > x) = I_p(ν₂/2, ν₁/2),   p = ν₂/(ν₂ + ν₁ x),   I the regularised incomplete beta function
 *
 * Source: [AbramowitzStegun1964] 26.6.2, and 26.5.8 for the continued fraction of I, by Lentz's recursion.
 */

/** The x that F of ν₁ and ν₂ > 0 degrees of freedom, whole or not, exceeds with probability `tail`, in (0, 1). */
export function fQuantile(tail: number, ν1: number, ν2: number): number {
  // By the logarithm of x: tails of 1e-300 are as easy as those of a half.
  let [low, high] = [-1000, 1000];
  while (high - low > 1e-13 * Math.max(1, Math.abs(low))) {
    const middle = (low + high) / 2;
    if (fTail(Math.exp(middle), ν1, ν2) > tail) low = middle;
    else high = middle;
    if (middle === low && middle === high) break;
  }
  return Math.exp((low + high) / 2);
}

/** P(F > x). */
export function fTail(x: number, ν1: number, ν2: number): number {
  return regularisedBeta(ν2 / (ν2 + ν1 * x), ν2 / 2, ν1 / 2);
}

/** I_p(a, b). */
function regularisedBeta(p: number, a: number, b: number): number {
  if (p <= 0) return 0;
  if (p >= 1) return 1;
  // The fraction converges fast on the side of the mean that p lies on.
  if (p > (a + 1) / (a + b + 2)) return 1 - regularisedBeta(1 - p, b, a);
  const front = a * Math.log(p) + b * Math.log1p(-p) + logGamma(a + b) - logGamma(a) - logGamma(b);
  return (Math.exp(front) * betaFraction(p, a, b)) / a;
}

/** The continued fraction 1/(1 + d₁/(1 + d₂/(1 + …))) of 26.5.8. */
function betaFraction(p: number, a: number, b: number): number {
  const away = (v: number) => (Math.abs(v) < 1e-300 ? 1e-300 : v);
  let [C, D] = [1, 1 / away(1 - ((a + b) * p) / (a + 1))];
  let value = D;
  for (let m = 1; m <= 10_000; m++) {
    const even = (m * (b - m) * p) / ((a + 2 * m - 1) * (a + 2 * m));
    const odd = (-(a + m) * (a + b + m) * p) / ((a + 2 * m) * (a + 2 * m + 1));
    let change = 1;
    for (const d of [even, odd]) {
      D = 1 / away(1 + d * D);
      C = away(1 + d / C);
      change = C * D;
      value *= change;
    }
    if (Math.abs(change - 1) <= Number.EPSILON) break;
  }
  return value;
}

/** log Γ(x), x > 0: Stirling's series, from where seven terms of it are exact to rounding. */
function logGamma(x: number): number {
  let [shift, z] = [0, x];
  for (; z < 10; z++) shift -= Math.log(z);
  const coefficients = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156];
  const series = coefficients.reduceRight((sum, c) => c + sum / (z * z), 0) / z;
  return shift + (z - 0.5) * Math.log(z) - z + Math.log(2 * Math.PI) / 2 + series;
}
