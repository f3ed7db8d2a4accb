/**
 * Derivatives of the pose with respect to everything it was solved from, by the implicit function
 * theorem (EQUATIONS IFT-2, IFT-3, BPNP-2 … BPNP-6).
 *
 *     ∂y⋆/∂θ = −H⁻¹ ∂g/∂θ,   θ = x2d, x3d, K (nine free entries), w2d, δ
 *
 * Nothing here is solved again: a pose, one Hessian and one pass over the points. Every result says
 * where it stands (standing.ts); where there is no derivative its numbers are NaN, never zeros that
 * could be mistaken for one. Sources: [BPnP2020]; [UAVA2021] Sec 2; [LC2023] Eq 29–32.
 */
import ndarray, { type NdArray } from "ndarray";
import { type Chart, tangentSize } from "../conventions/chart.js";
import { constraintJvp, constraintVjp } from "../kernels/bpnp.js";
import type { Correspondences } from "../problem/correspondences.js";
import { type ArrayInput, denseArray } from "../problem/dense-array.js";
import type { Pose } from "../problem/pose.js";
import { adjoint, at, type DerivativeOptions, linearise, motion } from "./linearisation.js";
import { hasDerivative, type Standing, standing } from "./standing.js";
import { variants } from "./variants.js";

/** vᵀ ∂y/∂θ: the gradient of anything whose gradient in the pose is v, by data array. */
export interface PoseGradient {
  readonly standing: Standing;
  /** [N,2] per pixel. */
  readonly x2d: NdArray<Float64Array>;
  /** [N,3] per unit of the object points. */
  readonly x3d: NdArray<Float64Array>;
  /** [3,3], all nine entries taken as free. */
  readonly K: NdArray<Float64Array>;
  /** [N,2]; weights multiply residuals. */
  readonly w2d: NdArray<Float64Array>;
  /** Zero unless a point is an outlier of the Huber kernel. */
  delta: number;
}

/** ∂y/∂θ: d rows in the order of the chart's tangent, d = 6, or 4 in YAW. */
export interface PoseJacobian {
  readonly standing: Standing;
  readonly chart: Chart;
  /** [d,N,2] */
  readonly x2d: NdArray<Float64Array>;
  /** [d,N,3] */
  readonly x3d: NdArray<Float64Array>;
  /** [d,3,3] */
  readonly K: NdArray<Float64Array>;
  /** [d,N,2] */
  readonly w2d: NdArray<Float64Array>;
  /** [d] */
  readonly delta: NdArray<Float64Array>;
}

/** A direction in which the data move; what is left out stays. */
export interface DataDirection {
  readonly x2d?: ArrayInput;
  readonly x3d?: ArrayInput;
  readonly K?: ArrayInput;
  readonly w2d?: ArrayInput;
  readonly delta?: number;
}

/** Room for the gradient of a problem of n correspondences, to be passed to poseVjp again and again. */
export function poseGradient(n: number): PoseGradient {
  return {
    standing: standing(),
    x2d: ndarray(new Float64Array(2 * n), [n, 2]),
    x3d: ndarray(new Float64Array(3 * n), [n, 3]),
    K: ndarray(new Float64Array(9), [3, 3]),
    w2d: ndarray(new Float64Array(2 * n), [n, 2]),
    delta: 0,
  };
}

const lambda = new Float64Array(6);
const unit = new Float64Array(6);
const product = new Float64Array(6);

/**
 * vᵀ ∂y/∂θ for an upstream gradient v [6, or 4 in YAW] in `options.chart`, written to and returned as
 * `out`. One pass over the points, O(N), and nothing allocated if `out` is given.
 *
 * @throws RangeError if v has another length or is not finite, `out` is for another N, or an option
 * is out of range; see DerivativeOptions.
 */
export function poseVjp(
  problem: Correspondences,
  pose: Pose,
  v: ArrayLike<number>,
  options: DerivativeOptions = noOptions,
  out: PoseGradient = poseGradient(problem.n),
): PoseGradient {
  const d = tangentSize(options.chart ?? "LEFT");
  if (v.length !== d) throw new RangeError(`poseVjp: expected v of length ${d}, got ${v.length}`);
  for (let j = 0; j < d; j++)
    if (!Number.isFinite(v[j])) throw new RangeError(`poseVjp: expected finite v, got ${v[j]}`);
  if (out.x2d.data.length !== 2 * problem.n)
    throw new RangeError(`poseVjp: expected out for N = ${problem.n}, got ${out.x2d.shape[0]}`);
  if (linearise("poseVjp", problem, pose, options, out.standing)) {
    adjoint(v, lambda);
    out.delta = pullBack(problem, options, out.x2d.data, out.x3d.data, out.w2d.data, out.K.data);
    return out;
  }
  const nothing = hasDerivative(out.standing) ? 0 : Number.NaN;
  out.x2d.data.fill(nothing);
  out.x3d.data.fill(nothing);
  out.K.data.fill(nothing);
  out.w2d.data.fill(nothing);
  out.delta = nothing;
  return out;
}

