/** Sound claims of methods bpnp and bpnp-faster. */
import type { SceneName } from "../../../src/problem/scene-kinds.js";
import type { Draw } from "./drawn.js";
import { asSingle } from "./jet.js";
import { derivatives, gradients, jacobians, type Solved, solved } from "./minimum-claims.js";
import { minimumConventions, type SoundSlopes } from "./minimum-conventions.js";
import { quaternionRow } from "./pose-rows.js";
import {
  type Arrays,
  allBy,
  array,
  claimsFile,
  only,
  type SoundControl,
  storedAs,
} from "./trial.js";

const asQuaternions = (of: Solved): Arrays => ({
  ...of.inputs,
  pose: array(
    [of.poses.length, 7],
    of.poses.flatMap((y) => [...quaternionRow(y)]),
  ),
});
const withoutPose = ({ inputs: { pose, ...rest } }: Solved): Arrays => ({
  ...rest,
  pose_init: pose,
});
const geometry = ["J_x2d", "J_x3d", "J_K"];
const hard: readonly [SceneName, Partial<Draw>, string][] = [
  ["near-planar", { n: 8 }, "a plate a ten-thousandth as thick as wide"],
  ["far", { n: 8 }, "a box at a hundred times its size"],
  ["minimal", { n: 4, noise: 0.5 }, "four points"],
  ["deep", { n: 8 }, "depths from half a metre to five"],
  ["D4", { n: 8 }, "a car at forty metres"],
  ["outliers", { n: 12 }, "half of the pixels replaced"],
  ["generic", { n: 6, rotation: "near-pi" }, "rotations beside a half-turn"],
  ["generic", { n: 6, rotation: "exact-turn" }, "quarter and half turns about an axis"],
  ["generic", { n: 6, noise: 1e-3 }, "hardly any residual"],
];

const sounds: SoundSlopes[] = [
  {
    name: "every derivative",
    sentence: "All eight quantities at once.",
    kind: "float64",
    claims: [...jacobians, ...gradients],
  },
  {
    name: "twenty points",
    sentence: "More points than unknowns by far.",
    kind: "float64",
    claims: ["J_x2d", "J_w2d", "grad_K"],
    draw: { n: 20, problems: 2 },
  },
  {
    name: "the fast layer",
    sentence: "Coefficients held, declared as such.",
    kind: "float64",
    claims: jacobians,
    method: "bpnp-faster",
    options: { slopes: { curvature: "dropped", mixed: "dropped" } },
  },
  {
    name: "from a start",
    sentence: "No pose is given, but where the search begins.",
    kind: "float64",
    claims: ["J_x2d", "J_x3d"],
    inputs: withoutPose,
  },
  {
    name: "poses as quaternions",
    sentence: "Rows in the tangent of quaternions, which the poses ask for.",
    kind: "float64",
    claims: geometry,
    options: { chart: "Q7" },
    inputs: asQuaternions,
  },
  {
    name: "single precision",
    sentence: "All of it in single precision.",
    kind: "float32",
    claims: [...jacobians, "grad_x2d"],
    dtype: "float32",
    options: { slopes: { store: asSingle } },
  },
  {
    name: "double data, single precision",
    sentence: "The data carry more digits than the layer.",
    kind: "float32",
    claims: ["J_x2d", "J_x3d"],
    dtype: "float32",
    draw: { n: 12, problems: 2 },
    options: { slopes: { store: asSingle } },
  },
  {
    name: "stored as bfloat16",
    sentence: "Right numbers, each rounded to eight bits.",
    kind: "half precision",
    claims: ["J_x2d", "grad_x2d"],
    dtype: "bfloat16",
    after: storedAs("bfloat16"),
  },
  {
    name: "stored as float16",
    sentence: "Right numbers, each rounded to eleven bits.",
    kind: "half precision",
    claims: ["J_x3d", "grad_x3d"],
    dtype: "float16",
    after: storedAs("float16"),
  },
  ...hard.map(
    ([scene, draw, sentence], i): SoundSlopes => ({
      name: `${scene}${draw.rotation ? `, ${draw.rotation}` : ""}${draw.noise === 1e-3 ? ", exact" : ""}`,
      sentence: `The scene is hard: ${sentence}.`,
      kind: "badly conditioned",
      claims: i % 2 ? ["J_x2d", "J_K"] : ["J_x3d", "J_w2d"],
      draw: { scene, noise: 1, problems: 2, ...draw },
    }),
  ),
  ...hard.slice(0, 5).map(
    ([scene, draw, sentence], i): SoundSlopes => ({
      name: `${scene} in single precision`,
      sentence: `The scene is hard: ${sentence}; and there are few digits.`,
      kind: "badly conditioned",
      claims: i % 2 ? ["J_x3d"] : ["J_x2d"],
      draw: { scene, noise: 1, problems: 2, ...draw },
      dtype: "float32",
      options: { slopes: { store: asSingle } },
    }),
  ),
  ...[1e-6, 1e5].map(
    (factor): SoundSlopes => ({
      name: `weights of ${factor}`,
      sentence: "Weights are far from one.",
      kind: "badly conditioned",
      claims: ["J_x2d", "J_w2d"],
      draw: { problems: 2, weightFactor: factor },
    }),
  ),
  ...minimumConventions,
];

export function minimumControls(seed: string): SoundControl[] {
  return sounds.map((sound): SoundControl => {
    const { name, sentence, kind, explained, dtype = "float64", convention = {} } = sound;
    const { method = "bpnp" } = sound;
    const store = dtype === "float32" && !name.startsWith("double") ? Math.fround : undefined;
    const draw: Draw = {
      ...{ scene: "generic", problems: 3, n: 6, noise: 2, weights: "uniform" },
      seed: `minimum/${seed}`,
      ...sound.draw,
    };
    const of = solved(draw, store);
    const claimed = only(derivatives(of, sound.options), sound.claims);
    const after = sound.after?.(claimed, of) ?? claimed;
    return {
      ...{ method, name, sentence, kind },
      conventions: allBy(sound.claims, explained),
      claims: claimsFile(method, sound.inputs?.(of) ?? of.inputs, after, { dtype, convention }),
    };
  });
}
