/** Sound claims of method epropnp-cost. */
import type { Claims } from "../../../src/formats/claims.js";
import { atGivenPose, type GivenSwitches } from "./given-pose.js";
import { givenArrays } from "./given-pose-claims.js";
import { columns, plain, poseAs, turnsOf } from "./given-pose-columns.js";
import { asSingle } from "./jet.js";
import { type Posed, type PosedDraw, posedInputs, posedProblems } from "./posed.js";
import {
  type Arrays,
  allBy,
  array,
  bitsOf,
  claimsFile,
  mapped,
  only,
  type SoundControl,
  stored,
  storedAs,
} from "./trial.js";

interface Sound extends Omit<SoundControl, "claims" | "method" | "conventions"> {
  readonly claims: readonly string[];
  readonly explained?: readonly string[];
  readonly draw?: Partial<PosedDraw>;
  readonly zMin?: number;
  readonly with?: Partial<GivenSwitches>;
  readonly dtype?: Claims["dtype"];
  readonly convention?: Claims["convention"];
  readonly after?: (arrays: Arrays, problems: readonly Posed[]) => Arrays;
  readonly inputs?: (inputs: Arrays) => Arrays;
}

const all = ["cost", "residual", "jacobian"];
const negated = (arrays: Arrays) =>
  Object.fromEntries(
    Object.entries(arrays).map(([name, of]) => [
      name,
      mapped(of, (v) => (name === "cost" ? v : -v)),
    ]),
  );
