/**
 * Derivatives of the projection of a point with respect to the pose, in every chart.
 *
 * A chart gives R as a function of rotation coordinates u (three of them, one for YAW); all that a
 * projection needs of it is ∂R/∂u and ∂²R/∂u², the same for every point of a scene:
 *
 *     LEFT   R(u) = Exp(u) R          ∂ₚR = [eₚ]× R         ∂ₚ∂_qR = ½([eₚ]×[e_q]× + [e_q]×[eₚ]×) R
 *     RP     R(u) = R Exp(u)          ∂ₚR = R [eₚ]×         ∂ₚ∂_qR = R ½([eₚ]×[e_q]× + [e_q]×[eₚ]×)
 *     Q7     R(u) = R((1, −u)) R      ∂ₚR = −2 [eₚ]× R      ∂ₚ∂_qR = 2 ([eₚ]×[e_q]× + [e_q]×[eₚ]×) R
 *     YAW    R(u) = Exp(u e₂) R       ∂R = [e₂]× R          ∂²R = [e₂]×² R
 *     AA     R(u) = Exp(u)            ∂ₚR = [J_l eₚ]× R     ∂ₚ∂_qR = ([∂_qJ_l eₚ]× + [J_l eₚ]×[J_l e_q]×) R
 *
 * the first four at u = 0 (R((1, −u)) is the rotation of that quaternion after normalisation), the
 * last at u = ω. The chain rule through X = R z + t then gives, with J = ∂π/∂X and P = ∂²π/∂X²,
 *
 *     ∂ₚπ = J ∂ₚX      ∂ₚ∂_qπ = ∂ₚXᵀ P ∂_qX + J ∂ₚ∂_qX
 *     ∂_zπ = J R       ∂ₚ∂_zπ = ∂ₚXᵀ P R + J ∂ₚR         ∂ₚ∂_Kπ = ∂ₚXᵀ ∂²π/∂X∂K
 *
 * Source: EQUATIONS GEO-16, GEO-17, CONV-5; [EProPnP2022] Eq 9, [LC2023] Eq 32, [BPnP2020] Sec 3.
 */
import {
  type Chart,
  rotationOffset,
  tangentSize,
  translationOffset,
} from "../conventions/chart.js";
import {
  add,
  addMatrices,
  apply,
  dot,
  type Matrix,
  multiply,
  scaleMatrix,
  transpose,
  type Vector,
} from "../scalar/matrix.js";
import type { Real } from "../scalar/real.js";
import { hat } from "./hat.js";
import {
  projection,
  projectionCameraJacobian,
  projectionHessian,
  projectionJacobian,
  projectionPointCameraHessian,
} from "./projection.js";
import { rotation, rotationVector } from "./rodrigues.js";
import { leftJacobian, leftJacobianDerivative } from "./rotation-jacobians.js";

/** A pose and the derivatives of its rotation in the coordinates of a chart. */
export interface PoseDerivatives<S> {
  readonly chart: Chart;
  readonly R: Matrix<S>;
  readonly t: Vector<S>;
  /** ∂R/∂uₚ [3 or 1][3][3]. */
  readonly dR: readonly Matrix<S>[];
  /** ∂²R/∂uₚ∂u_q [3 or 1][3 or 1][3][3]. */
  readonly ddR: readonly (readonly Matrix<S>[])[];
}

/** A projected point and its derivatives; y is the pose in its chart, of d = 6 or 4 coordinates. */
export interface ProjectionDerivatives<S> {
  /** π [2], pixels. */
  value: S[];
  /** ∂π/∂y [2][d], ∂π/∂z [2][3], ∂π/∂K [2][9]. */
  y: S[][];
  z: S[][];
  K: S[][];
  /** ∂²π/∂y² [2][d][d], ∂²π/∂y∂z [2][d][3], ∂²π/∂y∂K [2][d][9]. */
  yy: S[][][];
  yz: S[][][];
  yK: S[][][];
}

const axes = [0, 1, 2] as const;

/** The pose of chart AA at y = (ω, t) [6], with R = Exp(ω) and its derivatives in ω. */
export function poseDerivatives<S extends Real<S>>(y: Vector<S>): PoseDerivatives<S> {
  const omega = y.slice(0, 3);
  const R = rotation(omega);
  const spins = transpose(leftJacobian(omega)).map((column) => hat(column));
  const turns = leftJacobianDerivative(omega).map((dJ) => transpose(dJ).map((col) => hat(col)));
  return {
    chart: "AA",
    R,
    t: y.slice(3, 6),
    dR: spins.map((spin) => multiply(spin, R)),
    ddR: axes.map((p) =>
      axes.map((q) => multiply(addMatrices(turns[q][p], multiply(spins[p], spins[q])), R)),
    ),
  };
}

