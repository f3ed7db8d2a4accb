import { type Equation, place } from "./equation.js";

const pieces = "src/loss/training-pieces.ts";
const spec = "spec/loss/training-pieces.spec.ts";
const keypoints = "spec/equations/keypoint-likelihood.spec.ts";
const both = (...names: string[]) => ({
  definition: place("src/definitions/keypoint-likelihood.ts", ...names),
  kernel: place("src/kernels/keypoint-likelihood.ts", ...names),
});

/** LC-26, 27, 28, 32, 35, 36: what surrounds the linear-covariance loss in training. */
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
    derivatives: "none: a selection",
    edges: ["sides that s does not divide", "s larger than the map: at most one pixel"],
    checks: ["the s² offsets share the map out"],
    sources: ["[LC2023] published code"],
    stage: place(pieces, "sampledPixels"),
    specs: [spec],
  },
  {
    id: "LC-32",
    name: "full loss",
    formula: "L_full = L_base + β L_LC, β = 0.02 (GDR), 0.03 (Zebra); keypoints: 1 and 0.7",
    derivatives: "1 and β",
    edges: ["a loss that is not finite is left out by name: totalLoss"],
    checks: ["the published weights"],
    sources: ["[LC2023] Eq 20 and published code (keypoints)"],
    stage: place(pieces, "covarianceLossWeights"),
    specs: [spec, "spec/loss/total-loss.spec.ts"],
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
];
