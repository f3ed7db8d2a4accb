/** The problems of a claims file, one by one, in the project's own conventions. */
import { type Chart, rotationOffset } from "../conventions/chart.js";
import type { Reprojection } from "../definitions/reprojection-cost.js";
import type { ClaimArray, Claims, Convention } from "../formats/claims.js";
import { rotation } from "../kernels/rodrigues.js";
import type { Real } from "../scalar/real.js";
import { type Dtype, unitRoundoff } from "../scalar/rounding.js";
import { ContractError, type Sizes } from "./methods.js";

/** One problem: correspondences, camera, and what was said about its solution. Flat, row-major. */
export interface AuditProblem {
  readonly index: number;
  readonly n: number;
  /** Image points [n,2] px, object points [n,3], weights [n,2] multiplying residuals, camera [3,3]. */
  readonly x2d: Float64Array;
  readonly x3d: Float64Array;
  readonly w2d: Float64Array;
  readonly K: Float64Array;
  /** Huber threshold [px], Infinity for none. */
  readonly delta: number;
  /** Pose the claim was taken at, or the start of the search for it: (ω, t), or null. */
  readonly pose: Float64Array | null;
  readonly poseInit: Float64Array | null;
  /** A claimed solution (ω, t): of two rotation vectors of one pose, rows are by the one that it has; or absent. */
  readonly branch?: Float64Array;
  /** Upstream gradient in the claim's chart and order, or null. */
  readonly upstream: Float64Array | null;
}

/** How the rows of J_*, grad_pose and pose_cov of a file are to be read. */
export interface RowConvention {
  readonly chart: Chart;
  readonly rotationFirst: boolean;
  readonly degrees: boolean;
}

/** The row convention of a file: what it states, else the default of its pose layout. */
export function rowConvention(claims: Claims): RowConvention {
  const { chart, order, angle } = claims.convention;
  const sample = claims.input.pose ?? claims.claim.pose ?? claims.input.pose_init;
  const layout: Chart = sample?.shape.at(-1) === 7 ? "Q7" : "AA";
  const rows = chart ?? layout;
  if (rows === "YAW")
    throw new ContractError(
      `convention.chart: expected a 6-dimensional chart for ${claims.method}, got YAW`,
    );
  return {
    chart: rows,
    rotationFirst: order ? order === "rotation-first" : rotationOffset(rows) === 0,
    degrees: angle === "deg",
  };
}

/** Every problem of a claims file, its arrays sliced and converted. */
export function problems(claims: Claims, { B, N }: Pick<Sizes, "B" | "N">): AuditProblem[] {
  const { input, convention, dtype } = claims;
  const slice = (name: string, b: number, length: number): Float64Array | null => {
    const array = input[name];
    if (!array) return null;
    // A shared input holds one problem's worth, whatever B is.
    const start = array.data.length === length ? 0 : b * length;
    return array.data.subarray(start, start + length);
  };
  return Array.from({ length: B }, (_, b) => ({
    index: b,
    n: N,
    x2d: slice("x2d", b, 2 * N)!,
    x3d: slice("x3d", b, 3 * N)!,
    w2d: weights(slice("w2d", b, 2 * N), convention, b, N),
    K: slice("K", b, 9)!,
    delta: threshold(slice("delta", b, 1), b),
    pose: axisAngle(slicePose(input.pose, b), convention, dtype, `input/pose[${b}]`),
    poseInit: axisAngle(slicePose(input.pose_init, b), convention, dtype, `input/pose_init[${b}]`),
    ...branchOf(claims, b),
    upstream: slice("grad_pose", b, 6),
  }));
}

/** The claimed pose of a problem, where it is a rotation vector and a translation. */
function branchOf({ claim, convention, dtype }: Claims, b: number): { branch?: Float64Array } {
  if (claim.pose?.shape.at(-1) !== 6) return {};
  const branch = axisAngle(slicePose(claim.pose, b), convention, dtype, `claim/pose[${b}]`);
  return branch?.every(Number.isFinite) ? { branch } : {};
}