/** The pose (R, t) with the derivatives of its rotation in `chart`; AA takes them at ω = Log(R). */
export function poseDerivativesAt<S extends Real<S>>(
  chart: Chart,
  R: Matrix<S>,
  t: Vector<S>,
): PoseDerivatives<S> {
  if (chart === "AA") return { ...poseDerivatives([...rotationVector(R), ...t]), R, t };
  const like = t[0];
  const units = axes.map((p) => axes.map((a) => like.of(a === p ? 1 : 0)));
  const turned = chart === "YAW" ? [units[1]] : units;
  const spins = turned.map((e) => scaleMatrix(hat(e), chart === "Q7" ? -2 : 1));
  const moved = (G: Matrix<S>) => (chart === "RP" ? multiply(R, G) : multiply(G, R));
  return {
    chart,
    R,
    t,
    dR: spins.map(moved),
    ddR: spins.map((Gp) =>
      spins.map((Gq) => moved(scaleMatrix(addMatrices(multiply(Gp, Gq), multiply(Gq, Gp)), 0.5))),
    ),
  };
}

/** ∂X/∂y [d][3], one row a coordinate, of X = R z + t. */
export function pointMotion<S extends Real<S>>(pose: PoseDerivatives<S>, z: Vector<S>): S[][] {
  const rows: S[][] = new Array(tangentSize(pose.chart));
  pose.dR.forEach((dR, p) => {
    rows[rotationOffset(pose.chart) + p] = apply(dR, z);
  });
  for (const a of axes)
    rows[translationOffset(pose.chart) + a] = axes.map((b) => z[0].of(a === b ? 1 : 0));
  return rows;
}

/** ∂π/∂y [2][d], pixels per unit of the chart's coordinates, in the chart's order. */
export function poseJacobian<S extends Real<S>>(
  pose: PoseDerivatives<S>,
  z: Vector<S>,
  K: Matrix<S>,
): S[][] {
  const J = projectionJacobian(add(apply(pose.R, z), pose.t), K);
  const motion = pointMotion(pose, z);
  return J.map((Ji) => motion.map((dX) => dot(Ji, dX)));
}

/** π and all its first and second derivatives that implicit differentiation asks for. */
export function projectionDerivatives<S extends Real<S>>(
  pose: PoseDerivatives<S>,
  z: Vector<S>,
  K: Matrix<S>,
): ProjectionDerivatives<S> {
  const X = add(apply(pose.R, z), pose.t);
  const [J, P, M] = [
    projectionJacobian(X, K),
    projectionHessian(X, K),
    projectionPointCameraHessian(X, K),
  ];
  const r = rotationOffset(pose.chart);
  const turning = pose.dR.map((dR) => apply(dR, z));
  const bending = pose.ddR.map((row) => row.map((ddR) => apply(ddR, z)));
  // Moving along t moves X alike, so rows of ∂X/∂y that belong to t pick entries instead of summing.
  const t = translationOffset(pose.chart);
  const along = (rows: Vector<S>[], ofTurning: Vector<S>[]): S[][] => {
    const all: S[][] = new Array(tangentSize(pose.chart));
    ofTurning.forEach((row, p) => {
      all[r + p] = [...row];
    });
    rows.forEach((row, a) => {
      all[t + a] = [...row];
    });
    return all;
  };
  return {
    value: projection(X, K),
    y: J.map((Ji) =>
      along(
        columns(Ji),
        turning.map((dX) => [dot(Ji, dX)]),
      ).map(([x]) => x),
    ),
    z: multiply(J, pose.R),
    K: projectionCameraJacobian(X, K),
    yy: J.map((Ji, i) => {
      const PdX = turning.map((dX) => apply(P[i], dX));
      const turned = turning.map((dX, p) =>
        along(
          columns(axes.map((a) => PdX[p][a])),
          PdX.map((v, q) => [dot(dX, v).plus(dot(Ji, bending[p][q]))]),
        ).map(([x]) => x),
      );
      const moved = axes.map((a) =>
        along(
          columns(P[i][a]),
          PdX.map((v) => [v[a]]),
        ).map(([x]) => x),
      );
      return along(moved, turned);
    }),
    yz: J.map((Ji, i) => {
      const PR = multiply(P[i], pose.R);
      return along(
        PR,
        turning.map((dX, p) => add(row(dX, PR), row(Ji, pose.dR[p]))),
      );
    }),
    yK: M.map((Mi) =>
      along(
        Mi,
        turning.map((dX) => row(dX, Mi)),
      ),
    ),
  };
}

/** aᵀ B. */
function row<S extends Real<S>>(a: Vector<S>, B: Matrix<S>): S[] {
  return transpose(B).map((column) => dot(a, column));
}

const columns = <S>(a: Vector<S>): S[][] => a.map((x) => [x]);
