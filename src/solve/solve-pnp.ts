/**
 * From correspondences to the pose of least (robust) reprojection cost.
 *
 * Which starts. One pass over the points turns the problem into a form rᵀ Ω r over rotations
 * (algebraic-cost.ts); descents on it from twelve fixed rotations find its minima, seldom more than two
 * with the object in front of the camera. From the lowest, and from every other whose form is not
 * hopelessly higher, Newton descends on the reprojection cost to machine precision. The other is
 * usually the pose mirrored in depth, which a planar object cannot tell apart under noise.
 * Hopeless means above (2 + 100/m) times the lowest, m the equations left over: a likelihood ratio
 * far beyond noise, with room for the depth weights by which the form differs from the cost. Six
 * equations or fewer left no residual to compare, and every minimum is descended from.
 *
 * With Huber and a residual beyond 3δ, an outlier may have led all of these astray, and the pose
 * RANSAC finds joins the starts.
 *
 * How often this fails: spec/certify/global-minimum.ts compares with 64 random restarts a problem. Of
 * 9 000 (4 to 512 points, up to 3 px; boxes, plates, planes) none was beaten. With δ = 2 px, two of
 * 800 were, both among the 200 with 30 % of outliers.
 */
import type { Correspondences } from "../problem/correspondences.js";
import { type CorrespondencesInput, correspondences } from "../problem/correspondences.js";
import { problemStatus } from "../problem/geometry.js";
import { pose, poseFromVector, poseOf } from "../problem/pose.js";
import type { Status } from "../problem/status.js";
import { algebraicMinima } from "./algebraic-minima.js";
import { poseConditioning } from "./conditioning.js";
import { outlierStart } from "./outlier-start.js";
import { insertMinimum, type PoseMinimum, poseMinimum } from "./pose-minima.js";
import type { PnPSolution, PoseInput, SolveOptions } from "./solution.js";
import { octahedralRotations, tetrahedralRotations } from "./start-rotations.js";

/** Newton ends at 1 or where rounding stalls it; gradients of more than this have not vanished. */
const STATIONARY = 16;
/** Support below which starts are doubled: few points leave little to tell basins apart. */
const FEW = 7;

/**
 * The pose of least ½Σρ(‖w ∘ (x − π)‖²) over x2d [N, 2], x3d [N, 3], w2d [N, 2], K [3, 3], and how far
 * it can be trusted. N ≥ 4, or N ≥ 3 with `poseInit`; less is a status, not an error.
 *
 * @throws TypeError or RangeError on malformed input or options; never on degenerate problems.
 */
export function solvePnP(input: CorrespondencesInput, options: SolveOptions = {}): PnPSolution {
  return solveCorrespondences(correspondences(input), options);
}

/** `solvePnP` for correspondences that have been checked. @throws RangeError on malformed options. */
export function solveCorrespondences(
  problem: Correspondences,
  options: SolveOptions = {},
): PnPSolution {
  const { delta = Infinity, maxIterations = 100 } = options;
  const steps = solution(problem, options);
  let next = steps.next();
  while (!next.done) {
    const { R, t } = next.value;
    next = steps.next(poseMinimum(problem, R, t, delta, maxIterations));
  }
  return next.value;
}

/** A pose to descend from: R [3, 3], t [3]. */
export interface DescentStart {
  readonly R: Float64Array;
  readonly t: Float64Array;
}

/**
 * The same, one descent at a time: it gives a start and takes the minimum found from there, so that descents
 * of many problems can be run side by side.
 */
