/** Batches of problems, computed on this thread, on others, on a GPU or by another program. */
export {
  AuditError,
  AuditedBackend,
  type AuditedField,
  type AuditOptions,
  type SelfAudit,
} from "./audited.js";
export * from "./autograd/index.js";
export type { PointGradients } from "./batch.js";
export { type BackendChoice, type BackendName, backend, backendNames } from "./choose.js";
export {
  type BatchCovarianceOptions,
  type CovarianceLosses,
  covarianceLosses,
} from "./covariance-losses.js";
export { InlineBackend } from "./inline.js";
export {
  type MapGradients,
  type MapKeypoints,
  type MapOptions,
  mapGradients,
  mapKeypoints,
} from "./map-keypoints.js";
export {
  type BatchLosses,
  type BatchLossOptions,
  type BatchSamples,
  monteCarloLosses,
  type SeededBatchLosses,
  type SeededBatchOptions,
  seededMonteCarloLosses,
} from "./monte-carlo-losses.js";
export { newTask, pointless } from "./new-task.js";
export * from "./operations/index.js";
export { type PaddedInput, paddedProblems } from "./padded-problems.js";
export { pickedTask, taskPart } from "./parts.js";
export { type PoseDistances, poseDistances } from "./pose-distances.js";
export { type Problems, packedProblems } from "./problems.js";
export type { ProcessOptions } from "./process.js";
export { RefusedTask } from "./refused-task.js";
export { type HandOver, RelayBackend, type RelayOptions } from "./relay.js";
export {
  type PoseGradientOptions,
  type PoseGradients,
  type PoseOptions,
  poseGradients,
  type SolvedPoses,
  solvedPoses,
} from "./solved-poses.js";
export {
  type Backend,
  BackendError,
  type Field,
  type FieldArrays,
  type Fields,
  type Operation,
  type Settings,
  type Task,
} from "./task.js";
export { taskJson, taskOfJson } from "./task-json.js";
export type { ThreadsOptions } from "./threads/threads.js";
export { type ProblemCounts, WebgpuBackend, webgpuBackend } from "./webgpu/backend.js";
export type { DeviceOptions } from "./webgpu/device.js";
