/** Sound claims of method epropnp-mc. */
import type { Claims } from "../../../src/formats/claims.js";
import { asSingle } from "./jet.js";
import type { PosedDraw } from "./posed.js";
import type { Sampled, SampledSwitches } from "./sampled-loss.js";
import {
  lossGradients,
  sampledArrays,
  sampledInputs,
  sampledProblems,
  sampledScene,
} from "./sampled-loss-claims.js";
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
  readonly draw?: Partial<PosedDraw & { samples: number }>;
  readonly zMin?: number;
  readonly with?: Partial<SampledSwitches>;
  readonly dtype?: Claims["dtype"];
  readonly convention?: Claims["convention"];
  readonly after?: (arrays: Arrays, problems: readonly Sampled[]) => Arrays;
  readonly inputs?: (inputs: Arrays) => Arrays;
}

const values = ["cost_target", "cost_samples", "log_weights", "loss"];
const everything = [...values, ...lossGradients];

const sounds: Sound[] = [
  { name: "losses", sentence: "Everything.", kind: "float64", claims: everything },
  {
    name: "losses with yaw",
    sentence: "Four degrees of freedom.",
    kind: "float64",
    claims: everything,
    draw: { chart: "YAW" },
  },
  {
    name: "one problem, many samples",
    sentence: "A batch of one with forty samples.",
    kind: "float64",
    claims: everything,
    draw: { problems: 1, samples: 40 },
  },
  {
    name: "losses in single precision",
    sentence: "Single precision throughout.",
    kind: "float32",
    claims: everything,
    draw: { store: Math.fround },
    with: { store: asSingle },
    dtype: "float32",
  },
  {
    name: "losses of many points in single precision",
    sentence: "Costs in the hundreds, single precision.",
    kind: "float32",
    claims: everything,
    draw: { n: 24, weight: 0.3, store: Math.fround },
    with: { store: asSingle },
    dtype: "float32",
  },
  {
    name: "losses stored as bfloat16",
    sentence: "Right numbers, rounded to eight bits.",
    kind: "half precision",
    claims: ["cost_target", "loss", "grad_x2d"],
    draw: { noise: 60 },
    zMin: 0.1,
    dtype: "bfloat16",
    after: storedAs("bfloat16"),
  },
  {
    name: "one sample far above the others",
    sentence: "Weights of residuals are so large that one sample has all the mass.",
    kind: "badly conditioned",
    claims: everything,
    draw: { weight: 20 },
  },
  {
    name: "hardly any weight",
    sentence: "Weights of a millionth: all samples weigh the same but for their densities.",
    kind: "badly conditioned",
    claims: everything,
    draw: { weight: 1e-6 },
  },
  {
    name: "a thin object's losses",
    sentence: "A plate a hundred-thousandth as thick as wide, in single precision.",
    kind: "badly conditioned",
    claims: [...values, "grad_x2d"],
    draw: { thickness: 1e-5, store: Math.fround },
    with: { store: asSingle },
    dtype: "float32",
  },
  {
    name: "no threshold",
    sentence: "Every residual is below the threshold.",
    kind: "badly conditioned",
    claims: everything,
    draw: { kink: 0 },
  },
  {
    name: "mean over the batch, declared",
    sentence: "Gradients of the mean over the batch, as the file says.",
    kind: "convention declared",
    claims: lossGradients,
    convention: { reduction: "mean" },
    after: onEach((v) => v / 3),
  },
  {
    name: "mean over the batch, undeclared",
    sentence: "Gradients of the mean over the batch, and nobody says so.",
    kind: "convention undeclared",
    claims: lossGradients,
    explained: ["mean-over-batch"],
    after: onEach((v) => v / 3),
  },
  {
    name: "mean over the samples",
    sentence: "log of the mean of the weights.",
    kind: "convention undeclared",
    claims: ["loss"],
    explained: ["mean-over-samples"],
    after: onEach((v) => v - Math.log(5)),
  },
  {
    name: "derivative by squared weights",
    sentence: "The derivative is by w², and nobody says so.",
    kind: "convention undeclared",
    claims: ["grad_w2d"],
    explained: ["derivative-by-w2"],
    after: ({ grad_w2d }, problems) => ({
      grad_w2d: mapped(grad_w2d, (v, i) => v / (2 * problems.flatMap((p) => [...p.w2d])[i])),
    }),
  },
  {
    name: "squared weights, declared",
    sentence: "The weights in the file are those of squared residuals.",
    kind: "convention declared",
    claims: ["loss", "grad_x2d", "grad_w2d"],
    convention: { weights: "w2" },
    inputs: (inputs) => ({ ...inputs, w2d: mapped(inputs.w2d, (v) => v * v) }),
    after: (arrays, problems) => ({
      ...arrays,
      grad_w2d: mapped(arrays.grad_w2d, (v, i) => v / (2 * problems.flatMap((p) => [...p.w2d])[i])),
    }),
  },
  {
    name: "mean costs",
    sentence: "Costs are averaged over the points.",
    kind: "convention undeclared",
    claims: ["cost_target", "cost_samples"],
    explained: ["mean-over-points"],
    after: onEach((v) => v / 7),
  },
  {
    name: "problems before samples",
    sentence: "Costs of samples are [B, S].",
    kind: "convention undeclared",
    claims: ["cost_samples", "log_weights"],
    explained: ["transposed"],
    after: (arrays) =>
      Object.fromEntries(
        Object.entries(arrays).map(
          ([
            name,
            {
              shape: [S, B],
              data,
            },
          ]) => [
            name,
            array(
              [B, S],
              data.map((_, i) => data[(i % S) * B + Math.floor(i / S)]),
            ),
          ],
        ),
      ),
  },
  {
    name: "scalar last, declared",
    sentence: "Quaternions as (x, y, z, w), as the file says.",
    kind: "convention declared",
    claims: everything,
    convention: { quaternion: "xyzw" },
    inputs: (inputs) => {
      const turned = ({ shape, data }: Arrays[string]) =>
        array(
          shape,
          data.map((_, i) => data[i - (i % 7) + [0, 1, 2, 4, 5, 6, 3][i % 7]]),
        );
      return {
        ...inputs,
        pose_gt: turned(inputs.pose_gt),
        pose_samples: turned(inputs.pose_samples),
      };
    },
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

export function sampledLossControls(seed: string): SoundControl[] {
  return sounds.map((sound): SoundControl => {
    const { name, sentence, kind, explained, dtype = "float64", convention = {} } = sound;
    const { zMin = 1.55 } = sound;
    const problems = sampledProblems({ ...sampledScene(seed), ...sound.draw });
    const claimed = only(sampledArrays(problems, zMin, sound.with), sound.claims);
    const inputs = sampledInputs(problems, zMin);
    return {
      ...{ method: "epropnp-mc", name, sentence, kind },
      conventions: allBy(sound.claims, explained),
      claims: claimsFile(
        "epropnp-mc",
        sound.inputs?.(inputs) ?? inputs,
        sound.after?.(claimed, problems) ?? claimed,
        { dtype, convention },
      ),
    };
  });
}
