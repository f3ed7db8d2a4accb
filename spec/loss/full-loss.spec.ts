import { expect, it } from "vitest";
import { cropGrid } from "../../src/kernels/dense-head.js";
import {
  covarianceLossWeights,
  gdrBaseLoss,
  linearCovarianceLoss,
  maskLoss,
  rampedLoss,
  rampIn,
  sampledPixels,
  sampledRows,
  sampledRowsPull,
  totalLoss,
  weightMap,
  weightMapPull,
} from "../../src/loss/index.js";
import { stream } from "../../src/random/index.js";
import { boxCorners } from "../equations/covariance-draws.js";
import { normals, written } from "../equations/head-draws.js";

const ε = Number.EPSILON;
/** A map of 8 × 8 pixels over the image of a box at distance 3, as a network might predict it. */
const side = 8;
const count = side * side;
const K = [
  [600, 0, 320],
  [0, 600, 240],
  [0, 0, 1],
];
const pose = [0.3, -0.2, 0.4, 0.05, -0.1, 3];
const corners = boxCorners();
const size = [0.3, 0.25, 0.2];
const pixels = written(2 * count, (out) =>
  cropGrid(Float64Array.of(265, 180), 100, side, 0.5, out),
);
const drawn = {
  coordinates: normals("full/coordinates", 0, 3 * count, 0.6),
  weightLogits: normals("full/weights", 0, 2 * count),
  logScale: Float64Array.of(3),
  maskLogits: normals("full/mask", 0, count),
};
const target = normals("full/target", 0, 3 * count, 0.6);
const visible = Float64Array.from({ length: count }, (_, p) => (p % 5 ? 1 : 0));
const kept = sampledPixels(side, side, 2, stream("full/offset"));
/** Half-way up the ramp. */
const λ = rampIn(49, { step: 100 });

/** L_full of what a network predicts, and its gradient, taken back through every step. */
function fullLoss(maps: typeof drawn) {
  const { coordinates, weightLogits, logScale, maskLogits } = maps;
  const base = gdrBaseLoss({ coordinates, target, maskLogits, visible });
  const weights = weightMap("joint", weightLogits, logScale);
  const of = {
    x2d: sampledRows(pixels, kept, 2),
    x3d: sampledRows(coordinates, kept, 3).map((n, j) => n * size[j % 3]),
    w2d: sampledRows(weights.w2d, kept, 2),
  };
  const problem = { n: kept.length, ...of, K: Float64Array.from(K.flat()) };
  // Differences hear everything: so nothing is held but what has no derivative at all.
  const covariance = linearCovarianceLoss(problem, pose, { corners, detached: [] });
  expect(covariance.status).toBe("ok");
  const both = weightLogits.map((_, k) => visible[k >> 1]);
  const warm = maskLoss("cross-entropy", weightLogits, both);
  const { total, leftOut } = totalLoss(
    { base: base.loss, pose: rampedLoss(λ, covariance.loss, warm.loss) },
    { base: 1, pose: covarianceLossWeights.gdr },
  );
  expect(leftOut).toEqual([]);
  const β = covarianceLossWeights.gdr;
  const back = weightMapPull(weights, sampledRowsPull(covariance.gradient.w2d, kept, 2, count));
  const byPoints = sampledRowsPull(covariance.gradient.x3d, kept, 3, count);
  return {
    total,
    gradient: {
      coordinates: base.gradient.coordinates.map((g, j) => g + β * λ * byPoints[j] * size[j % 3]),
      weightLogits: back.logits.map((g, k) => β * (λ * g + (1 - λ) * warm.gradient[k])),
      logScale: back.logScale.map((g) => β * λ * g),
      maskLogits: base.gradient.maskLogits,
    },
  };
}

it("the full loss of sampled, weighed and ramped maps has the gradient of its differences (LC-32)", () => {
  const { gradient } = fullLoss(drawn);
  const h = 2 ** -16;
  for (const key of ["coordinates", "weightLogits", "logScale", "maskLogits"] as const) {
    const slopes = gradient[key];
    const scale = Math.max(...slopes.map(Math.abs));
    const tried = slopes.length > 6 ? [0, 7, 31, slopes.length - 1] : [0];
    const direction = normals(`full/along/${key}`, 0, slopes.length);
    const ways = tried.map((j) => direction.map((_, k) => (k === j ? 1 : 0)));
    for (const way of [...ways, direction]) {
      const [up, down] = [h, -h].map(
        (step) => fullLoss({ ...drawn, [key]: drawn[key].map((x, k) => x + step * way[k]) }).total,
      );
      const closed = slopes.reduce((sum, g, k) => sum + g * way[k], 0);
      const reach = way.reduce((sum, x) => sum + Math.abs(x), 0);
      // h² times third derivatives, and the rounding of a loss of order one over the step.
      const allowed = reach * scale * 100 * h * h + (256 * ε) / h;
      expect(Math.abs((up - down) / (2 * h) - closed)).toBeLessThanOrEqual(allowed);
    }
  }
});

