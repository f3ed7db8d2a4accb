/**
 * The stationarity condition, linearised at one pose: H evaluated and factored for a variant, and the
 * way between its LEFT tangent and the chart that the caller writes derivatives in.
 *
 *     ∂ξ/∂θ = −M H⁻¹ ∂g/∂θ,   ξ_chart = M ξ_LEFT
 *
 * Chart YAW has four freedoms: there H and g lose the directions the pose may not move in.
 * One linearisation exists at a time, in the scratch of this module: derivatives are taken in one go.
 */
import { type Chart, tangentSize } from "../conventions/chart.js";
import { depthWeightedHessian } from "../kernels/bpnp-hessian.js";
import { reprojectionHessian, reprojectionNormal } from "../kernels/reprojection-hessian.js";
import { rotationVector } from "../kernels/rodrigues.js";
import { tangentTransform } from "../kernels/tangent.js";
import type { Correspondences } from "../problem/correspondences.js";
import type { Pose } from "../problem/pose.js";
import {
  factorSystem,
  linearSystem,
  NEGATIVE,
  POSITIVE,
  solveSystem,
  solveTransposed,
  ZERO,
} from "./linear-system.js";
import { hasDerivative, type Standing } from "./standing.js";
import { restrictToYaw, toStationary, yawDirections } from "./stationary-pose.js";
import { type Variant, variants } from "./variants.js";

/** What to differentiate, and how to write it. */
export interface DerivativeOptions {
  /** Which derivative (variants.ts). Default "exact". */
  readonly variant?: Variant;
  /** Tangent of upstream gradients and of rows. Default "LEFT". */
  readonly chart?: Chart;
  /** Huber threshold on ‖w ∘ r‖ [px], > 0, that the pose was solved with. Default Infinity: none. */
  readonly delta?: number;
  /** Whether to move the pose to the stationary one beside it first. Default false. */
  readonly polish?: boolean;
  /**
   * A pose is "not-stationary" if its `offset` exceeds this. Default √ε: the derivative then still
   * has half the digits of a double.
   */
  readonly tolerance?: number;
}

const R = new Float64Array(9);
const t = new Float64Array(3);
const omega = new Float64Array(3);
const g = new Float64Array(6);
const force = new Float64Array(6);
const H = new Float64Array(36);
const H4 = new Float64Array(16);
const M = new Float64Array(36);
const step = new Float64Array(6);
const hessian = linearSystem();
const inverted = linearSystem();

/** The pose in use: its arrays are overwritten by the next linearisation. */
export const at = { R, t };

/** Evaluates and factors H; fills `standing` and returns whether there is a derivative to take. */
export function linearise(
  name: string,
  problem: Correspondences,
  pose: Pose,
  options: DerivativeOptions,
  standing: Standing,
): boolean {
  const chart = options.chart ?? "LEFT";
  const delta = options.delta ?? Number.POSITIVE_INFINITY;
  const form = variants[options.variant ?? "exact"];
  if (!form)
    throw new RangeError(
      `${name}: expected variant ${Object.keys(variants).join(", ")}, got ${options.variant}`,
    );
  if (!(delta > 0)) throw new RangeError(`${name}: expected delta > 0, got ${delta}`);
  // Through data and strides: an ndarray's get() boxes every number on its way out.
  const { data, stride, offset } = pose.R;
  for (let i = 0; i < 3; i++) {
    for (let j = 0; j < 3; j++) R[3 * i + j] = data[offset + i * stride[0] + j * stride[1]];
    t[i] = pose.t.data[pose.t.offset + i * pose.t.stride[0]];
  }
  const freedoms = tangentSize(chart);
  if (freedoms === 4) requireYaw(name);
  if (options.polish && problem.n > 0) toStationary(problem, delta, freedoms, R, t);
  standing.pose.R.data.set(R);
  standing.pose.t.data.set(t);
  rotationVector(R, omega);
  tangentTransform("LEFT", freedoms === 4 ? "LEFT" : chart, R, omega, M);
  judge(problem, delta, form, freedoms, options.tolerance ?? Math.sqrt(Number.EPSILON), standing);
  return problem.n > 0 && hasDerivative(standing);
}

function judge(
  { n, x2d, x3d, w2d, K }: Correspondences,
  delta: number,
  form: (typeof variants)[Variant],
  freedoms: 4 | 6,
  tolerance: number,
  standing: Standing,
): void {
  standing.offset = 0;
  standing.condition = Number.POSITIVE_INFINITY;
  standing.status = "empty";
  setInertia(standing, freedoms);
  if (n === 0) return;
  const exact = form.exact || form.deep;
  if (exact) reprojectionHessian(n, x2d, x3d, w2d, K, R, t, delta, g, H);
  else reprojectionNormal(n, x2d, x3d, w2d, K, R, t, delta, g, H);
  standing.status = "not-finite";
  for (let i = 0; i < 36; i++) if (!Number.isFinite(H[i])) return;
  for (let i = 0; i < 6; i++) if (!Number.isFinite(g[i])) return;
  standing.status = "singular";
  const regular = factored(hessian, freedoms, true);
  setInertia(standing, freedoms);
  if (!regular) return;
  standing.offset = newtonStep(freedoms);
  let system = hessian;
  if (form.deep) {
    depthWeightedHessian(n, x2d, x3d, w2d, K, R, t, delta, form.exact, omega, force, H);
    if (!factored(inverted, freedoms, false)) return;
    system = inverted;
  }
  standing.condition = system.condition;
  current = system;
  if (!(standing.offset <= tolerance)) standing.status = "not-stationary";
  else if (hessian.inertia[NEGATIVE] > 0) standing.status = "saddle";
  else if (onKink(n, x2d, x3d, w2d, K, delta)) standing.status = "kink";
  else standing.status = "ok";
}

