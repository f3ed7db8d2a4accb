/**
 * Elementary functions of pairs hi + lo, the result left in `word`. Each takes the argument to a
 * small one by an identity that keeps every digit, and sums the power series there: no table of
 * values, no iteration. Relative errors, in u² = 2⁻¹⁰⁶, add up from those of double-word.ts:
 *
 *   exp   x = k ln 2 + r, |r| ≤ ln 2 / 2;  eˣ = 2ᵏ Σ rⁿ/n!
 *   log   x = 2ᵏ m, √½ ≤ m ≤ √2;  ln x = k ln 2 + 2 artanh((m − 1)/(m + 1)), no term cancels
 *   sin   x = k π/2 + r, |r| ≤ π/4, and the series of sin or cos in r²
 *   atan2 θ₀ from doubles;  θ = θ₀ + atan((y cos θ₀ − x sin θ₀)/(x cos θ₀ + y sin θ₀))
 *   acos  atan2(√((1 − x)(1 + x)), x)
 */
import { polynomial, product, put, quotient, rescale, root, sum, word } from "./double-word.js";
import { doublesOf, log2Bits, piBits, quarterTurns, ratioOf } from "./fixed-point.js";

const [pi, piLow] = doublesOf(piBits(300), 300, 2);
const quarter = doublesOf(piBits(300), 301, 3);
const ln2 = doublesOf(log2Bits(300), 300, 3);

/** Coefficients of a power series as pairs. */
interface Series {
  readonly high: Float64Array;
  readonly low: Float64Array;
}

function series(terms: number, coefficient: (n: number) => [bigint, bigint]): Series {
  const pairs = Array.from({ length: terms }, (_, n) => ratioOf(...coefficient(n), 2));
  return {
    high: Float64Array.from(pairs, ([high]) => high),
    low: Float64Array.from(pairs, ([, low]) => low),
  };
}

function factorial(n: number): bigint {
  return n < 2 ? 1n : BigInt(n) * factorial(n - 1);
}

const sign = (n: number) => (n % 2 === 0 ? 1n : -1n);
/** (sin r − r)/r³ and (cos r − 1)/r², in r². */
const sine = series(13, (n) => [sign(n + 1), factorial(2 * n + 3)]);
const cosine = series(14, (n) => [sign(n + 1), factorial(2 * n + 2)]);
/** (eʳ − 1)/r. */
const exponential = series(23, (n) => [1n, factorial(n + 1)]);
/** (artanh f − f)/f³, in f². */
const areaTangent = series(20, (n) => [1n, BigInt(2 * n + 3)]);

/** e^(hi + lo). */
export function exponentialOf(hi: number, lo: number): void {
  if (!(hi > -746 && hi < 710)) {
    put(Math.exp(hi), 0);
    return;
  }
  const k = Math.round(hi / ln2[0]);
  subtractMultiple(hi, lo, k, ln2);
  const [rh, rl] = [word[0], word[1]];
  polynomial(exponential.high, exponential.low, 13, rh, rl);
  product(word[0], word[1], rh, rl);
  sum(1, 0, word[0], word[1]);
  const half = Math.trunc(k / 2);
  rescale(2 ** half, 2 ** (k - half));
}

/** ln(hi + lo): −∞ at zero, NaN below. */
export function logarithmOf(hi: number, lo: number): void {
  if (!(hi > 0 && hi < Number.POSITIVE_INFINITY)) {
    put(Math.log(hi), 0);
    return;
  }
  const k = Math.round(Math.log2(hi));
  const half = Math.trunc(-k / 2);
  put(hi, lo);
  rescale(2 ** half, 2 ** (-k - half));
  const [mh, ml] = [word[0], word[1]];
  sum(mh, ml, 1, 0);
  const [dh, dl] = [word[0], word[1]];
  sum(mh, ml, -1, 0);
  quotient(2 * word[0], 2 * word[1], dh, dl);
  const [fh, fl] = [word[0], word[1]];
  // f = 2(m − 1)/(m + 1), so that 2 artanh(f/2) = f + f s (1/3 + s/5 + …) with s = f²/4.
  product(fh, fl, 0.25 * fh, 0.25 * fl);
  const [sh, sl] = [word[0], word[1]];
  polynomial(areaTangent.high, areaTangent.low, 9, sh, sl);
  product(word[0], word[1], sh, sl);
  product(word[0], word[1], fh, fl);
  sum(fh, fl, word[0], word[1]);
  if (k === 0) return;
  const [ah, al] = [word[0], word[1]];
  product(ln2[0], ln2[1], k, 0);
  sum(word[0], word[1], ah, al);
}

/** x − k c for c a sum of three doubles and |k| < 2²⁰: to 3u² of itself, or k 2⁻¹⁵⁸ if that is more. */
function subtractMultiple(hi: number, lo: number, k: number, c: readonly number[]): void {
  put(hi, lo);
  for (const part of c) {
    const [rh, rl] = [word[0], word[1]];
    product(part, 0, -k, 0);
    sum(rh, rl, word[0], word[1]);
  }
}

