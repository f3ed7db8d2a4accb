/**
 * Random-sample Levenberg–Marquardt (PNP-7): many short solves from random rotations, the best kept.
 *
 * Each of P proposals draws n points with probability in proportion to their mean weight, without
 * replacement; starts from the centre-based translation of all points (PNP-8) and a uniform random
 * rotation; and runs a few iterations of PNP-6 on its points, with the Huber threshold of the whole
 * set. The proposal of least cost over all points wins. Nothing is differentiated through.
 *
 * Draws may also be given, so that a recorded run of another implementation can be repeated number
 * for number.
 * Source: the public implementation of [EProPnP2022]; constants in EQUATIONS PNP-7.
 */

import { quaternionRotation } from "../kernels/quaternion.js";
import { yawRotation } from "../kernels/yaw.js";
import type { Correspondences } from "../problem/correspondences.js";
import { problemStatus } from "../problem/geometry.js";
import { type Pose, poseOf } from "../problem/pose.js";
import type { Status } from "../problem/status.js";
import { type Stream, stream } from "../random/stream.js";
import { weightedDraw } from "../random/weighted-draw.js";
import { centredTranslation } from "./centred-translation.js";
import { levenbergMarquardt } from "./levenberg-marquardt.js";
import { type Clamps, clampedCost, clampRow } from "./normal-equations.js";

/** Random numbers of a run, given instead of drawn. */
export interface RecordedDraws {
  /** Points of each proposal [P, n]. */
  readonly indices: ArrayLike<number>;
  /** Rotation of each proposal: unit quaternions (w, x, y, z) [P, 4], or yaws [P] in the chart YAW. */
  readonly rotations: ArrayLike<number>;
}

export interface RandomSampleOptions {
  /** "Q7" for any rotation, "YAW" for turns about the vertical. Default: "Q7". */
  readonly chart?: "Q7" | "YAW";
  /** Points a proposal, n. Default: 16, or all of positive weight if there are fewer. */
  readonly points?: number;
  /** Proposals, P. Default: 64. */
  readonly proposals?: number;
  /** Iterations of Levenberg–Marquardt a proposal. Default: 3. */
  readonly iterations?: number;
  /** Huber threshold δ of the whole set, in weighted pixels. Default: Infinity, no Huber. */
  readonly delta?: number;
  /** Clamps of GEO-18. Default: none. */
  readonly clamps?: Clamps;
  /** Name of the random stream. Default: "rs-lm". */
  readonly seed?: string;
  /** Draws to repeat; `points` and `proposals` must agree with their lengths. */
  readonly draws?: RecordedDraws;
}

export interface RandomSampleSolution {
  /** "ok", "empty", "zero-weights", "too-few-points", "coincident" or "collinear". */
  readonly status: Status;
  /** The best proposal, or null if status is not "ok". */
  readonly pose: Pose | null;
  readonly R: Float64Array;
  readonly t: Float64Array;
  /** ½Σρ over all points at the best proposal [weighted px²]. */
  readonly cost: number;
  /** Which proposal won. */
  readonly best: number;
  /** Every proposal after its iterations: R [P·9], t [P·3], and its cost over all points [P]. */
  readonly proposals: {
    readonly R: Float64Array;
    readonly t: Float64Array;
    readonly costs: Float64Array;
  };
}

/**
 * The best of many short random solves.
 *
 * @throws RangeError if an option is out of its range, or given draws do not fit the problem.
 */