export function* solution(
  problem: Correspondences,
  options: SolveOptions = {},
): Generator<DescentStart, PnPSolution, PoseMinimum> {
  const { delta, ambiguity } = checkedOptions(options);
  const start = options.poseInit === undefined ? null : poseOfInput(options.poseInit);
  if (start) {
    const status = problemStatus(problem);
    if (status !== "ok") return unsolved(status);
    const found = yield { R: start.R.data, t: start.t.data };
    return judged(problem, delta, [found], found.at.iterations, ambiguity);
  }
  const { minima, form } = algebraicMinima(problem, tetrahedralRotations);
  // A clear spread in two directions settles the matter; anything less is looked at with care.
  const S = form.scatter;
  const spread = S[0] * S[4] - S[1] ** 2 + S[0] * S[8] - S[2] ** 2 + S[4] * S[8] - S[5] ** 2;
  if (form.support < FEW || !(spread > 1e-8)) {
    const status = problemStatus(problem);
    if (status !== "ok") return unsolved(status);
    if (form.support < 4) return unsolved("needs-start");
  }
  const surplus = equationsOf(problem) - 6;
  const thorough = form.support < FEW || minima.length === 0;
  const starts = thorough ? algebraicMinima(problem, octahedralRotations).minima : minima;
  const limit = surplus > 0 && starts.length ? (2 + 100 / surplus) * starts[0].cost : Infinity;
  const found: PoseMinimum[] = [];
  let iterations = 0;
  for (const { R, t, cost } of starts) {
    if (found.length > 0 && cost > limit) break;
    const minimum = yield { R, t };
    iterations += minimum.at.iterations;
    insertMinimum(found, minimum);
  }
  if (delta < Infinity) {
    const extra = outlierStart(problem, found.length ? found[0] : null, delta);
    if (extra) {
      const minimum = yield extra;
      iterations += minimum.at.iterations;
      insertMinimum(found, minimum);
    }
  }
  if (found.length === 0) return unsolved("rank-deficient");
  return judged(problem, delta, found, iterations, ambiguity);
}

function checkedOptions({ delta = Infinity, maxIterations = 100, ambiguity = 100 }: SolveOptions) {
  if (!(delta > 0)) throw new RangeError(`solvePnP: expected delta > 0, got ${delta}`);
  if (!(Number.isSafeInteger(maxIterations) && maxIterations >= 1))
    throw new RangeError(`solvePnP: expected a whole maxIterations >= 1, got ${maxIterations}`);
  if (!(ambiguity >= 1))
    throw new RangeError(`solvePnP: expected ambiguity >= 1, got ${ambiguity}`);
  return { delta, maxIterations, ambiguity };
}

function poseOfInput(input: PoseInput) {
  if (input !== null && typeof input === "object" && "R" in input && "t" in input)
    return pose(input.R, input.t);
  return poseFromVector(input);
}

/** Positive weights: scalar equations on the pose. */
function equationsOf({ w2d }: Correspondences): number {
  let count = 0;
  for (let i = 0; i < w2d.length; i++) if (w2d[i] > 0) count++;
  return count;
}

function unsolved(status: Status): PnPSolution {
  return {
    status,
    pose: null,
    cost: Number.NaN,
    iterations: 0,
    stationarity: Infinity,
    rank: 0,
    condition: Infinity,
    behindCamera: 0,
    second: null,
    ambiguous: false,
  };
}

function judged(
  problem: Correspondences,
  delta: number,
  minima: PoseMinimum[],
  iterations: number,
  ambiguity: number,
): PnPSolution {
  const [{ R, t, at }] = minima;
  const { rank, condition } = poseConditioning(problem, R, t, delta);
  const other = minima.find((m, i) => i > 0 && m.at.minimum && m.at.behind === 0);
  return {
    status: statusOf(minima[0], rank),
    pose: poseOf(R, t),
    cost: at.cost,
    iterations,
    stationarity: at.stationarity,
    rank,
    condition,
    behindCamera: at.behind,
    second: other ? { pose: poseOf(other.R, other.t), cost: other.at.cost } : null,
    ambiguous: other !== undefined && isClose(problem, at.cost, other.at.cost, ambiguity),
  };
}

function statusOf({ at }: PoseMinimum, rank: number): Status {
  if (at.behind > 0) return "behind-camera";
  if (rank < 6) return "rank-deficient";
  if (!(at.stationarity <= STATIONARY)) return "not-converged";
  return at.minimum ? "ok" : "not-positive-definite";
}

/**
 * Whether exp((c₂ − c₁)/s²) < ambiguity, with the noise estimated from the better fit,
 * s² = 2c₁/(equations − 6). Costs below the rounding of a perfect fit, (ε‖w∘x‖)², are ties.
 */
function isClose(
  problem: Correspondences,
  best: number,
  other: number,
  ambiguity: number,
): boolean {
  let rounding = 0;
  for (let i = 0; i < problem.w2d.length; i++) {
    const e = Number.EPSILON * problem.w2d[i] * problem.x2d[i];
    rounding += 64 * e * e;
  }
  const surplus = equationsOf(problem) - 6;
  if (surplus <= 0) return other <= rounding;
  const variance = (2 * Math.max(best, rounding)) / surplus;
  return other - best < Math.log(ambiguity) * variance;
}
