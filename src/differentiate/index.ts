/** Derivatives of a pose with respect to everything it was solved from. */
export { type BatchGradient, batchPoseVjp } from "./batch.js";
export {
  type EpnpDerivativeOptions,
  type EpnpGradient,
  type EpnpJacobian,
  epnpGradient,
  epnpJacobian,
  epnpVjp,
} from "./epnp.js";
export {
  type EpnpCandidate,
  type EpnpOptions,
  type EpnpSolution,
  epnp,
  epnpCandidates,
  epnpSolution,
} from "./epnp-pose.js";
export { type EpnpStatus, epnpCounts, epnpHasDerivative, epnpSentences } from "./epnp-status.js";
export {
  type DataDirection,
  type PoseGradient,
  type PoseJacobian,
  poseGradient,
  poseJacobian,
  poseJvp,
  poseVjp,
} from "./implicit.js";
export {
  type DifferentiatedEquations,
  type Equations,
  type ImplicitFunction,
  type ImplicitOptions,
  implicitFunction,
  type SingularImplicitFunction,
} from "./implicit-function.js";
export type { DerivativeOptions } from "./linearisation.js";
export { type DerivativeStatus, derivativeSentences, type Standing } from "./standing.js";
export { Tangent } from "./tangent-number.js";
export { type UnrolledJacobian, type UnrolledOptions, unrolledJacobian } from "./unrolled.js";
export { type Variant, variantNames } from "./variants.js";
