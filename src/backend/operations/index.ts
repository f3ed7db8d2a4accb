/** Everything that can be computed of a batch, by name. */
import type { Operation } from "../task.js";
import { keypoints, keypointsVjp } from "./keypoints.js";
import { linearCovarianceLoss } from "./linear-covariance-loss.js";
import { monteCarloLoss } from "./monte-carlo-loss.js";
import { poseDistance } from "./pose-distance.js";
import { poseVjp } from "./pose-vjp.js";
import { seededMonteCarloLoss } from "./seeded-monte-carlo-loss.js";
import { solve } from "./solve.js";

/** Operations by name: the form in which they cross to a worker or another process. */
export const operations: Readonly<Record<string, Operation>> = {
  solve,
  poseVjp,
  monteCarloLoss,
  seededMonteCarloLoss,
  linearCovarianceLoss,
  poseDistance,
  keypoints,
  keypointsVjp,
};

export { type KeypointSettings, keypoints, keypointsVjp } from "./keypoints.js";
export { type LinearCovarianceSettings, linearCovarianceLoss } from "./linear-covariance-loss.js";
export { type ClampSettings, type MonteCarloSettings, monteCarloLoss } from "./monte-carlo-loss.js";
export {
  type DistanceStatus,
  distanceSentences,
  type PoseDistanceSettings,
  poseDistance,
} from "./pose-distance.js";
export { type PoseVjpSettings, poseVjp } from "./pose-vjp.js";
export { type SeededMonteCarloSettings, seededMonteCarloLoss } from "./seeded-monte-carlo-loss.js";
export { type SolveSettings, solve } from "./solve.js";
