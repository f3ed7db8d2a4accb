/**
 * The dimension code in doubles; see definitions/dimension-coder.ts. The logarithm is of the ratio
 * d/μ, by log1p of (d − μ)/μ near 1, so that a dimension near its mean keeps the digits of its code.
 */

/** d̂. @throws RangeError unless d, μ and σ are positive and finite. */
export function encodedDimension(d: number, mean: number, deviation: number): number {
  check("encodedDimension", "d", d);
  check("encodedDimension", "mean", mean);
  check("encodedDimension", "deviation", deviation);
  const apart = (d - mean) / mean;
  const log = Math.abs(apart) < 0.5 ? Math.log1p(apart) : Math.log(d / mean);
  return (log * mean) / deviation;
}

/** ∂d̂/∂d, per metre. @throws RangeError unless d, μ and σ are positive and finite. */
export function encodedDimensionSlope(d: number, mean: number, deviation: number): number {
  check("encodedDimensionSlope", "d", d);
  check("encodedDimensionSlope", "mean", mean);
  check("encodedDimensionSlope", "deviation", deviation);
  return mean / (deviation * d);
}

/** d. @throws RangeError unless μ and σ are positive and finite, or if d overflows or vanishes. */
export function decodedDimension(code: number, mean: number, deviation: number): number {
  check("decodedDimension", "mean", mean);
  check("decodedDimension", "deviation", deviation);
  const d = mean * Math.exp((code * deviation) / mean);
  if (!(d > 0 && d < Number.POSITIVE_INFINITY))
    throw new RangeError(`decodedDimension: expected a code of a dimension > 0, got ${code}`);
  return d;
}

/** ∂d/∂d̂. @throws as decodedDimension does. */
export function decodedDimensionSlope(code: number, mean: number, deviation: number): number {
  return (decodedDimension(code, mean, deviation) * deviation) / mean;
}

function check(name: string, what: string, value: number): void {
  if (!(value > 0 && value < Number.POSITIVE_INFINITY))
    throw new RangeError(`${name}: expected a finite ${what} > 0, got ${value}`);
}