it("L_full is linear in its terms, and a pose without a loss is left out by name", () => {
  const weights = { base: 1, pose: covarianceLossWeights.zebra };
  const at = (base: number, pose: number) => totalLoss({ base, pose }, weights);
  expect(at(2, 5).total - at(2, 4).total).toBeCloseTo(0.03, 15);
  expect(at(3, 5).total - at(2, 5).total).toBe(1);
  expect(at(2, Number.NaN)).toEqual({ total: 2, leftOut: ["pose"] });
});

it("sampledRows and sampledRowsPull are adjoint, and only sampled pixels have a gradient (LC-28)", () => {
  for (const width of [1, 2, 3]) {
    const map = normals("rows/map", width, width * count);
    const v = normals("rows/v", width, width * kept.length);
    const [taken, spread] = [sampledRows(map, kept, width), sampledRowsPull(v, kept, width, count)];
    const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, x, k) => sum + x * b[k], 0);
    const [left, right] = [dot(taken, v), dot(map, spread)];
    expect(Math.abs(left - right)).toBeLessThanOrEqual(2 * width * count * ε * Math.abs(left) + ε);
    spread.forEach((g, k) => {
      if (!kept.includes(Math.floor(k / width))) expect(g).toBe(0);
    });
  }
  expect([...sampledRowsPull(Float64Array.of(1, 2), [1, 1], 1, 3)]).toEqual([0, 3, 0]);
  expect(() => sampledRows(new Float64Array(4), [2], 2)).toThrow(
    "sampledRows: expected pixels of 0 to 1, got 2",
  );
  expect(() => sampledRowsPull(new Float64Array(3), [0], 2, 2)).toThrow(
    "sampledRowsPull: expected 2 numbers, got 3",
  );
});

it("weightMap(form, logits, logScale) and its pull: joint with one scale, the others with two, or none", () => {
  const logits = normals("weight-map", 0, 12);
  const v = normals("weight-map/v", 0, 12);
  for (const form of ["joint", "softmax", "geometric", "exponential"] as const) {
    const scale = form === "joint" ? [0.7] : [0.7, -0.3];
    const [plain, scaled] = [weightMap(form, logits), weightMap(form, logits, scale)];
    expect([plain.scales, scaled.scales]).toEqual([0, scale.length]);
    scaled.w2d.forEach((w, k) => {
      const factor = Math.exp(scale[form === "joint" ? 0 : k % 2]);
      expect(Math.abs(w / plain.w2d[k] / factor - 1)).toBeLessThanOrEqual(8 * ε);
    });
    const pulled = weightMapPull(scaled, v);
    expect(pulled.logScale).toHaveLength(scale.length);
    expect(weightMapPull(plain, v).logScale).toHaveLength(0);
    // By Euler: the pull by log scales is Σ w v.
    const along = scaled.w2d.reduce((sum, w, k) => sum + w * v[k], 0);
    const sum = pulled.logScale.reduce((a, b) => a + b, 0);
    expect(Math.abs(sum - along)).toBeLessThanOrEqual(32 * ε * Math.max(...scaled.w2d) * 12);
  }
  // What one axis loses the other gains: a pose held by one axis alone is none.
  const starved = weightMap(
    "joint",
    logits.map((x, k) => (k % 2 ? x : x - 800)),
  );
  expect(starved.w2d.every((w, k) => (k % 2 ? w > 0 : w === 0))).toBe(true);
  const problem = {
    n: 6,
    x2d: sampledRows(pixels, [0, 5, 18, 30, 44, 63], 2),
    x3d: normals("weight-map/points", 0, 18, 0.2),
    w2d: starved.w2d,
    K: Float64Array.from(K.flat()),
  };
  expect(linearCovarianceLoss(problem, pose, { corners }).status).toBe("singular");
  expect(() => weightMap("joint", logits, [1, 2])).toThrow("weightMap: expected logScale");
  expect(() => weightMap("mean" as "joint", logits)).toThrow("weightMap: expected form of joint");
  expect(() => weightMapPull(starved, [1])).toThrow("weightMapPull: expected v");
});
