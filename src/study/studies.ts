/** Every study, by name. */
import { ablation } from "./ablation.js";
import { averagingToy } from "./averaging-toy.js";
import { betaSweep } from "./beta-sweep.js";
import { bpnpConverge } from "./bpnp-converge.js";
import { epnpVsBpnp } from "./epnp-vs-bpnp.js";
import { fasterCost } from "./faster-cost.js";
import { gradientCorrectnessStudy } from "./gradient-correctness.js";
import { losses } from "./losses.js";
import { representation } from "./representation.js";
import { sparseWeights } from "./sparse-weights.js";
import type { Study } from "./study.js";

export const studies: readonly Study[] = [
  averagingToy,
  gradientCorrectnessStudy,
  ablation,
  representation,
  sparseWeights,
  bpnpConverge,
  betaSweep,
  epnpVsBpnp,
  fasterCost,
  losses,
];
