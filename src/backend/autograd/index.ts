/** Values with their way back, for training frameworks. */
export type { Differentiable } from "./differentiable.js";
export { differentiableKeypoints, type MapInputGradients } from "./keypoints.js";
export {
  differentiableCovarianceLosses,
  differentiableMonteCarloLosses,
  differentiableSeededMonteCarloLosses,
  type LossInputGradients,
} from "./losses.js";
export {
  type DifferentiablePoseOptions,
  differentiablePoseLosses,
  differentiablePoses,
  type PoseInputGradients,
  type PoseLossOptions,
} from "./poses.js";
export {
  differentiableReprojectionCosts,
  type ReprojectionInputGradients,
  type ReprojectionOptions,
} from "./reprojection.js";
