/** Claims files and problem files made from a named scene, as text. */
import { poseVjp } from "../../src/differentiate/implicit.js";
import { poseVector, scene } from "../../src/problem/index.js";
import { solvePnP } from "../../src/solve/solve-pnp.js";

/** Numbers of a flat array in rows. */
export function rows(flat: ArrayLike<number>, width: number): number[][] {
  return Array.from({ length: flat.length / width }, (_, i) =>
    Array.from({ length: width }, (_, j) => flat[i * width + j]),
  );
}

/** One problem of the scene with its solution, and the gradient of `upstream` · pose. */
export function solvedScene(index: number, upstream: readonly number[]) {
  const { correspondences } = scene("generic", { n: 8, seed: index });
  const { x2d, x3d, w2d, K } = correspondences;
  const problem = { x2d: rows(x2d, 2), x3d: rows(x3d, 3), w2d: rows(w2d, 2), K: rows(K, 3) };
  const { pose } = solvePnP(problem);
  if (!pose) throw new Error("solvedScene: expected a pose");
  const gradient = poseVjp(correspondences, pose, upstream, { chart: "AA" });
  return { problem, pose: [...poseVector(pose)], grad_x2d: rows(gradient.x2d.data, 2) };
}

const upstream = [0.3, -1.1, 0.7, 0.2, -0.4, 0.9];

/** A claim on grad_x2d, `factor` times the truth, as JSON. */
export function claimsFile(options: {
  readonly factor?: number;
  readonly expect?: Readonly<Record<string, string>>;
}): string {
  const { factor = 1, expect = {} } = options;
  const { problem, pose, grad_x2d } = solvedScene(0, upstream);
  return JSON.stringify({
    schema: "pnp-oracle/claims@1",
    method: "bpnp",
    source: "a spec",
    convention: {},
    expect,
    input: {
      x2d: [problem.x2d],
      x3d: [problem.x3d],
      K: [problem.K],
      w2d: [problem.w2d],
      pose: [pose],
      grad_pose: [upstream],
    },
    claim: { grad_x2d: [grad_x2d.map((row) => row.map((entry) => factor * entry))] },
  });
}

/** Two problems without claims, as JSON. */
export function problemFile(): string {
  const problems = [0, 1].map((index) => solvedScene(index, upstream).problem);
  const input = Object.fromEntries(
    (["x2d", "x3d", "K", "w2d"] as const).map((name) => [name, problems.map((p) => p[name])]),
  );
  return JSON.stringify({ schema: "pnp-oracle/claims@1", method: "pnp", input });
}
