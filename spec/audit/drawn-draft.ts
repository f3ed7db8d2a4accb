/** Monte Carlo pose losses over seeds, as code that draws its own samples claims them. */
import type { NamedClaims } from "../../src/audit/audit.js";
import type { Claims } from "../../src/formats/claims.js";
import { rotationQuaternion } from "../../src/kernels/quaternion.js";
import { monteCarloPoseLoss } from "../../src/loss/seeded-pose-loss.js";
import { poseOf } from "../../src/problem/pose.js";
import { scene } from "../../src/problem/scenes.js";
import { array } from "./claimed.js";

const [B, N] = [2, 8];
const delta = 1.5;

/** Weights that leave residuals of half a unit, so that posteriors are neither points nor endless. */
const problems = Array.from({ length: B }, (_, seed) => {
  const made = scene("generic", { n: N, noise: 1, weights: "uniform", seed });
  const { R, t } = poseOf(made.pose.R.data as Float64Array, made.pose.t.data as Float64Array);
  const q = new Float64Array(4);
  rotationQuaternion(R.data as Float64Array, q);
  const w2d = made.correspondences.w2d.map((w) => w / 2);
  // A target beside the true pose, as a network sees it before it has learnt.
  const target = Float64Array.of(...Float64Array.from(t.data).map((v) => v + 0.02), ...q);
  return { points: { ...made.correspondences, w2d }, target };
});

export const inputs: Claims["input"] = {
  x2d: array(
    [B, N, 2],
    problems.flatMap(({ points }) => [...points.x2d]),
  ),
  x3d: array(
    [B, N, 3],
    problems.flatMap(({ points }) => [...points.x3d]),
  ),
  w2d: array(
    [B, N, 2],
    problems.flatMap(({ points }) => [...points.w2d]),
  ),
  K: array(
    [B, 3, 3],
    problems.flatMap(({ points }) => [...points.K]),
  ),
  pose_gt: array(
    [B, 7],
    problems.flatMap(({ target }) => [...target]),
  ),
  delta: array([B], [delta, delta]),
};

/** How the code may go wrong: with its threshold, and with what it claims. */
export interface Mistake {
  readonly delta?: number;
  readonly change?: (value: number, quantity: string, index: number) => number;
}

/** What one seed gives of a quantity. */
function answer(samples: number, seed: number, mistake: Mistake): Claims["claim"] {
  const losses = problems.map(({ points, target }, b) =>
    monteCarloPoseLoss(points, target, {
      ...{
        samples,
        delta: mistake.delta ?? delta,
        clamps: { zMin: 0.1 },
        seed: `spec/${seed}/${b}`,
      },
    }),
  );
  const flat = (name: "x3d" | "x2d" | "w2d") => losses.flatMap(({ slopes }) => [...slopes[name]]);
  const claim = {
    cost_target: array(
      [B],
      losses.map(({ target }) => target),
    ),
    loss: array(
      [B],
      losses.map(({ loss }) => loss),
    ),
    grad_x3d: array([B, N, 3], flat("x3d")),
    grad_x2d: array([B, N, 2], flat("x2d")),
    grad_w2d: array([B, N, 2], flat("w2d")),
  };
  const { change = (v) => v } = mistake;
  return Object.fromEntries(
    Object.entries(claim).map(([name, { shape, data }]) => [
      name,
      array(
        [...shape],
        data.map((v, k) => change(v, name, k)),
      ),
    ]),
  );
}

/** Files, one a seed, of the quantities named. */
export function drawnLosses(
  seeds: number,
  samples: number,
  quantities: readonly string[],
  mistake: Mistake = {},
): NamedClaims[] {
  return Array.from({ length: seeds }, (_, seed) => {
    const all = answer(samples, seed, mistake);
    return {
      name: `seed-${seed}.json`,
      claims: {
        ...{
          schema: "pnp-oracle/claims@1",
          method: "epropnp-mc",
          dtype: "float64",
          source: "a spec",
        },
        ...{ convention: {}, expect: {}, seed },
        input: { ...inputs, sample_count: array([], [samples]) },
        claim: Object.fromEntries(quantities.map((name) => [name, all[name]])),
      },
    };
  });
}
