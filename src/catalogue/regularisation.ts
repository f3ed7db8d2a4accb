import { type Equation, place } from "./equation.js";

const definition = "src/definitions/derivative-regularisation.ts";
const kernel = "src/kernels/derivative-regularisation.ts";
const stage = "src/loss/derivative-regularisation.ts";
const specs = [
  "spec/equations/derivative-regularisation.spec.ts",
  "spec/loss/derivative-regularisation.spec.ts",
  "spec/loss/recorded-regularisation.spec.ts",
];

/** EPRO-28 to EPRO-32: derivative regularisation. */
export const regularisation: readonly Equation[] = [
  {
    id: "EPRO-28",
    name: "Gauss–Newton step at the solution",
    formula: `Δy = −(JᵀJ + εI)⁻¹ JᵀF(y⋆), J and F rescaled by √ρ′, ε = 1e-5, y⋆ held fixed
y⁺ = y⋆ ⊞ Δy`,
    derivatives: "of Δy by x, z, w and δ, dense and against an upstream gradient; of ⊞ by Δy",
    edges: [
      "at rest Δy is rounding, but its derivative is not zero",
      "JᵀJ + εI not positive definite: false, nothing is written; the loss says `singular`",
      "weights of the size of √ε or less: ε biases the step, and the gap says by how much",
      "clamped coordinates lose their rows of J but still enter ρ′",
      "δ = 0: the step and its derivatives by x, z and w are zero",
      "N = 0: no step, no gradient",
    ],
    checks: [
      "duals through the step",
      "unchanged when w and δ double and ε is fourfold",
      "recorded steps and gradients of published code, clamped ones too",
    ],
    sources: ["[EProPnP2022] Eq 9"],
    definition: place(
      definition,
      "gaussNewtonStep",
      "gaussNewtonStepJacobian",
      "gaussNewtonStepVjp",
    ),
    kernel: place(kernel, "gaussNewtonStep", "gaussNewtonStepJacobian", "gaussNewtonStepVjp"),
    stage: place(stage, "derivativeRegularisation"),
    specs: [...specs, "spec/equations/pose-row.spec.ts"],
  },
  {
    id: "EPRO-29",
    name: "derivative regularisation loss",
    formula: "L_reg = ℓ(y⋆ ⊞ Δy, y_gt), its gradient through Δy alone",
    derivatives: "by x, z, w and δ; through an adaptive δ into x and w, both, one or neither",
    edges: ["a perfect fit at the true pose: no loss, no gradient"],
    checks: ["central differences with y⋆ frozen", "recorded losses and gradients"],
    sources: ["[EProPnP2022] Eq 10"],
    stage: place(stage, "derivativeRegularisation"),
    specs: specs.slice(1),
  },
  {
    id: "EPRO-30",
    name: "pose distances of the loss",
    formula: `position: smooth L1 of ‖t − t_gt‖, β = 0.05 (dense), 1 (detector)
orientation: 2 (1 − ⟨q, q_gt⟩²) = 1 − cos θ, or 1 − cos(β − β_gt)`,
    derivatives: "by either pose row; the one in q is tangent to the sphere",
    edges: [
      "equal poses: both distances and both gradients are exactly zero",
      "a half turn apart: 2, with no slope",
    ],
    checks: ["duals", "does not see the sign of q or a full turn of β"],
    sources: ["[EProPnP2022] Sec 3.4"],
    definition: place(
      "src/definitions/pose-distance.ts",
      "positionDistance",
      "positionDistanceGradient",
      "orientationDistance",
      "orientationDistanceGradient",
    ),
    kernel: place(
      "src/kernels/pose-distance.ts",
      "positionDistance",
      "positionDistanceGradient",
      "orientationDistance",
      "orientationDistanceGradient",
    ),
    stage: place(stage, "derivativeRegularisation"),
    specs: ["spec/equations/pose-distance.spec.ts"],
  },
  {
    id: "EPRO-31",
    name: "what is detached from the loss",
    formula: `dense: y⋆ alone, and x inside an adaptive δ
detector: y⋆, δ, object dimensions and the scale of the weights`,
    derivatives: "zero by what is detached; the others as if it were constant",
    edges: ["nothing is detached unless it is asked for, but y⋆"],
    checks: ["zero where detached", "growing a factor is growing its products"],
    sources: ["[EProPnP2022] published code"],
    stage: place("src/loss/head-gradient.ts", "headGradient"),
    specs: ["spec/loss/derivative-regularisation.spec.ts"],
  },
  {
    id: "EPRO-32",
    name: "relation to implicit differentiation",
    formula: "dΔy/dθ = −(H_GN + εI)⁻¹ ∂²cost/∂y∂θ at a stationary y⋆: BPNP-4 as ε → 0",
    derivatives: "none further",
    edges: [
      "residuals of zero: equals the exact derivative, but for ε",
      "no exact derivative: the standing says why, and the gap is NaN",
    ],
    checks: [
      "the mixed derivative by duals on the gradient, to 1e-12, with Huber weights too",
      "the variant gauss-newton of the implicit derivative",
      "the gap is proportional to the noise",
    ],
    sources: ["[EProPnP2022] Sec 3.4"],
    stage: place("src/loss/gauss-newton-gap.ts", "gaussNewtonGap"),
    specs: specs.slice(0, 2),
  },
];
