/**
 * Constants to any number of bits, from integers alone: a number x is held as ⌊x 2ᵇ⌋ in a bigint.
 * No digit is copied from a table, so none can be mistyped.
 */

/** Bits carried below those asked for: what a sum of up to 2³⁰ truncated terms may spoil. */
const guard = 32n;

/** π 2ᵇⁱᵗˢ, by Machin's 16 atan(1/5) − 4 atan(1/239). */
export function piBits(bits: number): bigint {
  const wide = BigInt(bits) + guard;
  return (16n * inverseTangent(5n, wide, -1n) - 4n * inverseTangent(239n, wide, -1n)) >> guard;
}

/** ln 2 · 2ᵇⁱᵗˢ, as 18 artanh(1/26) − 2 artanh(1/4801) + 8 artanh(1/8749). */
export function log2Bits(bits: number): bigint {
  const wide = BigInt(bits) + guard;
  const artanh = (n: bigint) => inverseTangent(n, wide, 1n);
  return (18n * artanh(26n) - 2n * artanh(4801n) + 8n * artanh(8749n)) >> guard;
}

/** Σ signᵏ / ((2k+1) n²ᵏ⁺¹) · 2ᵇⁱᵗˢ: atan(1/n) for sign −1, artanh(1/n) for +1. */
function inverseTangent(n: bigint, bits: bigint, sign: -1n | 1n): bigint {
  let power = (1n << bits) / n;
  let sum = 0n;
  for (let k = 1n, s = 1n; power !== 0n; k += 2n, s *= sign) {
    sum += (s * power) / k;
    power /= n * n;
  }
  return sum;
}

/** x 2⁻ᵇⁱᵗˢ as a sum of `count` doubles, each nearest to what the ones before it leave. */
export function doublesOf(x: bigint, bits: number, count: number): number[] {
  const parts: number[] = [];
  for (let rest = x; parts.length < count; ) {
    // A bigint past 2¹⁰²⁴ is no double; 200 leading bits decide the nearest one.
    const length = (rest < 0n ? -rest : rest).toString(16).length * 4;
    const dropped = BigInt(Math.max(0, length - 200));
    const leading = Number(rest >> dropped);
    parts.push(leading * 2 ** (Number(dropped) - bits));
    rest -= BigInt(leading) << dropped;
  }
  return parts;
}

/** a / b as a sum of `count` doubles. */
export function ratioOf(a: bigint, b: bigint, count: number): number[] {
  const bits = 300;
  return doublesOf((a << BigInt(bits)) / b, bits, count);
}

/** Bits that hold every double, and π/2 times the greatest to 400 bits behind the point. */
const angleBits = 1500;
let halfTurnBits: bigint | undefined;

/**
 * x = hi + lo as quarter turns: the nearest whole number k of them modulo 4, and x − k π/2 as a sum
 * of two doubles. Exact up to that rounding for every x, the greatest doubles and those nearest to a
 * multiple of π/2 included; some microseconds.
 */
export function quarterTurns(hi: number, lo: number): { k: number; rest: number[] } {
  halfTurnBits ??= piBits(angleBits);
  const x = bitsOf(hi) + bitsOf(lo);
  // 2x / π to the nearest integer: ⌊(4x + π) / 2π⌋.
  const twice = 2n * halfTurnBits;
  const numerator = 4n * x + halfTurnBits;
  const k = (numerator - (((numerator % twice) + twice) % twice)) / twice;
  const rest = (2n * x - k * halfTurnBits) / 2n;
  return { k: Number(((k % 4n) + 4n) % 4n), rest: doublesOf(rest, angleBits, 2) };
}

/** x 2¹⁵⁰⁰, exactly. */
function bitsOf(x: number): bigint {
  if (x === 0) return 0n;
  // The logarithm may have been rounded up to the next whole one: a bit more than the 52.
  const exponent = Math.max(-1074, Math.floor(Math.log2(Math.abs(x))) - 53);
  // Dividing by two powers in turn keeps each of them a double, subnormals included.
  const half = Math.trunc(exponent / 2);
  return BigInt(x / 2 ** half / 2 ** (exponent - half)) << BigInt(angleBits + exponent);
}
