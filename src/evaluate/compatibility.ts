/** Published quirks that an evaluation reproduces if it is asked to, by name; never a default. */

import { rotationError } from "../kernels/pose-error.js";
import {
  hardCodedDroneDiagonal,
  hardCodedLinemodDiameters,
  linemodSymmetricInCode,
  retriedRotationError,
  unclampedRotationError,
} from "../metrics/published.js";
import type { AreaRule } from "../metrics/result.js";

/** What each switch does, in a sentence that is printed with every number it may have changed. */
export const compatibilitySwitches = {
  "hard-coded-linemod-diameters": "diameters as LineMOD evaluators carry them in their code",
  "hard-coded-drone-diagonal": "the 0.354 m diagonal of a box in place of the drone's diameter",
  "unclamped-rotation-error":
    "angles by an arc cosine that is not clamped: NaN, a miss, near 0 and π",
  "retried-rotation-error":
    "the eggbox's estimate turned once by π about its z axis where its angle is beyond a quarter turn",
  "symmetric-in-code": "ADD-S also for bowl and cup, as the code of LineMOD evaluators has it",
  "simpson-area": "areas by Simpson's rule on 1000 thresholds",
  "toolbox-area": "areas by the right end of every step",
  "toolbox-area-of-none-is-zero": "the same, and 0 where no error is within the limit",
  "ten-threshold-area": "areas as the mean accuracy at ten thresholds, printed as 11-point",
  "area-as-mean": "the mean of ADD(-S) as its area up to 0.1 d",
} as const;
export type CompatibilitySwitch = keyof typeof compatibilitySwitches;
export const compatibilityNames = Object.keys(compatibilitySwitches) as CompatibilitySwitch[];

const areas: Partial<Record<CompatibilitySwitch, AreaRule>> = {
  "simpson-area": "simpson",
  "toolbox-area": "toolbox",
  "toolbox-area-of-none-is-zero": "toolbox, 0 of none",
  "ten-threshold-area": "ten thresholds",
};

/** The rule of areas that switches ask for. @throws RangeError if they ask for two. */
export function compatibleArea(switches: readonly CompatibilitySwitch[]): AreaRule | undefined {
  const asked = switches.filter((name) => areas[name] !== undefined);
  if (asked.length > 1)
    throw new RangeError(`compatibility: expected one rule of areas, got ${asked.join(", ")}`);
  return asked.length === 0 ? undefined : areas[asked[0]];
}

/** One metre in a unit of length. @throws RangeError unless it is mm, cm or m. */
function metreIn(unit: string): number {
  const metres: Readonly<Record<string, number>> = { mm: 1000, cm: 100, m: 1 };
  if (metres[unit] === undefined)
    throw new RangeError(`compatibility: expected mm, cm or m, got ${unit}`);
  return metres[unit];
}

/** The diameter that switches give an object in a unit, or undefined. */
export function compatibleDiameter(
  switches: readonly CompatibilitySwitch[],
  object: number,
  unit: string,
): number | undefined {
  if (switches.includes("hard-coded-drone-diagonal")) return hardCodedDroneDiagonal * metreIn(unit);
  if (!switches.includes("hard-coded-linemod-diameters")) return undefined;
  const metres = hardCodedLinemodDiameters[object - 1];
  return metres === undefined ? undefined : metres * metreIn(unit);
}

/** Whether switches take an object of this name for symmetric, or undefined. */
export function compatibleSymmetry(
  switches: readonly CompatibilitySwitch[],
  name: string | undefined,
): boolean | undefined {
  if (!switches.includes("symmetric-in-code")) return undefined;
  return (linemodSymmetricInCode as readonly (string | undefined)[]).includes(name);
}

/** The angle that switches ask for; undefined for the usual one. `eggbox` says which object that is. */
export function compatibleRotationError(
  switches: readonly CompatibilitySwitch[],
  eggbox: (object: number) => boolean,
): ((object: number, estimate: Float64Array, truth: Float64Array) => number) | undefined {
  const unclamped = switches.includes("unclamped-rotation-error");
  const retried = switches.includes("retried-rotation-error");
  if (!unclamped && !retried) return undefined;
  const angle = unclamped ? unclampedRotationError : rotationError;
  return (object, estimate, truth) =>
    retried && eggbox(object)
      ? retriedRotationError(angle, estimate, truth)
      : angle(estimate, truth);
}