export function randomSampleStart(
  problem: Correspondences,
  options: RandomSampleOptions = {},
): RandomSampleSolution {
  const { chart = "Q7", iterations = 3, delta = Infinity, draws } = options;
  const weights = pointWeights(problem);
  const settings = resolved(options, problem.n, weights);
  const R = new Float64Array(9 * settings.proposals);
  const t = new Float64Array(3 * settings.proposals);
  const costs = new Float64Array(settings.proposals).fill(Infinity);
  const status = solvability(problem, chart);
  if (status !== "ok")
    return {
      status,
      pose: null,
      R: new Float64Array(9),
      t: new Float64Array(3),
      cost: Infinity,
      best: -1,
      proposals: { R, t, costs },
    };
  const centred = new Float64Array(3);
  const { n, x2d, x3d, K } = problem;
  centredTranslation(n, x2d, x3d, K, chart === "YAW", centred);
  const clamps = clampRow("randomSampleStart", options.clamps);
  const root = stream(options.seed ?? "rs-lm");
  let best = 0;
  for (let k = 0; k < settings.proposals; k++) {
    const own = root.at(k);
    const chosen = draws
      ? Array.from({ length: settings.points }, (_, i) => draws.indices[k * settings.points + i])
      : weightedDraw(weights, settings.points, own);
    const Rk = R.subarray(9 * k, 9 * k + 9);
    const tk = t.subarray(3 * k, 3 * k + 3);
    startRotation(chart, k, draws, own, Rk);
    tk.set(centred);
    levenbergMarquardt(subset(problem, chosen), Rk, tk, {
      chart,
      iterations,
      delta,
      clamps: options.clamps,
    });
    costs[k] = clampedCost(problem, Rk, tk, delta, clamps);
    // A NaN never wins, and of equal costs the first does.
    if (costs[k] < costs[best] || Number.isNaN(costs[best])) best = k;
  }
  const bestR = R.slice(9 * best, 9 * best + 9);
  const bestT = t.slice(3 * best, 3 * best + 3);
  return {
    status,
    pose: poseOf(bestR, bestT),
    R: bestR,
    t: bestT,
    cost: costs[best],
    best,
    proposals: { R, t, costs },
  };
}

/** Mean over both axes of each point's weight [N]: what its chance of being drawn is in proportion to. */
function pointWeights({ n, w2d }: Correspondences): Float64Array {
  return Float64Array.from({ length: n }, (_, i) => 0.5 * (w2d[2 * i] + w2d[2 * i + 1]));
}

function resolved(
  options: RandomSampleOptions,
  n: number,
  weights: Float64Array,
): { points: number; proposals: number } {
  const positive = weights.reduce((count, w) => count + (w > 0 ? 1 : 0), 0);
  const { points = Math.min(16, positive), proposals = 64, draws } = options;
  const name = "randomSampleStart";
  if (!(Number.isSafeInteger(proposals) && proposals >= 1))
    throw new RangeError(`${name}: expected a whole proposals >= 1, got ${proposals}`);
  if (!(Number.isSafeInteger(points) && points >= 0 && points <= positive))
    throw new RangeError(
      `${name}: expected points within 0 … ${positive}, the points of positive weight, got ${points}`,
    );
  if (draws === undefined) return { points, proposals };
  if (draws.indices.length !== points * proposals)
    throw new RangeError(
      `${name}: expected ${points * proposals} drawn indices, got ${draws.indices.length}`,
    );
  const numbers = options.chart === "YAW" ? 1 : 4;
  if (draws.rotations.length !== numbers * proposals)
    throw new RangeError(
      `${name}: expected ${numbers * proposals} drawn rotation numbers, got ${draws.rotations.length}`,
    );
  for (let k = 0; k < draws.indices.length; k++) {
    const index = draws.indices[k];
    if (!(Number.isInteger(index) && index >= 0 && index < n))
      throw new RangeError(`${name}: expected drawn indices within 0 … ${n - 1}, got ${index}`);
  }
  return { points, proposals };
}

/** As problemStatus, but that one angle may be told from points on a line. */
function solvability(problem: Correspondences, chart: "Q7" | "YAW"): Status {
  const status = problemStatus(problem);
  return chart === "YAW" && status === "collinear" ? "ok" : status;
}

function startRotation(
  chart: "Q7" | "YAW",
  k: number,
  draws: RecordedDraws | undefined,
  draw: Stream,
  R: Float64Array,
): void {
  if (chart === "YAW") yawRotation(draws ? draws.rotations[k] : 2 * Math.PI * draw.uniform(), R);
  else if (draws === undefined) draw.rotation(R);
  else {
    const q = Float64Array.from({ length: 4 }, (_, i) => draws.rotations[4 * k + i]);
    quaternionRotation(q, "unit", R);
  }
}

/** The chosen points as a problem of their own. */
function subset({ x2d, x3d, w2d, K }: Correspondences, chosen: readonly number[]): Correspondences {
  const pick = (from: Float64Array, width: number): Float64Array =>
    Float64Array.from({ length: width * chosen.length }, (_, j) => {
      return from[width * chosen[Math.floor(j / width)] + (j % width)];
    });
  return { n: chosen.length, x2d: pick(x2d, 2), x3d: pick(x3d, 3), w2d: pick(w2d, 2), K };
}
