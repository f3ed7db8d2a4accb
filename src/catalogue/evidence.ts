import { type Equation, place } from "./equation.js";

const definition = "src/definitions/laplace-evidence.ts";
const kernel = "src/kernels/laplace-evidence.ts";
const specs = ["spec/equations/laplace-evidence.spec.ts", "spec/sample/evidence.spec.ts"];

/** EPRO-24 to EPRO-26: the evidence of a pose in closed form. */
export const evidence: readonly Equation[] = [
  {
    id: "EPRO-24",
    name: "Laplace's approximation of the evidence",
    formula:
      "log Z ≈ −c(y⋆) + (d/2) log 2π + ½ log det Σ + log m,\nm = 2 on S³, where q and −q are one rotation, else 1",
    derivatives: "w.r.t. the cost and its Hessian",
    edges: [
      "Σ not positive definite: RangeError in the definition, NaN in the kernel, a status in the stage",
      "several peaks or a long one: wrong without a sign of it; docs/posterior.md shows how far",
    ],
    checks: [
      "the trapezoidal rule in one dimension",
      "quadrature over yaw and position, and importance sampling over rotations",
    ],
    sources: ["[EProPnP2022] Sec 3.1"],
    definition: place(definition, "laplaceLogEvidence", "laplaceLogEvidenceSlope"),
    kernel: place(kernel, "laplaceLogEvidence", "laplaceLogEvidenceSlope"),
    stage: place("src/sample/evidence.ts", "laplaceEvidence"),
    specs,
  },
  {
    id: "EPRO-25",
    name: "linear-Gaussian loss",
    formula:
      "c = ½ (y − y⋆)ᵀH (y − y⋆) + c⋆  ⇒  L_KL = ½ eᵀH e + (d/2) log 2π − ½ log det H,  e = y_gt − y⋆;\nleast over a factor λ on all weights at λ² = d / (eᵀH e)",
    derivatives: "∂L/∂y_gt = H e = −∂L/∂y⋆",
    edges: [
      "H singular: the evidence is infinite, and H is refused as in EPRO-24",
      "e = 0: λ is Infinity",
    ],
    checks: ["c(y_gt) + Laplace's log Z, exact here", "the slope over λ vanishes at λ on duals"],
    sources: ["[EProPnP2022] Eq 5"],
    definition: place(
      definition,
      "linearGaussianLoss",
      "linearGaussianLossGradient",
      "linearGaussianWeightScale",
    ),
    kernel: place(
      kernel,
      "linearGaussianLoss",
      "linearGaussianLossGradient",
      "linearGaussianWeightScale",
    ),
    specs,
  },
  {
    id: "EPRO-26",
    name: "squared distance as a special case",
    formula: "Σ = σ²I  ⇒  L_KL = ‖y⋆ − y_gt‖² / (2σ²) + d log(σ √2π)",
    derivatives: "2 (y⋆ − y_gt) / (2σ²), through IFT-2",
    edges: ["rotations: e is a difference in a tangent, so this holds for small ones only"],
    checks: ["EPRO-25 at H = I/σ²", "least at σ² = ‖e‖²/d"],
    sources: ["[EProPnP2022] Sec 3.1"],
    definition: place(definition, "isotropicGaussianLoss"),
    kernel: place(kernel, "isotropicGaussianLoss"),
    specs,
  },
];
