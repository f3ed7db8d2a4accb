/** Sound claims of method lc. */
import type { Claims } from "../../../src/formats/claims.js";
import {
  boxedArrays,
  boxedInputs,
  boxedProblems,
  lossConstants,
  lossGradientNames,
  lossNames,
  lossScene,
} from "./covariance-loss-claims.js";
import type { Boxed, LossConstants, LossSwitches } from "./covariance-loss-switches.js";
import { asSingle } from "./jet.js";
import type { PosedDraw } from "./posed.js";
import {
  type Arrays,
  allBy,
  array,
  claimsFile,
  mapped,
  onEach,
  only,
  type SoundControl,
  storedAs,
} from "./trial.js";

interface Sound extends Omit<SoundControl, "claims" | "method" | "conventions"> {
  readonly claims: readonly string[];
  readonly explained?: readonly string[];
  readonly draw?: Partial<PosedDraw>;
  readonly constants?: Partial<LossConstants>;
  readonly with?: Partial<LossSwitches>;
  readonly dtype?: Claims["dtype"];
  readonly convention?: Claims["convention"];
  readonly after?: (arrays: Arrays, problems: readonly Boxed[]) => Arrays;
  readonly inputs?: (inputs: Arrays) => Arrays;
}

const everything = [...lossNames, ...lossGradientNames];
const published: Partial<LossConstants> = {
  ...{ maxLength: 32, residualFactor: 3, weightFactor: 4, zMin: 0.1 },
};

