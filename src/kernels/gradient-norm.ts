/**
 * The norm of a gradient that lies in several arrays: kernel of ../definitions/gradient-norm.ts. Entries are
 * scaled by the largest, so that no square overflows or vanishes. NaN anywhere gives NaN, else an
 * infinite entry Infinity.
 */

/** ‖g‖ over all entries of all arrays. */
export function gradientNorm(gradients: readonly Float64Array[]): number {
  let largest = 0;
  for (const gradient of gradients)
    for (let i = 0; i < gradient.length; i++) {
      const size = Math.abs(gradient[i]);
      if (Number.isNaN(size)) return Number.NaN;
      if (size > largest) largest = size;
    }
  if (largest === 0 || largest === Infinity) return largest;
  let sum = 0;
  for (const gradient of gradients)
    for (let i = 0; i < gradient.length; i++) {
      const share = gradient[i] / largest;
      sum += share * share;
    }
  return largest * Math.sqrt(sum);
}

/** What a gradient of this norm is multiplied by. */
export function clipFactor(norm: number, limit: number): number {
  return limit === Infinity ? 1 : Math.min(1, limit / (norm + 1e-6));
}
