/** Planted faults of method lc. */
import { stream } from "../../../src/random/stream.js";
import {
  boxedArrays,
  boxedInputs,
  boxedProblems,
  lossConstants,
  lossGradientNames,
  lossNames,
  lossScene,
} from "./covariance-loss-claims.js";
import { type LossFault, lossForms, ones } from "./covariance-loss-forms.js";
import { soundLoss } from "./covariance-loss-switches.js";
import { claimsFile, mapped, onEach, only, type PlantedFault } from "./trial.js";

function planted(seed: string): LossFault[] {
  const draw = stream(`trial/loss/${seed}`);
  const scale = 1.2 + 0.6 * draw.uniform();
  const { terms } = soundLoss;
  const [x, z, w] = lossGradientNames;
  return [
    {
      name: "residual threshold attached",
      sentence: "The threshold of M is differentiated.",
      spoils: [x, z],
      cause: ["residual-threshold-attached"],
      claims: [...lossNames, x, z],
      with: { attached: { residualThreshold: true, weightThreshold: false } },
    },
    {
      name: "weight threshold attached",
      sentence: "The threshold of ω is differentiated.",
      spoils: [w],
      cause: ["weight-threshold-attached"],
      with: { attached: { residualThreshold: false, weightThreshold: true } },
    },
    {
      name: "residual of E_linear attached",
      sentence: "The signed error is differentiated by the points.",
      spoils: [x, z],
      cause: ["linear-residual-attached"],
      claims: [x, z, w],
      with: { linearResidual: true },
    },
    {
      name: "linearisation attached",
      sentence: "J is differentiated by the object points.",
      spoils: [z],
      cause: ["linearisation-attached"],
      claims: [x, z],
      with: { linearisation: true },
    },
    {
      name: "residual of E_cov detached",
      sentence: "Points learn nothing.",
      spoils: [x, z],
      cause: ["residual-detached"],
      claims: ["loss", x, z, w],
      with: { covarianceResidual: false },
    },
    {
      name: "weights of E_cov detached",
      sentence: "The weights learn nothing from E_cov.",
      spoils: [w],
      cause: ["covariance-weights-detached"],
      with: { weightsHeld: "covariance" },
    },
    {
      name: "weights of E_prior detached",
      sentence: "The weights learn nothing from E_prior.",
      spoils: [w],
      cause: ["prior-weights-detached"],
      with: { weightsHeld: "prior" },
    },
    {
      name: "weights of E_linear detached",
      sentence: "The weights learn nothing from E_linear.",
      spoils: [w],
      cause: ["linear-weights-detached"],
      with: { weightsHeld: "linear" },
    },
    {
      name: "clamp of lengths differentiated",
      sentence: "Long residuals pass the slope of their clamp.",
      spoils: [x, z],
      cause: ["clamp-differentiated"],
      claims: ["loss", x, z, w],
      with: { clamp: "differentiated" },
    },
    {
      name: "masked gradients",
      sentence: "Points that do not count get no gradient.",
      spoils: [x, z, w],
      cause: ["masked-points-without-gradient"],
      with: { mask: "on gradients" },
    },
    ...lossForms,
    {
      name: "gradient flipped",
      sentence: "The gradient has the wrong sign.",
      spoils: [x, z, w],
      cause: ["sign-flipped"],
      after: onEach((v) => -v),
    },
    {
      name: "gradient scaled",
      sentence: "The ramp of the training is left in the gradient.",
      spoils: [x, w],
      cause: ["scaled"],
      after: onEach((v) => v / scale),
    },
    {
      name: "corners in the wrong order of roots",
      sentence: "E_cov is added to E_linear before the root is taken.",
      spoils: ["cov_error"],
      cause: null,
      after: (arrays) => ({
        cov_error: mapped(arrays.cov_error, (v) => Math.sqrt(v * v + 1e-4)),
      }),
    },
    {
      name: "no weights and no E_linear",
      sentence: "ω is made of ones, and E_linear left out.",
      spoils: ["loss"],
      cause: ["linear-term-missing+weights-ignored"],
      with: { square: ones, terms: { ...terms, linear: false } },
    },
  ];
}

export function covarianceLossFaults(seed: string): PlantedFault[] {
  const problems = boxedProblems(lossScene(seed));
  return planted(seed).map((fault): PlantedFault => {
    const { name, sentence, spoils, cause } = fault;
    const constants = { ...lossConstants, ...(fault.zMin && { zMin: fault.zMin }) };
    const arrays = boxedArrays(problems, constants, fault.with);
    const claimed = only(arrays, fault.claims ?? spoils);
    return {
      ...{ method: "lc", name, sentence, spoils, cause },
      claims: claimsFile("lc", boxedInputs(problems, constants), fault.after?.(claimed) ?? claimed),
    };
  });
}
