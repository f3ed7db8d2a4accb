/**
 * C99 hexadecimal floating constants: a double written so that nothing is rounded on the way.
 *
 *     0x1.8p+1 = (1 + 8/16) · 2¹ = 3
 *
 * Source: ISO/IEC 9899:1999, 6.4.4.2 and the conversion %a of 7.19.6.1.
 */

const constant = /^([+-]?)0[xX]([0-9a-fA-F]*)(?:\.([0-9a-fA-F]*))?[pP]([+-]?\d{1,6})$/;

/** Longest constant read: %a of a quadruple takes 40 characters. */
const longest = 64;

/**
 * The double that a hexadecimal constant stands for; undefined if the text is none.
 *
 * @throws RangeError if no double equals it: too many digits, too large or too small.
 */
export function hexFloatValue(text: string): number | undefined {
  const match = text.length <= longest ? constant.exec(text) : null;
  if (!match) return undefined;
  const [, sign, whole, fraction = "", power] = match;
  if (whole + fraction === "") return undefined;
  let mantissa = BigInt(`0x${whole}${fraction}`);
  let exponent = Number(power) - 4 * fraction.length;
  if (mantissa === 0n) return sign === "-" ? -0 : 0;
  while ((mantissa & 1n) === 0n) {
    mantissa >>= 1n;
    exponent++;
  }
  const bits = mantissa.toString(2).length;
  if (bits > 53 || exponent < -1074 || exponent + bits > 1024)
    throw new RangeError(`hexFloatValue: expected the digits of a double, got ${text}`);
  // Both factors are doubles, and so is the product: nothing is rounded.
  const magnitude = Number(mantissa) * 2 ** exponent;
  return sign === "-" ? -magnitude : magnitude;
}

/**
 * A finite double as printf("%a") writes it: "0x1.8p+1", "0x0.0000000000001p-1022", "-0x0p+0".
 *
 * @throws RangeError if n is NaN or infinite.
 */
export function hexFloatText(n: number): string {
  if (!Number.isFinite(n)) throw new RangeError(`hexFloatText: expected a finite n, got ${n}`);
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, n);
  const bits = view.getBigUint64(0);
  const biased = Number((bits >> 52n) & 2047n);
  const digits = (bits & 0xfffffffffffffn).toString(16).padStart(13, "0").replace(/0+$/, "");
  const exponent = biased === 0 ? (digits === "" ? 0 : -1022) : biased - 1023;
  const sign = bits >> 63n ? "-" : "";
  const lead = `${sign}0x${biased === 0 ? 0 : 1}${digits && `.${digits}`}`;
  return `${lead}p${exponent < 0 ? "" : "+"}${exponent}`;
}
