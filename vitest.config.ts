import { defineConfig } from "vitest/config";
import { softwareGpu } from "./spec/software-gpu.js";

// Inherited by the workers, where specs of the GPU run.
Object.assign(process.env, softwareGpu());

export default defineConfig({
  test: {
    include: ["spec/**/*.spec.ts"],
    testTimeout: 120_000,
    // Specs share no state, so that modules are loaded once a worker; vitest would leave one core idle.
    isolate: false,
    maxWorkers: "100%",
    // The closing line comes last, so that a log reader finds it: see spec/closing-line.ts.
    reporters: ["default", "./spec/closing-line.ts"],
  },
});
