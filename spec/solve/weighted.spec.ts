import { describe, expect, it } from "vitest";
import { rigidTransform } from "../../src/kernels/projection.js";
import { type Correspondences, type Scene, scene } from "../../src/problem/index.js";
import { stream } from "../../src/random/index.js";
import { poseCovariance, solvePnP, weightedPnP } from "../../src/solve/index.js";
import { polish, polished } from "../../src/solve/polish.js";

/** Mean distance of the corners of ±(0.15, 0.11, 0.08) between two poses [m] (card S-23). */
function cornerError(R: Float64Array, t: Float64Array, truth: Scene): number {
  const [a, b] = [new Float64Array(3), new Float64Array(3)];
  let sum = 0;
  for (let k = 0; k < 8; k++) {
    const z = Float64Array.of(k & 1 ? 0.15 : -0.15, k & 2 ? 0.11 : -0.11, k & 4 ? 0.08 : -0.08);
    rigidTransform(z, R, t, a);
    rigidTransform(z, truth.R, truth.t, b);
    sum += Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]) / 8;
  }
  return sum;
}

describe("card S-23", () => {
  it("solvePnP(w = 1/s) is 2.95 mm off on D2 and 12.3 mm without weights, means of 512 poses", () => {
    let weighted = 0;
    let plain = 0;
    for (let seed = 0; seed < 512; seed++) {
      const truth = scene("D2", { seed: `S-23/${seed}` });
      const { x2d, x3d, K, w2d } = truth.correspondences;
      const a = solvePnP({ x2d, x3d, K, w2d }).pose;
      const b = solvePnP({ x2d, x3d, K }).pose;
      if (!a || !b) throw new Error("expected poses");
      weighted += cornerError(a.R.data, a.t.data, truth) / 512;
      plain += cornerError(b.R.data, b.t.data, truth) / 512;
    }
    // One pose's error scatters by about half its mean, so a mean over 512 is known to 2.3 %, and so
    // is the card's own: four standard deviations of the difference are 13 %.
    const band = 4 * Math.SQRT2 * (0.5 / Math.sqrt(512));
    expect(Math.abs(weighted / 2.95e-3 - 1)).toBeLessThan(band);
    expect(Math.abs(plain / 12.3e-3 - 1)).toBeLessThan(band);
  });

  it("poseCovariance(…) is the covariance of 5 000 re-solved poses under noise of 1/w", () => {
    const truth = scene("D2", { noise: 0, seed: "S-23/covariance" });
    const { n, x2d, x3d, K } = truth.correspondences;
    const draw = stream("S-23/noise");
    const sigma = Float64Array.from({ length: n }, () => 0.3 * 10 ** draw.uniform());
    const w2d = Float64Array.from({ length: 2 * n }, (_, j) => 1 / sigma[j >> 1]);
    const clean: Correspondences = { n, x2d, x3d, w2d, K };
    const { covariance } = poseCovariance(clean, truth.R, truth.t);
    const trials = 5000;
    const found = empirical(clean, truth, sigma, trials);
    const whitened = inUnitsOf(covariance as Float64Array, found);
    // A sample variance scatters by √(2/trials) = 2 %, a covariance by 1.4 %; each entry is held to
    // four standard deviations, and their mean, the trace, to the card's 5 %.
    for (let i = 0; i < 6; i++)
      for (let j = 0; j <= i; j++) {
        const known = i === j ? 1 : 0;
        const scatter = Math.sqrt((i === j ? 2 : 1) / trials);
        expect(Math.abs(whitened[6 * i + j] - known)).toBeLessThan(4 * scatter);
      }
    const trace = [0, 7, 14, 21, 28, 35].reduce((sum, k) => sum + whitened[k] / 6, 0);
    expect(Math.abs(trace - 1)).toBeLessThan(0.05);
  });

  it("weightedPnP(outliers) keeps the pose RANSAC agrees on, and reports what took part", () => {
    for (let seed = 0; seed < 8; seed++) {
      const truth = scene("outliers", { seed: `S-23/${seed}` });
      const found = weightedPnP(truth.correspondences, { inliersOnly: true, threshold: 4 });
      expect(found.status).toBe("ok");
      const kept = found.selected.filter((chosen, i) => chosen && truth.inliers[i]).length;
      const total = found.selected.filter((chosen) => chosen).length;
      // 4σ drops 1 in 16 000 of the true ones a coordinate; a uniform pixel is rarely so near.
      expect(kept).toBeGreaterThanOrEqual(30);
      expect(total - kept).toBeLessThanOrEqual(2);
      const { R, t } = { R: found.pose?.R.data, t: found.pose?.t.data };
      if (!R || !t) throw new Error("expected a pose");
      expect(cornerError(R, t, truth)).toBeLessThan(0.02);
    }
  });

  it("weightedPnP(…, { quantile: 0.3 }) is solvePnP of the heaviest 70 %", () => {
    const { x2d, x3d, w2d, K } = scene("D2").correspondences;
    const found = weightedPnP({ x2d, x3d, w2d, K }, { quantile: 0.3, threshold: Infinity });
    expect(found.selected.reduce((sum, chosen) => sum + chosen, 0)).toBe(64 - 19);
    const masked = w2d.map((w, j) => (found.selected[j >> 1] ? w : 0));
    const same = solvePnP({ x2d, x3d, w2d: masked, K });
    expect(found.cost).toBeCloseTo(same.cost, 9);
    expect(() => weightedPnP({ x2d, x3d, K }, { quantile: 1 })).toThrow(
      "weightedPnP: expected quantile in [0, 1), got 1",
    );
  });
});

