/** Poses against the truth: errors of one pose, and scores of a data set. */
export * from "./accuracy.js";
export {
  elevenPointArea,
  exactArea,
  interpolatedArea,
  simpsonArea,
  tenThresholdArea,
  toolboxArea,
} from "./area.js";
export * from "./bootstrap.js";
export * from "./model.js";
export * from "./nuscenes-boxes.js";
export * from "./nuscenes-precision.js";
export * from "./nuscenes-score.js";
export * from "./pose-errors.js";
export * from "./published.js";
export * from "./result.js";
export * from "./timing.js";
