/**
 * Real roots of a polynomial with real coefficients.
 *
 *     p(x) = a₀ + a₁x + … + a_d x^d
 *
 * Between two neighbouring roots of p′ the polynomial is monotone, so it has there one root or none,
 * and the signs at the two ends tell which. The roots of p′ come the same way from p″, down to a
 * straight line; Newton's iteration, kept inside its bracket, does the rest. Only + − × ÷ are used,
 * hence the same bits on every machine, and no root is lost to a vanishing denominator as in closed
 * forms of the quartic. A root of p′ at which p is zero to rounding counts as a root (a double one).
 */

/** Largest degree taken: scratch is made once, for this size. */
const LARGEST_DEGREE = 8;
const derivatives = new Float64Array((LARGEST_DEGREE + 1) * (LARGEST_DEGREE + 1));
const critical = new Float64Array(LARGEST_DEGREE + 2);
const found = new Float64Array(LARGEST_DEGREE + 2);

/**
 * Writes the distinct real roots of Σ coefficients[i] xⁱ, ascending, to roots and returns their
 * number. Leading zeros are dropped; the zero polynomial and constants have none.
 *
 * @throws RangeError if degree is not within 0 … 8.
 */
export function realRoots(degree: number, coefficients: Float64Array, roots: Float64Array): number {
  if (!(degree >= 0 && degree <= LARGEST_DEGREE))
    throw new RangeError(`realRoots: expected a degree in 0 … ${LARGEST_DEGREE}, got ${degree}`);
  let d = degree;
  while (d > 0 && coefficients[d] === 0) d--;
  if (d === 0) return 0;
  const stride = LARGEST_DEGREE + 1;
  for (let i = 0; i <= d; i++) derivatives[d * stride + i] = coefficients[i];
  for (let e = d - 1; e >= 1; e--)
    for (let i = 0; i <= e; i++)
      derivatives[e * stride + i] = derivatives[(e + 1) * stride + i + 1] * (i + 1);
  // Row e is now the derivative of degree e; roots of row e bracket those of row e + 1.
  let count = 0;
  for (let e = 1; e <= d; e++) {
    const row = e * stride;
    const bound = rootBound(e, row);
    if (!(bound < Number.POSITIVE_INFINITY)) return 0;
    critical[0] = -bound;
    for (let i = 0; i < count; i++) critical[i + 1] = found[i];
    critical[count + 1] = bound;
    count = rootsBetween(e, row, count + 2);
  }
  for (let i = 0; i < count; i++) roots[i] = found[i];
  return count;
}

/** A length no root exceeds in absolute value (Fujiwara's bound, without roots of numbers). */
function rootBound(d: number, row: number): number {
  // With x = 2^k y the bound holds for whichever power of two makes every scaled ratio at most 1.
  const lead = Math.abs(derivatives[row + d]);
  let bound = 1;
  let last = d - 1;
  while (last >= 0 && derivatives[row + last] === 0) last--;
  if (last < 0) return 1;
  while (!withinBound(d, row, lead, bound) && bound < 1e300) bound *= 2;
  while (withinBound(d, row, lead, bound / 2) && bound > 1e-300) bound /= 2;
  return withinBound(d, row, lead, bound) ? 2 * bound : Number.POSITIVE_INFINITY;
}

/** Whether |aᵢ| ≤ |a_d| b^{d−i} for all i < d: then all roots lie within 2b. */
function withinBound(d: number, row: number, lead: number, b: number): boolean {
  let power = lead;
  for (let i = d - 1; i >= 0; i--) {
    power *= b;
    if (!(Math.abs(derivatives[row + i]) <= power)) return false;
  }
  return true;
}

let slope = 0;
let rounding = 0;

/** p(x), with p′(x) left in `slope` and a bound on the rounding of p(x) in `rounding`. */
function evaluate(d: number, row: number, x: number): number {
  let value = derivatives[row + d];
  let size = Math.abs(value);
  const length = Math.abs(x);
  slope = 0;
  for (let i = d - 1; i >= 0; i--) {
    slope = slope * x + value;
    value = value * x + derivatives[row + i];
    size = size * length + Math.abs(value);
  }
  rounding = Number.EPSILON * size;
  return value;
}

/**
 * Roots of the polynomial in `row` between the knots critical[0 … knots − 1], into `found`. The inner
 * knots are the roots of p′. Where p is zero to rounding at one of them it has a double root there,
 * and, being monotone from there to the next knot, no other before that.
 */
function rootsBetween(d: number, row: number, knots: number): number {
  let count = 0;
  let below = evaluate(d, row, critical[0]);
  for (let k = 1; k < knots; k++) {
    let above = evaluate(d, row, critical[k]);
    if (k < knots - 1 && Math.abs(above) <= 2 * rounding) {
      found[count++] = critical[k];
      above = 0;
    } else if ((below < 0 && above > 0) || (below > 0 && above < 0))
      found[count++] = bracketedRoot(d, row, critical[k - 1], critical[k], below < 0);
    below = above;
  }
  return count;
}

/** The root in (a, b), p rising through it or falling: Newton's steps, bisection where they leave. */
function bracketedRoot(d: number, row: number, a: number, b: number, rising: boolean): number {
  let low = a;
  let high = b;
  let x = 0.5 * (a + b);
  for (let iteration = 0; iteration < 200; iteration++) {
    const value = evaluate(d, row, x);
    if (value === 0) return x;
    if (value < 0 === rising) low = x;
    else high = x;
    let next = x - value / slope;
    if (!(next > low && next < high)) next = 0.5 * (low + high);
    // Every third step halves the bracket, so that a slow Newton cannot stall.
    else if (iteration % 3 === 2 && Math.abs(next - x) > 0.25 * (high - low))
      next = 0.5 * (low + high);
    if (Math.abs(next - x) <= Number.EPSILON * Math.abs(x) || next === low || next === high)
      return next;
    x = next;
  }
  return x;
}
