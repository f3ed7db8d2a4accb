/**
 * The project's own kernels as a command under audit: `tsx layer.ts [FAULT]`, every method, NDJSON in and
 * out. FAULT plants one mistake. It is also the adapter in TypeScript to copy from.
 */
import { createInterface } from "node:readline";
import { poseJacobian, poseVjp } from "../../src/differentiate/implicit.js";
import type { Variant } from "../../src/differentiate/variants.js";
import { arrayOfLists } from "../../src/formats/nested-list.js";
import {
  gaussNewtonStep,
  gaussNewtonStepVjp,
} from "../../src/kernels/derivative-regularisation.js";
import { movedRow, movedRowVjp, rowRotation } from "../../src/kernels/pose-row.js";
import {
  poseProjections,
  poseSampleCosts,
  poseSampleSlopes,
} from "../../src/kernels/pose-sample-cost.js";
import { projection, projectionJacobian, rigidTransform } from "../../src/kernels/projection.js";
import { linearCovarianceLoss } from "../../src/loss/linear-covariance-loss.js";
import { publishedLinearCovariance } from "../../src/loss/linear-covariance-options.js";
import { monteCarloPoseLoss } from "../../src/loss/seeded-pose-loss.js";
import { poseFromVector, poseVector } from "../../src/problem/pose.js";
import { poseCovariance } from "../../src/solve/covariance.js";
import { solveCorrespondences } from "../../src/solve/solve-pnp.js";

const fault = process.argv[2] ?? "none";
/** One problem's inputs, flat, and the shape that its pose has. */
type Inputs = Readonly<Record<string, Float64Array>>;
type Answer = Record<string, Float64Array | readonly number[]>;

const points = (i: Inputs) => {
  const n = i.x2d.length / 2;
  return { n, x2d: i.x2d, x3d: i.x3d, K: i.K, w2d: i.w2d ?? new Float64Array(2 * n).fill(1) };
};

function derivatives(i: Inputs, variant: "exact" | "faster"): Answer {
  const problem = points(i);
  // Only a backward pass: the pose is taken as it comes, and so has to be the minimum.
  const at = poseFromVector(i.pose);
  const planted: Record<string, Variant> = {
    "gauss-newton": "gauss-newton",
    "depth-weighted": "depth-weighted",
  };
  const chosen = planted[fault] ?? variant;
  const options = { chart: "AA", variant: chosen } as const;
  const [J, grad] = [
    poseJacobian(problem, at, options),
    poseVjp(problem, at, i.grad_pose, options),
  ];
  return Object.fromEntries(
    (["x2d", "x3d", "K", "w2d"] as const).flatMap((name) => [
      [`J_${name}`, J[name].data],
      [`grad_${name}`, fault === "sign" ? grad[name].data.map((v) => -v) : grad[name].data],
    ]),
  );
}

const clamps = (i: Inputs) => Float64Array.of(i.z_min[0], -Infinity, -Infinity, Infinity, Infinity);

function costs(i: Inputs, poses: Float64Array, width: number) {
  const { n, x2d, x3d, w2d, K } = points(i);
  const delta = i.delta?.[0] ?? Infinity;
  const count = poses.length / width;
  const [P, out] = [new Float64Array(12 * count), new Float64Array(count)];
  poseProjections(count, width, poses, K, P);
  poseSampleCosts(n, x2d, x3d, w2d, 0, count, P, delta, clamps(i), out);
  const slopes = (v: Float64Array) => {
    const made = {
      ...{ x2d: new Float64Array(2 * n), x3d: new Float64Array(3 * n) },
      ...{ w2d: new Float64Array(2 * n), delta: new Float64Array(1) },
    };
    poseSampleSlopes(n, x2d, x3d, w2d, count, P, v, delta, clamps(i), made);
    return made;
  };
  return { costs: out, slopes };
}

/** A layer that draws its own samples, by the seed of the request. */
function ownSamples(i: Inputs, seed: number): Answer {
  const { loss, target, slopes } = monteCarloPoseLoss(points(i), i.pose_gt, {
    delta: fault === "no-huber" ? Number.POSITIVE_INFINITY : i.delta[0],
    clamps: { zMin: i.z_min[0] },
    samples: i.sample_count[0],
    seed: `layer/${seed}`,
  });
  const { x2d, x3d, w2d } = slopes;
  return {
    ...{ cost_target: [target], loss: [loss] },
    ...{ grad_x2d: x2d, grad_x3d: x3d, grad_w2d: w2d },
  };
}

