/** Pose to covariance, around the true pose. */
export {
  type LinearisationStatus,
  type LinearisedSolver,
  linearisationSentences,
  linearisedSolver,
} from "./linearised-solver.js";
export {
  type TransportedCovariance,
  type TransportOptions,
  transportedCovariance,
} from "./transported-covariance.js";
