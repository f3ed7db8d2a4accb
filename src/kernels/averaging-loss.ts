/** A loss on an average: kernel of ../definitions/averaging-loss.ts, in doubles. */

/** |mean(a₁ … a_n) − a|. @throws RangeError if there are no measurements. */
export function averagingLoss(measured: Float64Array, a: number): number {
  return Math.abs(offset("averagingLoss", measured, a));
}

/** ∂L/∂aᵢ, the same for every i; 0 where the mean is a. @throws RangeError if there are none. */
export function averagingLossSlope(measured: Float64Array, a: number): number {
  return Math.sign(offset("averagingLossSlope", measured, a)) / measured.length;
}

function offset(name: string, measured: Float64Array, a: number): number {
  if (measured.length === 0) throw new RangeError(`${name}: expected measurements, got none`);
  // Differences first: the mean of far numbers close together keeps its digits.
  let sum = 0;
  for (const x of measured) sum += x - a;
  return sum / measured.length;
}