const sounds: Sound[] = [
  {
    name: "costs and rows",
    sentence: "Everything, with clamped depths.",
    kind: "float64",
    claims: all,
  },
  {
    name: "costs and rows with yaw",
    sentence: "Four degrees of freedom.",
    kind: "float64",
    claims: all,
    draw: { chart: "YAW" },
  },
  {
    name: "costs and rows in single precision",
    sentence: "Single precision throughout.",
    kind: "float32",
    claims: all,
    draw: { store: Math.fround },
    with: { store: asSingle },
    dtype: "float32",
  },
  {
    name: "yaw in single precision",
    sentence: "Four degrees of freedom, single precision.",
    kind: "float32",
    claims: all,
    draw: { chart: "YAW", store: Math.fround },
    with: { store: asSingle },
    dtype: "float32",
  },
  ...(["float16", "bfloat16"] as const).map(
    (dtype): Sound => ({
      name: `costs and rows stored as ${dtype}`,
      sentence: `Right numbers, rounded to ${bitsOf[dtype]} bits.`,
      kind: "half precision",
      claims: all,
      zMin: 0.1,
      draw: { store: (v) => stored(v, bitsOf[dtype]) },
      inputs: undefined,
      dtype,
      after: storedAs(dtype),
    }),
  ),
  {
    name: "a thin object",
    sentence: "A plate a hundred-thousandth as thick as wide.",
    kind: "badly conditioned",
    claims: all,
    draw: { thickness: 1e-5 },
  },
  {
    name: "far costs",
    sentence: "Forty metres away, in single precision.",
    kind: "badly conditioned",
    claims: all,
    draw: { depth: 40, store: Math.fround },
    with: { store: asSingle },
    dtype: "float32",
  },
  {
    name: "tiny weights",
    sentence: "Weights of a hundred-millionth.",
    kind: "badly conditioned",
    claims: all,
    draw: { weight: 1e-8 },
  },
  {
    name: "at the threshold",
    sentence: "A residual lies on the Huber threshold to the last digit.",
    kind: "badly conditioned",
    claims: all,
    draw: { seed: "kink" },
  },
  {
    name: "residual x − π, declared",
    sentence: "Residuals have the other sign, as the file says.",
    kind: "convention declared",
    claims: all,
    convention: { residual: "x-pi" },
    after: negated,
  },
  {
    name: "residual x − π, undeclared",
    sentence: "Residual and Jacobian have the other sign, and nobody says so.",
    kind: "convention undeclared",
    claims: ["residual", "jacobian"],
    explained: ["residual-sign"],
    after: negated,
  },
  {
    name: "rotation first, declared",
    sentence: "Rotation columns and quaternions come first, as the file says.",
    kind: "convention declared",
    claims: ["jacobian", "cost"],
    convention: { order: "rotation-first" },
    after: columns([3, 4, 5, 0, 1, 2].map((k) => [k, 1])),
    inputs: poseAs((y) => [...y.subarray(3), ...y.subarray(0, 3)]),
  },
  {
    name: "rotation first, undeclared",
    sentence: "Rotation columns come first, and nobody says so.",
    kind: "convention undeclared",
    claims: ["jacobian"],
    explained: ["row-order"],
    after: columns([3, 4, 5, 0, 1, 2].map((k) => [k, 1])),
  },
  {
    name: "scalar last, declared",
    sentence: "Quaternions as (x, y, z, w), as the file says.",
    kind: "convention declared",
    claims: all,
    convention: { quaternion: "xyzw" },
    inputs: poseAs(([x, y, z, w, ...v]) => [x, y, z, ...v, w]),
  },
  {
    name: "turns of the camera, declared",
    sentence: "Columns in chart LEFT, as the file says.",
    kind: "convention declared",
    claims: ["jacobian"],
    convention: { chart: "LEFT" },
    after: columns([
      ...[3, 4, 5].map((k) => [k, -0.5] as const),
      ...[0, 1, 2].map((k) => [k, 1] as const),
    ]),
  },
  {
    name: "turns of the camera, undeclared",
    sentence: "Rotation columns by turns of the camera frame, and nobody says so.",
    kind: "convention undeclared",
    claims: ["jacobian"],
    explained: ["chart-left"],
    after: columns(plain.map((k) => [k, k < 3 ? 1 : -0.5])),
  },
  ...(["RP", "AA"] as const).map(
    (chart): Sound => ({
      name: `chart ${chart}, undeclared`,
      sentence: `Rotation columns in chart ${chart}, and nobody says so.`,
      kind: "convention undeclared",
      claims: ["jacobian"],
      explained: [`chart-${chart.toLowerCase()}`],
      after: turnsOf(chart),
    }),
  ),
  {
    name: "whole angles, undeclared",
    sentence: "Rotation columns by 2δ.",
    kind: "convention undeclared",
    claims: ["jacobian"],
    explained: ["doubled-tangent"],
    after: columns(plain.map((k) => [k, k < 3 ? 1 : 0.5])),
  },
  {
    name: "columns before points",
    sentence: "The Jacobian's axes are problems, columns, points, coordinates.",
    kind: "convention undeclared",
    claims: ["jacobian"],
    explained: ["transposed"],
    after: ({ jacobian: { shape, data } }) => {
      const [B, N, , D] = shape;
      const out = array([B, D, N, 2], data);
      for (const k of data.keys()) {
        const [b, row, d] = [Math.floor(k / (2 * N * D)), Math.floor(k / D) % (2 * N), k % D];
        out.data[(b * D + d) * 2 * N + row] = data[k];
      }
      return { jacobian: out };
    },
  },
  {
    name: "mean cost",
    sentence: "The cost is averaged over the points.",
    kind: "convention undeclared",
    claims: ["cost"],
    explained: ["mean-over-points"],
    after: ({ cost }, [{ n }]) => ({ cost: mapped(cost, (v) => v / n) }),
  },
  {
    name: "squared weights, declared",
    sentence: "The weights in the file are those of squared residuals.",
    kind: "convention declared",
    claims: all,
    convention: { weights: "w2" },
    inputs: (inputs) => ({ ...inputs, w2d: mapped(inputs.w2d, (v) => v * v) }),
  },
  {
    name: "image axes exchanged",
    sentence: "Rows of u and v are exchanged, in residuals and Jacobian alike.",
    kind: "convention undeclared",
    claims: ["residual", "jacobian"],
    explained: ["swapped-image-axes"],
    after: ({ residual, jacobian }) => ({
      residual: mapped(residual, (_, i) => residual.data[i ^ 1]),
      jacobian: mapped(jacobian, (_, i) => jacobian.data[6 * (Math.floor(i / 6) ^ 1) + (i % 6)]),
    }),
  },
];

/** The threshold of every problem moved onto one of its residuals. */
const onThreshold = (problems: readonly Posed[], zMin: number): Posed[] =>
  problems.map((of) => {
    const [f] = atGivenPose({ ...of, delta: 1e9 }, zMin).residual;
    return { ...of, delta: Math.hypot(...f) };
  });

export function givenPoseControls(seed: string): SoundControl[] {
  return sounds.map((sound): SoundControl => {
    const { name, sentence, kind, explained, dtype = "float64", convention = {} } = sound;
    const { zMin = 1.55 } = sound;
    const drawn = posedProblems({
      ...{ problems: 3, n: 7 },
      ...sound.draw,
      seed: `given/${seed}/${sound.draw?.seed ?? ""}`,
    });
    const problems = sound.draw?.seed === "kink" ? onThreshold(drawn, zMin) : drawn;
    const claimed = only(givenArrays(problems, zMin, sound.with), sound.claims);
    const inputs = { ...posedInputs(problems), z_min: array([], [zMin]) };
    return {
      ...{ method: "epropnp-cost", name, sentence, kind },
      conventions: allBy(sound.claims, explained),
      claims: claimsFile(
        "epropnp-cost",
        sound.inputs?.(inputs) ?? inputs,
        sound.after?.(claimed, problems) ?? claimed,
        { dtype, convention },
      ),
    };
  });
}
