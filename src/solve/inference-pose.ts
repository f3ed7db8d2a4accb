/**
 * The pose of a trained head at test time, with the published recipes by name.
 *
 *     dense:       EPnP on the points of the greatest 20 % of weights, then 3 Gauss–Newton steps on all
 *     deformable:  RS-LM, then 5 Gauss–Newton steps; yaw only
 *
 * Points are moved to their mean first (GEO-19): published for the detector; for a dense head it changes
 * no cost, and parts the ridge of Gauss–Newton from the choice of origin.
 * Gauss–Newton (PNP-5) takes its steps untested: `cost` against `startCost` says whether they helped.
 * `mirroredTogether` puts the points of an image and of its mirror image into one problem.
 * Source: EQUATIONS EPRO-43, 44, GEO-19; [EProPnP2022] Sec 3.4, 5.4 and published code; the paper
 * names Levenberg–Marquardt, which `solvePnP` and `levenbergMarquardt` offer.
 */
import { mirroredPixels, mirroredPoints } from "../kernels/deformable-head.js";
import { offsetPoints, pointOffset, restoredTranslation } from "../kernels/normalisation.js";
import type { Correspondences } from "../problem/correspondences.js";
import { behindCamera, problemStatus } from "../problem/geometry.js";
import { type Pose, poseOf } from "../problem/pose.js";
import type { Status } from "../problem/status.js";
import { efficientPose } from "./epnp.js";
import { gaussNewton } from "./gauss-newton.js";
import { clampedCost } from "./normal-equations.js";
import { randomSampleStart } from "./rs-lm.js";

export interface InferenceOptions {
  /** "dense" for any rotation, "deformable" for a yaw. Default: "dense". */
  readonly head?: "dense" | "deformable";
  /** Gauss–Newton steps, >= 0. Default: 3 of a dense head, 5 of a deformable one. */
  readonly iterations?: number;
  /** Share of points EPnP starts from, in (0, 1], at least four. Default: 0.2. */
  readonly share?: number;
  /** Huber threshold [px]. Default: Infinity. */
  readonly delta?: number;
  /** Name of the random stream of RS-LM. Default: "inference". */
  readonly seed?: string;
}

export interface InferencePose {
  /** "ok", or why there is no pose; "no-consensus" if no start was found. "behind-camera" has one. */
  readonly status: Status;
  readonly pose: Pose | null;
  /** ½Σρ [px²] at the pose and at the start; NaN without one. */
  readonly cost: number;
  readonly startCost: number;
  /** 1 where a point took part in the start [N]. */
  readonly started: Uint8Array;
}

/** Fewest points EPnP can start from. */
const LEAST = 4;

/**
 * The pose a head's correspondences stand for.
 *
 * @throws RangeError if an option is out of range.
 */
export function inferencePose(
  problem: Correspondences,
  options: InferenceOptions = {},
): InferencePose {
  const { head = "dense", share = 0.2, delta = Infinity, seed = "inference" } = options;
  const iterations = options.iterations ?? (head === "dense" ? 3 : 5);
  if (!(share > 0 && share <= 1))
    throw new RangeError(`inferencePose: expected a share in (0, 1], got ${share}`);
  if (!(Number.isInteger(iterations) && iterations >= 0))
    throw new RangeError(`inferencePose: expected whole iterations >= 0, got ${iterations}`);
  if (!(delta >= 0)) throw new RangeError(`inferencePose: expected delta >= 0, got ${delta}`);
  const started = new Uint8Array(problem.n);
  const without = (status: Status): InferencePose => ({
    status,
    pose: null,
    cost: Number.NaN,
    startCost: Number.NaN,
    started,
  });
  const status = problemStatus(problem);
  if (status !== "ok" && !(head === "deformable" && status === "collinear")) return without(status);
  const offset = new Float64Array(3);
  const x3d = new Float64Array(problem.x3d.length);
  pointOffset(problem.n, problem.x3d, offset);
  offsetPoints(problem.n, problem.x3d, offset, x3d);
  const centred: Correspondences = { ...problem, x3d };
  const R = new Float64Array(9);
  const t = new Float64Array(3);
  if (head === "dense") {
    const part = heaviest(centred, share, started);
    if (!Number.isFinite(efficientPose(part.n, part.x2d, part.x3d, part.w2d, part.K, R, t)))
      return without("no-consensus");
  } else {
    const start = randomSampleStart(centred, { chart: "YAW", delta, seed });
    if (start.pose === null || !Number.isFinite(start.cost)) return without("no-consensus");
    R.set(start.R);
    t.set(start.t);
    started.fill(1);
  }
  const startCost = clampedCost(centred, R, t, delta, null);
  gaussNewton(centred, R, t, { chart: head === "dense" ? "Q7" : "YAW", iterations, delta });
  const cost = clampedCost(centred, R, t, delta, null);
  if (!Number.isFinite(cost)) return { ...without("not-converged"), startCost };
  restoredTranslation(R, t, offset, t);
  const seen = behindCamera(problem, R, t) === 0 ? "ok" : "behind-camera";
  return { status: seen, pose: poseOf(R, t), cost, startCost, started };
}

/** The points of the greatest wₓ + w_y, ties kept; marks them in `started`. */
function heaviest(problem: Correspondences, share: number, started: Uint8Array): Correspondences {
  const { n, x2d, x3d, w2d, K } = problem;
  const sums = Float64Array.from({ length: n }, (_, i) => w2d[2 * i] + w2d[2 * i + 1]);
  const count = Math.min(Math.max(Math.ceil(share * n), LEAST), n);
  const least = sums.slice().sort()[n - count];
  const chosen: number[] = [];
  sums.forEach((sum, i) => {
    // Points of no weight add nothing to a start.
    if (!(sum >= least && sum > 0)) return;
    chosen.push(i);
    started[i] = 1;
  });
  const pick = (from: Float64Array, width: number) =>
    Float64Array.from(
      { length: width * chosen.length },
      (_, j) => from[width * chosen[Math.floor(j / width)] + (j % width)],
    );
  return { n: chosen.length, x2d: pick(x2d, 2), x3d: pick(x3d, 3), w2d: pick(w2d, 2), K };
}

/**
 * One problem of the points of an image and of its mirror image, in the image's own frame: pixels of
 * the second are mirrored back, W − u, and so are its object points, −z₃. W is the sum of u at both
 * edges: the width, or one less where pixels count their centres. K is the first's.
 *
 * @throws RangeError if W is not finite.
 */
export function mirroredTogether(
  image: Correspondences,
  mirrored: Correspondences,
  W: number,
): Correspondences {
  if (!Number.isFinite(W))
    throw new RangeError(`mirroredTogether: expected a finite width, got ${W}`);
  const total = image.n + mirrored.n;
  const [x2d, x3d] = [new Float64Array(2 * total), new Float64Array(3 * total)];
  const w2d = new Float64Array(2 * total);
  w2d.set(image.w2d);
  w2d.set(mirrored.w2d, 2 * image.n);
  x2d.set(image.x2d);
  x3d.set(image.x3d);
  mirroredPixels(mirrored.n, mirrored.x2d, W, x2d.subarray(2 * image.n));
  mirroredPoints(mirrored.n, mirrored.x3d, x3d.subarray(3 * image.n));
  return { n: total, x2d, x3d, w2d, K: image.K };
}
