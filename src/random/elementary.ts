/**
 * Logarithm and circular functions with the same bits on every machine.
 *
 * The language leaves the last digits of Math.log, Math.cos and Math.sin to the engine. These use
 * only + − × ÷ and comparisons, each of which IEEE 754 rounds in one way only. They are within 2
 * units in the last place, which is all a random draw needs.
 *
 *     ln x = e ln 2 + 2 artanh((m − 1)/(m + 1)),   x = m 2^e,  √½ ≤ m < √2
 *     sin and cos of a quarter turn's share: their power series
 *     atan t = 4 atan t″,  t′ = t/(1 + √(1 + t²)) twice:  its power series
 */

const LN2 = Math.LN2;
const SQRT_HALF = Math.SQRT1_2;
const HALF_PI = Math.PI / 2;

/** ln x for x in (0, 1]. */
export function stableLog(x: number): number {
  let m = x;
  let exponent = 0;
  // Doubling is exact, and a uniform draw needs one doubling on average.
  while (m < SQRT_HALF) {
    m *= 2;
    exponent--;
  }
  const s = (m - 1) / (m + 1);
  const q = s * s;
  // q < 0.0295, so the first term left out, q¹²/25, is below 2⁻⁶⁴.
  // Written out, so that the reciprocals are constants.
  let series = 1 / 23;
  series = series * q + 1 / 21;
  series = series * q + 1 / 19;
  series = series * q + 1 / 17;
  series = series * q + 1 / 15;
  series = series * q + 1 / 13;
  series = series * q + 1 / 11;
  series = series * q + 1 / 9;
  series = series * q + 1 / 7;
  series = series * q + 1 / 5;
  series = series * q + 1 / 3;
  series = series * q + 1;
  return exponent * LN2 + 2 * s * series;
}

/** Cosine and sine of `turns` whole turns, written to out [2]; turns in [0, 1). */
export function stableCosSin(turns: number, out: Float64Array): void {
  // Exact: a multiple of four, the nearest integer and a difference of neighbours.
  const quarters = 4 * turns;
  const quadrant = Math.floor(quarters + 0.5);
  const x = (quarters - quadrant) * HALF_PI;
  const q = x * x;
  // |x| ≤ π/4: the first terms left out, x¹⁸/18! and x¹⁹/19!, are below 2⁻⁵⁹.
  let cos = 1 / 20922789888000;
  cos = cos * q - 1 / 87178291200;
  cos = cos * q + 1 / 479001600;
  cos = cos * q - 1 / 3628800;
  cos = cos * q + 1 / 40320;
  cos = cos * q - 1 / 720;
  cos = cos * q + 1 / 24;
  cos = cos * q - 1 / 2;
  cos = cos * q + 1;
  let sin = 1 / 355687428096000;
  sin = sin * q - 1 / 1307674368000;
  sin = sin * q + 1 / 6227020800;
  sin = sin * q - 1 / 39916800;
  sin = sin * q + 1 / 362880;
  sin = sin * q - 1 / 5040;
  sin = sin * q + 1 / 120;
  sin = sin * q - 1 / 6;
  sin = sin * q + 1;
  sin *= x;
  const turned = quadrant & 3;
  out[0] = turned === 0 ? cos : turned === 1 ? -sin : turned === 2 ? -cos : sin;
  out[1] = turned === 0 ? sin : turned === 1 ? cos : turned === 2 ? -sin : -cos;
}

/** The angle of the point (x, y), in [−π/2, π/2], for x ≥ 0 and not both zero. */
export function stableArctangent(y: number, x: number): number {
  const size = Math.abs(y);
  const steep = size > x;
  let t = steep ? x / size : size / x;
  t /= 1 + Math.sqrt(1 + t * t);
  t /= 1 + Math.sqrt(1 + t * t);
  const q = t * t;
  // t ≤ tan(π/16): the first term left out, q¹²/25, is below 2⁻⁶⁰.
  let series = 1 / 23;
  for (let k = 21; k >= 1; k -= 2) series = 1 / k - series * q;
  const angle = 4 * t * series;
  const turned = steep ? HALF_PI - angle : angle;
  return y < 0 ? -turned : turned;
}
