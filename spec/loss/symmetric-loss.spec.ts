import { expect, it } from "vitest";
import { denseLabel, linearCovarianceLoss, sparseLabel } from "../../src/loss/index.js";
import {
  candidatePoses,
  correspondences,
  type Pose,
  poseFromVector,
  symmetryTransforms,
} from "../../src/problem/index.js";
import { boxCorners } from "../equations/covariance-draws.js";
import { normals } from "../equations/head-draws.js";

/** Half turns about all three axes, a barrel, and a can whose axis passes beside the origin. */
const half = (a: number) =>
  [0, 1, 2, 3].flatMap((i) => [0, 1, 2, 3].map((j) => (i === j ? (i < 3 && i !== a ? -1 : 1) : 0)));
const objects = {
  box: { symmetries_discrete: [0, 1, 2].map(half) },
  barrel: { symmetries_discrete: [half(0)], symmetries_continuous: [{ axis: [0, 0, 1] }] },
  can: { symmetries_continuous: [{ axis: [0, 1, 2], offset: [0.01, -0.02, 0.03] }] },
};
const K = [
  [600, 0, 320],
  [0, 610, 240],
  [0, 0, 1],
];
const n = 100;
const corners = boxCorners(0.06, 0.05, 0.08);

const moved = ({ R, t }: Pose, z: Float64Array) =>
  z.map((_, i) => {
    const [first, a] = [i - (i % 3), i % 3];
    return [0, 1, 2].reduce((sum, j) => sum + R.data[3 * a + j] * z[first + j], t.data[a]);
  });
const rays = (X: Float64Array) =>
  X.map((_, i) => [0, 1, 2].reduce((sum, j) => sum + K[i % 3][j] * X[i - (i % 3) + j], 0));

/** What is seen of an object at its pose, and what a network makes of it: z and w with errors. */
function seen(k: number) {
  const y = normals("symmetric-loss/pose", k, 6, 0.8);
  const truth = poseFromVector([y[0], y[1], y[2], 0.1 * y[3], 0.1 * y[4], 1.2 + 0.1 * y[5]]);
  const z = normals("symmetric-loss/points", k, 3 * n, 0.05);
  const homogeneous = rays(moved(truth, z));
  const noise = normals("symmetric-loss/noise", k, 3 * n, 1e-3);
  const x2d = Float64Array.from({ length: 2 * n }, (_, c) => {
    const i = 3 * (c >> 1);
    return homogeneous[i + (c & 1)] / homogeneous[i + 2];
  });
  return {
    truth,
    rays: homogeneous,
    x2d,
    z,
    estimate: z.map((x, j) => x + noise[j]),
    w2d: normals("symmetric-loss/weights", k, 2 * n, 0.3).map(Math.exp),
  };
}

for (const [name, description] of Object.entries(objects))
  it(`the LC loss of a ${name} is the same whichever symmetric pose is its label (card S-21, 2)`, () => {
    const set = symmetryTransforms(description, { steps: 8 });
    for (let k = 0; k < 3; k++) {
      const at = seen(k);
      const problem = correspondences({ x2d: at.x2d, x3d: at.estimate, w2d: at.w2d, K });
      const lossAt = (pose: Pose) => linearCovarianceLoss(problem, pose, { corners });
      const labels = candidatePoses(at.truth, set);
      const given = labels.map((label) => lossAt(label).loss);
      const reference = lossAt(at.truth);
      for (const [i, label] of labels.entries()) {
        const candidates = candidatePoses(label, set);
        const dense = denseLabel(candidates, { K, rays: at.rays, z: at.estimate });
        const sparse = sparseLabel(candidates, { K, z: at.estimate, x2d: at.x2d });
        expect(sparse.index).toBe(dense.index);
        const { loss, gradient } = lossAt(dense.pose);
        expect(Math.abs(loss - reference.loss)).toBeLessThanOrEqual(1e-12);
        for (const key of ["x2d", "x3d", "w2d"] as const) {
          const scale = Math.max(...reference.gradient[key].map(Math.abs));
          const away = gradient[key].map((g, j) => Math.abs(g - reference.gradient[key][j]));
          // Residuals of half a pixel are differences of coordinates of 500: three digits fewer.
          expect(Math.max(...away)).toBeLessThanOrEqual(1e-10 * scale);
        }
        // Without the choice every other label costs more, and by far.
        if (i > 0) expect(given[i]).toBeGreaterThan(reference.loss + 0.5);
      }
    }
  });
