/** All methods of the trial, each with its faults and its controls. */
import { covarianceLossControls } from "./covariance-loss-controls.js";
import { covarianceLossFaults } from "./covariance-loss-faults.js";
import { givenPoseControls } from "./given-pose-controls.js";
import { givenPoseFaults } from "./given-pose-faults.js";
import { minimumControls } from "./minimum-controls.js";
import { minimumFaults } from "./minimum-faults.js";
import { poseErrorsControls } from "./pose-errors-controls.js";
import { poseErrorsFaults } from "./pose-errors-faults.js";
import { poseStepControls } from "./pose-step-controls.js";
import { poseStepFaults } from "./pose-step-faults.js";
import { sampledLossControls } from "./sampled-loss-controls.js";
import { sampledLossFaults } from "./sampled-loss-faults.js";
import { solutionControls } from "./solution-controls.js";
import { solutionFaults } from "./solution-faults.js";
import type { PlantedFault, SoundControl } from "./trial.js";

/** Every fault; problems and free parameters are drawn from the seed. */
export const allFaults = (seed: string): PlantedFault[] => [
  ...solutionFaults(seed),
  ...minimumFaults(seed),
  ...givenPoseFaults(seed),
  ...sampledLossFaults(seed),
  ...poseStepFaults(seed),
  ...covarianceLossFaults(seed),
  ...poseErrorsFaults(seed),
];

/** Every control. */
export const allControls = (seed: string): SoundControl[] => [
  ...solutionControls(seed),
  ...minimumControls(seed),
  ...givenPoseControls(seed),
  ...sampledLossControls(seed),
  ...poseStepControls(seed),
  ...covarianceLossControls(seed),
  ...poseErrorsControls(seed),
];

/** The draws that docs/audit.md has tables of: held back while the audit was mended by another one. */
export const seeds = [["A draw held back", "n"]] as const;
