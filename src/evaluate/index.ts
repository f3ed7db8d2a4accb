/** A data set's poses against its truth: every error, tables of scores, and warnings of usual mistakes. */
export { BestEstimates, type EstimateCounts } from "./best-estimates.js";
export * from "./bop.js";
export * from "./columns.js";
export {
  type CompatibilitySwitch,
  compatibilityNames,
  compatibilitySwitches,
} from "./compatibility.js";
export * from "./drone.js";
export * from "./evaluation.js";
export * from "./matching.js";
export { likelyMistakes, type Mistake, type MistakeName, modelUnitWarning } from "./mistakes.js";
export * from "./nuscenes.js";
export * from "./pose-report.js";
export * from "./recall-curves.js";
export * from "./score-table.js";
export type { Estimate, Target, TargetTruth } from "./target.js";
