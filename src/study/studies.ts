/** Every study, by name. */
import { ablation } from "./ablation.js";
import { averagingToy } from "./averaging-toy.js";
import { gradientCorrectnessStudy } from "./gradient-correctness.js";
import { representation } from "./representation.js";
import { sparseWeights } from "./sparse-weights.js";
import type { Study } from "./study.js";

export const studies: readonly Study[] = [
  averagingToy,
  gradientCorrectnessStudy,
  ablation,
  representation,
  sparseWeights,
];
