import { type Equation, place } from "./equation.js";

const pieces = "src/loss/training-pieces.ts";
const spec = "spec/loss/training-pieces.spec.ts";
const base = "src/loss/dense-base-losses.ts";
const full = "spec/loss/full-loss.spec.ts";
const zebra = [
  "zebraBaseLoss",
  "zebraBaseLossGradient",
  "hierarchicalLoss",
  "hierarchicalLossGradient",
  "bitErrorRates",
  "bitWeights",
] as const;
const keypoints = "spec/equations/keypoint-likelihood.spec.ts";
const both = (...names: string[]) => ({
  definition: place("src/definitions/keypoint-likelihood.ts", ...names),
  kernel: place("src/kernels/keypoint-likelihood.ts", ...names),
});

/** LC-26 to 32 and 35 to 37: what surrounds the linear-covariance loss in training. */
export const linearCovarianceTraining: readonly Equation[] = [
  {
    id: "LC-26",
    name: "gradient clipper",
    formula: `g ← g min(1, m/(‖g‖ + 1e-6)), then m ← 0.9 m + 0.1 (1 + ρ) min(‖g‖, (1 + ρ) m), ‖g‖ before clipping
at first m = 100, then (1 + ρ)‖g‖; ρ = 0.7 on the weight logits`,
    derivatives: "none: it scales a gradient",
    edges: [
      "a first gradient of zero: the clipper stays at its start",
      "NaN or infinite entries: passed on, status not-finite, the limit unchanged",
      "ρ = 0: the limit never rises",
    ],
    checks: [
      "a stream of constant norm settles at (1 + ρ)‖g‖",
      "a spike raises the limit by 0.9 + 0.1 (1 + ρ)² at most",
    ],
    sources: ["[LC2023] Sec 4.2 (idea) and published code (rule)"],
    stage: place(pieces, "GradientClipper", "publishedClippers"),
    specs: [spec],
  },
  {
    id: "LC-27",
    name: "ramp-in",
    formula: `λ = clamp((t − t₀ + 1)/(T − t₀ + 1e-5), 0, 1), T = max(step, epoch · steps per epoch)
λ L_LC + (1 − λ) L_warm`,
    derivatives: "λ and 1 − λ by the two losses",
    edges: ["T ≤ t₀: 1 from t₀ on", "λ = 0 or 1: the other loss may be NaN"],
    checks: ["0 before t₀, linear, 1 from T on"],
    sources: ["[LC2023] Sec 4.2 and published code"],
    stage: place(pieces, "rampIn", "rampedLoss", "publishedRamps"),
    specs: [spec],
  },
  {
    id: "LC-28",
    name: "sampling of dense maps",
    formula:
      "rows and columns o, o + s, o + 2s, …; o drawn in training, 0 at test; s = 2 (GDR), 3 (Zebra)",
    derivatives: "a selection: zero at every pixel that was not sampled",
    edges: ["sides that s does not divide", "s larger than the map: at most one pixel"],
    checks: ["the s² offsets share the map out", "selection and its gradient are adjoint"],
    sources: ["[LC2023] published code"],
    stage: place(pieces, "sampledPixels", "sampledRows", "sampledRowsPull"),
    specs: [spec, full],
  },
  {
    id: "LC-29",
    name: "weights of dense maps",
    formula: `joint:    w_ia = e^g e^{s_ia} / Σ_jb e^{s_jb}: one softmax over both axes, one scale
softmax:  EPRO-34, over the points of either axis, two scales`,
    derivatives:
      "products of ∂L/∂w with the Jacobian: w (v − v̄) by the logits, Σ w v by the log scale",
    edges: [
      "any finite logits: nothing overflows",
      "an axis may be left without weight: the loss is then singular",
      "without a scale the weights sum to 1, or to 1 an axis",
      "N = 0: no weights, gradient 0",
    ],
    checks: ["sums", "blind to a shift", "the softmax of either axis where their masses are equal"],
    sources: ["[LC2023] Sec 4.1 (softmax) and published code (joint)"],
    definition: place("src/definitions/dense-weights.ts", "jointWeights", "jointWeightsVjp"),
    kernel: place("src/kernels/dense-weights.ts", "jointWeights", "jointWeightsVjp"),
    stage: place("src/loss/weight-map.ts", "weightMap", "weightMapPull"),
    specs: ["spec/equations/dense-weights.spec.ts", full],
  },
  {
    id: "LC-30",
    name: "base loss of dense coordinates",
    formula: `L = ‖(M̂ − M) ⊙ m‖₁/c + 0.25 BCE(x, m_vis);   c = 3P as published, 1 in the paper
m resampled to the map by its nearest pixels`,
    derivatives: "by M̂: ± m/c; by the mask logits: 0.25 (σ(x) − m_vis)/P",
    edges: [
      "M̂ = M: slope 0",
      "an empty mask: the cross entropy alone",
      "logits of any size: no overflow",
      "no pixels: 0",
    ],
    checks: ["a map of 2 × 2 by hand", "duals", "the paper's norm is 3P published means"],
    sources: ["[LC2023] Eq 18 and published code"],
    definition: place("src/definitions/gdr-base-loss.ts", "gdrBaseLoss", "gdrBaseLossGradient"),
    kernel: place("src/kernels/gdr-base-loss.ts", "gdrBaseLoss", "gdrBaseLossGradient"),
    stage: place(base, "gdrBaseLoss", "maskLoss", "nearestMask", "publishedBaseLosses"),
    specs: [
      "spec/equations/gdr-base-loss.spec.ts",
      "spec/equations/mask-losses.spec.ts",
      "spec/loss/dense-base-losses.spec.ts",
    ],
  },
  {
    id: "LC-31",
    name: "base loss of binary codes",
    formula: `L = 1/P Σ |σ(x) − m_vis| + 3 Σ_b ν_b 1/P Σ BCE([x > 0] ℓ_b, t_b);   ν = softmax_b 3 min(h_b, 0.51 − h_b)
h ← 0.95 h + 0.05 (wrong bits inside the predicted mask)/(its area + 1), from ½`,
    derivatives:
      "by ℓ: 3 ν (σ(ℓ) − t)/P inside the predicted mask, 0 outside; by x: ± σ (1 − σ)/P; ν and h are held",
    edges: [
      "an empty predicted mask: ln 2 a bit, and no slope",
      "h above 0.51: a negative exponent",
      "σ(x) = m: slope 0",
      'published code of [ZebraPose2022] begins at the first batch: start "batch"',
    ],
    checks: [
      "Σν = 1, and ν is symmetric about h = 0.255",
      "duals with ν and the mask held",
      "two pixels of two bits by hand",
    ],
    sources: ["[LC2023] Eq 19 and published code", "[ZebraPose2022]"],
    definition: place("src/definitions/zebra-base-loss.ts", ...zebra),
    kernel: place("src/kernels/zebra-base-loss.ts", ...zebra),
    stage: place(base, "zebraBaseLoss", "maskLoss", "publishedBaseLosses"),
    specs: [
      "spec/equations/zebra-base-loss.spec.ts",
      "spec/equations/mask-losses.spec.ts",
      "spec/loss/dense-base-losses.spec.ts",
    ],
  },
  {
    id: "LC-32",
    name: "full loss",
    formula: "L_full = L_base + β L_LC, β = 0.02 (GDR), 0.03 (Zebra); keypoints: 1 and 0.7",
    derivatives: "1 and β",
    edges: ["a loss that is not finite is left out by name: totalLoss"],
    checks: [
      "the published weights",
      "differences of a whole map's loss: sampled, weighed, ramped and added",
    ],
    sources: ["[LC2023] Eq 20 and published code (keypoints)"],
    stage: place(pieces, "covarianceLossWeights"),
    specs: [spec, full, "spec/loss/total-loss.spec.ts"],
  },
  {
    id: "LC-35",
    name: "Laplace likelihood of keypoints",
    formula: "1/(2N) Σ ln σ + |x − u|/σ",
    derivatives: "by x: sign(x − u)/(2Nσ); by σ: (1 − |x − u|/σ)/(2Nσ)",
    edges: ["x = u: slope 0 by x", "no points: 0", "σ not positive: RangeError"],
    checks: [
      "least over σ at σ = |x − u|, value 1 + ln |x − u|",
      "duals and differences at 64 digits",
    ],
    sources: ["[LC2023] Sec 4.5 and published code"],
    ...both("keypointLikelihoodLoss", "keypointLikelihoodLossGradient"),
    specs: [keypoints],
  },
  {
    id: "LC-36",
    name: "weights of keypoints",
    formula: "w = 1/σ per axis; a solver takes w, or ω = 1/σ²",
    derivatives: "dw/dσ = −1/σ²",
    edges: ["σ at its floor of 1e-3: w = 1000", "σ not positive: RangeError"],
    checks: ["duals and differences at 64 digits"],
    sources: ["[LC2023] Sec 4.2"],
    ...both("keypointWeights", "keypointWeightsSlope"),
    specs: [keypoints],
  },
  {
    id: "LC-37",
    name: "cost of a step",
    formula: `LC: two passes over the points, one 6 × 6 inverse, one pass for the gradient; nothing is solved for
BPnP: the passes of its solver and one for the gradient;   EPro-PnP: those, and 512 costs with slopes`,
    derivatives: "included in every cost",
    edges: [
      "few points: what a problem costs beside its points hides the order",
      "printed: about 15, 30 and 80 ms a batch of 32 on a GPU, network included",
    ],
    checks: [
      "the loss loads no solver and no sampler",
      "a tenth of the cost of 512 samples, and less, at 64 points",
      "npm run bench -- pose-losses",
    ],
    sources: ["[LC2023] Table 3"],
    stage: place("src/loss/linear-covariance-loss.ts", "linearCovarianceLosses"),
    specs: ["spec/loss/no-inner-solve.spec.ts"],
  },
];
