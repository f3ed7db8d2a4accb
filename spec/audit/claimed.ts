/** Claims to audit, made by the kernels of differentiate/ or by a change of what those give. */

import { audit } from "../../src/audit/audit.js";
import type { ClaimReport, FileReport } from "../../src/audit/report.js";
import type { Chart } from "../../src/conventions/chart.js";
import { poseJacobian, poseVjp } from "../../src/differentiate/implicit.js";
import type { Variant } from "../../src/differentiate/variants.js";
import type { ClaimArray, Claims } from "../../src/formats/claims.js";
import { projection, rigidTransform } from "../../src/kernels/projection.js";
import type { Pose } from "../../src/problem/pose.js";
import { poseOf, poseVector } from "../../src/problem/pose.js";
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

/** One object seen by one camera from `views` sides: x3d and K are shared, their gradients sums. */
export function sharedDraft(n: number, views: number): Draft {
  const { correspondences: object } = scene("generic", { n, seed: "shared" });
  const source = stream("spec/audit/shared");
  const [R, t, X, pixel] = [9, 3, 3, 2].map((size) => new Float64Array(size));
  const x2d = new Float64Array(2 * n * views);
  const upstream = Float64Array.from({ length: 6 * views }, () => source.normal());
  const poses: number[] = [];
  const grads = { x2d: [] as number[], x3d: new Float64Array(3 * n), K: new Float64Array(9) };
  for (let b = 0; b < views; b++) {
    source.rotation(R);
    t.set([0.1 * source.normal(), 0.1 * source.normal(), 1.2 + source.uniform()]);
    for (let i = 0; i < n; i++) {
      rigidTransform(object.x3d.subarray(3 * i, 3 * i + 3), R, t, X);
      projection(X, object.K, pixel);
      for (let k = 0; k < 2; k++) x2d[2 * (n * b + i) + k] = pixel[k] + source.normal();
    }
    const view = { ...object, x2d: x2d.subarray(2 * n * b, 2 * n * (b + 1)) };
    const pose = solveCorrespondences(view, { poseInit: poseOf(R, t) }).pose as Pose;
    poses.push(...poseVector(pose));
    const own = poseVjp(view, pose, upstream.subarray(6 * b, 6 * b + 6), { chart: "AA" });
    grads.x2d.push(...own.x2d.data);
    for (let i = 0; i < 3 * n; i++) grads.x3d[i] += own.x3d.data[i];
    for (let i = 0; i < 9; i++) grads.K[i] += own.K.data[i];
  }
  return {
    B: views,
    N: n,
    inputs: {
      x2d: array([views, n, 2], x2d),
      x3d: array([n, 3], object.x3d),
      K: array([3, 3], object.K),
      pose: array([views, 6], poses),
      grad_pose: array([views, 6], upstream),
    },
    claims: {
      grad_x2d: array([views, n, 2], grads.x2d),
      grad_x3d: array([n, 3], grads.x3d),
      grad_K: array([3, 3], grads.K),
    },
  };
}
