/**
 * e^x of x ≤ 0, for sums over many cells: Math.exp is a call that a loop over a heat map waits for.
 *
 *     x = (64 k + j) ln 2/64 + r,   e^x = 2^k 2^{j/64} e^r,   |r| ≤ ln 2/64
 *
 * |r| is below 0.011 and the first term left out of e^r, r⁶/720, below 2⁻⁴⁸ of r: the error is that of the
 * table and one addition, 2 units in the last place. Below −708 it is 0: a share of the map less than 2⁻¹⁰²¹.
 */

const SHARES = 64;
/** 2^{j/64}. */
const fractions = Float64Array.from({ length: SHARES }, (_, j) => 2 ** (j / SHARES));
/** 2^{−k}, k = 0 … 1022. */
const powers = Float64Array.from({ length: 1023 }, (_, k) => 2 ** -k);
const PER_LN2 = SHARES / Math.LN2;
/** ln 2/64 in two parts: the first has its last 26 bits clear, so that its products with whole numbers are exact. */
const HIGH = Math.fround(Math.LN2) / SHARES;
/** The rest of ln 2, of which Math.LN2 lacks 2.3e-17. */
const LOW = (Math.LN2 - Math.fround(Math.LN2) + 2.3190468138462996e-17) / SHARES;

/** e^x, x ≤ 0; NaN of NaN. */
export function exponential(x: number): number {
  if (x < -708) return 0;
  // Truncation towards zero: the nearest whole number of a negative one.
  const whole = (x * PER_LN2 - 0.5) | 0;
  const r = x - whole * HIGH - whole * LOW;
  const series = r * (1 + r * (1 / 2 + r * (1 / 6 + r * (1 / 24 + r * (1 / 120)))));
  const fraction = fractions[whole & 63];
  return (fraction + fraction * series) * powers[-(whole >> 6)];
}
