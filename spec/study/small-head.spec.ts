import { describe, expect, it } from "vitest";
import { keypointLikelihoodLoss } from "../../src/kernels/keypoint-likelihood.js";
import { linearCovarianceLoss } from "../../src/loss/index.js";
import type { Correspondences } from "../../src/problem/index.js";
import { ablations } from "../../src/study/ablation.js";
import { Adam } from "../../src/study/adam.js";
import { cloudCorners } from "../../src/study/cloud.js";
import { DIAMETER, denseHead, denseHeadLoss } from "../../src/study/dense-head.js";
import { keypointHeadLoss } from "../../src/study/keypoint-head.js";
import { LevelNetwork } from "../../src/study/level-network.js";
import { type HeadImage, SmallHead } from "../../src/study/small-head.js";

const factors = { points: 10, capacity: 5, systematic: 2, misfit: 0.5, spread: 0.5 };
const settings = { ...factors, images: 4, steps: 25, rate: 0.05, tests: 10, beta: 0.02 };

/** A loss of a problem at an image, and what its gradient is taken by. */
type Value = (problem: Correspondences, image: HeadImage) => number;

/** Central difference of a value along one entry, and the error it may have. */
function difference(
  value: Value,
  [problem, image]: [Correspondences, HeadImage],
  of: "x3d" | "x2d" | "w2d",
  j: number,
): { slope: number; room: number } {
  const at = (h: number) =>
    value({ ...problem, [of]: problem[of].map((v, i) => (i === j ? v + h : v)) }, image);
  const h = 1e-6 * Math.max(Math.abs(problem[of][j]), 0.01);
  const [slope, twice] = [(at(h) - at(-h)) / (2 * h), (at(2 * h) - at(-2 * h)) / (4 * h)];
  // Its own change under twice the step, and rounding of the loss over the step.
  return { slope, room: 4 * Math.abs(slope - twice) + (64 * Number.EPSILON * 10) / h };
}

describe("a small head's losses", () => {
  it("denseHeadLoss(…) has the slopes of mean |z − z_true| / diameter + β L_LC by weights, and those of LC by points", () => {
    const head = new SmallHead("spec/dense", { ...factors, predicts: "x3d" });
    const image = head.image("train/0");
    const problem = head.predicted(image);
    const by = denseHeadLoss({}, 0.5)(problem, image);
    const covariance: Value = (at) =>
      linearCovarianceLoss(at, image.pose, { corners: cloudCorners }).loss;
    for (let j = 0; j < 2 * problem.n; j++) {
      const { slope, room } = difference(covariance, [problem, image], "w2d", j);
      expect(Math.abs((by?.w2d[j] ?? Number.NaN) - slope)).toBeLessThan(room);
    }
    const alone = denseHeadLoss(null, 0.5)(problem, image);
    const mean: Value = (at) =>
      at.x3d.reduce((sum, v, j) => sum + Math.abs(v - image.exact.x3d[j]), 0) /
      at.x3d.length /
      DIAMETER;
    const { gradient } = linearCovarianceLoss(problem, image.pose, { corners: cloudCorners });
    for (let j = 0; j < 3 * problem.n; j++) {
      const { slope, room } = difference(mean, [problem, image], "x3d", j);
      const [plain, whole] = [alone, by].map((of) => of?.predicted[j] ?? Number.NaN);
      expect(Math.abs(plain - slope)).toBeLessThan(room);
      expect(whole).toBe(plain + 0.5 * gradient.x3d[j]);
    }
    expect(alone?.w2d.every((slope) => slope === 0)).toBe(true);
  });

  it("keypointHeadLoss(β) has the slopes of the likelihood by pixels and by w = 1/σ, and adds β of LC's", () => {
    const head = new SmallHead("spec/sparse", { ...factors, predicts: "x2d" });
    const image = head.image("train/0");
    const { w2d, ...rest } = head.predicted(image);
    const problem = { ...rest, w2d: w2d.map((_, j) => 0.2 + 0.1 * j) };
    const plain = keypointHeadLoss(0)(problem, image);
    const whole = keypointHeadLoss(0.7)(problem, image);
    const { gradient } = linearCovarianceLoss(problem, image.pose, { corners: cloudCorners });
    const likelihood: Value = (at) =>
      keypointLikelihoodLoss(
        at.n,
        at.x2d,
        image.exact.x2d,
        at.w2d.map((w) => 1 / w),
      );
    for (let j = 0; j < 2 * problem.n; j++)
      for (const [of, part] of [
        ["x2d", "predicted"],
        ["w2d", "w2d"],
      ] as const) {
        const { slope, room } = difference(likelihood, [problem, image], of, j);
        const found = plain?.[part][j] ?? Number.NaN;
        expect(Math.abs(found - slope), `${of} ${j}`).toBeLessThan(room);
        expect(whole?.[part][j]).toBe(found + 0.7 * gradient[of][j]);
      }
  });
});