const sounds: Sound[] = [
  {
    name: "the loss",
    sentence: "Everything, clamps included.",
    kind: "float64",
    claims: everything,
  },
  {
    name: "the published constants",
    sentence: "Thresholds as in the published layer.",
    kind: "float64",
    claims: everything,
    constants: published,
  },
  {
    name: "one problem of many points",
    sentence: "A batch of one with twenty points.",
    kind: "float64",
    claims: ["loss", "grad_inv_std2d"],
    draw: { problems: 1, n: 20 },
    constants: published,
  },
  {
    name: "the loss in single precision",
    sentence: "Single precision throughout.",
    kind: "float32",
    claims: everything,
    draw: { store: Math.fround },
    with: { store: asSingle },
    constants: { zMin: 1.55 },
    dtype: "float32",
  },
  {
    name: "published constants in single precision",
    sentence: "Thresholds as published, single precision throughout.",
    kind: "float32",
    claims: everything,
    draw: { n: 12, problems: 2, store: Math.fround },
    with: { store: asSingle },
    constants: published,
    dtype: "float32",
  },
  {
    name: "errors stored as bfloat16",
    sentence: "Right numbers, rounded to eight bits.",
    kind: "half precision",
    claims: ["prior_error", "loss"],
    draw: { noise: 60 },
    constants: published,
    dtype: "bfloat16",
    after: storedAs("bfloat16"),
  },
  {
    name: "the loss of a thin object",
    sentence: "A plate a hundred-thousandth as thick as wide.",
    kind: "badly conditioned",
    claims: everything,
    draw: { thickness: 1e-5 },
    constants: published,
  },
  {
    name: "the loss at forty metres",
    sentence: "Depth hardly shows in the pixels, and there are few digits.",
    kind: "badly conditioned",
    claims: [...lossNames, "grad_x2d"],
    draw: { depth: 40, store: Math.fround },
    with: { store: asSingle },
    constants: published,
    dtype: "float32",
  },
  {
    name: "tiny weights",
    sentence: "Weights of a ten-millionth.",
    kind: "badly conditioned",
    claims: everything,
    draw: { weight: 1e-7 },
    constants: published,
  },
  {
    name: "hardly any residual",
    sentence: "Residuals of a ten-thousandth of a pixel.",
    kind: "badly conditioned",
    claims: everything,
    draw: { noise: 1e-4 },
    constants: published,
  },
  {
    name: "translation first, declared",
    sentence: "Poses as translation and quaternion, as the file says.",
    kind: "convention declared",
    claims: everything,
    convention: { order: "translation-first" },
    inputs: (inputs) => {
      const { shape, data } = inputs.pose_gt;
      const turned = data.map((_, i) => data[i - (i % 7) + [4, 5, 6, 0, 1, 2, 3][i % 7]]);
      return { ...inputs, pose_gt: array(shape, turned) };
    },
  },
  {
    name: "squared weights, declared",
    sentence: "The weights in the file are those of squared residuals.",
    kind: "convention declared",
    claims: ["loss", "grad_x2d", "grad_inv_std2d"],
    convention: { weights: "w2" },
    inputs: (inputs) => ({ ...inputs, inv_std2d: mapped(inputs.inv_std2d, (v) => v * v) }),
    after: (arrays, problems) => ({
      ...arrays,
      grad_inv_std2d: mapped(
        arrays.grad_inv_std2d,
        (v, i) => v / (2 * problems.flatMap((p) => [...p.w2d])[i]),
      ),
    }),
  },
  {
    name: "mean over the batch, declared",
    sentence: "Gradients of the mean over the batch, as the file says.",
    kind: "convention declared",
    claims: lossGradientNames,
    convention: { reduction: "mean" },
    after: onEach((v) => v / 3),
  },
  {
    name: "mean over the batch, undeclared",
    sentence: "Gradients of the mean over the batch, and nobody says so.",
    kind: "convention undeclared",
    claims: lossGradientNames,
    explained: ["mean-over-batch"],
    after: onEach((v) => v / 3),
  },
  {
    name: "errors in millimetres",
    sentence: "Lengths in millimetres, and nobody says so.",
    kind: "convention undeclared",
    claims: ["prior_error", "cov_error", "linear_error", "loss"],
    explained: ["lengths-in-millimetres"],
    after: onEach((v, _, name) => (name === "loss" ? v + Math.log(1000) : 1000 * v)),
  },
  {
    name: "errors summed over the corners",
    sentence: "Eight times the mean.",
    kind: "convention undeclared",
    claims: ["prior_error", "cov_error", "linear_error"],
    explained: ["summed-over-corners"],
    with: { over: "sum" },
  },
  {
    name: "derivative by the standard deviation",
    sentence: "The derivative is by σ = 1/w, and nobody says so.",
    kind: "convention undeclared",
    claims: ["grad_inv_std2d"],
    explained: ["derivative-by-std"],
    after: ({ grad_inv_std2d }, problems) => ({
      grad_inv_std2d: mapped(
        grad_inv_std2d,
        (v, i) => -v * problems.flatMap((p) => [...p.w2d])[i] ** 2,
      ),
    }),
  },
  {
    name: "derivative by squared weights",
    sentence: "The derivative is by w², and nobody says so.",
    kind: "convention undeclared",
    claims: ["grad_inv_std2d"],
    explained: ["derivative-by-w2"],
    after: ({ grad_inv_std2d }, problems) => ({
      grad_inv_std2d: mapped(
        grad_inv_std2d,
        (v, i) => v / (2 * problems.flatMap((p) => [...p.w2d])[i]),
      ),
    }),
  },
  {
    name: "image axes exchanged",
    sentence: "Gradients by pixels in the order (v, u).",
    kind: "convention undeclared",
    claims: ["grad_x2d"],
    explained: ["swapped-image-axes"],
    after: ({ grad_x2d }) => ({ grad_x2d: mapped(grad_x2d, (_, i) => grad_x2d.data[i ^ 1]) }),
  },
];

export function covarianceLossControls(seed: string): SoundControl[] {
  return sounds.map((sound): SoundControl => {
    const { name, sentence, kind, explained, dtype = "float64", convention = {} } = sound;
    const drawn: LossConstants = { ...lossConstants, ...sound.constants };
    const store = dtype === "float32" ? Math.fround : (v: number) => v;
    const constants: LossConstants = {
      maxLength: store(drawn.maxLength),
      residualFactor: store(drawn.residualFactor),
      weightFactor: store(drawn.weightFactor),
      zMin: store(drawn.zMin),
    };
    const problems = boxedProblems({ ...lossScene(seed), ...sound.draw });
    const claimed = only(boxedArrays(problems, constants, sound.with), sound.claims);
    const inputs = boxedInputs(problems, constants);
    return {
      ...{ method: "lc", name, sentence, kind },
      conventions: allBy(sound.claims, explained),
      claims: claimsFile(
        "lc",
        sound.inputs?.(inputs) ?? inputs,
        sound.after?.(claimed, problems) ?? claimed,
        { dtype, convention },
      ),
    };
  });
}
