import { expect, it } from "vitest";
import {
  coordinateCode,
  decodedCoordinatesWithTruth,
  encodedCoordinates,
} from "../../src/encoding/index.js";
import { linearCovarianceLoss } from "../../src/loss/index.js";
import { correspondences, poseFromVector } from "../../src/problem/index.js";
import { boxCorners } from "../equations/covariance-draws.js";
import { normals, uniforms } from "../equations/head-draws.js";

const M = 5;
const levels = 2 ** M;
const size = 0.31;
const corners = boxCorners(size / 2, size / 2, size / 2);
const K = [
  [600, 0, 320],
  [0, 600, 240],
  [0, 0, 1],
];
/** Four points a level along the first axis, whose bits are noisy; the other coordinates are exact. */
const perLevel = 4;
const n = levels * perLevel;
const steps = 200;

/**
 * Log weights by level, after descent on the LC loss, the mean of its second half. A network is unsure of a bit near its
 * transitions: its logits are as large as the way to the nearest of them is long, and noise.
 */
function learned(kind: "plain" | "gray"): Float64Array {
  const box = { least: [-size / 2, 0, 0], greatest: [size / 2, 1, 1] };
  const code = coordinateCode(box, { counts: [M, 0, 0], kind });
  const level = (v: number) => size * (v / (levels - 1) - 0.5);
  const points = Array.from({ length: levels }, (_, v) => [level(v), 0.5, 0.5]);
  const { bits, targets } = encodedCoordinates(code, points);
  const certainty = targets.map((target, k) => {
    const flips = points.flatMap((_, u) =>
      targets[M * u + (k % M)] === target ? [] : [Math.abs(u - Math.floor(k / M))],
    );
    return (2 * target - 1) * (Math.min(...flips) - 0.5);
  });
  const of = (i: number) => i % levels;
  const truth = Float64Array.from(
    { length: n * M },
    (_, k) => bits[M * of(Math.floor(k / M)) + (k % M)],
  );
  const [logWeight, mean, square, settled] = [0, 1, 2, 3].map(() => new Float64Array(levels));
  for (let step = 0; step < steps; step++) {
    const name = `transitions/${kind}`;
    const noise = normals(`${name}/noise`, step, n * M, 1.5);
    const logits = noise.map((e, k) => e + certainty[M * of(Math.floor(k / M)) + (k % M)]);
    const decoded = decodedCoordinatesWithTruth(code, { logits, bits: truth }).z;
    const across = uniforms(`${name}/points`, step, 2 * n, -size / 2, size / 2);
    const y = normals(`${name}/pose`, step, 3, 0.5);
    const pose = poseFromVector([y[0], y[1], y[2], 0, 0, 1]);
    const x3d = new Float64Array(3 * n);
    const x2d = new Float64Array(2 * n);
    for (let i = 0; i < n; i++) {
      const z = [level(of(i)), across[2 * i], across[2 * i + 1]];
      x3d.set([decoded[3 * i], z[1], z[2]], 3 * i);
      const X = [0, 1, 2].map((a) =>
        z.reduce((sum, x, j) => sum + pose.R.data[3 * a + j] * x, pose.t.data[a]),
      );
      for (const a of [0, 1]) x2d[2 * i + a] = (600 * X[a]) / X[2] + K[a][2];
    }
    const w2d = Float64Array.from({ length: 2 * n }, (_, k) => Math.exp(logWeight[of(k >> 1)]));
    const problem = correspondences({ x2d, x3d, w2d, K });
    const { status, gradient } = linearCovarianceLoss(problem, pose, { corners });
    expect(status).toBe("ok");
    const slope = new Float64Array(levels);
    gradient.w2d.forEach((g, k) => {
      slope[of(k >> 1)] += g * w2d[k];
    });
    // Steps of one size for every level, so that those rarely wrong do not run away.
    slope.forEach((g, v) => {
      mean[v] = 0.8 * mean[v] + 0.2 * g;
      square[v] = 0.95 * square[v] + 0.05 * g * g;
      logWeight[v] -= (0.03 * mean[v]) / Math.sqrt(square[v]);
      if (2 * step >= steps) settled[v] += (2 / steps) * logWeight[v];
    });
  }
  return settled;
}

it("with noisy bits LC lowers the weight most where the top bit flips (card S-22, 5)", () => {
  for (const kind of ["plain", "gray"] as const) {
    const weights = learned(kind);
    // Between levels v − 1 and v flip the bits up to the one that v's trailing zeros name.
    const beside = (v: number) => (weights[v - 1] + weights[v]) / 2;
    const others = Array.from({ length: levels / 2 - 1 }, (_, k) => 2 * k + 2);
    // A tenth less weight than at any other transition, and then where the second bit flips.
    for (const v of others) if (v !== 16) expect(beside(16), `${v}`).toBeLessThan(beside(v) - 0.1);
    for (const v of [8, 24])
      for (const lower of [4, 12, 20, 28]) expect(beside(v)).toBeLessThan(beside(lower) - 0.1);
  }
});
