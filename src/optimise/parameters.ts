/** What an optimiser moves: arrays of doubles, with the shape and the rate of each. */

/** One tensor of parameters, moved in place. */
export interface Parameter {
  readonly values: Float64Array;
  /** Extent of each axis [one axis of all values]; centring of gradients asks for the first. */
  readonly shape?: readonly number[];
  /** What the learning rate is multiplied by for this tensor [1]. */
  readonly rateFactor?: number;
}

/**
 * @throws TypeError unless every parameter is a Float64Array of finite numbers; RangeError unless its shape
 * has as many entries and its rate factor is finite and not negative.
 */
export function checkedParameters(caller: string, parameters: readonly Parameter[]): void {
  parameters.forEach(({ values, shape = [values?.length], rateFactor = 1 }, index) => {
    const name = `parameters[${index}]`;
    if (!(values instanceof Float64Array))
      throw new TypeError(
        `${caller}: expected ${name}.values a Float64Array, got ${typeof values}`,
      );
    const bad = values.findIndex((x) => !Number.isFinite(x));
    if (bad >= 0)
      throw new RangeError(
        `${caller}: expected finite ${name}.values, got ${values[bad]} at ${bad}`,
      );
    const entries = shape.reduce((product, extent) => product * extent, 1);
    if (entries !== values.length || shape.some((extent) => !Number.isInteger(extent)))
      throw new RangeError(
        `${caller}: expected ${name}.shape of ${values.length} entries, got [${shape}]`,
      );
    checkedRange(caller, `${name}.rateFactor`, rateFactor, 0, Infinity);
  });
}

/** One gradient a parameter, each as long as its values; copied into `copies`. */
export function copiedGradients(
  caller: string,
  gradients: readonly Float64Array[],
  copies: readonly Float64Array[],
): void {
  if (gradients.length !== copies.length)
    throw new RangeError(`${caller}: expected ${copies.length} gradients, got ${gradients.length}`);
  copies.forEach((copy, index) => {
    const gradient = gradients[index];
    if (!(gradient instanceof Float64Array) || gradient.length !== copy.length)
      throw new RangeError(
        `${caller}: expected gradients[${index}] a Float64Array of ${copy.length}, got ${gradient?.length}`,
      );
    copy.set(gradient);
  });
}

/** @throws RangeError unless from ≤ value < below. */
export function checkedRange(
  caller: string,
  name: string,
  value: number,
  from: number,
  below: number,
): void {
  if (!(value >= from && value < below))
    throw new RangeError(
      `${caller}: expected ${name} in [${from}, ${below === Infinity ? "∞" : below}), got ${value}`,
    );
}
