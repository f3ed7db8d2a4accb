/**
 * Derivative of the Perspective-n-Point pose with respect to everything it was solved from.
 *
 *     nll(y) = ½ Σᵢ ρ(sᵢ),   sᵢ = ‖wᵢ ∘ rᵢ‖²,   rᵢ = xᵢ − π(zᵢ; y, K)
 *     g(y)   = ∂nll/∂y = −Σᵢₖ mᵢₖ ∂πᵢₖ/∂y,   mᵢₖ = ρ′(sᵢ) wᵢₖ² rᵢₖ
 *     ∂y⋆/∂θ = −H⁻¹ ∂g/∂θ,   H = ∂g/∂y,   θ ∈ {x, z, K, w, δ}
 *
 * in chart AA: y = (ω, t), R = Exp(ω), X = R z + t, derivatives in these global coordinates. Every
 * published variant is this formula with something held constant or replaced: see `BpnpForm`.
 *
 * A point moves by dX = A ξ, A = [−[p]×, I] with p = R z, when the pose moves by ξ = T dy,
 * T = diag(J_l(ω), I). With qᵢ = −Σₖ mᵢₖ ∂πᵢₖ/∂X (bpnp-force.ts) and Q = ∂q/∂X, summed over points,
 *
 *     g = Tᵀ Σ Aᵀq = Tᵀ Σ (p × q, q)
 *     H = Tᵀ (Σ AᵀQA) T + ∂(Tᵀ Aᵀ)/∂ω q
 *     ∂g/∂z = Tᵀ (AᵀQR + (R e × q, 0)),   ∂g/∂θ = Tᵀ Aᵀ ∂q/∂θ for the rest.
 *
 * Source: EQUATIONS PNP-2, PNP-3, PNP-4, BPNP-2 … BPNP-5, IFT-2; [BPnP2020], [UAVA2021] Sec 2, 4.2.
 */
import {
  add,
  addMatrices,
  apply,
  cross,
  type Matrix,
  multiply,
  transpose,
  type Vector,
} from "../scalar/matrix.js";
import type { Real } from "../scalar/real.js";
import { type BpnpForm, exactForm, type PointForce, pointForce } from "./bpnp-force.js";
import { implicitAdjoint, implicitDerivative } from "./implicit.js";
import type { Reprojection } from "./reprojection-cost.js";
import { rotation } from "./rodrigues.js";
import { leftJacobian, leftJacobianDerivative } from "./rotation-jacobians.js";

/** One row per pose coordinate, in chart AA; K row-major, its nine entries free. */
export interface PoseBlocks<S> {
  /** [6][N][2] */
  x2d: S[][][];
  /** [6][N][3] */
  x3d: S[][][];
  /** [6][9] */
  K: S[][];
  /** [6][N][2] */
  w2d: S[][][];
  /** [6], zero where there is no Huber kernel */
  delta: S[];
}

/** One such row: a gradient, or a direction in which all data move. */
export interface DataRow<S> {
  x2d: Matrix<S>;
  x3d: Matrix<S>;
  K: Vector<S>;
  w2d: Matrix<S>;
  delta: S;
}

/** g [6] and its derivatives; `y` [6][6] is the matrix H that the pose derivative inverts. */
export interface ConstraintDerivative<S> extends PoseBlocks<S> {
  g: S[];
  y: S[][];
}

