/** Input of a Linear-Covariance loss, checked and laid out as its kernel takes it. */
import {
  detachable,
  type LinearCovarianceOptions,
  type LinearCovarianceProblem,
  paperDetached,
} from "../kernels/linear-covariance-loss.js";
import {
  publishedRobustification,
  type Robustification,
} from "../kernels/linear-covariance-robust.js";
import {
  poseRepresentationJacobian,
  type Representation,
  representationGroup,
} from "../kernels/pose-representation.js";
import { quaternionRotation } from "../kernels/quaternion.js";
import type { Correspondences } from "../problem/correspondences.js";
import { type ArrayInput, denseArray } from "../problem/dense-array.js";
import { type Pose, pose, poseFromVector, poseOf } from "../problem/pose.js";
import type { LinearCovarianceLossOptions } from "./linear-covariance-options.js";

/** A pose: rotation and translation, (ω, t) [6], or (q, t) [7]. */
export type PosedInput = { readonly R: ArrayInput; readonly t: ArrayInput } | ArrayInput;

/** Components of each representation that is not by corners. */
const components = { quaternion: 7, "axis-angle": 6, "two-column": 9 } as const;
const representations: readonly Representation[] = [
  "corners-3d",
  "corners-2d",
  "quaternion",
  "axis-angle",
  "two-column",
];

/** Problem and settings of the kernel. @throws TypeError or RangeError naming what is wrong. */
export function checkedLossInput(
  name: string,
  correspondences: Correspondences,
  at: PosedInput,
  options: LinearCovarianceLossOptions,
): { problem: LinearCovarianceProblem; settings: LinearCovarianceOptions } {
  const { n, x2d, x3d, w2d, K } = correspondences;
  const { R, t } = posed(name, at);
  const zMin = options.zMin ?? Number.NEGATIVE_INFINITY;
  if (options.zMin !== undefined && !(zMin > 0 && Number.isFinite(zMin)))
    throw new RangeError(`${name}: expected zMin > 0, got ${zMin}`);
  const representation = oneOf(
    name,
    "representation",
    options.representation ?? "corners-3d",
    representations,
  );
  const { Jf, rows } = representationRows(name, representation, options, {
    R: R.data,
    t: t.data,
    K,
    zMin,
  });
  const byCorners = representationGroup(representation) > 1;
  const form = oneOf(name, "form", options.form ?? "laplace", ["laplace", "gaussian"]);
  const fallback = byCorners && form === "laplace" ? "mean" : "sum";
  const { terms = ["covariance", "prior", "linear"], detached = paperDetached } = options;
  for (const term of terms) oneOf(name, "terms", term, ["covariance", "prior", "linear"]);
  for (const part of detached) oneOf(name, "detached", part, detachable);
  const valid = options.valid === undefined ? null : denseArray(name, "valid", options.valid, [n]);
  for (const counts of valid?.data ?? [])
    if (counts < 0) throw new RangeError(`${name}: expected valid >= 0, got ${counts}`);
  const failure = oneOf(name, "failure", options.failure ?? "status", [
    "status",
    "throw",
    "identity",
  ]);
  return {
    problem: {
      n,
      x2d,
      x3d,
      w2d,
      K,
      R: R.data,
      t: t.data,
      rows,
      Jf,
      group: representationGroup(representation),
      valid: valid?.data ?? null,
    },
    settings: {
      form,
      reduction: oneOf(name, "reduction", options.reduction ?? fallback, ["mean", "sum"]),
      terms,
      detached,
      weights: oneOf(name, "weights", options.weights ?? "multiplier", ["multiplier", "squared"]),
      hessian: oneOf(name, "hessian", options.hessian ?? "consistent", ["consistent", "observed"]),
      robust: robustification(name, options.robust),
      maskWeights: options.maskWeights ?? false,
      zMin,
      failure: failure === "identity" ? "identity" : "status",
    },
  };
}

function posed(name: string, at: PosedInput): Pose {
  if (at !== null && typeof at === "object" && "R" in at) return pose(at.R, at.t);
  const row = denseArray(name, "pose", at, ["6 or 7"]).data;
  if (row.length === 6) return poseFromVector(row);
  if (row.length !== 7)
    throw new RangeError(`${name}: expected a pose of 6 or 7 numbers, got ${row.length}`);
  const R = new Float64Array(9);
  if (!quaternionRotation(row.subarray(0, 4), "normalised", R))
    throw new RangeError(`${name}: expected a quaternion other than 0 in pose, got 0`);
  return poseOf(R, row.slice(4));
}

function representationRows(
  name: string,
  representation: Representation,
  options: LinearCovarianceLossOptions,
  pose: { R: Float64Array; t: Float64Array; K: Float64Array; zMin: number },
): { Jf: Float64Array; rows: number } {
  let corners = new Float64Array(0);
  let rows: number;
  if (representation === "corners-3d" || representation === "corners-2d") {
    if (options.corners === undefined)
      throw new RangeError(`${name}: expected corners for ${representation}, got none`);
    const { data, shape } = denseArray(name, "corners", options.corners, ["G", 3]);
    if (shape[0] === 0) throw new RangeError(`${name}: expected corners, got none`);
    corners = new Float64Array(data);
    rows = representationGroup(representation) * shape[0];
  } else rows = components[representation];
  const Jf = new Float64Array(6 * rows);
  poseRepresentationJacobian(representation, { ...pose, corners }, Jf);
  return { Jf, rows };
}

function robustification(
  name: string,
  given: LinearCovarianceLossOptions["robust"],
): Robustification | null {
  if (given === undefined || given === null) return null;
  const all = { ...publishedRobustification, ...given };
  oneOf(name, "robust.clamp", all.clamp, ["straight-through", "true"]);
  for (const key of ["maxLength", "residualFactor", "weightFactor", "epsilon"] as const)
    if (!(all[key] > 0))
      throw new RangeError(`${name}: expected robust.${key} > 0, got ${all[key]}`);
  return all;
}

function oneOf<T extends string>(name: string, what: string, value: T, known: readonly T[]): T {
  if (!known.includes(value))
    throw new RangeError(`${name}: expected ${what} of ${known.join(", ")}, got ${value}`);
  return value;
}
