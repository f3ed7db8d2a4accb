/** Planted faults of method epropnp-mc. */
import { stream } from "../../../src/random/stream.js";
import { halfHuber } from "./geometry.js";
import type { Jet } from "./jet.js";
import { logSum, type SampledSwitches, softmax } from "./sampled-loss.js";
import {
  lossGradients as gradients,
  sampledArrays,
  sampledInputs,
  sampledProblems,
  sampledScene,
} from "./sampled-loss-claims.js";
import { type Arrays, claimsFile, mapped, onEach, only, type PlantedFault } from "./trial.js";

interface Planted extends Omit<PlantedFault, "claims" | "method"> {
  readonly claims?: readonly string[];
  readonly with?: Partial<SampledSwitches>;
  readonly after?: (arrays: Arrays) => Arrays;
  readonly yaw?: true;
}

/** ½ρ with its slope multiplied by some power of ρ′. */
const slopeTimes =
  (power: -1 | 1) =>
  (s: Jet, delta: number): Jet => {
    const cost = halfHuber(s, delta);
    const slope = Math.min(1, delta / Math.sqrt(s.v)) ** power;
    return cost.through(cost.v, slope, 0);
  };

function planted(seed: string): Planted[] {
  const draw = stream(`trial/sampled/${seed}`);
  const scale = 1.2 + 0.6 * draw.uniform();
  const epsilon = [1e-10, 1e-8][draw.integer(2)];
  return [
    {
      name: "no Huber kernel",
      sentence: "Outliers keep their squares.",
      spoils: ["cost_target", "loss", "grad_x2d"],
      cause: ["threshold-ignored"],
      with: { cost: (s) => s.over(2) },
    },
    {
      name: "Huber's slope left out",
      sentence: "Costs are robust, their slopes are those of squares.",
      spoils: gradients,
      cause: ["huber-slope-missing"],
      claims: ["loss", ...gradients],
      with: { cost: slopeTimes(-1) },
    },
    {
      name: "Huber's slope twice",
      sentence: "Slopes carry the square of ρ′.",
      spoils: gradients,
      cause: ["huber-derivative-squared"],
      with: { cost: slopeTimes(1) },
    },
    {
      name: "depth not clamped",
      sentence: "Depths below z_min are divided by as they are.",
      spoils: ["cost_target", "cost_samples", "grad_x3d"],
      cause: ["depth-unclamped"],
      with: { clamp: "free" },
    },
    {
      name: "clipped points without slopes",
      sentence: "Points with clamped depth get no gradient.",
      spoils: ["grad_x3d"],
      cause: ["clip-rows-zeroed"],
      claims: ["grad_x3d", "grad_x2d"],
      with: { clippedSlopes: false },
    },
    {
      name: "clipped points as if free",
      sentence: "Points with clamped depth get the slope of the formula.",
      spoils: ["grad_x3d"],
      cause: ["clip-rows-kept"],
      with: { clamp: "slope-kept" },
    },
    {
      name: "no weights",
      sentence: "Residuals are not weighted.",
      spoils: ["cost_samples", "loss", "grad_x2d", "grad_x3d"],
      cause: ["weights-ignored"],
      with: { weight: (w) => w.held().times(0).plus(1) },
    },
    {
      name: "roots of weights",
      sentence: "Weights are taken to multiply squared residuals.",
      spoils: ["cost_target", ...gradients],
      cause: ["weights-taken-as-w2"],
      with: { weight: (w) => w.sqrt() },
    },
    {
      name: "squares of weights",
      sentence: "Residuals are multiplied by w².",
      spoils: ["cost_target", ...gradients],
      cause: ["weights-squared-twice"],
      with: { weight: (w) => w.times(w) },
    },
    {
      name: "costs not halved",
      sentence: "The exponent is Σρ.",
      spoils: ["log_weights", "loss", "grad_x2d"],
      cause: ["cost-not-halved"],
      with: { share: () => 2 },
    },
    {
      name: "costs averaged",
      sentence: "The exponent is averaged over the points.",
      spoils: ["log_weights", "loss", "grad_x3d"],
      cause: ["cost-averaged"],
      with: { share: (n) => 1 / n },
    },
    {
      name: "proposal left out",
      sentence: "Samples are weighted by exp(−c) alone.",
      spoils: ["log_weights", "loss", ...gradients],
      cause: ["proposal-ignored"],
      with: { proposal: 0 },
    },
    {
      name: "proposal with the wrong sign",
      sentence: "Log-densities are added.",
      spoils: ["log_weights", "loss", "grad_w2d"],
      cause: ["proposal-multiplied"],
      with: { proposal: 1 },
    },
    {
      name: "softmax over the batch",
      sentence: "Weights are normalised along the axis of problems.",
      spoils: gradients,
      cause: ["weights-over-batch"],
      claims: ["loss", ...gradients],
      with: {
        shares: (own, _, all) => own.map((v, s) => Math.exp(v - logSum(all.map((of) => of[s])))),
      },
    },
    {
      name: "weights not normalised",
      sentence: "Slopes are summed with the weights as they are.",
      spoils: gradients,
      cause: ["weights-not-normalised"],
      with: { shares: (own) => own.map(Math.exp) },
    },
    {
      name: "equal weights",
      sentence: "Slopes of the samples are averaged.",
      spoils: gradients,
      cause: ["weights-uniform"],
      with: { shares: (own) => own.map(() => 1 / own.length) },
    },
    {
      name: "weights not detached",
      sentence: "Σ v̄ c is differentiated through v̄ too.",
      spoils: gradients,
      cause: ["weights-not-detached"],
      with: {
        shares: (own, costs) => {
          const v = softmax(own);
          const mean = v.reduce((sum, share, s) => sum + share * costs[s], 0);
          return v.map((share, s) => share * (1 + mean - costs[s]));
        },
      },
    },
    {
      name: "best sample alone",
      sentence: "The greatest weight is taken for one, all others for zero.",
      spoils: ["grad_x2d", "grad_w2d"],
      cause: null,
      with: { shares: (own) => own.map((v) => (v === Math.max(...own) ? 1 : 0)) },
    },
    {
      name: "target alone",
      sentence: "The loss is the cost of the target.",
      spoils: ["loss", ...gradients],
      cause: ["prediction-missing"],
      with: { terms: [1, 0] },
    },
    {
      name: "prediction alone",
      sentence: "The loss is log Σ v.",
      spoils: ["loss", ...gradients],
      cause: ["target-missing"],
      with: { terms: [0, 1] },
    },
    {
      name: "prediction subtracted",
      sentence: "log Σ v has the wrong sign.",
      spoils: ["loss", ...gradients],
      cause: ["prediction-subtracted"],
      with: { terms: [1, -1] },
    },
    {
      name: "target detached",
      sentence: "The loss is right; its gradient leaves the target out.",
      spoils: gradients,
      cause: ["target-missing"],
      claims: ["loss", ...gradients],
      with: { slopeTerms: [0, 1] },
    },
    {
      name: "guarded logarithm",
      sentence: "A small constant is added to Σ v before its logarithm.",
      spoils: ["loss"],
      cause: ["log-epsilon"],
      claims: ["log_weights", "loss"],
      with: {
        evidence: (own) => Math.log(own.reduce((sum, v) => sum + Math.exp(v), 0) + epsilon),
      },
    },
    {
      name: "threshold attached to weights",
      sentence: "The adaptive threshold is differentiated by the weights.",
      spoils: ["grad_w2d"],
      cause: ["threshold-attached"],
      claims: gradients,
      with: { attached: "weights" },
    },
    {
      name: "threshold attached to everything",
      sentence: "The adaptive threshold is differentiated by weights and points.",
      spoils: ["grad_x2d", "grad_w2d"],
      cause: ["threshold-attached-to-points", "threshold-attached"],
      claims: gradients,
      with: { attached: "weights and points" },
    },
    {
      name: "gradient flipped",
      sentence: "The gradient has the wrong sign.",
      spoils: gradients,
      cause: ["sign-flipped"],
      after: onEach((v) => -v),
    },
    {
      name: "gradient scaled",
      sentence: "A loss weight is left in the gradient.",
      spoils: gradients,
      cause: ["scaled"],
      after: onEach((v) => scale * v),
    },
    {
      name: "gradient of a mean over points",
      sentence: "The gradient is divided by the number of points.",
      spoils: gradients,
      cause: ["scaled"],
      after: onEach((v) => v / 7),
    },
    {
      name: "no proposal and no weights",
      sentence: "Samples are weighted by exp(−c) alone, with unweighted residuals.",
      spoils: ["log_weights", "loss", "grad_x2d"],
      cause: ["weights-ignored+proposal-ignored"],
      with: { proposal: 0, weight: (w) => w.held().times(0).plus(1) },
    },
    {
      name: "one buffer for all",
      sentence: "Every problem gets the gradient of the first.",
      spoils: ["grad_x2d"],
      cause: null,
      after: ({ grad_x2d: g }) => ({ grad_x2d: mapped(g, (_, i) => g.data[i % 14]) }),
    },
    {
      name: "yaw, proposal left out",
      sentence: "Four degrees of freedom, weighted by exp(−c) alone.",
      spoils: ["log_weights", "loss", "grad_x3d"],
      cause: ["proposal-ignored"],
      with: { proposal: 0 },
      yaw: true,
    },
    {
      name: "loss of NaN",
      sentence: "One problem's loss is not a number.",
      spoils: ["loss"],
      cause: ["non-finite"],
      after: onEach((v, i) => (i === 1 ? Number.NaN : v)),
    },
  ];
}

export function sampledLossFaults(seed: string): PlantedFault[] {
  const zMin = 1.55;
  const six = sampledProblems(sampledScene(seed));
  const four = sampledProblems({ ...sampledScene(`yaw/${seed}`), chart: "YAW" });
  return planted(seed).map((fault): PlantedFault => {
    const { name, sentence, spoils, cause } = fault;
    const problems = fault.yaw ? four : six;
    const claimed = only(sampledArrays(problems, zMin, fault.with), fault.claims ?? spoils);
    return {
      ...{ method: "epropnp-mc", name, sentence, spoils, cause },
      claims: claimsFile(
        "epropnp-mc",
        sampledInputs(problems, zMin),
        fault.after?.(claimed) ?? claimed,
      ),
    };
  });
}
