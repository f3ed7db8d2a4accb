/** What each mistake does to training, or to a number that is reported: a sentence for every flag. */

const groups: readonly (readonly [string, readonly string[]])[] = [
  [
    "Descent turns into ascent: the loss grows, slowly enough to pass for a bad learning rate.",
    ["sign-flipped", "step-reversed", "prediction-subtracted", "residual-sign"],
  ],
  [
    "The learning rate is another than the one stated, and terms are mixed in another ratio; training goes on.",
    ["factor-2", "factor-half", "cost-not-halved", "huber-once", "half-missing"],
  ],
  [
    "Gradients shrink or grow with the size of a batch or with the number of points, so that settings do not carry over.",
    [
      ...["mean-over-batch", "mean-over-points", "mean-square-over-points", "root-mean-square"],
      ...["cost-averaged", "mean-over-samples", "summed-over-corners", "norm-of-all-points"],
      "sum-of-distances",
    ],
  ],
  [
    "Every problem of a batch is pulled by all others: it works with a batch of one and fails with more.",
    ["summed-over-batch", "weights-over-batch"],
  ],
  [
    "Numbers of the right shape stand in the wrong places: directions are wrong, sizes look right.",
    ["transposed", "row-order", "swapped-image-axes", "focal-lengths-swapped"],
  ],
  [
    "Every rotation is another one: losses do not fall below a plateau, whatever is learnt.",
    [
      ...["quaternion-xyzw", "transposed-rotation", "missing-transpose", "retraction-order"],
      ...["camera-transposed", "degrees"],
    ],
  ],
  [
    "Rotation rows are in another tangent: near no turn they agree, and far from it steps turn about wrong axes.",
    [
      ...["chart-aa", "chart-left", "chart-rp", "chart-q7", "doubled-tangent", "tangent-factor"],
      ...["tangent-factor-inverse", "left-turned-corners", "camera-frame-points"],
    ],
  ],
  [
    "The backward pass belongs to another minimum than the forward one: far and near points are weighed against each other wrongly, most where depths differ.",
    ["depth-weighted-residual"],
  ],
  [
    "Right where residuals vanish, and wrong in proportion to them: early training, with large residuals, goes astray.",
    [
      ...["gauss-newton-hessian", "dropped-coefficient-derivatives", "dropped-mixed-derivatives"],
      ...["kept-mixed-derivatives", "exact-derivative", "observed-hessian"],
      ...["normal-matrix-frozen", "jacobian-frozen"],
    ],
  ],
  [
    "No digit is right beside a rotation of zero, where objects seen head on are, and everything is elsewhere.",
    ["axis-epsilon", "small-angle-cancellation"],
  ],
  [
    "Seven digits remain of sixteen: gradient checks fail at random, and ill-conditioned problems are noise.",
    ["single-precision"],
  ],
  [
    "Weights do not learn, or learn another confidence than they stand for: uncertain points pull as hard as certain ones.",
    [
      ...["weights-ignored", "weights-taken-as-w2", "weights-squared-twice", "prior-weights-plain"],
      ...["weight-threshold-missing", "prior-weights-detached", "covariance-weights-detached"],
      "linear-weights-detached",
    ],
  ],
  [
    "The chain rule ends in another variable: weights are pushed by a factor that depends on themselves.",
    ["derivative-by-w2", "derivative-by-std"],
  ],
  [
    "Outliers pull with their whole residual: one wrong correspondence outweighs all right ones.",
    [
      ...["threshold-ignored", "huber-slope-missing", "residual-clamp-missing"],
      ...["residual-threshold-missing", "robustification-missing"],
    ],
  ],
  [
    "Outliers are told of less than they should be, and inliers nothing else: points beyond the threshold stop learning.",
    ["huber-derivative-squared", "huber-slope-frozen", "clamp-differentiated"],
  ],
  [
    "Weights or points learn to move the threshold instead of the pose: scaling all of them lowers the loss.",
    [
      ...["threshold-attached", "threshold-attached-to-points", "residual-threshold-attached"],
      ...["weight-threshold-attached", "thresholds-over-both-axes"],
    ],
  ],
  [
    "Points at or behind the camera send gradients of any size, or none where there should be one.",
    [
      ...["depth-unclamped", "clip-rows-kept", "clip-rows-zeroed", "clamp-in-jacobian"],
      "perspective-ignored",
    ],
  ],
  [
    "The posterior that is learnt is another one: too wide, too narrow, or bound to where samples were drawn.",
    [
      ...["proposal-ignored", "proposal-multiplied", "weights-not-normalised", "weights-uniform"],
      ...["weights-not-detached", "log-epsilon"],
    ],
  ],
  [
    "One half of the loss is gone: weights shrink to nothing, or grow without bound.",
    [
      ...["prediction-missing", "target-missing", "covariance-term-missing", "linear-term-missing"],
      ...["prior-term-missing", "logarithm-missing"],
    ],
  ],
  [
    "Gradient reaches what should be held fixed, or misses what should learn: points move to suit the loss, not the pose.",
    [
      ...["pose-attached", "linear-residual-attached", "linearisation-attached"],
      "residual-detached",
    ],
  ],
  [
    "The loss is that of another quantity, with other minima under constraint: results cannot be compared.",
    [
      ...["gaussian-form", "root-mean-square-corner", "components-apart", "projected-corners"],
      ...["quaternion-errors", "axis-angle-errors", "two-column-errors", "tangent-errors"],
      "signed-residuals",
    ],
  ],
  [
    "Points that are masked out still take part, or those that take part do not learn.",
    ["mask-ignored", "mask-on-weights", "masked-points-without-gradient"],
  ],
  [
    "Where rank is lost or nearly so, a made-up number stands for no answer, and is learnt from.",
    ["identity-substituted", "regularised", "epsilon-missing", "epsilon-relative"],
  ],
  [
    "The step leaves the rotations, or turns by another angle: small steps hide it, large ones do not.",
    ["exponential-retraction", "not-normalised"],
  ],
  [
    "It is another matrix: sampling and weighing by it are wrong by orders of magnitude.",
    ["information-matrix", "residual-variance"],
  ],
  [
    "The derivative is by fewer or other variables: a camera or a ray that is learnt gets a part of its gradient.",
    ["triangular-camera", "pinhole-camera", "normalised-coordinates"],
  ],
  [
    "Lengths are off by powers of ten: thresholds of accuracy pass all poses, or none.",
    [
      ...["translation-in-millimetres", "lengths-in-millimetres", "lengths-in-metres"],
      ...["millimetres-for-metres", "metres-for-millimetres", "centimetres-for-metres"],
      ...["metres-for-centimetres", "millimetres-for-centimetres", "centimetres-for-millimetres"],
      ...["points-in-millimetres", "points-in-metres", "radians-for-degrees"],
      ...["degrees-for-radians", "share-of-diameter", "share-of-image-width"],
      "scaled-to-640-pixels",
    ],
  ],
  [
    "Scores are of another metric that goes by the same name: tables cannot be compared.",
    [
      ...["add-s-for-add", "add-for-add-s", "estimate-to-truth", "max-for-mean", "mean-for-max"],
      ...["median-distance", "squared-distances", "sum-of-coordinates"],
      ...["normalised-by-estimate", "normalised-by-depth", "position-guard"],
      ...["chordal-distance", "norm-of-logarithm", "arccosine-of-trace", "camera-ignored"],
    ],
  ],
  [
    "Scores are of other poses than those that were estimated: a good estimate looks bad, or a bad one good.",
    [
      ...["estimate-transposed", "truth-transposed", "poses-inverted", "estimate-inverted"],
      "truth-inverted",
    ],
  ],
  [
    "Poses that cannot be told apart by eye count as wrong: symmetric objects look hard.",
    ["symmetries-ignored", "symmetries-of-camera", "symmetry-offsets-ignored"],
  ],
];

const effects = new Map(groups.flatMap(([effect, slugs]) => slugs.map((slug) => [slug, effect])));

/** The effect of a mistake. @throws RangeError if it has none yet. */
export function effectOf(slug: string): string {
  const effect = effects.get(slug);
  if (effect === undefined)
    throw new RangeError(`effectOf: expected a flag with an effect, got ${slug}`);
  return effect;
}
