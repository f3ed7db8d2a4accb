/** Operations that a device computes, by name. */
import type { Kernel } from "./kernel.js";
import { monteCarloKernel } from "./monte-carlo.js";

export const kernels: Readonly<Record<string, Kernel>> = {
  monteCarloLoss: monteCarloKernel,
};
