/** Operations that a device computes, by name. */
import type { Kernel } from "./kernel.js";
import { keypointsOnDevice, keypointsVjpOnDevice } from "./keypoints.js";
import { linearCovarianceOnDevice } from "./linear-covariance.js";
import { monteCarloOnDevice } from "./monte-carlo.js";
import { poseDistanceOnDevice } from "./pose-distance.js";
import { poseVjpOnDevice } from "./pose-vjp.js";
import { seededMonteCarloOnDevice } from "./seeded-monte-carlo.js";
import { solveOnDevice } from "./solve.js";

export const kernels: Readonly<Record<string, Kernel>> = {
  solve: solveOnDevice,
  poseVjp: poseVjpOnDevice,
  monteCarloLoss: monteCarloOnDevice,
  linearCovarianceLoss: linearCovarianceOnDevice,
  seededMonteCarloLoss: seededMonteCarloOnDevice,
  poseDistance: poseDistanceOnDevice,
  keypoints: keypointsOnDevice,
  keypointsVjp: keypointsVjpOnDevice,
};
