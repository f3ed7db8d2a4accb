import { expect, it } from "vitest";
import { projection, rigidTransform } from "../../src/kernels/projection.js";
import { rotationVector } from "../../src/kernels/rodrigues.js";
import {
  behindCamera,
  pointGeometry,
  problemStatus,
  type Scene,
  type SceneName,
  scene,
  sceneNames,
  statusSentences,
} from "../../src/problem/index.js";

const ε = Number.EPSILON;

/** Pixels of the true pose [2N]. */
function truePixels({ correspondences: { n, x3d, K }, R, t }: Scene): Float64Array {
  const X = new Float64Array(3);
  const pixels = new Float64Array(2 * n);
  for (let i = 0; i < n; i++) {
    rigidTransform(x3d.subarray(3 * i, 3 * i + 3), R, t, X);
    projection(X, K, pixels.subarray(2 * i, 2 * i + 2));
  }
  return pixels;
}

it("scene(name) repeats itself; another seed, or name, is another scene", () => {
  for (const name of sceneNames) {
    const n = name === "D1" ? 9 : 6;
    expect(scene(name, { n, seed: 3 })).toEqual(scene(name, { n, seed: 3 }));
    expect(scene(name, { n, seed: 3, noise: 1 }).correspondences.x2d).not.toEqual(
      scene(name, { n, seed: 4, noise: 1 }).correspondences.x2d,
    );
  }
});

it("scene(name, { noise: 0, outliers: 0 }) shows every point where its pose projects it", () => {
  for (const name of sceneNames) {
    const exact = scene(name, { noise: 0, outliers: 0 });
    expect(exact.correspondences.x2d).toEqual(truePixels(exact));
    expect(exact.inliers.every((inlier) => inlier === 1)).toBe(true);
  }
});

it("scene(name) puts all points in front of the camera, but for behind-camera", () => {
  for (const name of sceneNames)
    for (let seed = 0; seed < 20; seed++) {
      const { correspondences, R, t } = scene(name, { seed, n: name === "D1" ? 9 : 32 });
      const behind = behindCamera(correspondences, R, t);
      if (name === "behind-camera") expect(behind).toBeGreaterThan(0);
      else expect(behind).toBe(0);
    }
});

it("scene(name, { noise }) adds that noise to pixels and moves no point", () => {
  const noisy = scene("generic", { n: 4000, noise: 2 });
  const clean = scene("generic", { n: 4000, noise: 0 });
  expect(noisy.correspondences.x3d).toEqual(clean.correspondences.x3d);
  let squared = 0;
  noisy.correspondences.x2d.forEach((x, j) => {
    squared += (x - clean.correspondences.x2d[j]) ** 2;
  });
  // A sum of 8000 squares of variance 4: z-score within the 1e-4 threshold of VER-5.
  expect(Math.abs(squared / 4 - 8000) / Math.sqrt(2 * 8000)).toBeLessThan(3.891);
});

it("scene(name, { outliers }) replaces that share of the pixels and says which", () => {
  const mixed = scene("generic", { n: 40, noise: 0, outliers: 0.3 });
  expect(mixed.inliers.reduce((sum, inlier) => sum + inlier, 0)).toBe(28);
  const truth = truePixels(mixed);
  mixed.inliers.forEach((inlier, i) => {
    const same = mixed.correspondences.x2d[2 * i] === truth[2 * i];
    expect(same).toBe(inlier === 1);
  });
});

it("scene('D2') weighs each point by one over its own noise, within 0.3 px and 9 px", () => {
  const { noise, correspondences } = scene("D2");
  noise.forEach((sigma, i) => {
    expect(sigma >= 0.3 * (1 - 8 * ε) && sigma <= 9 * (1 + 8 * ε)).toBe(true);
    expect(correspondences.w2d[2 * i]).toBe(1 / sigma);
  });
  expect(scene("D7").correspondences.w2d[0]).toBe(0.5);
});

it("scene(name, { rotation }) reaches the chart's seams", () => {
  const angle = (rotation: "tiny" | "near-pi" | "identity" | "exact-turn"): number => {
    const omega = new Float64Array(3);
    rotationVector(scene("generic", { rotation, seed: 1 }).R, omega);
    return Math.hypot(...omega);
  };
  expect(angle("identity")).toBe(0);
  expect(angle("tiny")).toBeLessThan(1.1e-4);
  expect(angle("tiny")).toBeGreaterThan(0);
  expect(Math.PI - angle("near-pi")).toBeLessThan(1.1e-3);
  const quarters = angle("exact-turn") / (Math.PI / 2);
  expect(Math.abs(quarters - Math.round(quarters))).toBeLessThan(8 * ε);
});

it("problemStatus(correspondences) names what keeps a problem from one answer", () => {
  const status = (name: SceneName, options: Parameters<typeof scene>[1] = {}): string =>
    problemStatus(scene(name, options).correspondences);
  expect(status("generic", { n: 0 })).toBe("empty");
  expect(status("generic", { weights: "zeros" })).toBe("zero-weights");
  expect(status("generic", { weights: "one-hot" })).toBe("too-few-points");
  expect(status("generic", { n: 2 })).toBe("too-few-points");
  expect(status("generic", { n: 4, weights: "zero-axis" })).toBe("too-few-points");
  expect(status("generic", { n: 6, weights: "zero-axis" })).toBe("ok");
  expect(status("coincident")).toBe("coincident");
  for (let seed = 0; seed < 20; seed++) expect(status("collinear", { seed })).toBe("collinear");
  for (const name of ["three", "planar", "near-planar", "cube", "D1"] as const)
    expect(status(name)).toBe("ok");
  for (const sentence of Object.values(statusSentences)) expect(sentence.endsWith(".")).toBe(true);
});

it("pointGeometry(correspondences) counts equations and dimensions of weighted points only", () => {
  const geometry = (name: SceneName) => pointGeometry(scene(name).correspondences);
  expect(geometry("planar")).toEqual({ weighted: 16, equations: 32, dimension: 2 });
  expect(geometry("near-planar").dimension).toBe(3);
  expect(geometry("generic").dimension).toBe(3);
  const { correspondences } = scene("generic", { n: 5 });
  correspondences.w2d.fill(0, 4);
  expect(pointGeometry(correspondences)).toEqual({ weighted: 2, equations: 4, dimension: 1 });
});

it("scene(name, options) throws, naming what it expected and what it got", () => {
  expect(() => scene("nowhere" as SceneName)).toThrow("scene: expected one of generic, cube");
  expect(() => scene("generic", { n: 1.5 })).toThrow("scene: expected a whole n >= 0, got 1.5");
  expect(() => scene("D1", { n: 8 })).toThrow("scene: expected n = 9 for D1, got 8");
  expect(() => scene("generic", { noise: -1 })).toThrow(
    "scene: expected a finite noise >= 0, got -1",
  );
  expect(() => scene("generic", { outliers: 2 })).toThrow(
    "scene: expected outliers within 0 … 1, got 2",
  );
});
