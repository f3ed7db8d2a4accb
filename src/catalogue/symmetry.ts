import { type Equation, place } from "./equation.js";

const definition = "src/definitions/symmetry.ts";
const kernel = "src/kernels/symmetry.ts";
const problem = "spec/problem/symmetry.spec.ts";
const recorded = "spec/problem/recorded-symmetry.spec.ts";
const equations = "spec/equations/symmetry.spec.ts";

/** SYM-1 to SYM-5: poses that look the same, and which of them is the label. */
export const symmetry: readonly Equation[] = [
  {
    id: "SYM-1",
    name: "symmetric candidates of a pose",
    formula: `P ∘ S, S ∈ {C ∘ D}: D the identity and each discrete symmetry, C the identity and each turn
S_θ = (Exp(θ a), o − Exp(θ a) o) about a continuous axis, θ = 2πk/n`,
    derivatives: "none: a discrete set",
    edges: [
      "no symmetry, empty lists: the identity alone",
      "discrete and continuous together: composed; published code of [LC2023] takes either",
      "several axes: their turns one after another, not their products",
      "an axis of any length is a direction; of length zero: RangeError",
      "a discrete symmetry that is scaled, mirrored or projective: RangeError",
    ],
    checks: [
      "recorded candidates, in their order",
      "the set is closed under composition",
      "a model's points are mapped onto one another",
    ],
    sources: ["[LC2023] Sec 4.4 and published code"],
    definition: place(definition, "turnAbout", "composedMotion"),
    kernel: place(kernel, "turnAbout", "composedMotion"),
    stage: place("src/problem/symmetry.ts", "symmetryTransforms", "candidatePoses"),
    specs: [equations, problem, recorded],
  },
  {
    id: "SYM-2",
    name: "turns about a continuous axis",
    formula: 'n = ⌈π / 0.01⌉ = 315 ("bop"), n = 384 ("lc"), or any n ≥ 1',
    derivatives: "none: a count",
    edges: ["n = 1: the identity", "n no whole number, or more than a million motions: RangeError"],
    checks: ["both counts", "384 turns leave at most half a step of angle, 0.47°"],
    sources: ["BOP evaluation", "[LC2023] published code"],
    stage: place("src/problem/symmetry.ts", "symmetrySteps", "symmetryTransforms"),
    specs: [problem],
  },
  {
    id: "SYM-3",
    name: "label nearest to dense predictions",
    formula: "argmin_k 1/N Σ_i ‖z_i − R_kᵀ(K⁻¹h_i − t_k)‖, h_i = K X_i known from depth",
    derivatives: "none: the choice is a constant of the loss",
    edges: [
      "ties: the first candidate",
      "fewer than 100 points: status too-few-points, the first candidate",
      "256 points may be drawn from a named stream",
    ],
    checks: ["brute force over all candidates", "recorded choices", "the candidate that made z"],
    sources: ["[LC2023] Sec 4.4 and published code"],
    definition: place(definition, "cameraPoints", "denseCandidateError"),
    kernel: place(kernel, "cameraPoints", "denseCandidateError"),
    stage: place("src/loss/symmetric-label.ts", "denseLabel"),
    specs: [equations, problem, recorded],
  },
  {
    id: "SYM-4",
    name: "label nearest to keypoints",
    formula: "argmin_k 1/N Σ_i ‖x_i − π(R_k z_i + t_k; K)‖",
    derivatives: "none: the choice is a constant of the loss",
    edges: ["ties: the first candidate", "no keypoint: status too-few-points"],
    checks: ["recorded choices", "the candidate that made x"],
    sources: ["[LC2023] published code"],
    definition: place(definition, "sparseCandidateError"),
    kernel: place(kernel, "sparseCandidateError"),
    stage: place("src/loss/symmetric-label.ts", "sparseLabel"),
    specs: [equations, problem, recorded],
  },
  {
    id: "SYM-5",
    name: "scope of the selection",
    formula:
      "on: from step startStep the nearest candidate, before it the first; off: always the first",
    derivatives: "none: a rule",
    edges: ["published: on for the dense runs on YCB-V alone"],
    checks: ["status first while off or before the start"],
    sources: ["[LC2023] Sec 4.4"],
    stage: place("src/loss/symmetric-label.ts", "denseLabel", "sparseLabel"),
    specs: [problem],
  },
];
