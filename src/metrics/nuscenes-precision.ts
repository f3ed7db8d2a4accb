/**
 * Matching, precision and the errors of matches, for one class of the nuScenes detection task.
 *
 * Predictions take, in descending score, the nearest box of the truth in their frame that none took yet;
 * nearer than d on the ground plane, it is a match. Precision and score are read off at 101 recalls r = 0,
 * 0.01, …, 1, linearly between the recalls achieved, 0 beyond the greatest. Then
 *
 *     AP = mean over r = 0.11 … 1 of max(0, precision − 0.1), over 0.9
 *     TP error = mean over r = 0.11 … greatest recall achieved, of the running mean of the error over
 *                matches of at least the score at r; 1 if that recall is not above 0.1
 *
 * A NaN error is skipped by the running mean; where all are NaN it is 1. Of equal scores the later
 * prediction goes first, as in the development kit. Source: EQUATIONS NUS-M1 … M7, PVC-66; [Caesar2020].
 */
import {
  type Box,
  centreDistance,
  type MatchError,
  matchError,
  matchErrors,
} from "./nuscenes-boxes.js";

export interface ClassCurve {
  /** Boxes of the truth, and predictions, of this class. */
  readonly truths: number;
  readonly predictions: number;
  readonly matches: number;
  /** At the recalls 0, 0.01, …, 1 [101]. */
  readonly precision: Float64Array;
  readonly score: Float64Array;
  readonly errors: Readonly<Record<MatchError, Float64Array>>;
}

const GRID = 101;
/** Recalls and precisions up to a tenth are noise, and left out. */
const FIRST = 11;
const LEAST_PRECISION = 0.1;

/** The curve of boxes of one class at matching distance d [m]. */
export function classCurve(
  truth: readonly Box[],
  predictions: readonly Box[],
  distance: number,
): ClassCurve {
  const frames = new Map<string, { box: Box; taken: boolean }[]>();
  for (const box of truth) {
    const found = frames.get(box.frame);
    if (found) found.push({ box, taken: false });
    else frames.set(box.frame, [{ box, taken: false }]);
  }
  const order = predictions
    .map((box, i) => ({ box, i }))
    .sort((a, b) => b.box.score - a.box.score || b.i - a.i);
  const hits: { truth: Box; box: Box }[] = [];
  const recall = new Float64Array(order.length);
  const precision = new Float64Array(order.length);
  for (const [k, { box }] of order.entries()) {
    let nearest: { box: Box; taken: boolean } | undefined;
    let least = Infinity;
    for (const candidate of frames.get(box.frame) ?? []) {
      const gap = centreDistance(candidate.box, box);
      if (!candidate.taken && gap < least) {
        least = gap;
        nearest = candidate;
      }
    }
    if (nearest && least < distance) {
      nearest.taken = true;
      hits.push({ truth: nearest.box, box });
    }
    recall[k] = hits.length / truth.length;
    precision[k] = hits.length / (k + 1);
  }
  const counts = { truths: truth.length, predictions: order.length, matches: hits.length };
  if (hits.length === 0) return { ...counts, ...unmatched() };
  const scores = Float64Array.from(order, ({ box }) => box.score);
  const at = (values: Float64Array) =>
    Float64Array.from({ length: GRID }, (_, k) =>
      k / (GRID - 1) > recall[recall.length - 1] ? 0 : interpolated(recall, values, k / (GRID - 1)),
    );
  const score = at(scores);
  // Ascending scores, for interpolation.
  const hitScores = Float64Array.from(hits, ({ box }) => box.score).reverse();
  const errors = Object.fromEntries(
    matchErrors.map((name) => {
      const running = runningMean(
        hits.map((hit) => matchError(name, hit.truth, hit.box)),
      ).reverse();
      return [name, score.map((s) => interpolated(hitScores, running, s))];
    }),
  ) as Record<MatchError, Float64Array>;
  return { ...counts, precision: at(precision), score, errors };
}

/** AP [1] of a curve. */
export function averagePrecision({ precision }: ClassCurve): number {
  let total = 0;
  for (let k = FIRST; k < GRID; k++) total += Math.max(0, precision[k] - LEAST_PRECISION);
  return total / (GRID - FIRST) / (1 - LEAST_PRECISION);
}

/** A TP error of a curve, in its unit; 1 if recall never passes 0.1. */
export function truePositiveError({ score, errors }: ClassCurve, name: MatchError): number {
  let last = GRID - 1;
  while (last > 0 && score[last] === 0) last--;
  if (last < FIRST) return 1;
  let total = 0;
  for (let k = FIRST; k <= last; k++) total += errors[name][k];
  return total / (last - FIRST + 1);
}

/** Of no matches: no precision, and every error 1. */
function unmatched(): Pick<ClassCurve, "precision" | "score" | "errors"> {
  const ones = () => new Float64Array(GRID).fill(1);
  const errors = Object.fromEntries(matchErrors.map((name) => [name, ones()]));
  return {
    precision: new Float64Array(GRID),
    score: new Float64Array(GRID),
    errors: errors as Record<MatchError, Float64Array>,
  };
}

/** Mean of the values so far that are not NaN, 0 before the first; all ones if every value is NaN. */
function runningMean(values: readonly number[]): Float64Array {
  let total = 0;
  let count = 0;
  const means = Float64Array.from(values, (value) => {
    if (!Number.isNaN(value)) {
      total += value;
      count++;
    }
    return count === 0 ? 0 : total / count;
  });
  return count === 0 ? means.fill(1) : means;
}

/** y at x, linear between ascending xs, of equal ones the last; the ends' values beyond them. */
function interpolated(xs: Float64Array, ys: Float64Array, x: number): number {
  let low = 0;
  let high = xs.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (xs[middle] <= x) low = middle + 1;
    else high = middle;
  }
  if (low === 0) return ys[0];
  const i = low - 1;
  if (low === xs.length || xs[i] === x) return ys[i];
  return ys[i] + ((ys[low] - ys[i]) / (xs[low] - xs[i])) * (x - xs[i]);
}
