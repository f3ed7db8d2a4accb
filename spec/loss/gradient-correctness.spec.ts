import { describe, expect, it } from "vitest";
import { projection, projectionJacobian, rigidTransform } from "../../src/kernels/projection.js";
import { gradientCorrectness } from "../../src/loss/index.js";
import { type Scene, scene } from "../../src/problem/index.js";
import { stream } from "../../src/random/stream.js";

/** ∂Σe/∂x3d [3N] and ∂Σe/∂x2d [2N], e = ‖x − π(z, y_gt)‖², written out. */
function errorGradients({ correspondences: { n, x2d, x3d, K }, R, t }: Scene) {
  const [X, pi, J] = [new Float64Array(3), new Float64Array(2), new Float64Array(6)];
  const points = new Float64Array(3 * n);
  const pixels = new Float64Array(2 * n);
  for (let i = 0; i < n; i++) {
    rigidTransform(x3d.subarray(3 * i, 3 * i + 3), R, t, X);
    projection(X, K, pi);
    projectionJacobian(X, K, J);
    for (let a = 0; a < 2; a++) {
      pixels[2 * i + a] = 2 * (x2d[2 * i + a] - pi[a]);
      for (let b = 0; b < 3; b++)
        for (let c = 0; c < 3; c++)
          points[3 * i + b] -= pixels[2 * i + a] * J[3 * a + c] * R[3 * c + b];
    }
  }
  return { x3d: points, x2d: pixels };
}

const cloud = scene("generic", { n: 40, noise: 3, rotation: "uniform", seed: "correctness" });
const { correspondences: data, pose: truth } = cloud;
const downhill = errorGradients(cloud);

describe.each(["x3d", "x2d"] as const)("gradientCorrectness(data, truth, %s, g)", (of) => {
  const g = downhill[of];

  it("is 1 for the errors' own gradient and 0 for its opposite, infinitesimally and by steps", () => {
    for (const step of [undefined, 1e-7, 1e-14]) {
      expect(gradientCorrectness(data, truth, of, g, { step }).share).toBe(1);
      const opposed = g.map((v) => -v);
      expect(gradientCorrectness(data, truth, of, opposed, { step }).share).toBe(0);
    }
  });

  it("tells a small step from one that overshoots", () => {
    // By x the least error lies at half the gradient, and the error is as before at the whole.
    const far = of === "x2d" ? 1.01 : 1;
    expect(gradientCorrectness(data, truth, of, g, { step: far }).share).toBe(0);
    expect(gradientCorrectness(data, truth, of, g).share).toBe(1);
  });

  it("is about a half for a random gradient", () => {
    const draw = stream("correctness/random");
    const counts = { correct: 0, wrong: 0 };
    for (let k = 0; k < 50; k++) {
      const random = g.map(() => draw.normal());
      const { correct, wrong } = gradientCorrectness(data, truth, of, random);
      counts.correct += correct;
      counts.wrong += wrong;
    }
    expect(counts.correct + counts.wrong).toBe(2000);
    // Four deviations of 2000 fair coins.
    expect(Math.abs(counts.correct / 2000 - 0.5)).toBeLessThan(4 * Math.sqrt(0.25 / 2000));
  });

  it("counts zero gradients and zero errors apart, and only what the mask leaves", () => {
    const width = of === "x3d" ? 3 : 2;
    // Five gradients are zero, and one has a zero entry only.
    const some = g.map((v, k) => (k < 5 * width ? 0 : v));
    some[5 * width] = 0;
    const mask = Array.from({ length: 40 }, (_, i) => (i < 20 ? 1 : 0));
    expect(gradientCorrectness(data, truth, of, some, { mask })).toEqual({
      ...{ share: 1, correct: 15, wrong: 0, zeroGradients: 5, zeroErrors: 0, unseen: 0 },
    });
    // The projection itself as pixels: a residual of zero to the last bit.
    const fitting = { ...data, x2d: data.x2d.map((v, k) => v - downhill.x2d[k] / 2) };
    const kept = gradientCorrectness(fitting, truth, of, g);
    expect(kept.zeroErrors).toBeGreaterThan(20);
    expect(kept.zeroErrors + kept.correct + kept.wrong).toBe(40);
  });

  it("leaves out a point on the camera plane, and is NaN where nothing is left", () => {
    const K = data.K;
    const flat = { n: 1, x2d: Float64Array.of(1, 1), x3d: Float64Array.of(0, 0, 0), K };
    const at = { R: truth.R, t: { ...truth.t, data: Float64Array.of(0.1, 0, 0) } as never };
    const one = new Float64Array(of === "x3d" ? 3 : 2).fill(1);
    const shape = [[...one]];
    expect(gradientCorrectness(flat, at, of, shape)).toEqual({
      ...{ share: Number.NaN, correct: 0, wrong: 0, zeroGradients: 0, zeroErrors: 0, unseen: 1 },
    });
  });
});

it("gradientCorrectness(…) names what it expected and got", () => {
  const { x3d } = downhill;
  expect(() => gradientCorrectness(data, truth, "x3d", x3d.subarray(1))).toThrow("[40, 3]");
  const broken = x3d.map((v, k) => (k === 7 ? Number.NaN : v));
  expect(() => gradientCorrectness(data, truth, "x3d", broken)).toThrow("NaN");
  for (const step of [0, -1, Infinity, Number.NaN])
    expect(() => gradientCorrectness(data, truth, "x3d", x3d, { step })).toThrow(`got ${step}`);
  expect(() => gradientCorrectness(data, truth, "x3d", x3d, { mask: [1] })).toThrow("mask of 40");
  expect(() => gradientCorrectness(data, truth, "w2d" as never, x3d)).toThrow("got w2d");
});
