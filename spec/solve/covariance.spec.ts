import { expect, it } from "vitest";
import { charts, tangentSize } from "../../src/conventions/chart.js";
import { reprojectionCost } from "../../src/kernels/reprojection-cost.js";
import { retraction } from "../../src/kernels/retraction.js";
import { scene } from "../../src/problem/index.js";
import { poseCovariance, solvePnP } from "../../src/solve/index.js";

const ε = Number.EPSILON;

/** H [d, d] by second differences of the cost along the chart, step h: error h² and ε c/h². */
function differencedHessian(
  points: ReturnType<typeof scene>["correspondences"],
  chart: (typeof charts)[number],
  R: Float64Array,
  t: Float64Array,
  h: number,
): Float64Array {
  const d = tangentSize(chart);
  const [R1, t1] = [new Float64Array(9), new Float64Array(3)];
  const cost = (i: number, a: number, j: number, b: number) => {
    const ξ = new Float64Array(d);
    ξ[i] += a * h;
    ξ[j] += b * h;
    retraction(chart, R, t, ξ, R1, t1);
    const { n, x2d, x3d, w2d, K } = points;
    return reprojectionCost(n, x2d, x3d, w2d, K, R1, t1, Infinity);
  };
  const H = new Float64Array(d * d);
  for (let i = 0; i < d; i++)
    for (let j = 0; j < d; j++)
      H[i * d + j] =
        (cost(i, 1, j, 1) - cost(i, 1, j, -1) - cost(i, -1, j, 1) + cost(i, -1, j, -1)) /
        (4 * h * h);
  return H;
}

it.each(charts)(
  "poseCovariance(…, { chart: %s }) is the inverse of the cost's Hessian there",
  (chart) => {
    for (let seed = 0; seed < 4; seed++) {
      const { correspondences: points } = scene("generic", { noise: 1, seed });
      const { pose } = solvePnP(points);
      if (!pose) throw new Error("expected a pose");
      const [R, t] = [pose.R.data, pose.t.data];
      const { status, covariance } = poseCovariance(points, R, t, { chart });
      expect(status).toBe("ok");
      const d = tangentSize(chart);
      const h = 1e-4;
      const H = differencedHessian(points, chart, R, t, h);
      const size = Math.hypot(...H) * Math.hypot(...(covariance as Float64Array));
      // Truncation: h² times fourth over second derivatives, of order (f/Z)²-free 1/Z² and 1, hence 10 h²;
      // rounding: the cost's ε √(2c) ‖x‖ over h², against H.
      const bound = size * (10 * h * h + (64 * ε * 1e4) / (h * h * Math.hypot(...H)));
      for (let i = 0; i < d; i++)
        for (let j = 0; j < d; j++) {
          let entry = i === j ? -1 : 0;
          for (let k = 0; k < d; k++)
            entry += H[i * d + k] * (covariance as Float64Array)[k * d + j];
          expect(Math.abs(entry)).toBeLessThan(bound);
        }
    }
  },
);

it("poseCovariance(…, gauss-newton) is the full one at zero residual and differs otherwise", () => {
  for (const noise of [0, 3]) {
    const { correspondences: points } = scene("generic", { noise });
    const { pose, condition } = solvePnP(points);
    if (!pose) throw new Error("expected a pose");
    const [R, t] = [pose.R.data, pose.t.data];
    const full = poseCovariance(points, R, t).covariance as Float64Array;
    const near = poseCovariance(points, R, t, { hessian: "gauss-newton" })
      .covariance as Float64Array;
    const difference = Math.hypot(...full.map((x, k) => x - near[k])) / Math.hypot(...full);
    if (noise === 0) expect(difference).toBeLessThan(64 * ε * condition ** 2 * 36);
    else expect(difference).toBeGreaterThan(1e-4);
  }
});

it("poseCovariance(…) has no covariance where rank is lost, and throws on misuse", () => {
  const { correspondences: points, R, t } = scene("collinear");
  const { status, covariance } = poseCovariance(points, R, t);
  // Rounding decides on which side of zero the lost pivot falls.
  expect(["rank-deficient", "not-positive-definite"]).toContain(status);
  expect(covariance).toBeNull();
  expect(() => poseCovariance(points, R, t, { epsilon: -1 })).toThrow(
    "poseCovariance: expected epsilon >= 0, got -1",
  );
  expect(() => poseCovariance(points, R, t, { clamps: { zMin: 0.1 } })).toThrow(
    'expected hessian "gauss-newton" with clamps, got "full"',
  );
});
