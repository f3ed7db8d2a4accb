/**
 * RANSAC: the pose most correspondences agree on, however wrong the others are (EQUATIONS PNP-10).
 *
 * Three random correspondences give up to four poses (or five give one, by EPnP); the pose of least
 * truncated cost Σ min(‖r_i‖², threshold²) leads. A new leader is polished on its inliers, all of
 * weight one, until they no longer change. Weights are ignored throughout: the result has the same
 * bits whatever they are. Drawing stops when a sample without outliers has been seen with the wanted
 * confidence p, were inliers as frequent as the leader's:
 *
 *     k ≥ ln(1 − p) / ln(1 − ε^m),   ε the inlier ratio, m the sample size
 *
 * Sources: [FischlerBolles1981] doi:10.1145/358669.358692; [TorrZisserman2000] MLESAC
 * doi:10.1006/cviu.1999.0832 for the cost; [ChumEtAl2003] doi:10.1007/978-3-540-45243-0_31 for
 * polishing leaders.
 */

import { projection, rigidTransform } from "../kernels/projection.js";
import { inverseCamera } from "../problem/camera.js";
import type { Correspondences } from "../problem/correspondences.js";
import { type Pose, poseOf } from "../problem/pose.js";
import type { Status } from "../problem/status.js";
import { stableLog } from "../random/elementary.js";
import { type Stream, stream } from "../random/stream.js";
import { efficientPose } from "./epnp.js";
import { MOST_POSES, threePointPoses } from "./p3p.js";
import { polish, polished } from "./polish.js";

export interface RansacOptions {
  /** A correspondence is an inlier if ‖r‖ ≤ threshold, px. Default: 3. */
  readonly threshold?: number;
  /** Probability of having drawn a sample without outliers. Default: 0.9999. */
  readonly confidence?: number;
  /** Most samples drawn. Default: 10 000; at least one is always drawn. */
  readonly maxIterations?: number;
  /** Fewest inliers that make a consensus: one more than any three points have. Default: 4. */
  readonly minimumInliers?: number;
  /** What makes a pose of a sample: of three points or of five. Default: "p3p". */
  readonly minimal?: "p3p" | "epnp";
  /** Name of the random stream. Default: "ransac". */
  readonly seed?: string;
}

export interface RansacSolution {
  /** "ok", "too-few-points" (fewer than four) or "no-consensus". */
  readonly status: Status;
  /** The pose, or null if status is not "ok". */
  readonly pose: Pose | null;
  /** The pose, flat: R [9] and t [3]; zeros if status is not "ok". */
  readonly R: Float64Array;
  readonly t: Float64Array;
  /** 1 where ‖r‖ ≤ threshold at the pose [N]. */
  readonly inliers: Uint8Array;
  readonly inlierCount: number;
  /** Samples drawn. */
  readonly iterations: number;
}

/** Rounds of polishing a leader: its inliers settle in two or three. */
const MAX_ROUNDS = 10;
const NEWTON_STEPS = 20;

/**
 * The consensus pose of correspondences whose weights are ignored.
 *
 * @throws RangeError if an option is out of its range.
 */
export function ransac(problem: Correspondences, options: RansacOptions = {}): RansacSolution {
  const settings = resolved(options);
  const { n } = problem;
  const search = new Search(problem, settings.threshold);
  if (n < 4) return search.failure("too-few-points", 0);
  const draw = stream(settings.seed);
  const size = settings.minimal === "p3p" ? 3 : Math.min(5, n);
  const order = Uint32Array.from({ length: n }, (_, i) => i);
  let needed = settings.maxIterations;
  let iterations = 0;
  while (iterations < needed) {
    iterations++;
    sample(order, size, draw);
    const found = search.hypotheses(order, size);
    for (let k = 0; k < found; k++)
      if (search.consider(k)) {
        const goal = samplesNeeded(search.inlierCount / n, size, settings.confidence);
        needed = Math.min(settings.maxIterations, goal);
      }
  }
  if (search.inlierCount < settings.minimumInliers)
    return search.failure("no-consensus", iterations);
  return search.solution(iterations);
}

function resolved(options: RansacOptions): Required<RansacOptions> {
  const {
    threshold = 3,
    confidence = 0.9999,
    maxIterations = 10_000,
    minimumInliers = 4,
    minimal = "p3p",
    seed = "ransac",
  } = options;
  if (!(threshold > 0 && threshold < Number.POSITIVE_INFINITY))
    throw new RangeError(`ransac: expected a finite threshold > 0, got ${threshold}`);
  if (!(confidence > 0 && confidence < 1))
    throw new RangeError(`ransac: expected confidence within (0, 1), got ${confidence}`);
  if (!(Number.isSafeInteger(maxIterations) && maxIterations >= 1))
    throw new RangeError(`ransac: expected a whole maxIterations >= 1, got ${maxIterations}`);
  if (!(minimumInliers >= 4))
    throw new RangeError(`ransac: expected minimumInliers >= 4, got ${minimumInliers}`);
  if (minimal !== "p3p" && minimal !== "epnp")
    throw new RangeError(`ransac: expected minimal "p3p" or "epnp", got ${minimal}`);
  return { threshold, confidence, maxIterations, minimumInliers, minimal, seed };
}

/** Brings `size` different random indices to the front of `order`. */
function sample(order: Uint32Array, size: number, draw: Stream): void {
  for (let i = 0; i < size; i++) {
    const j = i + draw.integer(order.length - i);
    const index = order[i];
    order[i] = order[j];
    order[j] = index;
  }
}

