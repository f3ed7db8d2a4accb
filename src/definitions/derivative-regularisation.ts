/**
 * One Gauss–Newton step from a pose that is held fixed, and its derivative by the data.
 *
 *     fᵢ = wᵢ ∘ (πᵢ − xᵢ)     Jᵢ = wᵢ ∘ ∂πᵢ/∂y     ρ′ᵢ = min(1, δ/‖fᵢ‖)
 *     g = Σ ρ′ᵢ Jᵢᵀ fᵢ        A = Σ ρ′ᵢ Jᵢᵀ Jᵢ + ε I        Δy = −A⁻¹ g
 *
 *     ∂Δy/∂θ = −A⁻¹ Σ ∂/∂θ [ρ′ᵢ Jᵢᵀ mᵢ],   mᵢ = fᵢ + Jᵢ Δy with Δy held fixed
 *
 * for θ = x, z, w and δ, in the chart of the row y: (t, q) [7] or (t, β) [4]. Where the cost is
 * stationary Δy vanishes and its derivative does not: it is that of the implicit function theorem
 * with A for the Hessian. A threshold that depends on w or x (adaptive-threshold.ts) adds
 * ∂Δy/∂δ times its own derivative.
 *
 * Under clamps π is the clamped projection and the rows of ∂π/∂y that belong to clamped coordinates
 * are zero, both where the depth is clamped: such a coordinate pulls on nothing, but its residual
 * still enters ρ′.
 * Source: EQUATIONS EPRO-28, EPRO-32, ROB-2; [EProPnP2022] Eq 9.
 */
import { tangentSize } from "../conventions/chart.js";
import {
  add,
  addMatrices,
  apply,
  dot,
  identity,
  type Matrix,
  multiply,
  scale,
  scaleMatrix,
  solve,
  transpose,
  type Vector,
} from "../scalar/matrix.js";
import type { Real } from "../scalar/real.js";
import { squaredHuberCurvature, squaredHuberSlope } from "./huber.js";
import { type PoseDerivatives, poseDerivativesAt, projectionDerivatives } from "./pose-jacobian.js";
import { rowChart, rowRotation } from "./pose-row.js";
import { rigidTransform } from "./projection.js";
import {
  type Clamps,
  clampedProjection,
  clampMask,
  DEPTH_CLAMPED,
  U_CLAMPED,
  V_CLAMPED,
} from "./projection-clamp.js";
import type { Reprojection } from "./reprojection-cost.js";

/** What a step is made of: correspondences, ε ≥ 0 [px²] and clamps (none by default). */
export interface RegularisedReprojection<S> extends Reprojection<S> {
  readonly epsilon: S;
  readonly clamps?: Clamps<S>;
}

/** ∂Δy/∂x [N][d][2], ∂Δy/∂z [N][d][3], ∂Δy/∂w [N][d][2] and ∂Δy/∂δ [d] (0 without a threshold). */
export interface StepJacobian<S> {
  readonly x2d: S[][][];
  readonly x3d: S[][][];
  readonly w2d: S[][][];
  readonly delta: S[];
}

/** Δy [6 or 4] at y [7 or 4]. */
export function gaussNewtonStep<S extends Real<S>>(
  problem: RegularisedReprojection<S>,
  y: Vector<S>,
): S[] {
  return stepOf(system(problem, y));
}

/** ∂Δy/∂θ with y held fixed. */
export function gaussNewtonStepJacobian<S extends Real<S>>(
  problem: RegularisedReprojection<S>,
  y: Vector<S>,
): StepJacobian<S> {
  const at = system(problem, y);
  const { A, points } = at;
  const step = stepOf(at);
  const unit = identity(3, y[0]);
  const away = (columns: readonly Vector<S>[]): S[][] =>
    scaleMatrix(solve(A, transpose(columns)), -1);
  const blocks = points.map((point, i) => {
    const { f, J, z, yz } = point;
    const w = problem.w2d[i];
    const m = add(f, apply(J, step));
    /** ∂(ρ′ Jᵀ m) for ∂f [2] and ∂J [2][d]; ρ′ moves with f. */
    const change = (df: Vector<S>, dJ: Matrix<S>): S[] => {
      const dSlope = point.curvature.times(dot(f, df)).times(2);
      const bent = apply(transpose(dJ), m);
      const moved = apply(transpose(J), add(df, apply(dJ, step)));
      return add(scale(apply(transpose(J), m), dSlope), scale(add(bent, moved), point.slope));
    };
    const still = J.map((row) => row.map((v) => v.of(0)));
    const only = (k: number, row: Vector<S>) => still.map((none, l) => (l === k ? [...row] : none));
    const along = (k: number, v: S) => f.map((none, l) => (l === k ? v : none.of(0)));
    return {
      x2d: away(f.map((_, k) => change(along(k, w[k].negated()), still))),
      x3d: away(
        unit.map((_, a) =>
          change(
            f.map((_, k) => w[k].times(z[k][a])),
            yz.map((rows, k) => rows.map((row) => w[k].times(row[a]))),
          ),
        ),
      ),
      w2d: away(f.map((_, k) => change(along(k, point.r[k]), only(k, point.y[k])))),
      delta: scale(apply(transpose(J), m), point.thresholdSlope),
    };
  });
  const none = step.map((v) => v.of(0));
  return {
    x2d: blocks.map((block) => block.x2d),
    x3d: blocks.map((block) => block.x3d),
    w2d: blocks.map((block) => block.w2d),
    delta: away([blocks.map((block) => block.delta).reduce(add, none)]).map(([v]) => v),
  };
}

