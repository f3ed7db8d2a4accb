/** Heat maps to poses to losses and back, in one call. */

export { epnpLayer } from "./epnp-layer.js";
export type { PipelineStage } from "./item-terms.js";
export {
  type KeypointLosses,
  type KeypointLossOptions,
  keypointLosses,
} from "./keypoint-losses.js";
export {
  keypointPipeline,
  type PipelineItem,
  type PipelineResult,
} from "./keypoint-pipeline.js";
export type { HeatMapTermOptions, PipelineOptions, PipelineScene } from "./pipeline-options.js";
export {
  type DataGradient,
  type ImplicitLayerOptions,
  implicitLayer,
  type LayerOutcome,
  type PoseLayer,
} from "./pose-layer.js";
export {
  bestEpoch,
  heatMapTerms,
  linearCovarianceTerms,
  mixedTerms,
  monteCarloTerms,
  type PipelineTerms,
  poseTerms,
  solverComparisonSchedule,
  type TermName,
  type TrainingPhase,
  termNames,
  termsAt,
  uavaSchedule,
} from "./terms.js";
