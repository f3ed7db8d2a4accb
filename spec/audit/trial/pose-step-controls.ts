/** Sound claims of method epropnp-reg. */
import type { Claims } from "../../../src/formats/claims.js";
import { asSingle } from "./jet.js";
import type { Stepped, StepSwitches } from "./pose-step.js";
import {
  stepEpsilon,
  stepGradients,
  steppedArrays,
  steppedInputs,
  steppedProblems,
  stepScene,
} from "./pose-step-claims.js";
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
  readonly zMin?: number;
  readonly epsilon?: number;
  readonly with?: Partial<StepSwitches>;
  readonly dtype?: Claims["dtype"];
  readonly convention?: Claims["convention"];
  readonly after?: (arrays: Arrays, problems: readonly Stepped[]) => Arrays;
  readonly inputs?: (inputs: Arrays) => Arrays;
}

const every = ["pose_plus", ...stepGradients];
const reordered = ({ shape, data }: Arrays[string], order: readonly number[]) => {
  const n = order.length;
  return array(
    shape,
    data.map((_, i) => data[i - (i % n) + order[i % n]]),
  );
};
const scalarLast = [0, 1, 2, 4, 5, 6, 3];
const rotationFirst = [3, 4, 5, 6, 0, 1, 2];

const sounds: Sound[] = [
  { name: "steps", sentence: "Everything.", kind: "float64", claims: every },
  {
    name: "steps with yaw",
    sentence: "Four degrees of freedom.",
    kind: "float64",
    claims: every,
    draw: { chart: "YAW" },
  },
  {
    name: "steps with the usual ε",
    sentence: "ε is 10⁻⁵, and depths are far from z_min.",
    kind: "float64",
    claims: every,
    zMin: 0.1,
    epsilon: 1e-5,
  },
  {
    name: "steps in single precision",
    sentence: "Single precision throughout.",
    kind: "float32",
    claims: every,
    draw: { store: Math.fround },
    with: { store: asSingle },
    dtype: "float32",
    after: onEach((v) => Math.fround(v)),
  },
  {
    name: "yaw steps in single precision",
    sentence: "Four degrees of freedom, single precision.",
    kind: "float32",
    claims: every,
    draw: { chart: "YAW", store: Math.fround },
    with: { store: asSingle },
    dtype: "float32",
    after: onEach((v) => Math.fround(v)),
  },
  {
    name: "steps stored as bfloat16",
    sentence: "Right numbers, rounded to eight bits.",
    kind: "half precision",
    claims: ["pose_plus"],
    draw: { noise: 60 },
    zMin: 0.1,
    dtype: "bfloat16",
    after: storedAs("bfloat16"),
  },
  {
    name: "steps on a thin object",
    sentence: "A plate a hundred-thousandth as thick as wide.",
    kind: "badly conditioned",
    claims: every,
    draw: { thickness: 1e-5 },
  },
  {
    name: "far steps in single precision",
    sentence: "Forty metres away, and few digits.",
    kind: "badly conditioned",
    claims: every,
    draw: { depth: 40, store: Math.fround },
    with: { store: asSingle },
    dtype: "float32",
    after: onEach((v) => Math.fround(v)),
  },
  {
    name: "tiny weights against ε",
    sentence: "Weights of a millionth: ε decides the step.",
    kind: "badly conditioned",
    claims: every,
    draw: { weight: 1e-6 },
    epsilon: 1e-5,
  },
  {
    name: "four points' steps",
    sentence: "As few points as determine a pose.",
    kind: "badly conditioned",
    claims: every,
    draw: { n: 4 },
  },
  {
    name: "mean over the batch, declared",
    sentence: "Gradients of the mean over the batch, as the file says.",
    kind: "convention declared",
    claims: stepGradients,
    convention: { reduction: "mean" },
    after: onEach((v) => v / 3),
  },
  {
    name: "mean over the batch, undeclared",
    sentence: "Gradients of the mean over the batch, and nobody says so.",
    kind: "convention undeclared",
    claims: ["grad_x2d", "grad_x3d"],
    explained: ["mean-over-batch"],
    after: onEach((v) => v / 3),
  },
  {
    name: "scalar last, declared",
    sentence: "Quaternions as (x, y, z, w), as the file says.",
    kind: "convention declared",
    claims: ["pose_plus", "grad_x2d"],
    convention: { quaternion: "xyzw" },
    inputs: (inputs) => ({
      ...inputs,
      pose: reordered(inputs.pose, scalarLast),
      grad_pose_plus: reordered(inputs.grad_pose_plus, scalarLast),
    }),
    after: (arrays) => ({ ...arrays, pose_plus: reordered(arrays.pose_plus, scalarLast) }),
  },
  {
    name: "rotation first, declared",
    sentence: "Poses as quaternion and translation, as the file says.",
    kind: "convention declared",
    claims: ["pose_plus", "grad_x3d"],
    convention: { order: "rotation-first" },
    inputs: (inputs) => ({
      ...inputs,
      pose: reordered(inputs.pose, rotationFirst),
      grad_pose_plus: reordered(inputs.grad_pose_plus, rotationFirst),
    }),
    after: (arrays) => ({ ...arrays, pose_plus: reordered(arrays.pose_plus, rotationFirst) }),
  },
  {
    name: "the quaternion's other sign",
    sentence: "−q is claimed for q.",
    kind: "convention declared",
    claims: ["pose_plus"],
    after: onEach((v, i) => (i % 7 < 3 ? v : -v)),
  },
  {
    name: "scalar last, undeclared",
    sentence: "The pose comes back as (x, y, z, w), and nobody says so.",
    kind: "convention undeclared",
    claims: ["pose_plus"],
    explained: ["quaternion-xyzw"],
    after: (arrays) => ({ pose_plus: reordered(arrays.pose_plus, scalarLast) }),
  },
  {
    name: "rotation first, undeclared",
    sentence: "The pose comes back as quaternion and translation, and nobody says so.",
    kind: "convention undeclared",
    claims: ["pose_plus"],
    explained: ["row-order"],
    after: (arrays) => ({ pose_plus: reordered(arrays.pose_plus, rotationFirst) }),
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
    name: "image axes exchanged",
    sentence: "Gradients by pixels in the order (v, u).",
    kind: "convention undeclared",
    claims: ["grad_x2d"],
    explained: ["swapped-image-axes"],
    after: ({ grad_x2d }) => ({ grad_x2d: mapped(grad_x2d, (_, i) => grad_x2d.data[i ^ 1]) }),
  },
];

export function poseStepControls(seed: string): SoundControl[] {
  return sounds.map((sound): SoundControl => {
    const { name, sentence, kind, explained, dtype = "float64", convention = {} } = sound;
    const { zMin = 1.55, epsilon = stepEpsilon } = sound;
    const eps = dtype === "float32" ? Math.fround(epsilon) : epsilon;
    const problems = steppedProblems({ ...stepScene(seed), ...sound.draw });
    const claimed = only(steppedArrays(problems, zMin, eps, sound.with), sound.claims);
    const inputs = steppedInputs(problems, zMin, eps);
    return {
      ...{ method: "epropnp-reg", name, sentence, kind },
      conventions: allBy(sound.claims, explained),
      claims: claimsFile(
        "epropnp-reg",
        sound.inputs?.(inputs) ?? inputs,
        sound.after?.(claimed, problems) ?? claimed,
        { dtype, convention },
      ),
    };
  });
}