/** vᵀ ∂Δy/∂θ: [N][2], [N][3], [N][2] and a number, for an upstream gradient v [d]. */
export function gaussNewtonStepVjp<S extends Real<S>>(
  problem: RegularisedReprojection<S>,
  y: Vector<S>,
  v: Vector<S>,
): { x2d: S[][]; x3d: S[][]; w2d: S[][]; delta: S } {
  const { x2d, x3d, w2d, delta } = gaussNewtonStepJacobian(problem, y);
  const pulled = (blocks: Matrix<S>[]) => blocks.map((block) => apply(transpose(block), v));
  return { x2d: pulled(x2d), x3d: pulled(x3d), w2d: pulled(w2d), delta: dot(delta, v) };
}

interface StepPoint<S> {
  /** π − x [2] and f [2]. */
  r: S[];
  f: S[];
  /** ∂π/∂y [2][d], J [2][d], ∂π/∂z [2][3] and ∂²π/∂y∂z [2][d][3], rows of clamped coordinates zero. */
  y: S[][];
  J: S[][];
  z: S[][];
  yz: S[][][];
  /** ρ′, ρ″ and ∂ρ′/∂δ. */
  slope: S;
  curvature: S;
  thresholdSlope: S;
}

interface StepSystem<S> {
  g: S[];
  A: S[][];
  points: StepPoint<S>[];
}

function system<S extends Real<S>>(
  problem: RegularisedReprojection<S>,
  row: Vector<S>,
): StepSystem<S> {
  const pose = poseDerivativesAt(rowChart(row.length), rowRotation(row), row.slice(0, 3));
  const d = tangentSize(pose.chart);
  const points = problem.x2d.map((_, i) => linearised(problem, pose, i));
  const none = new Array<S>(d).fill(row[0].of(0));
  const ridge = scaleMatrix(identity(d, row[0]), problem.epsilon);
  return {
    g: points.map(({ J, f, slope }) => scale(apply(transpose(J), f), slope)).reduce(add, none),
    A: points
      .map(({ J, slope }) => scaleMatrix(multiply(transpose(J), J), slope))
      .reduce(addMatrices, ridge),
    points,
  };
}

function linearised<S extends Real<S>>(
  { x2d, x3d, w2d, K, delta, clamps = {} }: RegularisedReprojection<S>,
  pose: PoseDerivatives<S>,
  i: number,
): StepPoint<S> {
  const X = rigidTransform(x3d[i], pose.R, pose.t);
  const r = clampedProjection(X, K, clamps).map((pi, k) => pi.minus(x2d[i][k]));
  const f = r.map((v, k) => w2d[i][k].times(v));
  const s = dot(f, f);
  const mask = clampMask(X, K, clamps);
  const free = [U_CLAMPED, V_CLAMPED].map((bit) => (mask & (DEPTH_CLAMPED | bit) ? 0 : 1));
  const at = projectionDerivatives(pose, x3d[i], K);
  const y = at.y.map((row, k) => scale(row, free[k]));
  const outlier = delta && !s.atMost(delta.times(delta));
  return {
    r,
    f,
    y,
    J: y.map((row, k) => scale(row, w2d[i][k])),
    z: at.z.map((row, k) => scale(row, free[k])),
    yz: at.yz.map((rows, k) => scaleMatrix(rows, free[k])),
    slope: delta ? squaredHuberSlope(s, delta) : s.of(1),
    curvature: delta ? squaredHuberCurvature(s, delta) : s.of(0),
    thresholdSlope: outlier ? s.of(1).over(s.sqrt()) : s.of(0),
  };
}

const stepOf = <S extends Real<S>>({ A, g }: StepSystem<S>): S[] =>
  solve(
    A,
    g.map((v) => [v.negated()]),
  ).map(([v]) => v);
