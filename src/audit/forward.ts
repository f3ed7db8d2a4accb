/**
 * The forward check: at which stationary point a claimed derivative is to be judged, how far the
 * given pose is from it, whether it is a minimum, and whether a better minimum exists.
 */
import { reprojectionHessian } from "../kernels/reprojection-cost.js";
import { rotationVector } from "../kernels/rodrigues.js";
import { ldlFactor, ldlSolve } from "../linalg/ldl.js";
import { symmetricEigen } from "../linalg/symmetric-eigen.js";
import { pointsBehind } from "../solve/depths.js";
import { leftUpdate, polish, polished } from "../solve/polish.js";
import { digits31, digits64 } from "./arithmetic.js";
import { minima } from "./minima.js";
import { type AuditProblem, unpacked } from "./problem.js";
import type { ForwardFinding } from "./report.js";
import { type ExactPoint, exactPoint } from "./truth.js";

/** One problem with the point its derivatives are judged at. */
export interface Located {
  readonly problem: AuditProblem;
  readonly point: ExactPoint;
  /** The point in doubles: (ω, t) [6] in chart AA. */
  readonly y: Float64Array;
  /** Another local minimum of the same problem, or null if none was found. */
  readonly other: Float64Array | null;
  /** Relative distance from the given pose to the point; 0 where none was given. */
  readonly distance: number;
  readonly status: ForwardFinding["status"];
  /** Cost ½Σρ [px²], root mean square residual [px], greatest over least depth. */
  readonly cost: number;
  readonly rms: number;
  readonly depthRatio: number;
}

/** True if there is a strict minimum to compare a pose with. */
export const isSound = ({ status, point }: Located): boolean =>
  point.converged && status !== "rank-deficient" && status !== "indefinite";

/** True if that minimum has derivatives: no residual lies on the Huber threshold. */
export const isSmooth = (at: Located): boolean => isSound(at) && at.status !== "kink";

/** A given pose nearer than this to a stationary point is where a solver stopped. */
export const unconvergedBeyond = 1e-6;

/** A pose this near to stationary is taken to mean the stationary point next to it, saddle or not. */
const nextTo = 1e-2;

/** Finds and examines the stationary point of one problem, at 31 digits if they suffice for that. */
export function located(problem: AuditProblem, digits: 31 | 64 = 31): Located {
  const given = problem.pose;
  const best = minima(problem);
  const reached = given
    ? (nearby(problem, given) ?? settled(problem, given))
    : problem.poseInit
      ? settled(problem, problem.poseInit)
      : best.first;
  if (!reached) return nowhere(problem);
  const start = onBranch(reached, problem.branch);
  const quick = digits === 31 ? exactPoint(problem, digits31, start) : null;
  const point = quick?.converged ? quick : exactPoint(problem, digits64, start);
  const { y } = point;
  const here = examined(problem, y);
  const distance = given ? poseDistance(given, y) : 0;
  const others = [best.first, best.second].filter(
    (pose): pose is Float64Array => pose !== null && poseDistance(pose, y) > nextTo / 10,
  );
  let status: ForwardFinding["status"] = "ok";
  if (here.rankDeficient) status = "rank-deficient";
  else if (!here.definite) status = "indefinite";
  else if (here.kink) status = "kink";
  else if (here.behind > 0) status = "behind-camera";
  else if (distance > unconvergedBeyond) status = "unconverged-pose";
  // The same residuals in another order round differently: only a real gap makes another minimum.
  else if (best.cost < here.cost * (1 - 1e-9) && others.length > 0) status = "other-minimum";
  return { problem, point, y, other: others[0] ?? null, distance, status, ...here };
}

/** A pose with the rotation vector that a claim has for it, if it has one near. */
function onBranch(pose: Float64Array, claimed: Float64Array | undefined): Float64Array {
  if (!claimed || !(poseDistance(claimed, pose) < nextTo)) return pose;
  const [R, t] = unpacked(pose);
  return packed(R, t, claimed);
}

/** A problem that no pose can be found for: too few points, or degenerate ones. */
function nowhere(problem: AuditProblem): Located {
  const y = new Float64Array(6).fill(Number.NaN);
  const none = () => {
    throw new RangeError("located: expected a problem with a pose, got one without");
  };
  return {
    problem,
    point: { digits: 31, y, converged: false, jacobian: none, certified: none },
    y,
    other: null,
    distance: 0,
    status: "rank-deficient",
    cost: Number.NaN,
    rms: Number.NaN,
    depthRatio: Number.NaN,
  };
}

