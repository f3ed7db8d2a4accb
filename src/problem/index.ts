export {
  cameraMatrix,
  type FieldOfView,
  fieldOfViewMatrix,
  type Intrinsics,
  intrinsicMatrix,
  inverseCamera,
  isCalibrationMatrix,
  requireCalibrationMatrix,
} from "./camera.js";
export {
  type BatchInput,
  type Correspondences,
  type CorrespondencesInput,
  correspondences,
  correspondencesBatch,
} from "./correspondences.js";
export type { ArrayInput, NestedArray } from "./dense-array.js";
export { behindCamera, type PointGeometry, pointGeometry, problemStatus } from "./geometry.js";
export { type Pose, pose, poseFromVector, poseOf, poseVector } from "./pose.js";
export type { SceneName } from "./scene-kinds.js";
export {
  type Scene,
  type SceneOptions,
  type SceneRotation,
  type SceneWeights,
  scene,
  sceneNames,
} from "./scenes.js";
export { type Status, statusSentences } from "./status.js";
export {
  candidatePoses,
  type SymmetryDescription,
  type SymmetryOptions,
  type SymmetrySet,
  symmetrySteps,
  symmetryTransforms,
} from "./symmetry.js";
