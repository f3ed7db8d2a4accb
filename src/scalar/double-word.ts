/**
 * Arithmetic on pairs hi + lo with |lo| ≤ ½ ulp(hi): what `DoubleDouble` computes with. A result is
 * left in `word`, to be read before the next call, so that a chain of operations allocates nothing.
 *
 * u = 2⁻⁵³. The bounds are relative, hold with or without cancellation, and are those proven in
 * [Joldes2017]: sum 3u² (Algorithm 6), product 7u² (Algorithm 10), quotient 15u² (Algorithm 17). They
 * ask that no rounding error underflows; `product`, `quotient` and `root` see to that by powers of two.
 */

/** The last result: [hi, lo]. */
export const word = new Float64Array(2);

/** Leaves the pair hi + lo, or hi alone where it is not finite: lo is then the NaN of ∞ − ∞. */
export function put(hi: number, lo: number): void {
  word[0] = hi;
  word[1] = hi - hi === 0 ? lo : 0;
}

/** hi + lo for |hi| ≥ |lo|, made a pair. */
function putQuick(hi: number, lo: number): void {
  const sum = hi + lo;
  put(sum, lo - (sum - hi));
}

/** (ah + al) + (bh + bl). */
export function sum(ah: number, al: number, bh: number, bl: number): void {
  const s = ah + bh;
  // Past the doubles; or a sum of doubles that is zero, of which −0 has to stay −0.
  if (s - s !== 0 || (s === 0 && al === 0 && bl === 0)) {
    put(s, 0);
    return;
  }
  const sb = s - ah;
  const sLost = ah - (s - sb) + (bh - sb);
  const t = al + bl;
  const tb = t - al;
  const tLost = al - (t - tb) + (bl - tb);
  const c = sLost + t;
  const v = s + c;
  putQuick(v, tLost + (c - (v - s)));
}

/** 2²⁷ + 1: x times it, less what it exceeds x by, is x to 26 bits [Dekker1971]. */
const splitter = 134217729;

/** a b − fl(a b), exactly; p = fl(a b), all finite and far from under- and overflow. */
function productLost(a: number, b: number, p: number): number {
  const as = splitter * a;
  const ah = as - (as - a);
  const al = a - ah;
  const bs = splitter * b;
  const bh = bs - (bs - b);
  const bl = b - bh;
  return al * bl - (p - ah * bh - al * bh - ah * bl);
}

/** Where the splitting cannot overflow, and where an error of a product cannot underflow. */
const large = 2 ** 990;
const small = 2 ** -960;

/** (ah + al) (bh + bl). */
export function product(ah: number, al: number, bh: number, bl: number): void {
  const p = ah * bh;
  const size = Math.abs(p);
  if (size > small && size < large && Math.abs(ah) < large && Math.abs(bh) < large)
    putQuick(p, productLost(ah, bh, p) + (ah * bl + al * bh));
  else farProduct(ah, al, bh, bl);
}

function farProduct(ah: number, al: number, bh: number, bl: number): void {
  if (ah === 0 || bh === 0 || ah - ah !== 0 || bh - bh !== 0) {
    put(ah * bh, 0);
    return;
  }
  const [a, b] = [balance(ah), balance(bh)];
  const [x, y] = [ah * a, bh * b];
  putQuick(x * y, productLost(x, y, x * y) + (x * (bl * b) + al * a * y));
  rescale(1 / a, 1 / b);
}

/** (ah + al) / (bh + bl). */
export function quotient(ah: number, al: number, bh: number, bl: number): void {
  const [a, b] = [balance(ah), balance(bh)];
  if (a === 1 && b === 1) nearQuotient(ah, al, bh, bl);
  else {
    nearQuotient(ah * a, al * a, bh * b, bl * b);
    rescale(b, 1 / a);
  }
}

function nearQuotient(ah: number, al: number, bh: number, bl: number): void {
  const q = ah / bh;
  // Division by zero or infinity, or of them.
  if (q - q !== 0 || q === 0) {
    put(q, 0);
    return;
  }
  const p = q * bh;
  const lost = productLost(q, bh, p) + q * bl;
  const ph = p + lost;
  const pl = lost - (ph - p);
  putQuick(q, (ah - ph + (al - pl)) / bh);
}

/** √(ah + al): NaN below zero, and √−0 = −0. */
export function root(ah: number, al: number): void {
  if (ah < small && ah > 0) {
    // An even power of two, so that its root is a power too.
    nearRoot(ah * 2 ** 400, al * 2 ** 400);
    rescale(2 ** -200, 1);
  } else nearRoot(ah, al);
}

function nearRoot(ah: number, al: number): void {
  const r = Math.sqrt(ah);
  if (r - r !== 0 || r === 0) {
    put(r, 0);
    return;
  }
  const p = r * r;
  putQuick(r, (ah - p - productLost(r, r, p) + al) / (2 * r));
}

/** A power of two that brings x to between 2⁻⁴⁷⁴ and 2⁴⁵⁰; 1 for zero and what is not finite. */
function balance(x: number): number {
  const size = Math.abs(x);
  if (size < 2 ** 450) return size >= 2 ** -450 || size === 0 ? 1 : 2 ** 600;
  return size < Number.POSITIVE_INFINITY ? 2 ** -600 : 1;
}

/** `word` times two powers of two: under- and overflow only if the product does. */
export function rescale(a: number, b: number): void {
  const both = a * b;
  // Powers whose product is no double are on one side of 1, and so is all between.
  if (both - both === 0 && both !== 0) put(word[0] * both, word[1] * both);
  else put(word[0] * a * b, word[1] * a * b);
}

/**
 * Σₙ cₙ sⁿ for |s| < 1 and falling cₙ. Terms from `from` on weigh less than u, so that doubles hold
 * them: their error, u times their weight, is below u².
 */
export function polynomial(
  c: Float64Array,
  cLow: Float64Array,
  from: number,
  sh: number,
  sl: number,
): void {
  let tail = 0;
  for (let n = c.length - 1; n >= from; n--) tail = c[n] + sh * tail;
  word[0] = tail;
  word[1] = 0;
  for (let n = from - 1; n >= 0; n--) {
    product(word[0], word[1], sh, sl);
    sum(c[n], cLow[n], word[0], word[1]);
  }
}