/** One Newton step from a pose, if it is short: then the stationary point is right there. */
function nearby(problem: AuditProblem, pose: Float64Array): Float64Array | null {
  const { n, x2d, x3d, w2d, K, delta } = problem;
  const [R, t] = unpacked(pose);
  const [g, H, pivots] = [new Float64Array(6), new Float64Array(36), new Int32Array(6)];
  reprojectionHessian(n, x2d, x3d, w2d, K, R, t, delta, g, H);
  const inertia = new Int32Array(3);
  ldlFactor(6, H, pivots, inertia);
  const step = g.map((v) => -v);
  ldlSolve(6, H, pivots, step);
  const distance = Math.hypot(t[0], t[1], t[2]);
  const size = Math.max(
    Math.hypot(step[0], step[1], step[2]),
    Math.hypot(step[3], step[4], step[5]) / distance,
  );
  if (!(size < nextTo)) return null;
  const [R1, t1] = [new Float64Array(9), new Float64Array(3)];
  leftUpdate(R, t, step, R1, t1);
  return packed(R1, t1, pose);
}

/** The minimum that damped Newton reaches from a pose. */
export function settled(problem: AuditProblem, pose: Float64Array): Float64Array {
  const [R, t] = unpacked(pose);
  polish(problem, R, t, problem.delta, 200, polished());
  return packed(R, t, pose);
}

/** (ω, t) with ω on the branch nearest to that of `like`: chart AA depends on it. */
export function packed(R: Float64Array, t: Float64Array, like: Float64Array | null): Float64Array {
  const y = new Float64Array(6);
  rotationVector(R, y.subarray(0, 3));
  y.set(t, 3);
  if (!like) return y;
  const angle = Math.hypot(y[0], y[1], y[2]);
  if (angle === 0) return y;
  let best = y;
  for (let turns = -3; turns <= 3; turns++) {
    const factor = 1 + (turns * 2 * Math.PI) / angle;
    const branch = y.map((v, i) => (i < 3 ? v * factor : v));
    if (gap(branch, like) < gap(best, like)) best = branch;
  }
  return best;
}

const gap = (a: Float64Array, b: Float64Array): number =>
  Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);

/** Distance of two poses: the angle between them [rad] or shift over distance, the greater. */
export function poseDistance(a: Float64Array, b: Float64Array): number {
  const [Ra] = unpacked(a);
  const [Rb] = unpacked(b);
  const between = new Float64Array(9);
  for (let i = 0; i < 3; i++)
    for (let j = 0; j < 3; j++)
      for (let k = 0; k < 3; k++) between[3 * i + j] += Ra[3 * i + k] * Rb[3 * j + k];
  const turn = new Float64Array(3);
  rotationVector(between, turn);
  const shift = Math.hypot(a[3] - b[3], a[4] - b[4], a[5] - b[5]);
  const scale = Math.hypot(b[3], b[4], b[5]);
  return Math.max(Math.hypot(turn[0], turn[1], turn[2]), scale > 0 ? shift / scale : shift);
}

/** Cost, depths and curvature at a pose. */
function examined(problem: AuditProblem, y: Float64Array) {
  const { n, x2d, x3d, w2d, K, delta } = problem;
  const [R, t] = unpacked(y);
  const [g, H] = [new Float64Array(6), new Float64Array(36)];
  const cost = reprojectionHessian(n, x2d, x3d, w2d, K, R, t, delta, g, H);
  // Scaled to a unit diagonal, so that metres and radians weigh the same.
  const root = Array.from({ length: 6 }, (_, i) => Math.sqrt(Math.abs(H[7 * i])) || 1);
  const scaled = H.map((v, k) => v / root[Math.floor(k / 6)] / root[k % 6]);
  const values = new Float64Array(6);
  symmetricEigen(6, scaled, values, new Float64Array(36));
  // Each entry of H rounds at n additions of its diagonal's size, here one.
  const zero = 8 * (n + 6) * Number.EPSILON;
  const smallest = values.reduce((least, v) => (Math.abs(v) < Math.abs(least) ? v : least));
  let kink = false;
  let [near, far, squares] = [Number.POSITIVE_INFINITY, 0, 0];
  for (let i = 0; i < n; i++) {
    const X = [0, 1, 2].map(
      (k) =>
        R[3 * k] * x3d[3 * i] +
        R[3 * k + 1] * x3d[3 * i + 1] +
        R[3 * k + 2] * x3d[3 * i + 2] +
        t[k],
    );
    const h = [0, 1, 2].map((k) => K[3 * k] * X[0] + K[3 * k + 1] * X[1] + K[3 * k + 2] * X[2]);
    near = Math.min(near, X[2]);
    far = Math.max(far, X[2]);
    const r = [0, 1].map((k) => x2d[2 * i + k] - h[k] / h[2]);
    squares += r[0] ** 2 + r[1] ** 2;
    const e = Math.hypot(w2d[2 * i] * r[0], w2d[2 * i + 1] * r[1]);
    // A residual is known to about ε of the pixel it is a difference of, times its weight.
    const known = Math.max(...[0, 1].map((k) => w2d[2 * i + k] * Math.abs(x2d[2 * i + k])));
    if (Math.abs(e - delta) <= 64 * Number.EPSILON * (known + e)) kink = true;
  }
  return {
    cost,
    rms: Math.sqrt(squares / Math.max(1, n)),
    depthRatio: far / near,
    kink,
    behind: pointsBehind(n, x3d, w2d, K, R, t),
    definite: values[0] > 0,
    rankDeficient: !(Math.abs(smallest) > zero),
  };
}
