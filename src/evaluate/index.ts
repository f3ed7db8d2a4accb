/** A data set's poses against its truth: every error, tables of scores, and warnings of usual mistakes. */
export { BestEstimates, type EstimateCounts } from "./best-estimates.js";
export * from "./columns.js";
export * from "./evaluation.js";
export * from "./matching.js";
export { likelyMistakes, type Mistake, type MistakeName, modelUnitWarning } from "./mistakes.js";
export * from "./score-table.js";
export type { Estimate, Target, TargetTruth } from "./target.js";
