import { audit } from "../../src/audit/audit.js";
import type { ClaimReport } from "../../src/audit/report.js";
import type { ClaimArray, Claims } from "../../src/formats/claims.js";
import { rowRotation } from "../../src/kernels/pose-row.js";
import {
  clampedProjection,
  clampedProjectionJacobian,
} from "../../src/kernels/projection-clamp.js";
import { stream } from "../../src/random/stream.js";
import { rowProblem } from "../equations/row-draws.js";
import { array } from "./claimed.js";

/** What the claimed numbers are made by: each field is one place where people go another way. */
export interface LossOptions {
  readonly weight?: (w: number) => number;
  /** ρ and ρ′ of s = ‖e‖². */
  readonly rho?: (s: number, delta: number) => number;
  readonly slope?: (s: number, delta: number) => number;
  /** What ½ Σ ρ is multiplied by. */
  readonly share?: number;
  readonly zMin?: number;
  readonly jacobian?: typeof clampedProjectionJacobian;
  /** log v of a cost and a log-density. */
  readonly logWeight?: (cost: number, logProposal: number) => number;
  /** The share of each sample in the slopes, from the log-weights [S][B] of all problems. */
  readonly shares?: (logWeights: number[][], costs: number[], b: number) => number[];
  /** log Σ v, from Σ v. */
  readonly evidence?: (total: number) => number;
  /** Factors of target and prediction. */
  readonly terms?: readonly [number, number];
}

export const [B, N, S] = [3, 8, 6];
export const zMin = 1.5;
type Arrays = Record<string, ClaimArray>;

const huberSquare = (s: number, delta: number) =>
  s <= delta * delta ? s : delta * (2 * Math.sqrt(s) - delta);
export const huberSlope = (s: number, delta: number) => Math.min(1, delta / Math.sqrt(s));

/** Problems with outliers and depths on either side of z_min; samples near the target share the mass. */
export function problems(chart: "Q7" | "YAW", shared = false) {
  return Array.from({ length: B }, (_, b) => {
    const draw = stream(`spec/audit/monte-carlo/${chart}`).at(b);
    const { y, flat } = rowProblem(draw, { n: N, chart, kink: 0.7, noise: 20 });
    const samples = Array.from({ length: S }, () => {
      const moved = y.map((v, k) => v + (k < 3 ? 0.02 : 0.01) * draw.normal());
      const length = Math.hypot(...moved.subarray(3));
      return chart === "Q7" ? moved.map((v, k) => (k < 3 ? v : v / length)) : moved;
    });
    const logProposal = Array.from({ length: S }, () => 0.7 * draw.normal());
    // Costs of a few units: no sample has all the mass.
    const w2d = flat.w2d.map((w) => 0.05 * w);
    return { ...flat, w2d, delta: 0.05 * flat.delta, y, samples, logProposal };
  }).map((own, _, all) => (shared ? { ...own, x3d: all[0].x3d } : own));
}
export type Drawn = ReturnType<typeof problems>;

/** One pose's cost and its slopes, point by point, in plain numbers. */
function costOf(of: Drawn[number], y: Float64Array, options: LossOptions) {
  const { weight = (w) => w, rho = huberSquare, slope = huberSlope, share = 1 } = options;
  const { jacobian = clampedProjectionJacobian } = options;
  const bounds = Float64Array.of(options.zMin ?? zMin, -Infinity, -Infinity, Infinity, Infinity);
  const R = new Float64Array(9);
  rowRotation(y, R);
  let [cost, byDelta] = [0, 0];
  const [x3d, x2d, w2d]: number[][] = [[], [], []];
  for (let i = 0; i < N; i++) {
    const z = of.x3d.subarray(3 * i, 3 * i + 3);
    const X = Float64Array.from([0, 1, 2], (a) =>
      z.reduce((sum, v, k) => sum + R[3 * a + k] * v, y[a]),
    );
    const [pi, J] = [new Float64Array(2), new Float64Array(6)];
    clampedProjection(X, of.K, bounds, pi);
    jacobian(X, of.K, bounds, J);
    const w = [weight(of.w2d[2 * i]), weight(of.w2d[2 * i + 1])];
    const r = [of.x2d[2 * i] - pi[0], of.x2d[2 * i + 1] - pi[1]];
    const e = [w[0] * r[0], w[1] * r[1]];
    const s = e[0] * e[0] + e[1] * e[1];
    cost += (share * rho(s, of.delta)) / 2;
    byDelta += share * Math.max(0, Math.sqrt(s) - of.delta);
    const times = share * slope(s, of.delta);
    const pull = [times * w[0] * e[0], times * w[1] * e[1]];
    x2d.push(...pull);
    w2d.push(times * e[0] * r[0], times * e[1] * r[1]);
    const force = [0, 1, 2].map((a) => J[a] * pull[0] + J[3 + a] * pull[1]);
    for (let k = 0; k < 3; k++)
      x3d.push(-(R[k] * force[0] + R[3 + k] * force[1] + R[6 + k] * force[2]));
  }
  return { cost, byDelta, x3d, x2d, w2d };
}

