import { type Equation, place } from "./equation.js";

const both = (file: string, ...names: string[]) => ({
  definition: place(`src/definitions/${file}.ts`, ...names),
  kernel: place(`src/kernels/${file}.ts`, ...names),
});
const spec = (...files: string[]) => files.map((file) => `spec/equations/${file}.spec.ts`);

/** EPRO-33 to EPRO-45: what comes before and after the solver in a network. */
export const heads: readonly Equation[] = [
  {
    id: "EPRO-33",
    name: "loss normalisation by a running mean",
    formula: "n ← (1 − μ) n + μ mean(scale), n₀ = 1, μ = 0.01;  L̄ = L / max(n, floor)",
    derivatives: "of L; none through n",
    edges: ["n below the floor: the floor divides", "μ outside [0, 1]: RangeError"],
    checks: ["geometric convergence to a constant"],
    sources: ["[EProPnP2022] Sec 5.2 and published code"],
    ...both("loss-weights", "runningMean", "normalisedLoss"),
    specs: spec("loss-weights"),
  },
  {
    id: "EPRO-34",
    name: "spatial softmax and global scale",
    formula: `softmax:      w_ia = e^{g_a} e^{s_ia} / Σ_j e^{s_ja}, over the points of either axis
geometric:    w_ia = e^{g_a} exp(s_ia − mean_j s_ja − ln N), as published code has it
exponential:  w_ia = e^{g_a} e^{s_ia}, without a denominator`,
    derivatives: "products of ∂L/∂w with the Jacobian, for the logits and the log scale",
    edges: [
      "any finite logits under softmax: nothing overflows",
      "a logit of −∞: weight 0; all of them: RangeError",
      "a weight above the largest double: RangeError",
      "N = 0: no weights, gradient 0",
    ],
    checks: [
      "sums per axis",
      "blind to a shift, exponential aside",
      "geometric sums to e^g or more, equal only for equal logits",
    ],
    sources: ["[EProPnP2022] Sec 4.1, Table 1 and published code"],
    ...both("dense-weights", "denseWeights", "denseWeightsVjp"),
    specs: spec("dense-weights"),
  },
  {
    id: "EPRO-35",
    name: "dense head",
    formula: `z = n ∘ d,  x_rc = o + (c + h, r + h) e/m,  1×1 convolution and linear map of the mean feature
512 of 4096 points drawn without replacement`,
    derivatives: "for features, weights, bias, coordinates n and size d",
    edges: [
      "crop outside the image: a grid like any other",
      "e ≤ 0 or m no positive integer: RangeError",
      "count above the number of points: RangeError",
    ],
    checks: [
      "points on the rays of the grid project to their cells",
      "n ∘ d and z / d invert each other",
      "every pair of points is drawn equally often",
    ],
    sources: ["[EProPnP2022] Sec 4.1, 5.2, Fig 4"],
    ...both(
      "dense-head",
      "pixelwiseLinear",
      "pixelwiseLinearVjp",
      "meanFeature",
      "cropGrid",
      "cropCamera",
      "halfExtents",
      "objectPoints",
      "objectCoordinates",
      "objectPointsVjp",
    ),
    stage: place("src/sample/head-samples.ts", "pointSample"),
    specs: [...spec("dense-head"), "spec/sample/head-samples.spec.ts"],
  },
  {
    id: "EPRO-36",
    name: "dense total loss",
    formula: "L = L_rot + 0.02 L_MC + 0.1 L_t + 0.1 L_r,  L_rot = (1/3N) Σ m_i |n_i − n*_i|₁",
    derivatives: "∂L_rot/∂n = ±m/(3N); of L, the weights",
    edges: [
      "n = n*: slope 0",
      "a loss that is not finite: left out and named in the result",
      "N = 0: L_rot = 0",
    ],
    checks: ["Euler's identity of a homogeneous function", "linearity"],
    sources: ["[BackboneStudy] Sec 3.1", "[EProPnP2022] Sec 4.1 and published code"],
    ...both("dense-head", "coordinateLoss", "coordinateLossGradient"),
    stage: place("src/loss/total-loss.ts", "totalLoss", "denseLossWeights"),
    specs: [...spec("dense-head"), "spec/loss/total-loss.spec.ts"],
  },
  {
    id: "EPRO-37",
    name: "deformable head: attention at sampled locations",
    formula: `l_m = p + σ o_m,  a_m = μ_m softmax_m(q·k_m/√D),  s = Σ_m a_m v(l_m)
v(x, y) = Σ_rc Λ(x − c) Λ(y − r) v_rc,  Λ(t) = max(1 − |t|, 0)
object:  o = LN(W_o s + e),  o ← LN(o + W₂ max(W₁ o + b₁, 0) + b₂),  LN(x) = γ (x − x̄)/√(var + ε) + β
points:  f = v + λ q,  λ = 0.1 at first;  code c = W (x − x̄)/max(σ, 1) + b,  both by feature
         A = softmax(Q Kᵀ/√D) of f + c,  f ← LN(f + W_o A V),  f ← LN(f + feed-forward)
         (n, s) = W_h f + b_h of head h;  w = μ e^g softmax over all points of s
NOC biases: a spherical lattice of radius ½;  mirrored image: z₃ → −z₃, u → W − u, β → π − β`,
    derivatives:
      "for location and value of a sample; query, keys and mask of an attention; inputs and parameters of every layer",
    edges: [
      "location beyond the edge: zeros, or the border with slope 0",
      "location on a line between cells: the slope to the right and below",
      "location not finite: NaN and no gradient to the map",
      "no location, or a logit that is not finite: RangeError",
      "pixels spread by less than one, or one point: divided by 1",
      "rows of equal entries: the shift",
      "hidden unit at zero: slope 0",
    ],
    checks: [
      "maps linear in row and column are sampled exactly",
      "equivariance under reordering the points and the heads; attention sums to 1 or less",
      "an object elsewhere in the image has the same points",
      "zero offsets and equal keys give the plain average",
    ],
    sources: [
      "[EProPnP2022] Sec 4.2, Fig 5 and published code",
      "[VaswaniEtAl2017] Eq 1, 2",
      "[BaKirosHinton2016] Eq 3, 4",
    ],
    ...both(
      "deformable-head",
      "samplingLocations",
      "maskedAttention",
      "maskedAttentionVjp",
      "attendedSample",
      "attendedSampleVjp",
      "coordinateLattice",
      "mirroredPoints",
      "mirroredPixels",
      "mirroredYaw",
      "mirroredVelocity",
    ),
    specs: [
      ...spec("deformable-head", "bilinear-sampling", "layer-normalisation", "feed-forward"),
      ...spec("point-attention", "point-head"),
      "spec/laws/point-head.spec.ts",
    ],
  },
  {
    id: "EPRO-38",
    name: "dimension coder",
    formula: "d̂ = (ln d − ln μ)/(σ/μ),  d = μ e^{d̂ σ/μ}",
    derivatives: "∂d/∂d̂ = d σ/μ and ∂d̂/∂d = μ/(σ d)",
    edges: [
      "d, μ or σ ≤ 0: RangeError",
      "a code whose dimension overflows or vanishes: RangeError",
    ],
    checks: ["the two invert each other", "their slopes are reciprocal"],
    sources: ["[EProPnP2022] Sec 4.2 and published code"],
    ...both(
      "dimension-coder",
      "encodedDimension",
      "encodedDimensionSlope",
      "decodedDimension",
      "decodedDimensionSlope",
    ),
    stage: place("src/loss/dimension-code.ts", "encodedDimensions", "decodedDimensions"),
    specs: [...spec("dimension-coder"), "spec/loss/dimension-code.spec.ts"],
  },
  {
    id: "EPRO-39",
    name: "3D score",
    formula: `s* = clamp((2.5 − log₂ e)/4, 0, 1);  sigmoid cross entropy;  score = p_class σ(x)
s_MC = Σ_j v̄_j s*(e_j);  mixed: s^(1−r) s_MC^r`,
    derivatives: "for the logit, σ(x) − s*; the target is a constant",
    edges: [
      "e = 0: s* = 1",
      "logits of any size: no overflow",
      "s*, a score or r outside [0, 1]: RangeError",
    ],
    checks: [
      "s* is 1 at 2^−1.5 m, 0 at 2^2.5 m",
      "cross entropy of σ(x) at 64 digits",
      "a sharper posterior scores higher",
    ],
    sources: ["[EProPnP2022] Sec 4.2 and published code"],
    ...both(
      "detection-score",
      "scoreTarget",
      "scoreLoss",
      "scoreLossSlope",
      "scoreProbability",
      "detectionScore",
      "monteCarloScore",
      "mixedScore",
    ),
    stage: place("src/sample/posterior-score.ts", "posteriorScore"),
    specs: [...spec("detection-score"), "spec/sample/posterior-score.spec.ts"],
  },
  {
    id: "EPRO-40",
    name: "auxiliary dense losses",
    formula: `L_proj = −ln Σ_m exp(−½ ‖ι_m Δ_m‖² + ln π_m − Σ ln σ_m),  Δ = e max(Z, 0.1) / (0.2 mean d f)
ι = min(1/σ, 1e4);  divided by the running mean of ῑ = Σ π ι / max(2 Σ π, 1e-4), momentum 0.1
L_coord = Σ a_i ℓ(‖z_i − z*_i‖/D; 0.05) / max(Σ a_i, 1e-4)`,
    derivatives: "for Δ, ln σ, ln π; for z and the attention a",
    edges: [
      "far components: no share, no overflow",
      "σ below 1/cap: the square stands still, −ln σ does not",
      "no component, or none of finite density: RangeError",
      "no LiDAR point: 0",
      "z = z*: slope 0",
    ],
    checks: ["one component is a Gaussian", "equal components are one", "a weighted mean"],
    sources: ["[EProPnP2022] Sec 4.2, 5.4 and published code"],
    ...both(
      "auxiliary-dense-losses",
      "relativeReprojectionError",
      "mixtureLoss",
      "mixtureLossGradient",
      "meanInverseDeviation",
      "coordinateRegression",
      "coordinateRegressionGradient",
    ),
    stage: place("src/loss/auxiliary-losses.ts", "reprojectionMixture", "coordinateRegressionLoss"),
    specs: [...spec("auxiliary-dense-losses"), "spec/loss/auxiliary-losses.spec.ts"],
  },
  {
    id: "EPRO-41",
    name: "detector loss weights",
    formula: `pose 0.15, reprojection 0.5, dimension 1, score 1, regularisation 0.05 and 0.05, velocity 0.05,
attribute 0.5, coordinates 0.25; classification, reference point and centerness 1`,
    derivatives: "the weights",
    edges: ["an absent loss counts nothing", "a loss without a weight: RangeError"],
    checks: ["sum of the weights", "linearity"],
    sources: ["[EProPnP2022] published code"],
    ...both("loss-weights", "weightedTotal"),
    stage: place("src/loss/total-loss.ts", "totalLoss", "detectorLossWeights"),
    specs: [...spec("loss-weights"), "spec/loss/total-loss.spec.ts"],
  },
  {
    id: "EPRO-42",
    name: "object sampling for training",
    formula: `p_i = c_i/Σc,  q_i = η/F + (1 − η) p_i,  ω = p/q,  balanced to equal totals per object and mean 1
48 samples: half uniform without replacement, half by centerness with replacement`,
    derivatives: "none: a choice of samples",
    edges: [
      "no foreground: no samples",
      "less foreground than uniform samples: η falls",
      "no centerness at all: RangeError",
    ],
    checks: ["E_q ω = 1", "counts follow centerness"],
    sources: ["[EProPnP2022] published code"],
    ...both("object-sampling", "centernessProbabilities", "importanceWeights", "balancedWeights"),
    stage: place("src/sample/head-samples.ts", "objectSample"),
    specs: [...spec("object-sampling"), "spec/sample/head-samples.spec.ts"],
  },
  {
    id: "EPRO-43",
    name: "inference pose",
    formula: `dense: EPnP on the greatest 20 % of weights, then 3 Gauss–Newton steps on all points
deformable: RS-LM, then 5 Gauss–Newton steps; points moved to their mean (GEO-19)`,
    derivatives: "none at inference",
    edges: [
      "equal weights: ties are kept, so all points start",
      "EPnP finds nothing: status no-consensus",
      "no points, no weights, coincident points: their status",
    ],
    checks: [
      "the minimiser of PNP-6 on benign data",
      "another origin of the object, the same pose",
    ],
    sources: ["[EProPnP2022] Sec 3.4 and published code"],
    stage: place("src/solve/inference-pose.ts", "inferencePose"),
    specs: ["spec/solve/inference-pose.spec.ts"],
  },
  {
    id: "EPRO-44",
    name: "test-time flip",
    formula:
      "one problem of both images' points: (x, z) and (W − u, v; z₁, z₂, −z₃) of the mirrored image",
    derivatives: "none at inference",
    edges: ["points cut off in one of the images: the halves differ in number"],
    checks: ["mirroring twice changes nothing", "noise halves its variance"],
    sources: ["[EProPnP2022] Sec 5.4 and published code"],
    stage: place("src/solve/inference-pose.ts", "mirroredTogether"),
    specs: ["spec/solve/inference-pose.spec.ts", "spec/equations/deformable-head.spec.ts"],
  },
  {
    id: "EPRO-45",
    name: "orientation density view",
    formula: "ln p(β_k | t*) = log-softmax(−c(β_k, t*)) + ln(n/2π) on β_k = 2πk/n, n = 128",
    derivatives: "none: for looking at",
    edges: [
      "costs of any size: the greatest term is 1",
      "no finite cost at any yaw: status no-density",
      "no points: uniform",
    ],
    checks: ["integrates to 1", "as many modes as the object has symmetries"],
    sources: ["[EProPnP2022] Fig 6 and published code"],
    stage: place("src/sample/orientation-density.ts", "orientationDensity"),
    specs: ["spec/sample/orientation-density.spec.ts"],
  },
];
