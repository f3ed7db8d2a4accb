/**
 * The detector's auxiliary losses in doubles, on flat arrays; see definitions/auxiliary-dense-losses.ts.
 *
 * Sums of exponentials leave out the greatest exponent, so that far components underflow to nothing
 * and near ones never overflow.
 */
import { smoothL1 } from "./smooth-l1.js";

/** Writes Δ [2] to relative, which may be error. @throws RangeError unless dimensions and f are positive. */
export function relativeReprojectionError(
  error: Float64Array,
  distance: number,
  dimensions: Float64Array,
  focal: number,
  leastDistance: number,
  relative: Float64Array,
): void {
  const size = ((dimensions[0] + dimensions[1] + dimensions[2]) / 3) * focal;
  if (!(size > 0))
    throw new RangeError(`relativeReprojectionError: expected mean dimension x f > 0, got ${size}`);
  const factor = (5 * Math.max(distance, leastDistance)) / size;
  relative[0] = error[0] * factor;
  relative[1] = error[1] * factor;
}

/**
 * L_proj of Δ [2M], ln σ [2M], ln π [M] and the cap ι₀. A share of zero, ln π = −∞, takes no part.
 *
 * @throws RangeError unless M and ι₀ are positive, or if no component has a finite exponent.
 */
export function mixtureLoss(
  count: number,
  delta: Float64Array,
  logDeviation: Float64Array,
  logShare: Float64Array,
  cap: number,
): number {
  const largest = greatest("mixtureLoss", count, delta, logDeviation, logShare, cap);
  let rest = 0;
  let skipped = false;
  for (let m = 0; m < count; m++) {
    const gap = exponent(m, delta, logDeviation, logShare, cap) - largest;
    // The greatest term is 1: log1p of the others keeps the digits of a loss near zero.
    if (gap === 0 && !skipped) skipped = true;
    else rest += Math.exp(gap);
  }
  return -largest - Math.log1p(rest);
}

function exponent(
  m: number,
  delta: Float64Array,
  logDeviation: Float64Array,
  logShare: Float64Array,
  cap: number,
): number {
  const u = delta[2 * m] * Math.min(Math.exp(-logDeviation[2 * m]), cap);
  const v = delta[2 * m + 1] * Math.min(Math.exp(-logDeviation[2 * m + 1]), cap);
  return logShare[m] - 0.5 * (u * u + v * v) - logDeviation[2 * m] - logDeviation[2 * m + 1];
}

function greatest(
  name: string,
  count: number,
  delta: Float64Array,
  logDeviation: Float64Array,
  logShare: Float64Array,
  cap: number,
): number {
  if (!(count > 0)) throw new RangeError(`${name}: expected M >= 1 components, got ${count}`);
  checkCap(name, cap);
  let largest = Number.NEGATIVE_INFINITY;
  for (let m = 0; m < count; m++)
    largest = Math.max(largest, exponent(m, delta, logDeviation, logShare, cap));
  if (!Number.isFinite(largest))
    throw new RangeError(`${name}: expected a component of finite density, got e^${largest}`);
  return largest;
}

function checkCap(name: string, cap: number): void {
  if (!(cap > 0)) throw new RangeError(`${name}: expected a cap > 0, got ${cap}`);
}

/**
 * Writes ∂L_proj/∂Δ [2M] to error, /∂ln σ [2M] to deviation and /∂ln π [M] to share. No output may be
 * an input.
 *
 * @throws as mixtureLoss does.
 */