/** g(y) and ∂g/∂(y, x, z, K, w, δ) at y = (ω, t) [6], chart AA. */
export function constraintDerivative<S extends Real<S>>(
  y: Vector<S>,
  problem: Reprojection<S>,
  form: BpnpForm = exactForm,
): ConstraintDerivative<S> {
  const [omega, t] = [y.slice(0, 3), y.slice(3, 6)];
  const R = rotation(omega);
  const J = leftJacobian(omega);
  const zero = y[0].of(0);
  const zeros = (rows: number, columns: number): S[][] =>
    Array.from({ length: rows }, () => Array.from({ length: columns }, () => zero));

  let g = zeros(6, 1);
  let H = zeros(6, 6);
  let arms = zeros(3, 3);
  let K = zeros(6, 9);
  let delta = zeros(6, 1);
  const [x, z, w]: S[][][][] = [[], [], []];
  for (let i = 0; i < problem.x3d.length; i++) {
    const p = apply(R, problem.x3d[i]);
    const X = add(p, t);
    const point = pointForce(X, problem.x2d[i], problem.w2d[i], problem.K, problem.delta, form);
    g = addMatrices(g, wrench(p, column(point.q)));
    H = addMatrices(H, wrench(p, transpose(wrench(p, transpose(point.hessian)))));
    arms = addMatrices(arms, armTimesForce(p, point.q));
    K = addMatrices(K, wrench(p, point.K));
    delta = addMatrices(delta, wrench(p, column(point.delta)));
    x.push(turned(J, wrench(p, point.x)));
    w.push(turned(J, wrench(p, point.w)));
    z.push(turned(J, pointBlock(p, R, point, form)));
  }
  const rotated = transpose(turned(J, transpose(turned(J, H))));
  return {
    g: turned(J, g).map(([only]) => only),
    y: form.hessian === "exact" ? withChartCurvature(rotated, omega, J, arms) : rotated,
    x2d: byRow(x),
    x3d: byRow(z),
    K: turned(J, K),
    w2d: byRow(w),
    delta: turned(J, delta).map(([only]) => only),
  };
}

/** λᵀ ∂g/∂θ for λ [6]: one row of blocks. */
export function constraintVjp<S extends Real<S>>(
  at: ConstraintDerivative<S>,
  lambda: Vector<S>,
): DataRow<S> {
  const { x2d, x3d, K, w2d, delta } = split(multiply([lambda], joined(at)), at.x2d[0].length);
  return { x2d: x2d[0], x3d: x3d[0], K: K[0], w2d: w2d[0], delta: delta[0] };
}

/** ∂g/∂θ · θ̇ [6] for a direction θ̇ in which all data move at once. */
export function constraintJvp<S extends Real<S>>(
  at: ConstraintDerivative<S>,
  { x2d, x3d, K, w2d, delta }: DataRow<S>,
): S[] {
  return apply(joined(at), [...x2d.flat(), ...x3d.flat(), ...K, ...w2d.flat(), delta]);
}

/**
 * ∂y⋆/∂θ = −H⁻¹ ∂g/∂θ for θ = x2d, x3d, K, w2d, δ at a stationary y [6], chart AA.
 *
 * @throws RangeError if H is exactly singular.
 */
export function poseDerivative<S extends Real<S>>(
  y: Vector<S>,
  problem: Reprojection<S>,
  form: BpnpForm = exactForm,
): PoseBlocks<S> {
  const at = constraintDerivative(y, problem, form);
  return split(implicitDerivative(at.y, joined(at)), problem.x3d.length);
}

/** vᵀ ∂y⋆/∂θ for an upstream gradient v [6] in chart AA (IFT-3). @throws as poseDerivative. */
export function poseVjp<S extends Real<S>>(
  y: Vector<S>,
  problem: Reprojection<S>,
  v: Vector<S>,
  form: BpnpForm = exactForm,
): DataRow<S> {
  const at = constraintDerivative(y, problem, form);
  return constraintVjp(at, implicitAdjoint(at.y, v));
}

/** ∂y⋆/∂θ · θ̇ [6] in chart AA: how the pose moves when the data do. @throws as poseDerivative. */
export function poseJvp<S extends Real<S>>(
  y: Vector<S>,
  problem: Reprojection<S>,
  direction: DataRow<S>,
  form: BpnpForm = exactForm,
): S[] {
  const at = constraintDerivative(y, problem, form);
  const forced = constraintJvp(at, direction).map((x) => [x]);
  return implicitDerivative(at.y, forced).map(([x]) => x);
}

