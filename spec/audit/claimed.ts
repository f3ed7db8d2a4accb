/** Claims to audit, made by the kernels of differentiate/ or by a change of what those give. */

import { audit } from "../../src/audit/audit.js";
import type { ClaimReport, FileReport } from "../../src/audit/report.js";
import type { Chart } from "../../src/conventions/chart.js";
import { poseJacobian } from "../../src/differentiate/implicit.js";
import type { Variant } from "../../src/differentiate/variants.js";
import type { ClaimArray, Claims } from "../../src/formats/claims.js";
import type { Pose } from "../../src/problem/pose.js";
import { poseVector } from "../../src/problem/pose.js";
import type { SceneName } from "../../src/problem/scene-kinds.js";
import { type SceneOptions, scene } from "../../src/problem/scenes.js";
import { stream } from "../../src/random/stream.js";
import { solveCorrespondences } from "../../src/solve/solve-pnp.js";

/** A batch of problems with their exact derivatives, still open to changes. */
export interface Draft {
  readonly B: number;
  readonly N: number;
  readonly inputs: Record<string, ClaimArray>;
  readonly claims: Record<string, ClaimArray>;
}

export interface DraftOptions extends SceneOptions {
  readonly problems?: number;
  readonly chart?: Chart;
  readonly variant?: Variant;
  /** False leaves input/pose out: the audit then finds the pose itself. */
  readonly pose?: boolean;
}

export const array = (shape: number[], data: ArrayLike<number>): ClaimArray => ({
  shape,
  data: Float64Array.from(data),
});

/** Problems of a scene with J_* and grad_* in a chart and variant, each from its own kernels. */
export function draft(name: SceneName, options: DraftOptions = {}): Draft {
  const { problems = 3, chart = "AA", variant = "exact", seed = 0 } = options;
  const scenes = Array.from({ length: problems }, (_, b) =>
    scene(name, { weights: "uniform", ...options, seed: `${seed}/${b}` }),
  );
  const N = scenes[0].correspondences.n;
  const source = stream(`spec/audit/${name}/${seed}`);
  const upstream = Float64Array.from({ length: 6 * problems }, () => source.normal());
  const poses = scenes.map(({ correspondences, pose }) => {
    const { pose: solved } = solveCorrespondences(correspondences, { poseInit: pose });
    return solved as Pose;
  });
  const jacobians = scenes.map(({ correspondences }, b) =>
    poseJacobian(correspondences, poses[b], { chart, variant }),
  );
  const inputs: Draft["inputs"] = {
    x2d: array(
      [problems, N, 2],
      scenes.flatMap((s) => [...s.correspondences.x2d]),
    ),
    x3d: array(
      [problems, N, 3],
      scenes.flatMap((s) => [...s.correspondences.x3d]),
    ),
    w2d: array(
      [problems, N, 2],
      scenes.flatMap((s) => [...s.correspondences.w2d]),
    ),
    K: array(
      [problems, 3, 3],
      scenes.flatMap((s) => [...s.correspondences.K]),
    ),
    grad_pose: array([problems, 6], upstream),
  };
  if (options.pose !== false)
    inputs.pose = array(
      [problems, 6],
      poses.flatMap((pose) => [...poseVector(pose)]),
    );
  const claims: Draft["claims"] = {};
  for (const [variable, width] of [
    ["x2d", 2],
    ["x3d", 3],
    ["w2d", 2],
    ["K", 3],
  ] as const) {
    const rows = variable === "K" ? 3 : N;
    const J = jacobians.flatMap((jacobian) => [...jacobian[variable].data]);
    claims[`J_${variable}`] = array([problems, 6, rows, width], J);
    const columns = rows * width;
    const grad = Array.from({ length: problems * columns }, (_, k) => {
      const [b, c] = [Math.floor(k / columns), k % columns];
      let sum = 0;
      for (let j = 0; j < 6; j++) sum += upstream[6 * b + j] * J[(6 * b + j) * columns + c];
      return sum;
    });
    claims[`grad_${variable}`] = array([problems, rows, width], grad);
  }
  return { B: problems, N, inputs, claims };
}

/** A draft as a claims file of the named quantities, each changed by `change`. */
export function file(
  { inputs, claims }: Draft,
  quantities: string[],
  fields: Partial<Claims> = {},
  change: (value: number, index: number, name: string) => number = (value) => value,
): Claims {
  return {
    schema: "pnp-oracle/claims@1",
    method: "bpnp",
    dtype: "float64",
    source: "a spec",
    convention: {},
    expect: {},
    input: inputs,
    claim: Object.fromEntries(
      quantities.map((name) => [
        name,
        {
          shape: claims[name].shape,
          data: claims[name].data.map((v, i) => change(v, i, name)),
        },
      ]),
    ),
    ...fields,
  };
}

/** Every derivative a draft has. */
export const everything = [
  "J_x2d",
  "J_x3d",
  "J_K",
  "J_w2d",
  "grad_x2d",
  "grad_x3d",
  "grad_K",
  "grad_w2d",
];

/** The report on one file. */
export async function audited(claims: Claims): Promise<FileReport> {
  return (await audit([{ name: "claims.json", claims }])).files[0];
}

/** [quantity, verdict, explanation] of every claim, for comparing at a glance. */
export async function verdictsOf(claims: Claims): Promise<[string, string, string | null][]> {
  const report = await audited(claims);
  return report.claims.map((c: ClaimReport) => [c.quantity, c.verdict, c.explanation]);
}

/** What `verdictsOf` gives when all quantities share a verdict. */
export const all = (
  quantities: string[],
  verdict: string,
  explanation: string | null = null,
): [string, string, string | null][] =>
  quantities.map((quantity) => [quantity, verdict, explanation]);
