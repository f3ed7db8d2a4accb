/**
 * e^x of x ≤ 0, for sums over many cells: Math.exp is a call that a loop over a heat map waits for.
 *
 *     x = (256 k + j) ln 2/256 + r,   e^x = 2^k 2^{j/256} e^r,   |r| ≤ ln 2/512
 *
 * |r| is below 0.0014 and the first term left out of e^r, r⁵/120, below 2⁻⁵⁴: the error is that of the table
 * and one addition, 2 units in the last place. Below −708 it is 0: a share of the map less than 2⁻¹⁰²¹.
 */

const SHARES = 256;
/** 2^{j/256}. */
const fractions = Float64Array.from({ length: SHARES }, (_, j) => 2 ** (j / SHARES));
/** 2^{−k}, k = 0 … 1022. */
const powersOfHalf = Float64Array.from({ length: 1023 }, (_, k) => 2 ** -k);
const PER_LN2 = SHARES / Math.LN2;
/** ln 2/256 in two parts: the first has its last 26 bits clear, so that its products with whole numbers are exact. */
const HIGH = Math.fround(Math.LN2) / SHARES;
/** The rest of ln 2, of which Math.LN2 lacks 2.3e-17. */
const LOW = (Math.LN2 - Math.fround(Math.LN2) + 2.3190468138462996e-17) / SHARES;

/**
 * Writes e^{(l − top) sharpness} of l = values[first … first + count − 1], none above `top`, to the same places of
 * powers, and returns their sum. NaN of NaN.
 */
export function exponentials(
  first: number,
  count: number,
  values: Float64Array,
  top: number,
  sharpness: number,
  powers: Float64Array,
): number {
  // Of the module these would be loaded again for every cell.
  const perLn2 = PER_LN2;
  const high = HIGH;
  const low = LOW;
  const table = fractions;
  const halves = powersOfHalf;
  let total = 0;
  for (let i = first; i < first + count; i++) {
    const x = (values[i] - top) * sharpness;
    let power = 0;
    if (!(x < -708)) {
      // Truncation towards zero: the nearest whole number of a negative one.
      const whole = (x * perLn2 - 0.5) | 0;
      const r = x - whole * high - whole * low;
      const square = r * r;
      const series = r + square * (1 / 2 + r * (1 / 6) + square * (1 / 24));
      const fraction = table[whole & 255];
      power = (fraction + fraction * series) * halves[-(whole >> 8)];
    }
    powers[i] = power;
    total += power;
  }
  return total;
}
