/**
 * The nuScenes detection score: of what precision, and of what errors of the matches it is made.
 *
 *     mAP = mean over classes of the mean of AP over d = 0.5, 1, 2, 4 m
 *     mTP = mean over classes, those left out aside, of the TP error at d = 2 m
 *     NDS = (1/10) (5 mAP + Σ over the five mTP of (1 − min(1, mTP)))
 *
 * Left out: orientation, velocity and attribute of cones, velocity and attribute of barriers. A class
 * without truth has AP 0 and errors 1, as in the development kit: the denominator is ten classes.
 * Source: EQUATIONS NUS-M2 … M8, PVC-66; [Caesar2020] Sec 3.1.
 */
import {
  type Box,
  type DetectionClass,
  detectionClasses,
  isExcluded,
  type MatchError,
  matchErrors,
  requireBoxes,
} from "./nuscenes-boxes.js";
import { averagePrecision, classCurve, truePositiveError } from "./nuscenes-precision.js";

/** Matching distances of mAP [m]. */
export const matchingDistances = [0.5, 1, 2, 4] as const;
/** Matching distance of the TP errors [m]. */
export const truePositiveDistance = 2;

export interface ClassScore {
  readonly truths: number;
  readonly predictions: number;
  /** Matches at 2 m. */
  readonly matches: number;
  /** At 0.5, 1, 2 and 4 m. */
  readonly averagePrecisions: readonly number[];
  readonly averagePrecision: number;
  /** TP errors at 2 m; NaN where left out. */
  readonly errors: Readonly<Record<MatchError, number>>;
}

export interface DetectionScore {
  readonly nds: number;
  readonly map: number;
  /** mATE [m], mASE [1], mAOE [rad], mAVE [m/s], mAAE [1]. */
  readonly errors: Readonly<Record<MatchError, number>>;
  readonly classes: Readonly<Record<DetectionClass, ClassScore>>;
}

/** NDS [1] of mAP and the five mTP. */
export function nuscenesScore(map: number, errors: Readonly<Record<MatchError, number>>): number {
  const kept = matchErrors.map((name) => 1 - Math.min(1, errors[name]));
  return (5 * map + kept.reduce((sum, part) => sum + part, 0)) / 10;
}

/** Every score of predictions against the truth. @throws RangeError of boxes: see requireBoxes. */
export function detectionScore(truth: readonly Box[], predictions: readonly Box[]): DetectionScore {
  requireBoxes("detectionScore", truth, false);
  requireBoxes("detectionScore", predictions, true);
  const classes = Object.fromEntries(
    detectionClasses.map((name) => {
      const of = (boxes: readonly Box[]) => boxes.filter((box) => box.class === name);
      return [name, classScore(name, of(truth), of(predictions))];
    }),
  ) as Record<DetectionClass, ClassScore>;
  const map = mean(detectionClasses.map((name) => classes[name].averagePrecision));
  const errors = Object.fromEntries(
    matchErrors.map((error) => [
      error,
      mean(detectionClasses.map((name) => classes[name].errors[error])),
    ]),
  ) as Record<MatchError, number>;
  return { nds: nuscenesScore(map, errors), map, errors, classes };
}

function classScore(
  name: DetectionClass,
  truth: readonly Box[],
  predictions: readonly Box[],
): ClassScore {
  const curves = matchingDistances.map((distance) => classCurve(truth, predictions, distance));
  const matched = curves[matchingDistances.indexOf(truePositiveDistance)];
  const averagePrecisions = curves.map(averagePrecision);
  const errors = matchErrors.map((error) => [
    error,
    isExcluded(name, error) ? Number.NaN : truePositiveError(matched, error),
  ]);
  return {
    truths: matched.truths,
    predictions: matched.predictions,
    matches: matched.matches,
    averagePrecisions,
    averagePrecision: mean(averagePrecisions),
    errors: Object.fromEntries(errors) as Record<MatchError, number>,
  };
}

/** Mean of the values that are not NaN. */
function mean(values: readonly number[]): number {
  const kept = values.filter((value) => !Number.isNaN(value));
  return kept.reduce((sum, value) => sum + value, 0) / kept.length;
}
