import { type Equation, place } from "./equation.js";

const definition = "src/definitions/gradient-correctness.ts";
const kernel = "src/kernels/gradient-correctness.ts";
const specs = ["spec/equations/gradient-correctness.spec.ts"];

/** LC-33 and LC-34: does a step against a gradient bring a correspondence nearer the true pose? */
export const gradientCorrectness: readonly Equation[] = [
  {
    id: "LC-33",
    name: "gradient correctness",
    formula: `r = x − π(z, y_gt), e = ‖r‖²
points: −2 ⟨P g, r⟩ > 0, P = ∂π/∂z;   keypoints: 2 ⟨g, r⟩ > 0
finite step: e(z − ηg) < e(z)`,
    derivatives: "uses ∂e/∂z and ∂e/∂x only",
    edges: [
      "g = 0 or r = 0: the slope is zero, neither right nor wrong; the score counts them apart",
      "a point on the camera plane has no error: counted apart",
      "tiny η: the change keeps its digits, since no two errors are subtracted",
      "a step through the camera plane: the change is that of the projection behind it",
    ],
    checks: [
      "duals through the projection",
      "64-digit differences of errors down to η = 1e-12",
      "the error's own gradient scores 1, its opposite 0, a random one a half",
    ],
    sources: ["[LC2023] Sec 4.4, 6.2"],
    definition: place(
      definition,
      "pointSlope",
      "keypointSlope",
      "pointErrorChange",
      "keypointErrorChange",
    ),
    kernel: place(kernel, "pointSlope", "keypointSlope", "pointErrorChange", "keypointErrorChange"),
    stage: place("src/loss/gradient-correctness.ts", "gradientCorrectness"),
    specs: [...specs, "spec/loss/gradient-correctness.spec.ts"],
  },
  {
    id: "LC-34",
    name: "greatest leverage at which LC is right for every residual",
    formula: `c_x/c_y, c_y/c_x ≤ ((√(G₁₁G₂₂) + √det G) / |G₁₂|)², G = P Pᵀ
= ((√((1+X̃²)(1+Ỹ²)) + √(1+X̃²+Ỹ²)) / |X̃Ỹ|)² for a camera without skew`,
    derivatives: "none",
    edges: ["G₁₂ = 0, a point on an image axis: infinity, no ratio misleads"],
    checks: ["the least slope over all residuals changes sign exactly there, for either ratio"],
    sources: ["[LC2023] Table 3, Fig 7 (explained; derived here)"],
    definition: place(definition, "leverageBound"),
    kernel: place(kernel, "leverageBound"),
    specs,
  },
];
