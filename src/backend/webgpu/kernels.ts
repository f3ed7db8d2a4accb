/** Operations that a device computes, by name. */
import type { Kernel } from "./kernel.js";
import { keypointsOnDevice, keypointsVjpOnDevice } from "./keypoints.js";
import { monteCarloOnDevice } from "./monte-carlo.js";
import { poseDistanceOnDevice } from "./pose-distance.js";

export const kernels: Readonly<Record<string, Kernel>> = {
  monteCarloLoss: monteCarloOnDevice,
  poseDistance: poseDistanceOnDevice,
  keypoints: keypointsOnDevice,
  keypointsVjp: keypointsVjpOnDevice,
};
