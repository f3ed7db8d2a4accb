import { expect, it } from "vitest";
import * as definition from "../../src/definitions/keypoint-loss.js";
import * as kernel from "../../src/kernels/keypoint-loss.js";
import { reprojectionGradient } from "../../src/kernels/reprojection-cost.js";
import { scene } from "../../src/problem/index.js";
import { ulpTarget } from "../certify/case.js";
import { bigRows, bigs, worstUlp } from "./big-truth.js";
import { expectGradient } from "./expect-gradient.js";
import { normals, rows, written } from "./head-draws.js";

it.each(["sum", "mean"] as const)(
  "keypointLoss(…, %s) and its gradient are their definitions, and those on duals",
  (reduction) => {
    for (let k = 0; k < 8; k++) {
      const n = 1 + (k % 5);
      const u = normals("keypoint-loss/u", k, 2 * n, 100);
      const x = u.map(
        (value, i) => value + normals("keypoint-loss/x", k, 2 * n)[i] * 10 ** (1 - 2 * k),
      );
      const [U, X] = [bigRows(u, 2), bigRows(x, 2)];
      const loss = kernel.keypointLoss(n, u, x, reduction);
      const stated = definition.keypointLoss(U, X, reduction);
      expect(worstUlp([loss], stated)).toBeLessThanOrEqual(ulpTarget.generic);
      const slopes = written(2 * n, (g) => kernel.keypointLossGradient(n, u, x, reduction, g));
      const truth = definition.keypointLossGradient(U, X, reduction).flat();
      expect(worstUlp(slopes, truth)).toBeLessThanOrEqual(4);
      expectGradient(
        (z) =>
          definition.keypointLoss(
            rows(z, 2),
            rows(
              Array.from(x, (value) => z[0].of(value)),
              2,
            ),
            reduction,
          ),
        bigs(u),
        truth,
        100,
      );
    }
  },
);

it("at weights of one the sum is twice the reprojection cost", () => {
  const { correspondences, R, t } = scene("generic", { n: 8, noise: 2 });
  const { n, x2d, x3d, w2d, K } = correspondences;
  const cost = reprojectionGradient(n, x2d, x3d, w2d, K, R, t, Infinity, new Float64Array(6));
  const projected = new Float64Array(2 * n);
  for (let i = 0; i < n; i++) {
    const X = [0, 1, 2].map(
      (a) => t[a] + [0, 1, 2].reduce((sum, b) => sum + R[3 * a + b] * x3d[3 * i + b], 0),
    );
    for (let a = 0; a < 2; a++)
      projected[2 * i + a] = (K[3 * a] * X[0] + K[3 * a + 1] * X[1]) / X[2] + K[3 * a + 2];
  }
  const loss = kernel.keypointLoss(n, projected, x2d, "sum");
  // Pixels of size 600 leave residuals of size 2 with an error of 600 ε each.
  expect(Math.abs(loss - 2 * cost)).toBeLessThan(2 * n * 2 * 4 * 600 * 16 * Number.EPSILON);
});

it("without keypoints the loss is 0", () => {
  const none = new Float64Array(0);
  for (const reduction of ["sum", "mean"] as const)
    expect(kernel.keypointLoss(0, none, none, reduction)).toBe(0);
});
