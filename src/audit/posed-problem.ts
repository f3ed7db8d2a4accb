/** The problems of an epropnp-cost file, one by one, in the project's own conventions. */
import { rowRotation } from "../definitions/pose-row.js";
import type { Claims } from "../formats/claims.js";
import { type Double, double } from "../scalar/double.js";
import { dot } from "../scalar/matrix.js";
import type { Real } from "../scalar/real.js";
import { unitRoundoff } from "../scalar/rounding.js";
import type { Sight } from "./claim-report.js";
import { ContractError, type Sizes } from "./methods.js";
import { contract, type PosedReprojection, poseCost } from "./pose-cost.js";
import { slicePose, threshold, weights } from "./problem.js";

/** Depths below this are clamped, unless the file says otherwise. */
const defaultDepth = 0.1;
/** One problem, flat. */
export interface PosedProblem {
  readonly index: number;
  readonly n: number;
  readonly arrays: Readonly<Record<"x2d" | "x3d" | "w2d" | "K", Float64Array>>;
  readonly delta: number;
  readonly zMin: number;
  readonly y: Float64Array;
}

/** Every problem of a claims file, its arrays sliced and converted; `pose` names the input of its pose. */
export function posedProblems(
  { input, convention, dtype }: Claims,
  { B, N }: Pick<Sizes, "B" | "N">,
  pose = "pose",
): PosedProblem[] {
  const slice = (name: string, b: number, length: number): Float64Array | null => {
    const array = input[name];
    if (!array) return null;
    const start = array.data.length === length ? 0 : b * length;
    return array.data.subarray(start, start + length);
  };
  const zMin = input.z_min?.data[0] ?? defaultDepth;
  if (!(zMin > 0)) throw new ContractError(`input/z_min: expected z_min > 0, got ${zMin}`);
  return Array.from({ length: B }, (_, b) => ({
    index: b,
    n: N,
    arrays: {
      x2d: slice("x2d", b, 2 * N)!,
      x3d: slice("x3d", b, 3 * N)!,
      w2d: weights(slice("w2d", b, 2 * N), convention, b, N),
      K: slice("K", b, 9)!,
    },
    delta: threshold(slice("delta", b, 1), b),
    zMin,
    y: poseRow(slicePose(input[pose], b)!, convention, dtype, `input/${pose}[${b}]`),
  }));
}

/** (t, q) with q = (w, x, y, z), or (t, β) in rad. */
export function poseRow(
  pose: Float64Array,
  { order, quaternion, angle }: Claims["convention"],
  dtype: Claims["dtype"],
  where: string,
): Float64Array {
  if (pose.length === 4)
    return pose.map((v, k) => (k === 3 && angle === "deg" ? (v * Math.PI) / 180 : v));
  const first = order === "rotation-first";
  const q = first ? pose.subarray(0, 4) : pose.subarray(3);
  const t = first ? pose.subarray(4) : pose.subarray(0, 3);
  const [w, x, y, z] = quaternion === "xyzw" ? [q[3], q[0], q[1], q[2]] : q;
  const size = Math.hypot(w, x, y, z);
  // Four squares and a root each round once; an honest unit quaternion is within 8 u of length 1.
  if (!(Math.abs(size - 1) <= 8 * unitRoundoff[dtype]))
    throw new ContractError(`${where}: expected a unit quaternion in ${dtype}, got length ${size}`);
  return Float64Array.of(...t, w, x, y, z);
}

/** A problem in the scalars that `lift` makes of doubles. */
export function lifted<S extends Real<S>>(
  { arrays, delta, zMin, y }: PosedProblem,
  lift: (value: number) => S,
): PosedReprojection<S> {
  const rows = (values: Float64Array, width: number): S[][] =>
    Array.from({ length: values.length / width }, (_, i) =>
      Array.from(values.subarray(i * width, (i + 1) * width), lift),
    );
  return {
    x2d: rows(arrays.x2d, 2),
    x3d: rows(arrays.x3d, 3),
    w2d: rows(arrays.w2d, 2),
    K: rows(arrays.K, 3),
    delta: Number.isFinite(delta) ? lift(delta) : undefined,
    zMin: lift(zMin),
    y: Array.from(y, lift),
  };
}

/**
 * Whether a point's depth at a pose is z_min up to rounding with unit u, so that rounding alone decides
 * whether it is clamped: a depth sums nine products of three factors, each rounded some eight times.
 */
export function depthOnSeam(
  { x3d, K }: PosedProblem["arrays"],
  y: Float64Array,
  zMin: number,
  u: number,
): boolean {
  const R = rowRotation(Array.from(y, double)).map((row) => row.map((v) => v.toNumber()));
  for (let i = 0; i < x3d.length; i += 3) {
    let [depth, size] = [0, zMin];
    for (let a = 0; a < 3; a++) {
      const terms = [y[a], R[a][0] * x3d[i], R[a][1] * x3d[i + 1], R[a][2] * x3d[i + 2]];
      for (const term of terms) {
        depth += K[6 + a] * term;
        size += Math.abs(K[6 + a] * term);
      }
    }
    if (Math.abs(depth - zMin) <= 8 * u * size) return true;
  }
  return false;
}

/** What a problem looks like from its pose. */
export function sight({ n, arrays, y, delta, zMin, index }: PosedProblem): Sight {
  const plain = { index, n, arrays: { ...arrays, w2d: arrays.w2d.map(() => 1) }, delta, zMin, y };
  const data = lifted({ ...plain, delta: Number.POSITIVE_INFINITY }, double);
  const { cost } = poseCost<Double>(data, { ...contract, chart: y.length === 4 ? "YAW" : "Q7" });
  const R = rowRotation(data.y);
  const depths = data.x3d.map((z) => dot(R[2], z).plus(y[2]).toNumber());
  return {
    depthRatio: Math.max(...depths) / Math.min(...depths),
    rms: Math.sqrt((2 * cost.toNumber()) / Math.max(1, n)),
  };
}
