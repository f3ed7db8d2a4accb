import { type Equation, place } from "./equation.js";

const recorded = "spec/equations/recorded-densities.spec.ts";
const draws = "spec/sample/draws.spec.ts";

const translations = [
  "multivariateTLogDensity",
  "multivariateTGradient",
  "multivariateTScaleGradient",
];
const directions = [
  "angularCentralGaussianLogDensity",
  "angularCentralGaussianGradient",
  "angularCentralGaussianScaleGradient",
];

/** EPRO-4 and EPRO-9 to EPRO-13: the measure of a pose and the densities on it. */
export const densities: readonly Equation[] = [
  {
    id: "EPRO-4",
    name: "measure of a pose",
    formula: `dy = dt · dσ(q), σ the surface measure of S³ (total 2π²): each rotation lies there twice;
dy = dt · dβ on [−π, π) for a yaw`,
    derivatives: "none: a constant",
    edges: [
      "an evidence over rotations counted once is smaller by log 2 than over S³",
      "a normaliser over the Haar measure of total 1 is smaller by log 2π²",
    ],
    checks: [
      "a rule of Gauss over S³ integrates 1 to 2π²",
      "Laplace's evidence with log 2 against quadrature",
    ],
    sources: ["[EProPnP2022] Sec 3.2, implied by its proposals"],
    definition: place("src/definitions/angular-central-gaussian.ts", "unitSphereArea"),
    kernel: place("src/kernels/angular-central-gaussian.ts", "unitSphereArea"),
    specs: ["spec/equations/angular-central-gaussian.spec.ts"],
  },
  {
    id: "EPRO-9",
    name: "product proposal",
    formula: "q(y) = q_pos(t) · q_ori(rotation), independent",
    derivatives: "none: a proposal is held fixed; those of its factors are EPRO-10 to EPRO-12",
    edges: ["a posterior that couples t and rotation: few effective samples, and no mistake"],
    checks: ["the sum of the factors' logarithms", "its factors integrate to 1"],
    sources: ["[EProPnP2022] Sec 3.2"],
    stage: place("src/sample/proposal.ts", "proposalLogDensities", "proposalDraws"),
    specs: [draws],
  },
  {
    id: "EPRO-10",
    name: "multivariate t, ν = 3",
    formula: `q(t) = Γ(3) / (Γ(3/2) (3π)^(3/2) det L) (1 + s/3)^(−3) = 4 / (3√3 π² det L) (1 + s/3)^(−3),
s = ‖L⁻¹(t − μ)‖², S = L Lᵀ the scale matrix; covariance 3S
drawn as μ + √3 L p/(1 − x), (x, p) uniform on S³; published: μ + L n √(3/c), n ~ N(0, I), c ~ χ²₃`,
    derivatives: "w.r.t. t, μ and L",
    edges: [
      "a diagonal entry of L not positive, NaN: RangeError",
      "s beyond the largest double: its logarithm is that of its root",
    ],
    checks: [
      "integrates to 1 by Gauss quadrature over the radius",
      "recorded log densities and samples",
      "Kolmogorov's test of s/3 against F(3, 3)",
    ],
    sources: ["[EProPnP2022] Sec 3.2", "[KotzNadarajah2004]"],
    definition: place("src/definitions/multivariate-t.ts", ...translations),
    kernel: place("src/kernels/multivariate-t.ts", ...translations),
    stage: place("src/sample/draws.ts", "multivariateTDraws", "multivariateTSample"),
    specs: ["spec/equations/multivariate-t.spec.ts", recorded, draws],
  },
  {
    id: "EPRO-11",
    name: "von Mises and uniform mixture",
    formula: `q(β) = (1 − m) e^(κ cos(β − μ)) / (2π I₀(κ)) + m/(2π), m = 1/4
∂ log I₀/∂κ = I₁/I₀; drawn by rejection from a wrapped Cauchy density`,
    derivatives: "w.r.t. β, μ, κ and m; log I₀ w.r.t. κ",
    edges: [
      "κ = 0: uniform, exactly",
      "κ huge: I₀ without its factor e^κ, and 1 − cos without cancelling",
      "κ < 0, not finite, or m outside [0, 1]: RangeError",
      "published draws are stratified, the first m of them uniform: an option",
    ],
    checks: [
      "integrates to 1 by the trapezoidal rule",
      "log I₀ to 1e-14 for κ up to 1e8, and against the trapezoidal rule on e^(κ cos)",
      "χ² test over 36 bins, Kolmogorov's test against the integrated density",
    ],
    sources: ["[EProPnP2022] Sec 3.2", "[BestFisher1979]", "[AbramowitzStegun1964]"],
    definition: place(
      "src/definitions/von-mises.ts",
      "vonMisesMixtureLogDensity",
      "vonMisesMixtureGradient",
    ),
    kernel: place(
      "src/kernels/von-mises.ts",
      "vonMisesMixtureLogDensity",
      "vonMisesMixtureGradient",
    ),
    stage: place("src/sample/draws.ts", "vonMisesMixtureDraws", "vonMisesDraw"),
    specs: [
      "spec/equations/von-mises.spec.ts",
      "spec/equations/log-bessel.spec.ts",
      recorded,
      draws,
    ],
  },
  {
    id: "EPRO-12",
    name: "angular central Gaussian on S³",
    formula: `q(q) = |Λ|^(−1/2) (qᵀΛ⁻¹q)^(−2) / (2π²), Λ = L Lᵀ
drawn as L n/‖L n‖, n ~ N(0, I)`,
    derivatives: "w.r.t. q, as a function of degree −4 on R⁴, and L",
    edges: [
      "q more than 1e-6 off the unit sphere: RangeError",
      "L n = 0: drawn again; published code puts (1, 0, 0, 0) below 1e-6, an option",
      "Λ and cΛ: the same density",
    ],
    checks: [
      "integrates to 1 over S³ by Gauss quadrature",
      "q and −q, Λ and cΛ, rotations of S³",
      "recorded log densities and samples, the replaced one included",
    ],
    sources: ["[EProPnP2022] Sec 3.2", "[Tyler1987]"],
    definition: place("src/definitions/angular-central-gaussian.ts", ...directions),
    kernel: place("src/kernels/angular-central-gaussian.ts", ...directions),
    stage: place(
      "src/sample/draws.ts",
      "angularCentralGaussianDraws",
      "angularCentralGaussianSample",
    ),
    specs: ["spec/equations/angular-central-gaussian.spec.ts", recorded, draws],
  },
  {
    id: "EPRO-13",
    name: "angular central Gaussian in the gnomonic chart",
    formula: `q ∝ q₀ + T(q₀) δ, Λ = (T Σ⁻¹Tᵀ + I)⁻¹:  δ is Cauchy,
(1 + ‖L⁻¹δ‖²)^(−2) / (π² det L),  L Lᵀ = (Σ⁻¹ + I)⁻¹, q and −q merged`,
    derivatives: "none offered",
    edges: ["⟨q₀, q⟩ = 0, where δ is infinite: RangeError"],
    checks: ["equals 2 q(q) (1 + ‖δ‖²)^(−2) of EPRO-12, to 64 digits"],
    sources: ["[Tyler1987]"],
    definition: place("src/definitions/gnomonic.ts", "gnomonicCoordinates", "gnomonicLogDensity"),
    kernel: place("src/kernels/gnomonic.ts", "gnomonicCoordinates", "gnomonicLogDensity"),
    specs: ["spec/equations/gnomonic.spec.ts"],
  },
];
