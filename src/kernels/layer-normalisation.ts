/**
 * Layer normalisation in doubles, on flat arrays; see definitions/layer-normalisation.ts. The variance
 * is that of the differences from the mean, in a second pass: rows far from zero keep their digits.
 */

// The row last looked at: its mean and 1/s.
let mean = 0;
let sharpness = 0;

function measure(x: Float64Array, from: number, depth: number, epsilon: number): void {
  let total = 0;
  for (let k = from; k < from + depth; k++) total += x[k];
  mean = total / depth;
  let left = 0;
  let square = 0;
  for (let k = from; k < from + depth; k++) left += x[k] - mean;
  // What rounding took from the mean is small beside it, but not beside a row that hardly varies.
  mean += left / depth;
  for (let k = from; k < from + depth; k++) square += (x[k] - mean) ** 2;
  sharpness = 1 / Math.sqrt(square / depth + epsilon);
}

function check(name: string, depth: number, epsilon: number): void {
  if (!(depth > 0)) throw new RangeError(`${name}: expected D >= 1 channels, got ${depth}`);
  if (!(epsilon > 0 && epsilon < Number.POSITIVE_INFINITY))
    throw new RangeError(`${name}: expected a finite epsilon > 0, got ${epsilon}`);
}

/** Writes y [N·D] of x [N·D], γ [D] and β [D]; y may be x. @throws RangeError unless D and ε are positive. */
export function layerNormalisation(
  count: number,
  depth: number,
  x: Float64Array,
  gain: Float64Array,
  shift: Float64Array,
  epsilon: number,
  y: Float64Array,
): void {
  check("layerNormalisation", depth, epsilon);
  for (let from = 0; from < count * depth; from += depth) {
    measure(x, from, depth, epsilon);
    for (let k = 0; k < depth; k++)
      y[from + k] = (x[from + k] - mean) * sharpness * gain[k] + shift[k];
  }
}

/**
 * Writes ∂L/∂x [N·D] to input, which may be v, ∂L/∂γ [D] to gainGradient and ∂L/∂β [D] to
 * shiftGradient, of v = ∂L/∂y [N·D].
 *
 * @throws as layerNormalisation does.
 */
export function layerNormalisationVjp(
  count: number,
  depth: number,
  x: Float64Array,
  gain: Float64Array,
  epsilon: number,
  v: Float64Array,
  input: Float64Array,
  gainGradient: Float64Array,
  shiftGradient: Float64Array,
): void {
  check("layerNormalisationVjp", depth, epsilon);
  gainGradient.fill(0, 0, depth);
  shiftGradient.fill(0, 0, depth);
  for (let from = 0; from < count * depth; from += depth) {
    measure(x, from, depth, epsilon);
    let total = 0;
    let along = 0;
    for (let k = 0; k < depth; k++) {
      const row = (x[from + k] - mean) * sharpness;
      const up = v[from + k];
      gainGradient[k] += up * row;
      shiftGradient[k] += up;
      total += up * gain[k];
      along += up * gain[k] * row;
    }
    for (let k = 0; k < depth; k++) {
      const row = (x[from + k] - mean) * sharpness;
      input[from + k] = (v[from + k] * gain[k] - total / depth - (row * along) / depth) * sharpness;
    }
  }
}
