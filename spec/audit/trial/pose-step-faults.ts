/** Planted faults of method epropnp-reg. */
import { stream } from "../../../src/random/stream.js";
import { huberSlope, type StepSwitches } from "./pose-step.js";
import {
  stepEpsilon,
  stepGradients,
  steppedArrays,
  steppedInputs,
  steppedProblems,
  stepScene,
} from "./pose-step-claims.js";
import { type Arrays, claimsFile, mapped, onEach, only, type PlantedFault } from "./trial.js";

interface Planted extends Omit<PlantedFault, "claims" | "method"> {
  readonly claims?: readonly string[];
  readonly with?: Partial<StepSwitches>;
  readonly after?: (arrays: Arrays) => Arrays;
  readonly yaw?: true;
}

function planted(seed: string): Planted[] {
  const draw = stream(`trial/step/${seed}`);
  const scale = 1.2 + 0.6 * draw.uniform();
  const every = ["pose_plus", ...stepGradients];
  return [
    {
      name: "ε left out",
      sentence: "Nothing is added to the diagonal of JᵀJ.",
      spoils: ["pose_plus", "grad_x2d"],
      cause: ["epsilon-missing"],
      with: { ridge: (v) => v },
    },
    {
      name: "ε in shares of the diagonal",
      sentence: "The damping of a Levenberg–Marquardt step is used.",
      spoils: ["pose_plus", "grad_x2d", "grad_x3d"],
      cause: ["epsilon-relative"],
      with: { ridge: (v, epsilon) => v.times(1 + epsilon) },
    },
    {
      name: "turn for half a turn",
      sentence: "The step is a turn of the camera frame, and is taken for the tangent δ.",
      spoils: every,
      cause: ["tangent-factor"],
      with: { turn: -2 },
    },
    {
      name: "half a turn for a turn",
      sentence: "The step is the tangent δ, and is taken for a turn.",
      spoils: every,
      cause: ["tangent-factor-inverse"],
      with: { turn: -0.5 },
    },
    {
      name: "exponential map",
      sentence: "The quaternion turns by the whole angle, not by its tangent.",
      spoils: ["pose_plus", "grad_x2d", "grad_x3d"],
      cause: ["exponential-retraction"],
      with: { retraction: "by the whole angle" },
    },
    {
      name: "step from the right",
      sentence: "The step multiplies the quaternion from the right.",
      spoils: ["pose_plus", "grad_w2d"],
      cause: ["retraction-order"],
      with: { retraction: "from the right" },
    },
    {
      name: "not normalised",
      sentence: "The quaternion is left as it comes.",
      spoils: ["pose_plus", "grad_x2d"],
      cause: ["not-normalised"],
      with: { retraction: "as it comes" },
    },
    {
      name: "normalisation not differentiated",
      sentence: "The pose is right; the gradient misses the Jacobian of its normalisation.",
      spoils: stepGradients,
      cause: ["not-normalised"],
      claims: every,
      with: { backwards: "as it comes" },
    },
    {
      name: "uphill",
      sentence: "The step has the wrong sign.",
      spoils: ["pose_plus", "grad_x2d", "grad_x3d"],
      cause: ["step-reversed"],
      with: { direction: 1 },
    },
    {
      name: "no Huber kernel",
      sentence: "Outliers pull with their whole residual.",
      spoils: every,
      cause: ["threshold-ignored"],
      with: { slope: (s) => s.held().times(0).plus(1) },
    },
    {
      name: "ρ′ twice",
      sentence: "Residual and Jacobian are multiplied by ρ′ each.",
      spoils: ["pose_plus", "grad_x2d", "grad_w2d"],
      cause: ["huber-derivative-squared"],
      with: { slope: (s, delta) => huberSlope(s, delta).times(huberSlope(s, delta)) },
    },
    {
      name: "depth not clamped",
      sentence: "Depths below z_min are divided by as they are.",
      spoils: ["pose_plus", "grad_x3d"],
      cause: ["depth-unclamped"],
      with: { clamp: "free" },
    },
    {
      name: "no weights",
      sentence: "Residuals are not weighted.",
      spoils: ["pose_plus", "grad_x2d", "grad_x3d"],
      cause: ["weights-ignored"],
      with: { weight: (w) => w.held().times(0).plus(1) },
    },
    {
      name: "roots of weights",
      sentence: "Weights are taken to multiply squared residuals.",
      spoils: every,
      cause: ["weights-taken-as-w2"],
      with: { weight: (w) => w.sqrt() },
    },
    {
      name: "squares of weights",
      sentence: "Residuals are multiplied by w².",
      spoils: every,
      cause: ["weights-squared-twice"],
      with: { weight: (w) => w.times(w) },
    },
    {
      name: "ρ′ detached",
      sentence: "ρ′ is constant in the gradient.",
      spoils: stepGradients,
      cause: ["huber-slope-frozen"],
      claims: every,
      with: { held: "ρ′" },
    },
    {
      name: "JᵀJ detached",
      sentence: "The matrix of the step is constant in the gradient.",
      spoils: stepGradients,
      cause: ["normal-matrix-frozen"],
      with: { held: "JᵀJ" },
    },
    {
      name: "J detached",
      sentence: "Only the residual is differentiated.",
      spoils: ["grad_x2d", "grad_x3d"],
      cause: ["jacobian-frozen", "normal-matrix-frozen"],
      with: { held: "J" },
    },
    {
      name: "translation alone",
      sentence: "The rotation of the step is forgotten.",
      spoils: ["pose_plus", "grad_x2d"],
      cause: null,
      with: { retraction: "shift alone" },
    },
    {
      name: "gradient flipped",
      sentence: "The gradient has the wrong sign.",
      spoils: stepGradients,
      cause: ["sign-flipped"],
      after: onEach((v) => -v),
    },
    {
      name: "gradient halved",
      sentence: "A factor ½ too many.",
      spoils: stepGradients,
      cause: ["factor-half"],
      after: onEach((v) => v / 2),
    },
    {
      name: "gradient scaled",
      sentence: "A loss weight is left in the gradient.",
      spoils: ["grad_x2d", "grad_x3d"],
      cause: ["scaled"],
      after: onEach((v) => scale * v),
    },
    {
      name: "summed over the batch",
      sentence: "Every problem holds the gradient of the whole batch.",
      spoils: ["grad_x3d"],
      cause: ["summed-over-batch"],
      after: ({ grad_x3d }) => {
        const size = grad_x3d.data.length / 3;
        return {
          grad_x3d: mapped(grad_x3d, (_, i) =>
            [0, 1, 2].reduce((sum, b) => sum + grad_x3d.data[b * size + (i % size)], 0),
          ),
        };
      },
    },
    {
      name: "exponential map, no Huber",
      sentence: "The whole angle, and outliers pull with their whole residual.",
      spoils: ["pose_plus", "grad_x2d"],
      cause: ["exponential-retraction+threshold-ignored"],
      with: { retraction: "by the whole angle", slope: (s) => s.held().times(0).plus(1) },
    },
    {
      name: "yaw uphill",
      sentence: "Four degrees of freedom, and the step has the wrong sign.",
      spoils: ["pose_plus", "grad_x2d", "grad_x3d"],
      cause: ["step-reversed"],
      with: { direction: 1 },
      yaw: true,
    },
    {
      name: "yaw without Huber",
      sentence: "Four degrees of freedom, and outliers pull with their whole residual.",
      spoils: ["pose_plus", "grad_x3d"],
      cause: ["threshold-ignored"],
      with: { slope: (s) => s.held().times(0).plus(1) },
      yaw: true,
    },
    {
      name: "points off by one",
      sentence: "Every point has its neighbour's gradient.",
      spoils: ["grad_x3d"],
      cause: null,
      after: ({ grad_x3d }) => {
        const size = grad_x3d.data.length / 3;
        const from = (i: number) => Math.floor(i / size) * size + ((i + 3) % size);
        return { grad_x3d: mapped(grad_x3d, (_, i) => grad_x3d.data[from(i)]) };
      },
    },
  ];
}

export function poseStepFaults(seed: string): PlantedFault[] {
  const zMin = 1.55;
  const six = steppedProblems(stepScene(seed));
  const four = steppedProblems({ ...stepScene(`yaw/${seed}`), chart: "YAW" });
  return planted(seed).map((fault): PlantedFault => {
    const { name, sentence, spoils, cause } = fault;
    const problems = fault.yaw ? four : six;
    const arrays = steppedArrays(problems, zMin, stepEpsilon, fault.with);
    const claimed = only(arrays, fault.claims ?? spoils);
    return {
      ...{ method: "epropnp-reg", name, sentence, spoils, cause },
      claims: claimsFile(
        "epropnp-reg",
        steppedInputs(problems, zMin, stepEpsilon),
        fault.after?.(claimed) ?? claimed,
      ),
    };
  });
}
