/** Losses on poses, with their gradients by correspondences. */
export {
  type AuxiliaryOptions,
  coordinateRegressionLoss,
  type MixtureGrid,
  type MixtureResult,
  publishedAuxiliary,
  type RegressionResult,
  reprojectionMixture,
  type SeenObject,
} from "./auxiliary-losses.js";
export {
  type GdrBaseInput,
  type GdrBaseLoss,
  type GdrBaseOptions,
  gdrBaseLoss,
  type MaskLoss,
  maskLoss,
  nearestMask,
  publishedBaseLosses,
  type ZebraBaseInput,
  type ZebraBaseLoss,
  type ZebraBaseOptions,
  zebraBaseLoss,
} from "./dense-base-losses.js";
export {
  type AdaptiveThreshold,
  derivativeRegularisation,
  type LossGradient,
  type RegularisationLoss,
  type RegularisationOptions,
  type RegularisationStatus,
  regularisationSentences,
} from "./derivative-regularisation.js";
export {
  type CodedDimensions,
  type DimensionClass,
  decodedDimensions,
  encodedDimensions,
  nuScenesDimensions,
} from "./dimension-code.js";
export { type GaussNewtonGap, gaussNewtonGap } from "./gauss-newton-gap.js";
export {
  type CorrectnessOptions,
  type GradientCorrectness,
  gradientCorrectness,
} from "./gradient-correctness.js";
export { type DetachedFactor, type HeadFactors, headGradient } from "./head-gradient.js";
export {
  type LinearCovarianceBatch,
  type LinearCovarianceBatchInput,
  linearCovarianceLossBatch,
} from "./linear-covariance-batch.js";
export type { PosedInput } from "./linear-covariance-input.js";
export {
  type LinearCovarianceLoss,
  linearCovarianceLoss,
  linearCovarianceLosses,
} from "./linear-covariance-loss.js";
export {
  type LinearCovarianceLossOptions,
  publishedLinearCovariance,
} from "./linear-covariance-options.js";
export {
  type LinearCovarianceStatus,
  linearCovarianceSentences,
} from "./linear-covariance-status.js";
export {
  type GivenSamples,
  givenSamplesPoseLoss,
  type LossOptions,
  type LossStatus,
  lossSentences,
  type PoseLoss,
  publishedLoss,
  type ThresholdSlope,
} from "./monte-carlo-pose-loss.js";
export {
  monteCarloPoseLoss,
  type SeededLossOptions,
  type SeededPoseLoss,
  seededLossSentences,
} from "./seeded-pose-loss.js";
export {
  type DenseLabelOptions,
  denseLabel,
  type LabelOptions,
  type LabelStatus,
  labelSentences,
  publishedLabelPoints,
  type SymmetricLabel,
  sparseLabel,
} from "./symmetric-label.js";
export * from "./total-loss.js";
export * from "./training-pieces.js";
export {
  type WeightForm,
  type WeightMap,
  type WeightMapGradient,
  weightMap,
  weightMapPull,
} from "./weight-map.js";