/** Covariance [6, 6] of (φ, τ), LEFT, of poses re-solved under noise σ on both axes of each point. */
function empirical(
  clean: Correspondences,
  truth: Scene,
  sigma: Float64Array,
  trials: number,
): Float64Array {
  const draw = stream("S-23/trials");
  const at = polished();
  const moved = { ...clean, x2d: new Float64Array(2 * clean.n) };
  const sums = new Float64Array(6);
  const squares = new Float64Array(36);
  for (let trial = 0; trial < trials; trial++) {
    const [R, t] = [truth.R.slice(), truth.t.slice()];
    for (let j = 0; j < 2 * clean.n; j++)
      moved.x2d[j] = clean.x2d[j] + sigma[j >> 1] * draw.normal();
    polish(moved, R, t, Infinity, 20, at);
    const y = leftDifference(R, t, truth);
    for (let i = 0; i < 6; i++) {
      sums[i] += y[i];
      for (let k = 0; k < 6; k++) squares[6 * i + k] += y[i] * y[k];
    }
  }
  return squares.map(
    (s, k) => (s - (sums[Math.floor(k / 6)] * sums[k % 6]) / trials) / (trials - 1),
  );
}

/** (φ, τ) with R = Exp(φ) R₀ to first order, τ = t − t₀. */
function leftDifference(R: Float64Array, t: Float64Array, truth: Scene): number[] {
  const D = (i: number, j: number) =>
    [0, 1, 2].reduce((sum, k) => sum + R[3 * i + k] * truth.R[3 * j + k], 0);
  const φ = [D(2, 1) - D(1, 2), D(0, 2) - D(2, 0), D(1, 0) - D(0, 1)].map((x) => x / 2);
  return [...φ, ...[0, 1, 2].map((k) => t[k] - truth.t[k])];
}

/** L⁻¹ C L⁻ᵀ with Σ = L Lᵀ: C in units of Σ, the identity when they agree. */
function inUnitsOf(Σ: Float64Array, C: Float64Array): Float64Array {
  const L = new Float64Array(36);
  for (let i = 0; i < 6; i++)
    for (let j = 0; j <= i; j++) {
      let s = Σ[6 * i + j];
      for (let k = 0; k < j; k++) s -= L[6 * i + k] * L[6 * j + k];
      L[6 * i + j] = i === j ? Math.sqrt(s) : s / L[7 * j];
    }
  const left = C.slice();
  for (const transposed of [false, true]) {
    const at = (i: number, j: number) => (transposed ? 6 * j + i : 6 * i + j);
    for (let j = 0; j < 6; j++)
      for (let i = 0; i < 6; i++) {
        for (let k = 0; k < i; k++) left[at(i, j)] -= L[6 * i + k] * left[at(k, j)];
        left[at(i, j)] /= L[7 * i];
      }
  }
  return left;
}