/** Leaves x − k π/2, at most about π/4, and returns k modulo 4. */
function reduced(hi: number, lo: number): number {
  if (Math.abs(hi) <= quarter[0] / 2) {
    put(hi, lo);
    return 0;
  }
  const turns = Math.round(hi / quarter[0]);
  if (Math.abs(turns) < 2 ** 20) {
    subtractMultiple(hi, lo, turns, quarter);
    if (Math.abs(word[0]) > Math.abs(turns) * 2 ** -50) return turns & 3;
  }
  // Three doubles of π/2 had 50 bits to spare for cancellation; whole numbers have all of them.
  const { k, rest } = quarterTurns(hi, lo);
  put(rest[0], rest[1]);
  return k;
}

/** sin of the pair in `word`, which is at most about π/4. */
function shortSine(): void {
  const [rh, rl] = [word[0], word[1]];
  product(rh, rl, rh, rl);
  const [sh, sl] = [word[0], word[1]];
  polynomial(sine.high, sine.low, 7, sh, sl);
  product(word[0], word[1], sh, sl);
  product(word[0], word[1], rh, rl);
  sum(rh, rl, word[0], word[1]);
}

/** cos of the pair in `word`, which is at most about π/4. */
function shortCosine(): void {
  product(word[0], word[1], word[0], word[1]);
  const [sh, sl] = [word[0], word[1]];
  polynomial(cosine.high, cosine.low, 8, sh, sl);
  product(word[0], word[1], sh, sl);
  sum(1, 0, word[0], word[1]);
}

/** sin(hi + lo): NaN at infinity. */
export function sineOf(hi: number, lo: number): void {
  if (hi === 0 || hi - hi !== 0) put(hi === 0 ? hi : Number.NaN, 0);
  else turnedSine(reduced(hi, lo));
}

/** cos(hi + lo): NaN at infinity. */
export function cosineOf(hi: number, lo: number): void {
  if (hi - hi !== 0) put(Number.NaN, 0);
  else turnedSine((reduced(hi, lo) + 1) & 3);
}

/** sin(k π/2 + r) for the r in `word`. */
function turnedSine(k: number): void {
  if (k & 1) shortCosine();
  else shortSine();
  if (k & 2) put(-word[0], -word[1]);
}

/** The angle of the point (x, y), in [−π, π] and with the sign of y. */
export function angleOf(yh: number, yl: number, xh: number, xl: number): void {
  const angle = Math.atan2(yh, xh);
  if (yh === 0 || xh === 0 || yh - yh !== 0 || xh - xh !== 0) {
    // An axis or a diagonal: eighths of a turn. Zero keeps its sign, and NaN stays.
    const eighths = Math.round((4 * angle) / pi);
    if (angle === 0) put(angle, 0);
    else product(pi, piLow, eighths / 4, 0);
    return;
  }
  const slope = Math.abs(yh / xh);
  if (slope < 2 ** -60) {
    // atan t = t to 120 bits.
    quotient(yh, yl, xh, xl);
    if (xh < 0) sum(word[0], word[1], Math.sign(yh) * pi, Math.sign(yh) * piLow);
  } else if (slope > 2 ** 60) {
    quotient(xh, xl, -yh, -yl);
    sum(word[0], word[1], (Math.sign(yh) * pi) / 2, (Math.sign(yh) * piLow) / 2);
  } else {
    const size = Math.max(Math.abs(yh), Math.abs(xh));
    const balance = size > 2 ** 450 ? 2 ** -600 : size < 2 ** -450 ? 2 ** 600 : 1;
    nearAngle(angle, yh * balance, yl * balance, xh * balance, xl * balance);
  }
}

/** The angle of (x, y) from that of doubles, by the tangent of what it misses: some 2⁻⁵². */
function nearAngle(angle: number, yh: number, yl: number, xh: number, xl: number): void {
  cosineOf(angle, 0);
  const [ch, cl] = [word[0], word[1]];
  sineOf(angle, 0);
  const [sh, sl] = [word[0], word[1]];
  product(yh, yl, sh, sl);
  const [ysh, ysl] = [word[0], word[1]];
  product(xh, xl, ch, cl);
  sum(ysh, ysl, word[0], word[1]);
  const [along, alongLow] = [word[0], word[1]];
  product(xh, xl, sh, sl);
  const [xsh, xsl] = [word[0], word[1]];
  product(yh, yl, ch, cl);
  sum(word[0], word[1], -xsh, -xsl);
  quotient(word[0], word[1], along, alongLow);
  sum(angle, 0, word[0], word[1]);
}

/** The angle in [0, π] whose cosine is hi + lo: NaN beyond ±1. */
export function arcCosineOf(hi: number, lo: number): void {
  sum(1, 0, hi, lo);
  const [above, aboveLow] = [word[0], word[1]];
  sum(1, 0, -hi, -lo);
  product(word[0], word[1], above, aboveLow);
  root(word[0], word[1]);
  angleOf(word[0], word[1], hi, lo);
}
