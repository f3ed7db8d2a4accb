/** Files of data sets, read piece by piece and written: BOP, nuScenes, drones. */
export * from "./bop-dataset.js";
export * from "./bop-dataset-writer.js";
export * from "./bop-models.js";
export * from "./bop-results.js";
export * from "./bop-scene.js";
export * from "./bop-targets.js";
export * from "./coordinate-map.js";
export * from "./drone-frames.js";
export {
  attributeNames,
  type DetectionBox,
  type EvaluatedBoxes,
  evaluatedBoxes,
  isInBox,
  quaternionYaw,
  type SampleSurroundings,
} from "./nuscenes-boxes.js";
export * from "./nuscenes-results.js";
export * from "./nuscenes-samples.js";
export { isNuscenesFolder, type NuscenesTable, nuscenesTables } from "./nuscenes-tables.js";
export * from "./object-lists.js";
export * from "./ply.js";
export { type PlyFormat, plyFormats } from "./ply-header.js";
export * from "./pose-numbers.js";
export type { FileSource, ReadOptions } from "./source.js";
export * from "./training-frames.js";
