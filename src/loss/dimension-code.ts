/**
 * Boxes as a detector predicts them: codes of their dimensions, by class.
 *
 *     d̂ = (ln d − ln μ_c)/(σ_c/μ_c)     d = μ_c e^{d̂ σ_c/μ_c}     axes l, h, w
 *
 * `nuScenesDimensions` are the published means and deviations [m] of the ten classes, in the order of
 * their labels; other data need a table of their own.
 * Source: EQUATIONS EPRO-38; configuration and class list of [EProPnP2022] published code.
 */
import {
  decodedDimension,
  decodedDimensionSlope,
  encodedDimension,
  encodedDimensionSlope,
} from "../kernels/dimension-coder.js";

/** Mean and standard deviation of the length, height and width of a class [m]. */
export interface DimensionClass {
  readonly name: string;
  readonly mean: readonly [number, number, number];
  readonly deviation: readonly [number, number, number];
}

export const nuScenesDimensions: readonly DimensionClass[] = [
  { name: "car", mean: [4.62, 1.73, 1.96], deviation: [0.46, 0.24, 0.16] },
  { name: "truck", mean: [6.94, 2.84, 2.52], deviation: [2.11, 0.84, 0.45] },
  { name: "trailer", mean: [12.56, 3.89, 2.94], deviation: [4.5, 0.77, 0.54] },
  { name: "bus", mean: [11.22, 3.5, 2.95], deviation: [2.06, 0.49, 0.33] },
  { name: "construction_vehicle", mean: [6.68, 3.21, 2.85], deviation: [3.23, 0.93, 1.07] },
  { name: "bicycle", mean: [1.7, 1.29, 0.61], deviation: [0.26, 0.35, 0.16] },
  { name: "motorcycle", mean: [2.11, 1.46, 0.78], deviation: [0.33, 0.29, 0.17] },
  { name: "pedestrian", mean: [0.73, 1.77, 0.67], deviation: [0.19, 0.19, 0.14] },
  { name: "traffic_cone", mean: [0.41, 1.08, 0.41], deviation: [0.14, 0.27, 0.13] },
  { name: "barrier", mean: [0.5, 0.99, 2.52], deviation: [0.17, 0.15, 0.62] },
];

/** Numbers [3N] with their derivatives [3N] by the numbers they were made of, entry by entry. */
export interface CodedDimensions {
  readonly values: Float64Array;
  readonly slopes: Float64Array;
}

/**
 * Codes d̂ of N boxes [3N] m of the classes with these labels [N], and ∂d̂/∂d.
 *
 * @throws RangeError on a label without a class, a dimension that is not positive, or lengths that do
 * not belong together.
 */
export function encodedDimensions(
  dimensions: ArrayLike<number>,
  labels: ArrayLike<number>,
  classes: readonly DimensionClass[] = nuScenesDimensions,
): CodedDimensions {
  return coded("encodedDimensions", dimensions, labels, classes, [
    encodedDimension,
    encodedDimensionSlope,
  ]);
}

/**
 * Dimensions d [3N] m of N codes [3N] of these labels [N], and ∂d/∂d̂.
 *
 * @throws RangeError on a label without a class, a code whose dimension overflows or vanishes, or
 * lengths that do not belong together.
 */
export function decodedDimensions(
  codes: ArrayLike<number>,
  labels: ArrayLike<number>,
  classes: readonly DimensionClass[] = nuScenesDimensions,
): CodedDimensions {
  return coded("decodedDimensions", codes, labels, classes, [
    decodedDimension,
    decodedDimensionSlope,
  ]);
}

type Code = (x: number, mean: number, deviation: number) => number;

function coded(
  caller: string,
  numbers: ArrayLike<number>,
  labels: ArrayLike<number>,
  classes: readonly DimensionClass[],
  [value, slope]: readonly [Code, Code],
): CodedDimensions {
  if (numbers.length !== 3 * labels.length)
    throw new RangeError(
      `${caller}: expected ${3 * labels.length} numbers for ${labels.length} labels, got ${numbers.length}`,
    );
  const values = new Float64Array(numbers.length);
  const slopes = new Float64Array(numbers.length);
  for (let k = 0; k < numbers.length; k++) {
    const label = labels[Math.floor(k / 3)];
    const found = classes[label];
    if (found === undefined)
      throw new RangeError(
        `${caller}: expected a label of 0 to ${classes.length - 1}, got ${label}`,
      );
    values[k] = value(numbers[k], found.mean[k % 3], found.deviation[k % 3]);
    slopes[k] = slope(numbers[k], found.mean[k % 3], found.deviation[k % 3]);
  }
  return { values, slopes };
}