export function mixtureLossGradient(
  count: number,
  delta: Float64Array,
  logDeviation: Float64Array,
  logShare: Float64Array,
  cap: number,
  error: Float64Array,
  deviation: Float64Array,
  share: Float64Array,
): void {
  const largest = greatest("mixtureLossGradient", count, delta, logDeviation, logShare, cap);
  let total = 0;
  for (let m = 0; m < count; m++) {
    share[m] = Math.exp(exponent(m, delta, logDeviation, logShare, cap) - largest);
    total += share[m];
  }
  for (let m = 0; m < count; m++) {
    const r = share[m] / total;
    for (let j = 2 * m; j < 2 * m + 2; j++) {
      const whole = Math.exp(-logDeviation[j]);
      const inverse = Math.min(whole, cap);
      const u = delta[j] * inverse;
      // (1 − u)(1 + u) keeps the digits of the slope where Δ = σ. Beyond the cap the square stands still.
      deviation[j] = r === 0 ? 0 : whole > cap ? r : r * (1 - u) * (1 + u);
      error[j] = r === 0 ? 0 : r * u * inverse;
    }
    share[m] = -r;
  }
}

/**
 * ῑ of ln σ [2M] and ln π [M] of all components of all pixels; 0 if M = 0.
 *
 * @throws RangeError unless the cap ι₀ and the floor π₀ are positive.
 */
export function meanInverseDeviation(
  count: number,
  logDeviation: Float64Array,
  logShare: Float64Array,
  cap: number,
  floor: number,
): number {
  checkCap("meanInverseDeviation", cap);
  if (!(floor > 0))
    throw new RangeError(`meanInverseDeviation: expected a floor > 0, got ${floor}`);
  let total = 0;
  let shares = 0;
  for (let m = 0; m < count; m++) {
    const share = Math.exp(logShare[m]);
    shares += share;
    for (let j = 2 * m; j < 2 * m + 2; j++)
      total += share * Math.min(Math.exp(-logDeviation[j]), cap);
  }
  return total / Math.max(2 * shares, floor);
}

/** L_coord of z, target [3N] and attention [N]; 0 if N = 0. @throws RangeError unless D, β, a₀ > 0. */
export function coordinateRegression(
  count: number,
  z: Float64Array,
  target: Float64Array,
  attention: Float64Array,
  D: number,
  beta: number,
  floor: number,
): number {
  checkScales("coordinateRegression", D, beta, floor);
  let total = 0;
  let weight = 0;
  for (let i = 0; i < count; i++) {
    total += attention[i] * smoothL1(distance(i, z, target) / D, beta);
    weight += attention[i];
  }
  return total / Math.max(weight, floor);
}

function checkScales(name: string, D: number, beta: number, floor: number): void {
  if (!(D > 0 && beta > 0 && floor > 0))
    throw new RangeError(`${name}: expected D, beta, floor > 0, got ${D}, ${beta}, ${floor}`);
}

function distance(i: number, z: Float64Array, target: Float64Array): number {
  const j = 3 * i;
  const x = z[j] - target[j];
  const y = z[j + 1] - target[j + 1];
  const d = z[j + 2] - target[j + 2];
  return Math.hypot(x, y, d);
}

/** Writes ∂L_coord/∂z [3N] to points, which may be z, and /∂a [N] to slopes. @throws as the loss does. */
export function coordinateRegressionGradient(
  count: number,
  z: Float64Array,
  target: Float64Array,
  attention: Float64Array,
  D: number,
  beta: number,
  floor: number,
  points: Float64Array,
  slopes: Float64Array,
): void {
  checkScales("coordinateRegressionGradient", D, beta, floor);
  let total = 0;
  let weight = 0;
  for (let i = 0; i < count; i++) {
    slopes[i] = smoothL1(distance(i, z, target) / D, beta);
    total += attention[i] * slopes[i];
    weight += attention[i];
  }
  const divisor = Math.max(weight, floor);
  const mean = weight < floor ? 0 : total / divisor;
  for (let i = 0; i < count; i++) {
    slopes[i] = (slopes[i] - mean) / divisor;
    const factor = attention[i] / (divisor * D * Math.max(beta, distance(i, z, target) / D));
    for (let j = 3 * i; j < 3 * i + 3; j++) points[j] = (factor * (z[j] - target[j])) / D;
  }
}
