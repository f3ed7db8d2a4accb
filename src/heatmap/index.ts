/** Heat maps to keypoints and back: targets, decoding, losses, resolutions. */
export { type AggregatedMaps, aggregatedMaps } from "./aggregation.js";
export { type FrameOptions, inFrame } from "./frame.js";
export {
  type HeatMapKeypoints,
  heatMapKeypoints,
  type KeypointOptions,
} from "./keypoints.js";
export {
  type HeatMapLoss,
  heatMapLoss,
  type MapLossKind,
  type MapLossOptions,
  type MultiResolutionLoss,
  type MultiResolutionOptions,
  mapLossKinds,
  multiResolutionLoss,
} from "./losses.js";
export {
  heatMapSize,
  type ImagePixels,
  type MapCoordinates,
  type MapSize,
  type PixelRule,
} from "./map-coordinates.js";
export { type MapStatus, mapSentences } from "./map-status.js";
export {
  type HeatMapTargets,
  heatMapTargets,
  higherHrnetTargets,
  type TargetOptions,
  uavaTargets,
} from "./targets.js";