/** One pose out of [B,6|7] or a shared [6|7]. */
export function slicePose(array: ClaimArray | undefined, b: number): Float64Array | null {
  if (!array) return null;
  const size = array.shape.at(-1)!;
  const start = array.shape.length === 1 ? 0 : b * size;
  return array.data.subarray(start, start + size);
}

export function weights(
  w: Float64Array | null,
  convention: Convention,
  b: number,
  n: number,
): Float64Array {
  if (!w) return new Float64Array(2 * n).fill(1);
  const negative = w.findIndex((v) => v < 0);
  if (negative >= 0)
    throw new ContractError(`input/w2d[${b}]: expected weights >= 0, got ${w[negative]}`);
  return convention.weights === "w2" ? w.map(Math.sqrt) : w;
}

export function threshold(delta: Float64Array | null, b: number): number {
  if (!delta) return Number.POSITIVE_INFINITY;
  if (!(delta[0] > 0))
    throw new ContractError(`input/delta[${b}]: expected delta > 0, got ${delta[0]}`);
  return delta[0];
}

/**
 * A pose as (ω, t). Six numbers are a rotation vector and a translation, seven a translation and a
 * quaternion, in the order the convention states. The branch of ω is kept as given.
 *
 * @throws ContractError if a quaternion is further from unit length than its dtype's rounding.
 */
export function axisAngle(
  pose: Float64Array | null,
  convention: Convention,
  dtype: Dtype,
  where: string,
): Float64Array | null {
  if (!pose) return null;
  const out = new Float64Array(6);
  if (pose.length === 6) {
    const first = convention.order !== "translation-first";
    out.set(first ? pose : [...pose.subarray(3), ...pose.subarray(0, 3)]);
    if (convention.angle === "deg") for (let i = 0; i < 3; i++) out[i] *= Math.PI / 180;
    return out;
  }
  const first = convention.order === "rotation-first";
  const q = first ? pose.subarray(0, 4) : pose.subarray(3);
  const t = first ? pose.subarray(4) : pose.subarray(0, 3);
  const [w, x, y, z] = convention.quaternion === "xyzw" ? [q[3], q[0], q[1], q[2]] : q;
  const length = Math.hypot(w, x, y, z);
  // Four squares and a root each round once; an honest unit quaternion is within 8 u of length 1.
  if (!(Math.abs(length - 1) <= 8 * unitRoundoff[dtype]))
    throw new ContractError(
      `${where}: expected a unit quaternion in ${dtype}, got length ${length}`,
    );
  const sine = Math.hypot(x, y, z);
  const half = Math.atan2(sine, Math.abs(w));
  // 2 half / sine tends to 2 / length as the rotation vanishes.
  const factor = (Math.sign(w) || 1) * (sine > 0 ? (2 * half) / sine : 2 / length);
  out.set([x * factor, y * factor, z * factor, ...t]);
  return out;
}

/** R [9] and t [3] of a pose (ω, t). */
export function unpacked(pose: Float64Array): [Float64Array, Float64Array] {
  const R = new Float64Array(9);
  rotation(pose.subarray(0, 3), R);
  return [R, pose.slice(3)];
}

/** A problem in the scalars that `lift` makes of doubles, ready for the definitions. */
export function lifted<S extends Real<S>>(
  problem: AuditProblem,
  lift: (value: number) => S,
): Reprojection<S> {
  const rows = (flat: Float64Array, width: number): S[][] =>
    Array.from({ length: flat.length / width }, (_, i) =>
      Array.from(flat.subarray(i * width, (i + 1) * width), lift),
    );
  return {
    x2d: rows(problem.x2d, 2),
    x3d: rows(problem.x3d, 3),
    w2d: rows(problem.w2d, 2),
    K: rows(problem.K, 3),
    delta: Number.isFinite(problem.delta) ? lift(problem.delta) : undefined,
  };
}