function monteCarlo(i: Inputs, seed: number): Answer {
  if (!i.pose_samples) return ownSamples(i, seed);
  const width = i.pose_gt.length;
  const poses = Float64Array.of(...i.pose_gt, ...i.pose_samples);
  const { costs: c, slopes } = costs(i, poses, width);
  const logWeights = i.log_proposal.map((q, s) => -c[1 + s] - q);
  const top = Math.max(...logWeights);
  const total = logWeights.reduce((sum, v) => sum + Math.exp(v - top), 0);
  const shares = logWeights.map((v) => -Math.exp(v - top) / total);
  const { x2d, x3d, w2d } = slopes(Float64Array.of(1, ...shares));
  return {
    ...{ cost_target: c.slice(0, 1), cost_samples: c.slice(1), log_weights: logWeights },
    ...{ loss: [c[0] + top + Math.log(total)], grad_x2d: x2d, grad_x3d: x3d, grad_w2d: w2d },
  };
}

function step(i: Inputs): Answer {
  const { n, ...rest } = points(i);
  const problem = { n, ...rest, delta: i.delta[0], epsilon: i.eps[0], clamps: clamps(i) };
  const d = i.pose.length === 4 ? 4 : 6;
  const [xi, moved, v] = [
    new Float64Array(d),
    new Float64Array(d === 4 ? 4 : 7),
    new Float64Array(d),
  ];
  gaussNewtonStep(problem, i.pose, xi);
  movedRow(i.pose, xi, moved);
  movedRowVjp(i.pose, xi, i.grad_pose_plus, v);
  const gradient = {
    ...{ x2d: new Float64Array(2 * n), x3d: new Float64Array(3 * n) },
    ...{ w2d: new Float64Array(2 * n), delta: new Float64Array(1) },
  };
  gaussNewtonStepVjp(problem, i.pose, v, gradient);
  const { x2d, x3d, w2d } = gradient;
  return { pose_plus: moved, grad_x2d: x2d, grad_x3d: x3d, grad_w2d: w2d };
}

function covarianceLoss(i: Inputs): Answer {
  const problem = points({ ...i, w2d: i.inv_std2d });
  const { loss, priorError, covarianceError, linearError, gradient } = linearCovarianceLoss(
    problem,
    i.pose_gt,
    {
      ...publishedLinearCovariance,
      corners: Array.from({ length: 8 }, (_, g) => [...i.bbox.subarray(3 * g, 3 * g + 3)]),
      zMin: i.z_min[0],
      failure: "status",
      ...(i.valid && { valid: [...i.valid] }),
    },
  );
  return {
    ...{ loss: [loss], prior_error: [priorError], cov_error: [covarianceError] },
    ...{ linear_error: [linearError], grad_x2d: gradient.x2d, grad_x3d: gradient.x3d },
    grad_inv_std2d: gradient.w2d,
  };
}

function solution(i: Inputs): Answer {
  const delta = i.delta?.[0];
  const { pose, cost } = solveCorrespondences(points(i), { poseInit: i.pose_init, delta });
  if (!pose) return { pose: i.pose_init, cost: [cost] };
  const [R, t] = [pose.R.data, pose.t.data] as Float64Array[];
  const { covariance } = poseCovariance(points(i), R, t, { chart: "AA", delta });
  const both = { pose: poseVector(pose), cost: [cost] };
  return covariance ? { ...both, pose_cov: covariance } : both;
}

/** Robust residuals √ρ′ w (π − x) and their Jacobian by (τ, δ) of a quaternion or (τ, β) of a yaw. */
function robustRows(i: Inputs): Answer {
  const { n, x2d, x3d, w2d, K } = points(i);
  const d = i.pose.length === 4 ? 4 : 6;
  const [R, p, X] = [9, 3, 3].map((size) => new Float64Array(size));
  const [pixel, J] = [new Float64Array(2), new Float64Array(6)];
  const [residual, jacobian] = [new Float64Array(2 * n), new Float64Array(2 * n * d)];
  rowRotation(i.pose, R);
  for (let k = 0; k < n; k++) {
    rigidTransform(x3d.subarray(3 * k, 3 * k + 3), R, new Float64Array(3), p);
    for (let a = 0; a < 3; a++) X[a] = p[a] + i.pose[a];
    const free = X[2] > i.z_min[0];
    const seen = free ? X : Float64Array.of(X[0], X[1], i.z_min[0]);
    projection(seen, K, pixel);
    if (free) projectionJacobian(seen, K, J);
    else J.fill(0);
    const f = [0, 1].map((a) => w2d[2 * k + a] * (pixel[a] - x2d[2 * k + a]));
    const robust = Math.sqrt(Math.min(1, (i.delta?.[0] ?? Infinity) / Math.hypot(...f)));
    // A turn by δ moves a point by 2 p × δ: the tangent of a quaternion goes backwards, by half angles.
    const turns =
      d === 4
        ? [[p[2], 0, -p[0]]]
        : [
            [0, 2 * p[2], -2 * p[1]],
            [-2 * p[2], 0, 2 * p[0]],
            [2 * p[1], -2 * p[0], 0],
          ];
    const motions = [[1, 0, 0], [0, 1, 0], [0, 0, 1], ...turns]; // biome-ignore format: one line
    for (let a = 0; a < 2; a++) {
      residual[2 * k + a] = robust * f[a];
      motions.forEach((m, c) => {
        const slope = J[3 * a] * m[0] + J[3 * a + 1] * m[1] + J[3 * a + 2] * m[2];
        jacobian[(2 * k + a) * d + c] = robust * w2d[2 * k + a] * slope;
      });
    }
  }
  return { residual, jacobian };
}