const noOptions: DerivativeOptions = {};

/** λᵀ ∂g/∂θ at the linearised pose, λ in the scratch of this module. */
function pullBack(
  { n, x2d, x3d, w2d, K }: Correspondences,
  options: DerivativeOptions,
  byX2d: Float64Array,
  byX3d: Float64Array,
  byW2d: Float64Array,
  byK: Float64Array,
): number {
  const { deep, keep } = variants[options.variant ?? "exact"];
  const delta = options.delta ?? Number.POSITIVE_INFINITY;
  return constraintVjp(
    n,
    x2d,
    x3d,
    w2d,
    K,
    at.R,
    at.t,
    delta,
    deep,
    keep,
    lambda,
    byX2d,
    byX3d,
    byW2d,
    byK,
  );
}

/**
 * ∂y/∂θ in full, row by row. For a gradient use poseVjp, which costs a row.
 *
 * @throws RangeError if an option is out of range; see DerivativeOptions.
 */
export function poseJacobian(
  problem: Correspondences,
  pose: Pose,
  options: DerivativeOptions = noOptions,
): PoseJacobian {
  const { n } = problem;
  const chart = options.chart ?? "LEFT";
  const d = tangentSize(chart);
  const jacobian: PoseJacobian = {
    standing: standing(),
    chart,
    x2d: ndarray(new Float64Array(d * 2 * n), [d, n, 2]),
    x3d: ndarray(new Float64Array(d * 3 * n), [d, n, 3]),
    K: ndarray(new Float64Array(d * 9), [d, 3, 3]),
    w2d: ndarray(new Float64Array(d * 2 * n), [d, n, 2]),
    delta: ndarray(new Float64Array(d), [d]),
  };
  const { x2d, x3d, K, w2d, delta } = jacobian;
  if (linearise("poseJacobian", problem, pose, options, jacobian.standing)) {
    const row = (data: Float64Array, j: number) =>
      data.subarray((j * data.length) / d, ((j + 1) * data.length) / d);
    for (let j = 0; j < d; j++) {
      for (let i = 0; i < d; i++) unit[i] = i === j ? 1 : 0;
      adjoint(unit, lambda);
      delta.data[j] = pullBack(
        problem,
        options,
        row(x2d.data, j),
        row(x3d.data, j),
        row(w2d.data, j),
        row(K.data, j),
      );
    }
  } else if (!hasDerivative(jacobian.standing))
    for (const block of [x2d, x3d, K, w2d, delta]) block.data.fill(Number.NaN);
  return jacobian;
}

/**
 * ∂y/∂θ · θ̇ [6, or 4 in YAW], in `options.chart`: how the pose moves when the data move along
 * `direction`, whose arrays have the shapes of the data (w2d as [N,2]).
 *
 * @throws RangeError or TypeError if a shape differs, an entry is not finite, or an option is out of
 * range; see DerivativeOptions.
 */
export function poseJvp(
  problem: Correspondences,
  pose: Pose,
  direction: DataDirection,
  options: DerivativeOptions = noOptions,
): { standing: Standing; motion: NdArray<Float64Array> } {
  const { n } = problem;
  const d = tangentSize(options.chart ?? "LEFT");
  const flat = (name: "x2d" | "x3d" | "w2d" | "K", shape: number[]): Float64Array => {
    const given = direction[name];
    if (given !== undefined) return denseArray("poseJvp", name, given, shape).data;
    return new Float64Array(shape[0] * shape[1]);
  };
  const [dx, dz, dw] = [flat("x2d", [n, 2]), flat("x3d", [n, 3]), flat("w2d", [n, 2])];
  const dK = flat("K", [3, 3]);
  const dDelta = direction.delta ?? 0;
  if (!Number.isFinite(dDelta))
    throw new RangeError(`poseJvp: expected a finite delta, got ${dDelta}`);
  const moved = new Float64Array(d);
  const found = standing();
  if (linearise("poseJvp", problem, pose, options, found)) {
    const { x2d, x3d, w2d, K } = problem;
    const { deep, keep } = variants[options.variant ?? "exact"];
    const delta = options.delta ?? Number.POSITIVE_INFINITY;
    constraintJvp(
      n,
      x2d,
      x3d,
      w2d,
      K,
      at.R,
      at.t,
      delta,
      deep,
      keep,
      dx,
      dz,
      dw,
      dK,
      dDelta,
      product,
    );
    motion(product, moved);
  } else if (!hasDerivative(found)) moved.fill(Number.NaN);
  return { standing: found, motion: ndarray(moved, [d]) };
}
