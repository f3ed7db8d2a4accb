/**
 * EPnP as a layer: its pose, and the derivative of that pose through the eigenvectors (EQUATIONS PNP-9).
 *
 *     y(x, z, w, K) = the best of four candidates,   vᵀ ∂y/∂(x, z, w, K)
 *
 * A closed form, so no start and no iteration; but no minimum either: its derivative is not that of the
 * least-squares pose (implicit.ts), even where both are exact. There A J = I holds for both, J = ∂π/∂y,
 * and they are two different left inverses of J. It exists only where the eigenvectors in use are single
 * and one candidate is the best, so every result says which of the cases below it is.
 * Source: EQUATIONS PNP-9, PVC-7; [LepetitEtAl2009]; [UAVA2021] Sec 3.1, Table 5.
 */
import ndarray, { type NdArray } from "ndarray";
import type { Chart } from "../conventions/chart.js";
import type { ControlSteps } from "../kernels/epnp.js";
import { epnpVjp as kernelVjp } from "../kernels/epnp-gradient.js";
import { rotationVector } from "../kernels/rodrigues.js";
import { convertedGradient } from "../kernels/tangent.js";
import type { Correspondences } from "../problem/correspondences.js";
import { type EpnpOptions, type EpnpSolution, epnp, epnpSolution, epnpWork } from "./epnp-pose.js";
import { epnpHasDerivative } from "./epnp-status.js";

/** vᵀ ∂y/∂θ: the gradient of anything whose gradient in the EPnP pose is v, by data array. */
export interface EpnpGradient {
  /** Where it was taken, and whether the numbers count. */
  readonly solution: EpnpSolution;
  /** [N,2] per pixel. */
  readonly x2d: NdArray<Float64Array>;
  /** [N,3] per unit of the object points; control points move along. */
  readonly x3d: NdArray<Float64Array>;
  /** [3,3], all nine entries taken as free. */
  readonly K: NdArray<Float64Array>;
  /** [N,2]; weights multiply rows of M and, squared, the means of the alignment. */
  readonly w2d: NdArray<Float64Array>;
}

/** ∂y/∂θ: six rows in the order of the chart's tangent. */
export interface EpnpJacobian {
  readonly solution: EpnpSolution;
  readonly chart: Chart;
  /** [6,N,2] */
  readonly x2d: NdArray<Float64Array>;
  /** [6,N,3] */
  readonly x3d: NdArray<Float64Array>;
  /** [6,3,3] */
  readonly K: NdArray<Float64Array>;
  /** [6,N,2] */
  readonly w2d: NdArray<Float64Array>;
}

export interface EpnpDerivativeOptions extends EpnpOptions {
  /** Tangent of upstream gradients and of rows, any but YAW: EPnP turns freely. Default "LEFT". */
  readonly chart?: Chart;
}

/** Room for the gradient of a problem of n correspondences, to be passed to epnpVjp again and again. */
export function epnpGradient(n: number): EpnpGradient {
  return {
    solution: epnpSolution(),
    x2d: ndarray(new Float64Array(2 * n), [n, 2]),
    x3d: ndarray(new Float64Array(3 * n), [n, 3]),
    K: ndarray(new Float64Array(9), [3, 3]),
    w2d: ndarray(new Float64Array(2 * n), [n, 2]),
  };
}

const noOptions: EpnpDerivativeOptions = {};
const omega = new Float64Array(3);
const upstream = new Float64Array(6);
const left = new Float64Array(6);

/**
 * vᵀ ∂y/∂θ for an upstream gradient v [6] in `options.chart`, written to and returned as `out`. O(N), and
 * nothing allocated if `out` is given. Where there is no derivative the numbers are NaN, never zeros.
 *
 * @throws RangeError if v has another length or is not finite, `out` is for another N, or an option is
 * unknown.
 */
export function epnpVjp(
  problem: Correspondences,
  v: ArrayLike<number>,
  options: EpnpDerivativeOptions = noOptions,
  out: EpnpGradient = epnpGradient(problem.n),
): EpnpGradient {
  if (v.length !== 6) throw new RangeError(`epnpVjp: expected v of length 6, got ${v.length}`);
  for (let j = 0; j < 6; j++)
    if (!Number.isFinite(v[j])) throw new RangeError(`epnpVjp: expected finite v, got ${v[j]}`);
  if (out.x2d.data.length !== 2 * problem.n)
    throw new RangeError(`epnpVjp: expected out for N = ${problem.n}, got ${out.x2d.shape[0]}`);
  const chart = freeChart("epnpVjp", options);
  epnp(problem, options, out.solution);
  const { x2d, x3d, w2d, K } = out;
  upstream.set(v);
  pullBack(problem, options, chart, out.solution, x2d.data, x3d.data, w2d.data, K.data);
  return out;
}

/**
 * ∂y/∂θ in full, row by row. For a gradient use epnpVjp, which costs a row.
 *
 * @throws RangeError if an option is unknown.
 */
export function epnpJacobian(
  problem: Correspondences,
  options: EpnpDerivativeOptions = noOptions,
): EpnpJacobian {
  const { n } = problem;
  const chart = freeChart("epnpJacobian", options);
  const jacobian: EpnpJacobian = {
    solution: epnp(problem, options),
    chart,
    x2d: ndarray(new Float64Array(12 * n), [6, n, 2]),
    x3d: ndarray(new Float64Array(18 * n), [6, n, 3]),
    K: ndarray(new Float64Array(54), [6, 3, 3]),
    w2d: ndarray(new Float64Array(12 * n), [6, n, 2]),
  };
  const { solution, x2d, x3d, w2d, K } = jacobian;
  const row = ({ data }: NdArray<Float64Array>, j: number) =>
    data.subarray((j * data.length) / 6, ((j + 1) * data.length) / 6);
  for (let j = 0; j < 6; j++) {
    for (let i = 0; i < 6; i++) upstream[i] = i === j ? 1 : 0;
    pullBack(problem, options, chart, solution, row(x2d, j), row(x3d, j), row(w2d, j), row(K, j));
  }
  return jacobian;
}

function freeChart(name: string, { chart = "LEFT" }: EpnpDerivativeOptions): Chart {
  if (!["LEFT", "AA", "RP", "Q7"].includes(chart))
    throw new RangeError(`${name}: expected chart LEFT, AA, RP or Q7, got ${chart}`);
  return chart;
}

/** The adjoint of the candidate that epnp left in its workspace, for the gradient in `upstream`. */
function pullBack(
  { n, x2d, x3d, w2d, K }: Correspondences,
  options: EpnpOptions,
  chart: Chart,
  solution: EpnpSolution,
  byX2d: Float64Array,
  byX3d: Float64Array,
  byW2d: Float64Array,
  byK: Float64Array,
): void {
  if (!epnpHasDerivative(solution.status)) {
    for (const part of [byX2d, byX3d, byW2d, byK]) part.fill(Number.NaN);
    return;
  }
  const R = solution.R;
  rotationVector(R, omega);
  convertedGradient(chart, "LEFT", R, omega, upstream, left);
  const kind: ControlSteps = options.controlPoints ?? "deviations";
  kernelVjp(n, x2d, x3d, w2d, K, kind, epnpWork, R, left, byX2d, byX3d, byW2d, byK);
}
