/** Whether a pose has a derivative, and of what: what every derivative of this folder comes with. */
import { type Pose, poseOf } from "../problem/pose.js";

/** Every status of a derivative with the sentence that explains it. */
export const derivativeSentences = {
  ok: "The pose is a strict local minimum and the derivative is that of the minimum.",
  empty: "There are no correspondences: nothing moves the pose, all derivatives are empty or zero.",
  "not-finite": "A point lies on the camera plane, or numbers overflow: there is no derivative.",
  singular:
    "The Hessian is singular to working precision: some motion of the pose is not determined.",
  "not-stationary":
    "The gradient does not vanish here: the numbers are a linearisation about a point that is no solution.",
  saddle:
    "The Hessian is indefinite: the derivative is that of a stationary point which is no minimum.",
  kink: "A residual lies on the Huber threshold: the derivative is that of the inlier's side.",
} as const;

export type DerivativeStatus = keyof typeof derivativeSentences;

/** What was found at the pose before anything was differentiated. */
export interface Standing {
  status: DerivativeStatus;
  /**
   * Eigenvalues of each sign of the Hessian: the exact one, or Gauss–Newton's for the variants that
   * invert that.
   */
  readonly inertia: { positive: number; negative: number; zero: number };
  /**
   * ‖S‖₁ ‖S⁻¹‖₁ of the matrix inverted, S having a diagonal of about ones, so that units do not
   * enter; Infinity where it is singular.
   */
  condition: number;
  /**
   * Length of the Newton step that is left, the greater of its turn [rad] and its shift over ‖t‖:
   * how far, to first order, the pose is from stationary.
   */
  offset: number;
  /** Where the derivative was taken: the pose given or, with `polish`, the stationary one beside it. */
  readonly pose: Pose;
}

/** An empty standing, to be filled. */
export function standing(): Standing {
  return {
    status: "empty",
    inertia: { positive: 0, negative: 0, zero: 0 },
    condition: Number.POSITIVE_INFINITY,
    offset: 0,
    pose: poseOf(new Float64Array(9), new Float64Array(3)),
  };
}

/** Whether derivatives of this standing are numbers at all. */
export const hasDerivative = ({ status }: Standing): boolean =>
  status !== "singular" && status !== "not-finite";
