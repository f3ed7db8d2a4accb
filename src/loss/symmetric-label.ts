/**
 * The label of a symmetric object: of the poses that look the same, the one nearest to an estimate.
 *
 * No gradient passes through the choice: it is a constant of the loss that the chosen pose enters.
 * Source: EQUATIONS SYM-3, SYM-4, SYM-5; [LC2023] Sec 4.4 and published code.
 */
import { cameraPoints, denseCandidateError, sparseCandidateError } from "../kernels/symmetry.js";
import { cameraMatrix, requireCalibrationMatrix } from "../problem/camera.js";
import { type ArrayInput, denseArray } from "../problem/dense-array.js";
import type { Pose } from "../problem/pose.js";
import { motion } from "../problem/symmetry.js";
import type { Stream } from "../random/index.js";

/**
 * - chosen: the candidate of least error was taken.
 * - first: selection is off, or has not started; the first candidate is the label as it was given.
 * - too-few-points: so few points say nothing; the first candidate is returned.
 */
export type LabelStatus = "chosen" | "first" | "too-few-points";

export const labelSentences: Readonly<Record<LabelStatus, string>> = {
  chosen: "the candidate nearest to the estimate is the label",
  first: "selection is off or has not started: the first candidate is the label",
  "too-few-points": "too few points to tell candidates apart: the first candidate is the label",
};

export interface SymmetricLabel {
  readonly status: LabelStatus;
  readonly pose: Pose;
  /** Its place among the candidates; of equally near ones, the first. */
  readonly index: number;
  /** Mean distance of every candidate, in the unit of z (dense) or px (sparse); empty if none was taken. */
  readonly errors: Float64Array;
}

export interface LabelOptions {
  /** Whether labels are chosen at all; by default they are. */
  readonly on?: boolean;
  /** This training step, by default 0, and the one from which on labels are chosen, by default 0. */
  readonly step?: number;
  readonly startStep?: number;
}

export interface DenseLabelOptions extends LabelOptions {
  /** Points below which nothing is chosen; 100 as published. */
  readonly leastPoints?: number;
  /** Draws `samples` points, 256 as published, without replacement; without it all points count. */
  readonly draw?: { readonly stream: Stream; readonly samples?: number };
}

/** Points drawn, and points needed, by the code published with [LC2023]. */
export const publishedLabelPoints = { samples: 256, least: 100 } as const;

/**
 * The candidate at which object points z [N, 3], predicted at pixels, lie nearest to where it puts those
 * pixels; `rays` [N, 3] are K X, homogeneous pixel coordinates times the depth that is known of them.
 *
 * @throws TypeError or RangeError if there is no candidate, a shape differs, an entry is not finite,
 * K is no calibration matrix, or an option is out of range.
 */
export function denseLabel(
  candidates: readonly Pose[],
  points: { readonly K: ArrayInput; readonly rays: ArrayInput; readonly z: ArrayInput },
  options: DenseLabelOptions = {},
): SymmetricLabel {
  requireCandidates("denseLabel", candidates);
  const K = cameraMatrix("denseLabel", points.K);
  requireCalibrationMatrix("denseLabel", K);
  const rays = denseArray("denseLabel", "rays", points.rays, ["N", 3]);
  const n = rays.shape[0];
  const z = denseArray("denseLabel", "z", points.z, [n, 3]).data;
  const least = options.leastPoints ?? publishedLabelPoints.least;
  if (!(Number.isInteger(least) && least >= 1))
    throw new RangeError(`denseLabel: expected leastPoints a whole number >= 1, got ${least}`);
  if (!started(options)) return unchosen("first", candidates);
  if (n < least) return unchosen("too-few-points", candidates);
  const drawn = drawnPoints(n, options.draw);
  const [X, kept] = [rows(rays.data, drawn, 3), rows(z, drawn, 3)];
  cameraPoints(drawn.length, K, X, X);
  return nearest(candidates, (P) => denseCandidateError(drawn.length, P, X, kept));
}

/**
 * The candidate whose keypoints z [N, 3] project nearest to the predicted image points x2d [N, 2].
 *
 * @throws as denseLabel; K may be any regular matrix.
 */
export function sparseLabel(
  candidates: readonly Pose[],
  points: { readonly K: ArrayInput; readonly z: ArrayInput; readonly x2d: ArrayInput },
  options: LabelOptions = {},
): SymmetricLabel {
  requireCandidates("sparseLabel", candidates);
  const K = cameraMatrix("sparseLabel", points.K);
  const z = denseArray("sparseLabel", "z", points.z, ["N", 3]);
  const n = z.shape[0];
  const x2d = denseArray("sparseLabel", "x2d", points.x2d, [n, 2]).data;
  if (!started(options)) return unchosen("first", candidates);
  if (n === 0) return unchosen("too-few-points", candidates);
  return nearest(candidates, (P) => sparseCandidateError(n, P, K, z.data, x2d));
}

function requireCandidates(caller: string, candidates: readonly Pose[]): void {
  if (candidates.length === 0)
    throw new RangeError(`${caller}: expected at least one candidate, got none`);
}

const started = ({ on = true, step = 0, startStep = 0 }: LabelOptions): boolean =>
  on && step >= startStep;

const unchosen = (status: LabelStatus, candidates: readonly Pose[]): SymmetricLabel => ({
  status,
  pose: candidates[0],
  index: 0,
  errors: new Float64Array(0),
});

function nearest(candidates: readonly Pose[], error: (P: Float64Array) => number): SymmetricLabel {
  const errors = Float64Array.from(candidates, ({ R, t }) => error(motion(R.data, t.data)));
  let index = 0;
  // A candidate with a point on the camera's plane has no error, and is never nearer than one that has.
  for (let k = 1; k < errors.length; k++)
    if (errors[k] < errors[index] || (Number.isNaN(errors[index]) && !Number.isNaN(errors[k])))
      index = k;
  return { status: "chosen", pose: candidates[index], index, errors };
}

function drawnPoints(n: number, draw: DenseLabelOptions["draw"]): Int32Array {
  const all = Int32Array.from({ length: n }, (_, i) => i);
  if (draw === undefined) return all;
  const samples = draw.samples ?? publishedLabelPoints.samples;
  if (!(Number.isInteger(samples) && samples >= 1))
    throw new RangeError(`denseLabel: expected samples a whole number >= 1, got ${samples}`);
  return draw.stream.shuffle(all).slice(0, samples);
}

const rows = (flat: Float64Array, kept: Int32Array, width: number): Float64Array => {
  const out = new Float64Array(width * kept.length);
  kept.forEach((i, k) => {
    out.set(flat.subarray(width * i, width * (i + 1)), width * k);
  });
  return out;
};
