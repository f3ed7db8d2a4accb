import { type Equation, place } from "./equation.js";

/** EPRO-46: the whole of it, trained. */
export const training: readonly Equation[] = [
  {
    id: "EPRO-46",
    name: "identity demo",
    formula: `(z, x, s) = W₂ leaky(W₁ y + b₁) + b₂,  w = e^g softmax(s);  K = I,  t ~ N(0, I) + (0, 0, 5),  q uniform
L = L_MC / n + 0.1 ℓ(‖t⁺ − t′‖; 1) + 0.1 (1 − cos θ(y⁺, y′)),  target y′ = y + 0.01 noise;  Adam`,
    derivatives: "of both losses through z, x and w to every parameter of the network",
    edges: [
      "points behind the camera: the depth is clamped at 0.1, in training and in tests",
      "a pose that fits better than the target: sampled around, so that the loss sees it",
      "a loss that is not defined: left out and counted",
    ],
    checks: [
      "mean translation and orientation errors over held-out poses fall by a factor of 5 or more",
      "central differences of the network",
      "the same seed gives the same bits",
    ],
    sources: ["[EProPnP2022] public demo", "[KingmaBa2015] Algorithm 1"],
    stage: place("docs/examples/identity-demo.ts", "trainedIdentity"),
    specs: ["spec/examples/identity-demo.spec.ts"],
  },
];