/** The k above; 1 if outliers are out of the question. */
function samplesNeeded(ratio: number, size: number, confidence: number): number {
  const clean = ratio ** size;
  if (clean >= 1) return 1;
  // Where 1 − clean rounds to 1 no number of samples is enough.
  const logarithm = stableLog(1 - clean);
  return logarithm < 0
    ? Math.ceil(stableLog(1 - confidence) / logarithm)
    : Number.POSITIVE_INFINITY;
}

/** The leader so far, and the workspace of one search. */
class Search {
  inlierCount = 0;
  private readonly R = new Float64Array(9);
  private readonly t = new Float64Array(3);
  private cost = Number.POSITIVE_INFINITY;
  private readonly inverse = new Float64Array(9);
  private readonly rays = new Float64Array(9);
  private readonly points = new Float64Array(15);
  private readonly pixels = new Float64Array(10);
  private readonly ones = new Float64Array(10).fill(1);
  private readonly manyR = new Float64Array(9 * MOST_POSES);
  private readonly manyT = new Float64Array(3 * MOST_POSES);
  private readonly trialR = new Float64Array(9);
  private readonly trialT = new Float64Array(3);
  private readonly mask: Float64Array;
  private readonly record = polished();
  private readonly X = new Float64Array(3);
  private readonly pixel = new Float64Array(2);
  private readonly point = new Float64Array(3);
  private counted = 0;

  constructor(
    private readonly problem: Correspondences,
    private readonly threshold: number,
  ) {
    this.mask = new Float64Array(2 * problem.n);
    inverseCamera(problem.K, this.inverse);
  }

  /** Fills manyR, manyT with the poses of the first `size` indices of `order`; returns their number. */
  hypotheses(order: Uint32Array, size: number): number {
    const { x2d, x3d, K } = this.problem;
    const { inverse, rays } = this;
    for (let k = 0; k < size; k++) {
      const i = order[k];
      const u = x2d[2 * i];
      const v = x2d[2 * i + 1];
      for (let c = 0; c < 3; c++) this.points[3 * k + c] = x3d[3 * i + c];
      if (size !== 3) {
        this.pixels[2 * k] = u;
        this.pixels[2 * k + 1] = v;
        continue;
      }
      let squared = 0;
      for (let c = 0; c < 3; c++) {
        rays[3 * k + c] = inverse[3 * c] * u + inverse[3 * c + 1] * v + inverse[3 * c + 2];
        squared += rays[3 * k + c] ** 2;
      }
      // K⁻¹(u, v, 1) points backwards where its depth is negative.
      const scale = (rays[3 * k + 2] < 0 ? -1 : 1) / Math.sqrt(squared);
      for (let c = 0; c < 3; c++) rays[3 * k + c] *= scale;
    }
    if (size === 3) return threePointPoses(rays, this.points, this.manyR, this.manyT);
    const { pixels, points, ones, manyR, manyT } = this;
    return efficientPose(size, pixels, points, ones, K, manyR, manyT) < Number.POSITIVE_INFINITY
      ? 1
      : 0;
  }

  /** Polishes hypothesis k and makes it the leader if it beats the present one; says whether. */
  consider(k: number): boolean {
    for (let i = 0; i < 9; i++) this.trialR[i] = this.manyR[9 * k + i];
    for (let i = 0; i < 3; i++) this.trialT[i] = this.manyT[3 * k + i];
    if (!this.lead()) return false;
    for (let round = 0; round < MAX_ROUNDS; round++) {
      // Three points fit anything, and Newton needs a Hessian of full rank.
      if (this.inlierCount < 4) break;
      polish(
        { ...this.problem, w2d: this.mask },
        this.trialR,
        this.trialT,
        Number.POSITIVE_INFINITY,
        NEWTON_STEPS,
        this.record,
      );
      if (!this.lead()) break;
    }
    return true;
  }

  /** Makes the trial pose the leader if its truncated cost is less; leaves its inliers in `mask`. */
  private lead(): boolean {
    const cost = this.truncatedCost(this.trialR, this.trialT);
    if (!(cost < this.cost)) return false;
    this.cost = cost;
    this.inlierCount = this.counted;
    this.R.set(this.trialR);
    this.t.set(this.trialT);
    return true;
  }

  private truncatedCost(R: Float64Array, t: Float64Array): number {
    const { n, x2d, x3d, K } = this.problem;
    const limit = this.threshold * this.threshold;
    let cost = 0;
    this.counted = 0;
    for (let i = 0; i < n; i++) {
      for (let c = 0; c < 3; c++) this.point[c] = x3d[3 * i + c];
      rigidTransform(this.point, R, t, this.X);
      projection(this.X, K, this.pixel);
      const squared = (x2d[2 * i] - this.pixel[0]) ** 2 + (x2d[2 * i + 1] - this.pixel[1]) ** 2;
      const inlier = squared <= limit && K[6] * this.X[0] + K[7] * this.X[1] + K[8] * this.X[2] > 0;
      cost += inlier ? squared : limit;
      if (inlier) this.counted++;
      this.mask[2 * i] = this.mask[2 * i + 1] = inlier ? 1 : 0;
    }
    return cost;
  }

  solution(iterations: number): RansacSolution {
    this.truncatedCost(this.R, this.t);
    return {
      status: "ok",
      pose: poseOf(this.R, this.t),
      R: this.R,
      t: this.t,
      inliers: Uint8Array.from({ length: this.problem.n }, (_, i) => this.mask[2 * i]),
      inlierCount: this.inlierCount,
      iterations,
    };
  }

  failure(status: Status, iterations: number): RansacSolution {
    return {
      status,
      pose: null,
      R: new Float64Array(9),
      t: new Float64Array(3),
      inliers: new Uint8Array(this.problem.n),
      inlierCount: 0,
      iterations,
    };
  }
}
