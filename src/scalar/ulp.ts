import { type Big, big } from "./big.js";

const view = new DataView(new ArrayBuffer(8));

/** The gap between |x| and the next double above it; 2⁻¹⁰⁷⁴ at zero. */
export function ulp(x: number): number {
  if (!Number.isFinite(x)) return NaN;
  view.setFloat64(0, Math.abs(x));
  view.setBigUint64(0, view.getBigUint64(0) + 1n);
  const next = view.getFloat64(0);
  // Above the largest double there is none: the gap below it is the same.
  return Number.isFinite(next) ? next - Math.abs(x) : 2 ** 971;
}

/**
 * |value − truth| in units in the last place of `scale`, by default of the truth itself. Give the
 * norm of the whole quantity as scale where single entries may cancel to zero.
 *
 * Infinite if `value` is NaN or infinite and the truth is not.
 */
export function ulpError(value: number, truth: Big, scale: number = truth.toNumber()): number {
  if (!Number.isFinite(value)) return Number.POSITIVE_INFINITY;
  const error = Math.abs(big(value, truth.digits).minus(truth).toNumber());
  return error === 0 ? 0 : error / ulp(scale);
}