describe("a small head", () => {
  it("SmallHead of no faults predicts the truth but for noise, and all of its images are repeatable", () => {
    const head = new SmallHead("spec", {
      ...{ ...factors, predicts: "x3d", systematic: 0, misfit: 0 },
    });
    const image = head.image("test/3");
    const { x3d, x2d } = head.predicted(image);
    expect([...x3d]).toEqual([...image.exact.x3d].map((v, j) => v + image.noise[j]));
    expect(x2d).toEqual(image.exact.x2d);
    expect(head.image("test/3")).toEqual(image);
  });

  it("SmallHead.train mends the part of its faults that it can, whatever is predicted", () => {
    for (const predicts of ["x3d", "x2d"] as const) {
      const head = new SmallHead("spec/mend", {
        ...{ ...factors, predicts, misfit: 0, spread: 0, systematic: 20 },
      });
      const image = head.image("test/0");
      const off = () =>
        head
          .predicted(image)
          [predicts].reduce(
            (sum, v, j) => sum + Math.abs(v - image.exact[predicts][j] - image.noise[j]),
            0,
          );
      const before = off();
      head.train(
        (problem, { exact }) => ({
          predicted: problem[predicts].map((v, j) => v - exact[predicts][j]),
          w2d: new Float64Array(2 * problem.n),
        }),
        { images: 8, steps: 300, rate: 0.3 },
      );
      // Least squares on noise of up to 9 px, averaged over 8 images and as many points.
      expect(off()).toBeLessThan(0.15 * before);
    }
  });

  it("rows that hold residuals in E_cov, or leave it out, learn the points of the row without LC, bit for bit", () => {
    const points = (row: keyof typeof ablations) => {
      const head = denseHead(ablations[row], "spec/rows", settings, 0.5);
      return [...head.predicted(head.image("test/0")).x3d];
    };
    const alone = points("A0");
    for (const row of ["C0", "C2"] as const) expect(points(row), row).toEqual(alone);
    for (const row of ["B0", "C1", "C3", "C4"] as const)
      expect(points(row), row).not.toEqual(alone);
  });

  it("weights learned under LC fall with the level of a point's noise", () => {
    // Ranks of levels are the mean absolute noise over many images.
    const head = denseHead({}, "spec/weights", { ...settings, steps: 80, images: 8 }, 0);
    const levels = new Float64Array(10);
    for (let k = 0; k < 30; k++)
      head.image(`test/${k}`).noise.forEach((e, j) => {
        levels[Math.floor(j / 3)] += Math.abs(e);
      });
    const { w2d } = head.predicted(head.image("test/0"));
    const [u, v] = [levels, levels.map((_, i) => w2d[2 * i] * w2d[2 * i + 1])].map((values) =>
      [...values.map(Math.log)].map((x, _, all) => x - all.reduce((a, b) => a + b, 0) / 10),
    );
    const product = (a: number[], b: number[]) => a.reduce((sum, x, i) => sum + x * b[i], 0);
    const correlation = product(u, v) / Math.sqrt(product(u, u) * product(v, v));
    expect(correlation).toBeLessThan(-0.7);
  });
});

it("LevelNetwork.addGradient(u, slope) is slope times the derivative of value(u)", () => {
  const network = new LevelNetwork("spec/network", 5);
  const u = 0.7;
  network.addGradient(u, 3);
  network.parameters.forEach((p, k) => {
    const h = 1e-6;
    const at = (v: number) => {
      network.parameters[k] = v;
      return network.value(u);
    };
    const slope = (3 * (at(p + h) - at(p - h))) / (2 * h);
    network.parameters[k] = p;
    // The step squared by a third derivative of at most 2 |u|³ |b|, and rounding over the step.
    const room = 10 * h ** 2 + (16 * Number.EPSILON) / h;
    expect(Math.abs(network.gradient[k] - slope)).toBeLessThan(room);
  });
});

it("Adam.step(g) goes its rate against a constant gradient, and nowhere for one that is not finite", () => {
  const parameters = Float64Array.of(1, 2, 3);
  const adam = new Adam(parameters, 0.1);
  const gradient = Float64Array.of(5, -0.01, 0);
  for (let step = 1; step <= 4; step++) {
    adam.step(gradient);
    const moved = 0.1 * step;
    // Hats cancel but for rounding of both means, which 1 − 0.999 magnifies a thousandfold.
    const room = 4000 * step * Number.EPSILON;
    expect(Math.abs(parameters[0] - 1 + moved)).toBeLessThan(room);
    expect(Math.abs(parameters[1] - 2 - moved)).toBeLessThan(room);
    expect(parameters[2]).toBe(3);
  }
  const before = [...parameters];
  adam.step(Float64Array.of(1, Number.NaN, 1));
  expect([...parameters]).toEqual(before);
});