/** What is wrong from five points on: the first quantity of an answer, three times as large. */
function plantedFrom(answer: Answer, n: number): Answer {
  if (fault !== "from-five" || n < 5) return answer;
  return Object.fromEntries(
    Object.entries(answer).map(([name, values]) => [name, Array.from(values, (v) => 3 * v)]),
  );
}

const layers: Record<string, (i: Inputs, seed: number) => Answer> = {
  pnp: solution,
  bpnp: (i) => derivatives(i, "exact"),
  "bpnp-faster": (i) => derivatives(i, "faster"),
  "epropnp-cost": (i) => ({ cost: costs(i, i.pose, i.pose.length).costs, ...robustRows(i) }),
  "epropnp-mc": monteCarlo,
  "epropnp-reg": step,
  lc: covarianceLoss,
};

/** Inputs that stand once for all problems when their rank is this; −1 for those whose second axis is B. */
const ranks: Record<string, number> = {
  ...{ x3d: 3, x2d: 3, w2d: 3, inv_std2d: 3, K: 3, bbox: 3, pose: 2, pose_init: 2, pose_gt: 2 },
  ...{ grad_pose: 2, grad_pose_plus: 2, delta: 1, valid: 2, pose_samples: -1, log_proposal: -1 },
};

interface Request {
  readonly id: number;
  readonly method: string;
  readonly input: Record<string, unknown>;
  readonly want: string[];
  readonly seed?: number;
}

/** The answer to one request: problem by problem, and sums for what the problems share. */
function answered({ method, input, want, seed = 0 }: Request): Record<string, unknown> {
  const arrays = Object.entries(input).map(
    ([name, lists]) => [name, arrayOfLists(lists, "request", name, 8)] as const,
  );
  const given = Object.fromEntries(arrays);
  const B = given.x2d.shape[0];
  const made = Array.from({ length: B }, (_, b) => {
    const own = arrays.map(([name, { shape, data }]) => {
      const batched = ranks[name] === shape.length;
      const length = data.length / B;
      if (batched) return [name, data.slice(b * length, (b + 1) * length)];
      if (ranks[name] !== -1) return [name, data];
      const width = data.length / (shape[0] * B);
      return [name, data.filter((_, k) => Math.floor(k / width) % B === b)];
    });
    return plantedFrom(layers[method](Object.fromEntries(own), seed), given.x2d.shape[1]);
  });
  const isShared = (name: string) =>
    given[name] !== undefined && given[name].shape.length < ranks[name];
  const claim: Record<string, unknown> = {};
  for (const name of want) {
    if (!made[0][name]) continue;
    const items = made.map((one) => Array.from(one[name]));
    const inner = innerShape(name, items[0].length, given.x2d.shape[1]);
    if (name.startsWith("grad_") && isShared(name.slice(5)))
      claim[name] = nested(
        items.reduce((sum, one) => sum.map((v, k) => v + one[k])),
        inner,
      );
    else if (name === "cost_samples" || name === "log_weights")
      claim[name] = items[0].map((_, s) => items.map((one) => number(one[s])));
    else claim[name] = items.map((one) => nested(one, inner));
  }
  return claim;
}

function innerShape(name: string, length: number, n: number): number[] {
  const [kind, variable] = /^(J|grad)_(.*)$/.exec(name)?.slice(1) ?? ["", name];
  if (name === "pose_cov") return [6, 6];
  if (name === "residual") return [n, 2];
  if (name === "jacobian") return [n, 2, length / n / 2];
  if (kind === "") return length === 1 && !name.startsWith("pose") ? [] : [length];
  const own = variable === "K" ? [3, 3] : [n, variable === "x3d" ? 3 : 2];
  return kind === "J" ? [6, ...own] : own;
}

const number = (v: number) => (Number.isFinite(v) ? v : String(v));
function nested(flat: number[], shape: readonly number[]): unknown {
  if (shape.length === 0) return number(flat[0]);
  const size = flat.length / shape[0];
  return Array.from({ length: shape[0] }, (_, k) =>
    nested(flat.slice(k * size, (k + 1) * size), shape.slice(1)),
  );
}

createInterface({ input: process.stdin }).on("line", (line) => {
  const request = JSON.parse(line) as Request;
  const reply = (() => {
    try {
      return { claim: answered(request) };
    } catch (error) {
      return { error: String(error) };
    }
  })();
  process.stdout.write(`${JSON.stringify({ id: request.id, ...reply })}\n`);
});
