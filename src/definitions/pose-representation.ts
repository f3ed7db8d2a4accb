/**
 * What an error of a pose is measured in: representations f of a pose and their Jacobians in the RP
 * tangent (a, τ), R ← R Exp(a), t ← t + τ.
 *
 *     corners-3d    R b + t             [3G]   rows [−R[b]×, I]
 *     corners-2d    π(R b + t)          [2G]   rows P [−R[b]×, I], P = ∂π/∂X with depths above z_min
 *     quaternion    (q, t)              [7]    [½ L(q) E, 0; 0, I], L(q) E (v) = q ⊗ (0, v)
 *     axis-angle    (ω, t), R = Exp ω   [6]    [J_r⁻¹(ω), 0; 0, I]
 *     two-column    (R e₁, R e₂, t)     [9]    [−R[e₁]×, 0; −R[e₂]×, 0; 0, I]
 *
 * b are G corners in the frame and unit of the object. Corners come in groups, one a corner; the other
 * representations are groups of one component each. Radians stand beside metres in them.
 * q and −q give the same squared rows; at half turns Log has two values and J_r⁻¹ is regular at both.
 * Source: EQUATIONS LC-9, GEO-4, GEO-11; [LC2023] Eq 10, Sec 4.5, Table 6.
 */
import {
  add,
  apply,
  identity,
  type Matrix,
  multiply,
  scaleMatrix,
  type Vector,
} from "../scalar/matrix.js";
import type { Real } from "../scalar/real.js";
import { hat } from "./hat.js";
import { clampedProjection, clampedProjectionJacobian } from "./projection-clamp.js";
import { quaternionProduct, rotationQuaternion } from "./quaternion.js";
import { rotationVector } from "./rodrigues.js";
import { rightJacobianInverse } from "./rotation-jacobians.js";
import { columnJacobian, twoColumn } from "./two-column.js";

export type Representation =
  | "corners-3d"
  | "corners-2d"
  | "quaternion"
  | "axis-angle"
  | "two-column";

/** A pose, and what corners are projected by; absent, a representation of corners has none. */
export interface RepresentedPose<S> {
  readonly R: Matrix<S>;
  readonly t: Vector<S>;
  /** b [G][3], for either representation by corners. */
  readonly corners?: Matrix<S>;
  /** For "corners-2d": camera, and the least depth it divides by, none by default. */
  readonly K?: Matrix<S>;
  readonly zMin?: S;
}

/** Components that share one error: 3, 2 or 1. */
export function representationGroup(of: Representation): 1 | 2 | 3 {
  if (of === "corners-3d") return 3;
  return of === "corners-2d" ? 2 : 1;
}

/** f(y) [K]. @throws RangeError if corners, or the camera of projected ones, are missing. */
export function poseRepresentation<S extends Real<S>>(
  of: Representation,
  pose: RepresentedPose<S>,
): S[] {
  const { R, t } = pose;
  if (of === "quaternion") return [...rotationQuaternion(R), ...t];
  if (of === "axis-angle") return [...rotationVector(R), ...t];
  if (of === "two-column") return [...twoColumn(R), ...t];
  return cornersOf("poseRepresentation", pose).flatMap((b) => {
    const X = add(apply(R, b), t);
    return of === "corners-3d" ? X : clampedProjection(X, cameraOf(pose), clampsOf(pose));
  });
}

/** J_f = ∂f/∂(a, τ) [K][6]. @throws RangeError as poseRepresentation. */
export function poseRepresentationJacobian<S extends Real<S>>(
  of: Representation,
  pose: RepresentedPose<S>,
): S[][] {
  const { R, t } = pose;
  const zero = t[0].of(0);
  const unit = identity(3, zero);
  const beside = (turn: Matrix<S>): S[][] => [
    ...turn.map((row) => [...row, zero, zero, zero]),
    ...unit.map((row) => [zero, zero, zero, ...row]),
  ];
  if (of === "quaternion") {
    const q = rotationQuaternion(R);
    const columns = unit.map((e) => quaternionProduct(q, [zero, ...e]));
    return beside(q.map((_, k) => columns.map((column) => column[k].over(2))));
  }
  if (of === "axis-angle") return beside(rightJacobianInverse(rotationVector(R)));
  if (of === "two-column") return beside([...columnJacobian(R, 0), ...columnJacobian(R, 1)]);
  return cornersOf("poseRepresentationJacobian", pose).flatMap((b) => {
    const turned = scaleMatrix(multiply(R, hat(b)), -1);
    const motion = turned.map((row, i) => [...row, ...unit[i]]);
    if (of === "corners-3d") return motion;
    const X = add(apply(R, b), t);
    return multiply(clampedProjectionJacobian(X, cameraOf(pose), clampsOf(pose)), motion);
  });
}

function cornersOf<S>(name: string, { corners }: RepresentedPose<S>): Matrix<S> {
  if (!corners) throw new RangeError(`${name}: expected corners, got none`);
  return corners;
}

function cameraOf<S>({ K }: RepresentedPose<S>): Matrix<S> {
  if (!K) throw new RangeError("poseRepresentation: expected K for corners-2d, got none");
  return K;
}

const clampsOf = <S>({ zMin }: RepresentedPose<S>) => (zMin ? { zMin } : {});