let current = hessian;

function factored(system: typeof hessian, freedoms: 4 | 6, symmetric: boolean): boolean {
  if (freedoms === 6) return factorSystem(system, 6, H, symmetric);
  restrictToYaw(H, H4);
  return factorSystem(system, 4, H4, symmetric);
}

function setInertia(standing: Standing, freedoms: number): void {
  const { inertia } = hessian;
  const known = standing.status !== "empty";
  standing.inertia.positive = known ? inertia[POSITIVE] : 0;
  standing.inertia.negative = known ? inertia[NEGATIVE] : 0;
  standing.inertia.zero = known ? inertia[ZERO] : freedoms;
}

/** The greater of the turn and of the shift over ‖t‖ in H⁻¹ g. */
function newtonStep(freedoms: 4 | 6): number {
  for (let j = 0; j < freedoms; j++) step[j] = freedoms === 6 ? g[j] : g[yawDirections[j]];
  solveSystem(hessian, step);
  const distance = length(t, 0);
  const turn = freedoms === 6 ? length(step, 0) : Math.abs(step[3]);
  const shift = length(step, freedoms === 6 ? 3 : 0);
  return Math.max(turn, distance > 0 ? shift / distance : shift);
}

/** Length of v[from … from + 2]; Math.hypot would allocate. */
function length(v: Float64Array, from: number): number {
  return Math.sqrt(v[from] * v[from] + v[from + 1] * v[from + 1] + v[from + 2] * v[from + 2]);
}

/** Whether some ‖w ∘ r‖ equals δ to the rounding of a residual. */
function onKink(
  n: number,
  x2d: Float64Array,
  x3d: Float64Array,
  w2d: Float64Array,
  K: Float64Array,
  delta: number,
): boolean {
  if (delta === Number.POSITIVE_INFINITY) return false;
  for (let i = 0; i < n; i++) {
    const z0 = x3d[3 * i];
    const z1 = x3d[3 * i + 1];
    const z2 = x3d[3 * i + 2];
    const X0 = R[0] * z0 + R[1] * z1 + R[2] * z2 + t[0];
    const X1 = R[3] * z0 + R[4] * z1 + R[5] * z2 + t[1];
    const X2 = R[6] * z0 + R[7] * z1 + R[8] * z2 + t[2];
    const h3 = K[6] * X0 + K[7] * X1 + K[8] * X2;
    let squared = 0;
    let unit = 0;
    for (let k = 0; k < 2; k++) {
      const pi = (K[3 * k] * X0 + K[3 * k + 1] * X1 + K[3 * k + 2] * X2) / h3;
      squared += (w2d[2 * i + k] * (x2d[2 * i + k] - pi)) ** 2;
      unit += w2d[2 * i + k] * (Math.abs(x2d[2 * i + k]) + Math.abs(pi));
    }
    // A projection takes about sixteen roundings, each at most ε of a coordinate.
    if (Math.abs(Math.sqrt(squared) - delta) <= 16 * Number.EPSILON * (unit + delta)) return true;
  }
  return false;
}

/** Writes λ [6], LEFT, of Hᵀ λ = −Mᵀ v for an upstream gradient v [d] in the caller's chart. */
export function adjoint(v: ArrayLike<number>, lambda: Float64Array): void {
  const d = current.size;
  if (d === 6) {
    for (let j = 0; j < 6; j++) {
      lambda[j] = 0;
      for (let i = 0; i < 6; i++) lambda[j] -= M[6 * i + j] * v[i];
    }
    solveTransposed(current, lambda);
    return;
  }
  for (let j = 0; j < 4; j++) step[j] = -v[j];
  solveTransposed(current, step);
  lambda.fill(0);
  for (let j = 0; j < 4; j++) lambda[yawDirections[j]] = step[j];
}

/** Writes the motion [d] in the caller's chart, −M H⁻¹ dg, of a change dg [6], LEFT, of the gradient. */
export function motion(dg: Float64Array, moved: Float64Array): void {
  const d = current.size;
  for (let j = 0; j < d; j++) step[j] = -dg[d === 6 ? j : yawDirections[j]];
  solveSystem(current, step);
  for (let i = 0; i < d; i++) {
    moved[i] = d === 6 ? 0 : step[i];
    if (d === 6) for (let j = 0; j < 6; j++) moved[i] += M[6 * i + j] * step[j];
  }
}

function requireYaw(name: string): void {
  // Camera +Y stays where it is under a turn about it; single precision is as far as poses are held to.
  if (!(Math.abs(R[4] - 1) <= 2 ** -20 && Math.hypot(R[1], R[7]) <= 2 ** -20))
    throw new RangeError(
      `${name}: expected a turn about camera +Y for chart YAW, got R e_y = (${R[1]}, ${R[4]}, ${R[7]})`,
    );
}