const softmax = (logWeights: number[][], _: number[], b: number): number[] => {
  const own = logWeights.map((row) => Math.exp(row[b]));
  return own.map((v) => v / own.reduce((a, c) => a + c));
};

/** Everything that may be claimed of the problems, one entry a problem, and slopes by the threshold. */
export function losses(drawn: Drawn, options: LossOptions = {}) {
  const { logWeight = (c, q) => -c - q, shares = softmax, evidence = Math.log } = options;
  const [ofTarget, ofPrediction] = options.terms ?? [1, 1];
  const made = drawn.map((of) => ({
    target: costOf(of, of.y, options),
    samples: of.samples.map((y) => costOf(of, y, options)),
  }));
  const logWeights = Array.from({ length: S }, (_, s) =>
    made.map(({ samples }, b) => logWeight(samples[s].cost, drawn[b].logProposal[s])),
  );
  return made.map(({ target, samples }, b) => {
    const costs = samples.map(({ cost }) => cost);
    const share = shares(logWeights, costs, b);
    const slopes = (by: "x3d" | "x2d" | "w2d") =>
      target[by].map(
        (v, k) =>
          ofTarget * v -
          ofPrediction * samples.reduce((sum, of, s) => sum + share[s] * of[by][k], 0),
      );
    const own = logWeights.map((row) => row[b]);
    const predicted = evidence(own.reduce((sum, v) => sum + Math.exp(v), 0));
    return {
      cost_target: [target.cost],
      cost_samples: costs,
      log_weights: own,
      loss: [ofTarget * target.cost + ofPrediction * predicted],
      grad_x3d: slopes("x3d"),
      grad_x2d: slopes("x2d"),
      grad_w2d: slopes("w2d"),
      byDelta: target.byDelta - samples.reduce((sum, of, s) => sum + share[s] * of.byDelta, 0),
    };
  });
}
export type Losses = ReturnType<typeof losses>;
export const quantities = [
  ...["cost_target", "cost_samples", "log_weights", "loss"],
  ...["grad_x3d", "grad_x2d", "grad_w2d"],
] as const;
export type Quantity = Exclude<keyof Losses[number], "byDelta">;

/** Lists per problem as [S, B] or [B, ...]. */
export function claimOf(made: Losses, names: readonly Quantity[]): Arrays {
  const inner = { grad_x3d: [N, 3], grad_x2d: [N, 2], grad_w2d: [N, 2] };
  return Object.fromEntries(
    names.map((name) => {
      const rows = made.map((of) => of[name]);
      if (name === "cost_samples" || name === "log_weights")
        return [
          name,
          array(
            [S, made.length],
            rows[0].flatMap((_, s) => rows.map((row) => row[s])),
          ),
        ];
      const rest = name in inner ? inner[name as keyof typeof inner] : [];
      return [name, array([made.length, ...rest], rows.flat())];
    }),
  );
}

export function inputOf(drawn: Drawn): Arrays {
  const width = drawn[0].y.length;
  const all = (name: "x2d" | "x3d" | "w2d" | "K") => drawn.flatMap((of) => [...of[name]]);
  const count = drawn.length;
  return {
    x2d: array([count, N, 2], all("x2d")),
    x3d: array([count, N, 3], all("x3d")),
    w2d: array([count, N, 2], all("w2d")),
    K: array([count, 3, 3], all("K")),
    pose_gt: array(
      [count, width],
      drawn.flatMap(({ y }) => [...y]),
    ),
    delta: array(
      [count],
      drawn.map(({ delta }) => delta),
    ),
    z_min: array([], [zMin]),
    pose_samples: array(
      [S, count, width],
      drawn[0].samples.flatMap((_, s) => drawn.flatMap(({ samples }) => [...samples[s]])),
    ),
    log_proposal: array(
      [S, count],
      drawn[0].samples.flatMap((_, s) => drawn.map(({ logProposal }) => logProposal[s])),
    ),
  };
}

export async function audited(
  input: Arrays,
  claim: Arrays,
  fields: Partial<Claims> = {},
): Promise<readonly ClaimReport[]> {
  const claims: Claims = {
    ...{ schema: "pnp-oracle/claims@1", method: "epropnp-mc", dtype: "float64", source: "spec" },
    ...{ convention: {}, expect: {}, input, claim },
    ...fields,
  };
  const report = await audit([{ name: "spec", claims }]);
  return report.files[0].claims;
}

export const verdicts = (reports: readonly ClaimReport[]) =>
  reports.map(({ quantity, verdict, explanation }) => [quantity, verdict, explanation]);
