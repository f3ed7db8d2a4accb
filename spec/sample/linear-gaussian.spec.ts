import { expect, it } from "vitest";
import { linearGaussianLoss } from "../../src/kernels/laplace-evidence.js";
import { stream } from "../../src/random/stream.js";
import { amis } from "../../src/sample/amis.js";
import { evidenceEstimate } from "../../src/sample/log-weights.js";
import { initialProposal, proposalDraws, proposalLogDensities } from "../../src/sample/proposal.js";
import { car } from "./yaw-problems.js";

// Σ = A Aᵀ in (t, β) with standard deviations of some centimetres and hundredths of a turn.
const A = [
  [0.05, 0, 0, 0],
  [0.01, 0.04, 0, 0],
  [0.1, -0.2, 0.9, 0],
  [0.005, 0.01, -0.01, 0.03],
];
const covariance = Float64Array.from({ length: 16 }, (_, k) =>
  A[k >> 2].reduce((sum, a, i) => sum + a * A[k % 4][i], 0),
);
const best = Float64Array.of(1, 0.5, 40, 0.6);

/** ½ ‖A⁻¹ (y − y*)‖², a yaw taken by the shorter way around. */
function cost(y: ArrayLike<number>): number {
  const u: number[] = [];
  for (let i = 0; i < 4; i++) {
    const gap = y[i] - best[i];
    const e = i < 3 ? gap : Math.atan2(Math.sin(gap), Math.cos(gap));
    u.push((e - u.reduce((sum, x, k) => sum + A[i][k] * x, 0)) / A[i][i]);
  }
  return 0.5 * u.reduce((sum, x) => sum + x * x, 0);
}

it("c(y_gt) + log Ẑ of 2 × 10⁵ draws is linearGaussianLoss(e, H) to 1e-2 where the cost is quadratic (card S-08, 1)", () => {
  const count = 200_000;
  const proposal = initialProposal(best, covariance);
  const poses = new Float64Array(4 * count);
  const densities = new Float64Array(count);
  proposalDraws(proposal, stream("spec/linear-gaussian"), 0, count, poses, false);
  proposalLogDensities(proposal, 0, count, poses, densities);
  const logWeights = densities.map((log, j) => -cost(poses.subarray(4 * j, 4 * j + 4)) - log);
  const { logEvidence, standardError } = evidenceEstimate(count, logWeights);
  // The closed form with H = I, in units of u = A⁻¹ e; log det A is what the change of units adds.
  const target = Float64Array.of(1.05, 0.47, 40.8, 0.58);
  const identity = Float64Array.from({ length: 16 }, (_, k) => (k % 5 === 0 ? 1 : 0));
  const length = Float64Array.of(Math.sqrt(2 * cost(target)), 0, 0, 0);
  const closed =
    linearGaussianLoss(4, length, identity) + A.reduce((sum, row, i) => sum + Math.log(row[i]), 0);
  expect(standardError).toBeLessThan(1e-2 / 3);
  expect(Math.abs(cost(target) + logEvidence - closed)).toBeLessThan(1e-2);
});

it("amis of given poses off the sphere, of no points and of no weights is a status without numbers", () => {
  const { correspondences: of } = car(1.8);
  const start = Float64Array.of(1, 0.5, 40, 1, 0, 0, 0);
  const spread = Float64Array.from({ length: 36 }, (_, k) => (k % 7 === 0 ? 0.01 : 0));
  const poses = Float64Array.from({ length: 7 * 8 }, (_, k) => (k % 7 < 3 ? start[k % 7] : 0.6));
  const options = { samples: 8, poses };
  const nothing = { logEvidence: -Infinity, standardError: Infinity, effectiveSampleSize: 0 };
  expect(amis(of, start, spread, options)).toMatchObject({ status: "off-sphere", ...nothing });
  const none = { ...of, n: 0, x2d: new Float64Array(), x3d: new Float64Array() };
  const empty = amis({ ...none, w2d: new Float64Array() }, start, spread);
  expect(empty).toMatchObject({ status: "empty", ...nothing });
  const flat = amis({ ...of, w2d: of.w2d.map(() => 0) }, start, spread);
  expect(flat).toMatchObject({ status: "zero-weights", ...nothing });
});