/** Aᵀ F = (p × f, f) for each column f of F [3][n]: torque above force, [6][n]. */
function wrench<S extends Real<S>>(p: Vector<S>, F: Matrix<S>): S[][] {
  return [...transpose(transpose(F).map((f) => cross(p, f))), ...F.map((row) => [...row])];
}

/** Tᵀ B for B [6][n]: the torque rows turned by J_lᵀ. */
function turned<S extends Real<S>>(J: Matrix<S>, B: Matrix<S>): S[][] {
  return [...multiply(transpose(J), B.slice(0, 3)), ...B.slice(3).map((row) => [...row])];
}

/** Aᵀ ∂q/∂z + (∂Aᵀ/∂z) q [6][3]; the last term is a derivative of ∂π/∂y, dropped with the others. */
function pointBlock<S extends Real<S>>(
  p: Vector<S>,
  R: Matrix<S>,
  point: PointForce<S>,
  form: BpnpForm,
): S[][] {
  const block = wrench(p, multiply(point.mixed, R));
  if (form.mixed === "dropped") return block;
  const arm = transpose(transpose(R).map((column) => cross(column, point.q)));
  return [...addMatrices(block.slice(0, 3), arm), ...block.slice(3)];
}

const armTimesForce = <S extends Real<S>>(p: Vector<S>, q: Vector<S>): S[][] =>
  p.map((a) => q.map((b) => a.times(b)));

/**
 * Adds Σ qᵀ ∂²X/∂ω∂ω. With M = Σ p qᵀ, torque τ = Σ p × q and columns v of J_l,
 * Σ q · ∂²X/∂ω_a∂ω_b = v_aᵀ (M − tr M · I) v_b + τᵀ ∂v_a/∂ω_b.
 */
function withChartCurvature<S extends Real<S>>(
  H: Matrix<S>,
  omega: Vector<S>,
  J: Matrix<S>,
  M: Matrix<S>,
): S[][] {
  const dJ = leftJacobianDerivative(omega);
  const trace = M[0][0].plus(M[1][1]).plus(M[2][2]);
  const inner = M.map((row, a) => row.map((m, b) => (a === b ? m.minus(trace) : m)));
  const bent = multiply(transpose(J), multiply(inner, J));
  const tau = [M[1][2].minus(M[2][1]), M[2][0].minus(M[0][2]), M[0][1].minus(M[1][0])];
  return H.map((row, a) =>
    row.map((h, b) => {
      if (a > 2 || b > 2) return h;
      return [0, 1, 2].reduce((sum, k) => sum.plus(tau[k].times(dJ[b][k][a])), h.plus(bent[a][b]));
    }),
  );
}

const column = <S>(v: Vector<S>): S[][] => v.map((x) => [x]);

/** [N][6][m] as [6][N][m]. */
const byRow = <S>(blocks: readonly Matrix<S>[]): S[][][] =>
  [0, 1, 2, 3, 4, 5].map((j) => blocks.map((block) => [...block[j]]));

/** All blocks side by side [6][7N + 10]: x2d, x3d, K, w2d, δ. */
const joined = <S>(blocks: PoseBlocks<S>): S[][] =>
  blocks.delta.map((last, j) => [
    ...blocks.x2d[j].flat(),
    ...blocks.x3d[j].flat(),
    ...blocks.K[j],
    ...blocks.w2d[j].flat(),
    last,
  ]);

/** The inverse of `joined`, for any number of rows. */
function split<S>(rows: Matrix<S>, n: number): PoseBlocks<S> {
  const points = (row: readonly S[], from: number, m: number): S[][] =>
    Array.from({ length: n }, (_, i) => row.slice(from + m * i, from + m * (i + 1)));
  return {
    x2d: rows.map((row) => points(row, 0, 2)),
    x3d: rows.map((row) => points(row, 2 * n, 3)),
    K: rows.map((row) => row.slice(5 * n, 5 * n + 9)),
    w2d: rows.map((row) => points(row, 5 * n + 9, 2)),
    delta: rows.map((row) => row[7 * n + 9]),
  };
}
