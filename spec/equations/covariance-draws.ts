import type * as definition from "../../src/definitions/linear-covariance-loss.js";
import type { LinearCovarianceOptions as DefinedOptions } from "../../src/definitions/linear-covariance-loss.js";
import type { Robustification } from "../../src/definitions/linear-covariance-robust.js";
import type {
  LinearCovarianceOptions,
  LinearCovarianceProblem,
} from "../../src/kernels/linear-covariance-loss.js";
import { paperDetached } from "../../src/kernels/linear-covariance-loss.js";
import {
  poseRepresentationJacobian,
  type Representation,
  representationGroup,
} from "../../src/kernels/pose-representation.js";
import type { Stream } from "../../src/random/stream.js";
import type { Real } from "../../src/scalar/real.js";
import { type Cloud, cloud } from "./bpnp-clouds.js";

/** A problem at its true pose, flat, with the corners that its errors are measured at. */
export interface CovarianceDraw {
  readonly cloud: Cloud;
  readonly corners: Float64Array;
  readonly flat: LinearCovarianceProblem;
}

export interface DrawOptions {
  readonly n?: number;
  readonly noise?: number;
  readonly relief?: number;
  readonly representation?: Representation;
  readonly valid?: Float64Array | null;
}

/** Components of each representation, of eight corners where it is by corners. */
export const rowsOf = {
  "corners-3d": 24,
  "corners-2d": 16,
  quaternion: 7,
  "axis-angle": 6,
  "two-column": 9,
};

/** The eight corners of a box of half sides a, b, c. */
export const boxCorners = (a = 0.3, b = 0.25, c = 0.2): Float64Array =>
  Float64Array.from({ length: 24 }, (_, i) => {
    const corner = Math.floor(i / 3);
    return [a, b, c][i % 3] * (corner & (1 << (i % 3)) ? 1 : -1);
  });

export function covarianceDraw(draw: Stream, options: DrawOptions = {}): CovarianceDraw {
  const { n = 6, noise = 3, relief, representation = "corners-3d", valid = null } = options;
  const of = cloud(draw, { n, noise, relief });
  const corners = boxCorners();
  const rows = rowsOf[representation];
  const Jf = new Float64Array(6 * rows);
  const { R, t, K, x2d, x3d, w2d } = of;
  poseRepresentationJacobian(
    representation,
    { R, t, K, corners, zMin: Number.NEGATIVE_INFINITY },
    Jf,
  );
  const group = representationGroup(representation);
  return { cloud: of, corners, flat: { n, x2d, x3d, w2d, K, R, t, rows, Jf, group, valid } };
}

/** Settings of the kernel: the paper's, with changes. */
export const settings = (
  changes: Partial<LinearCovarianceOptions> = {},
): LinearCovarianceOptions => ({
  form: "laplace",
  reduction: "mean",
  terms: ["covariance", "prior", "linear"],
  detached: paperDetached,
  weights: "multiplier",
  hessian: "consistent",
  robust: null,
  maskWeights: false,
  zMin: Number.NEGATIVE_INFINITY,
  failure: "status",
  ...changes,
});

/** The same, for the definition. */
export function definedSettings<S>(
  { robust, zMin, failure, ...rest }: LinearCovarianceOptions,
  lift: (x: number) => S,
): DefinedOptions<S> {
  return {
    ...rest,
    robust: (robust as Robustification<S> | null) ?? undefined,
    zMin: zMin > 0 ? lift(zMin) : undefined,
    failure: failure === "identity" ? "identity" : "throw",
  };
}

const nested = <S>(flat: Float64Array, width: number, lift: (x: number) => S): S[][] =>
  Array.from({ length: flat.length / width }, (_, i) =>
    Array.from({ length: width }, (_, j) => lift(flat[width * i + j])),
  );

/** The problem in the scalars that `lift` makes. */
export function liftedProblem<S extends Real<S>>(
  flat: LinearCovarianceProblem,
  lift: (x: number) => S,
): definition.LinearCovarianceProblem<S> {
  return {
    x2d: nested(flat.x2d, 2, lift),
    x3d: nested(flat.x3d, 3, lift),
    w2d: nested(flat.w2d, 2, lift),
    K: nested(flat.K, 3, lift),
    R: nested(flat.R, 3, lift),
    t: Array.from(flat.t, lift),
    Jf: nested(flat.Jf, 6, lift),
    group: flat.group,
    valid: flat.valid ? [...flat.valid] : undefined,
  };
}

/** What a gradient holds constant, taken from the loss at the same place. */
export function heldParts<S, T>(
  at: definition.LinearCovariance<S>,
  options: LinearCovarianceOptions,
  constant: (x: S) => T,
): definition.Held<T> {
  const free = (part: definition.Detachable) => !options.detached.includes(part);
  const rows = (A: readonly (readonly S[])[]) => A.map((row) => row.map(constant));
  const omega = at.omega.map(constant);
  return {
    bending: at.bending.map(rows),
    J: free("linearisation") ? undefined : rows(at.J),
    shortening: options.robust?.clamp === "straight-through" ? rows(at.shortening) : undefined,
    residualThreshold: free("thresholds") ? undefined : at.residualThreshold?.map(constant),
    weightThreshold:
      free("thresholds") || !at.weightThreshold ? undefined : rows(at.weightThreshold),
    linearResidual: free("linearResidual") ? undefined : rows(at.e),
    variance: free("covarianceResidual") ? undefined : rows(at.variance),
    omega: {
      covariance: free("covarianceWeights") ? undefined : omega,
      prior: free("priorWeights") ? undefined : omega,
      linear: free("linearWeights") ? undefined : omega,
    },
  };
}
