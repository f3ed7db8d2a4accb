import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { poseFromVector, type SceneName, scene } from "../../src/problem/index.js";
import { residualMagnitude } from "../../src/solve/depths.js";
import {
  type PnPSolution,
  poseCovariance,
  solvePnP,
  solvePnPBatch,
} from "../../src/solve/index.js";
import { solveCorrespondences } from "../../src/solve/solve-pnp.js";
import { families, tally } from "../certify/global-minimum.js";
import { depthRatio, poseError } from "./pose-error.js";
import { recorded, row } from "./recorded.js";

const ε = Number.EPSILON;

/** R and t of a solution that has a pose. */
function poseOf({ pose }: PnPSolution) {
  if (!pose) throw new Error("expected a pose");
  return { R: pose.R.data, t: pose.t.data };
}

describe.each<SceneName>([
  "generic",
  "cube",
  "planar",
  "near-planar",
  "deep",
  "far",
  "minimal",
  "D1",
])("solvePnP(%s)", (name) => {
  it("returns the true pose of data without noise, stationary to rounding", () => {
    for (let seed = 0; seed < 20; seed++) {
      const truth = scene(name, { noise: 0, seed });
      const found = solvePnP(truth.correspondences);
      expect(found.status).toBe("ok");
      expect(found.stationarity).toBeLessThanOrEqual(1);
      expect([found.rank, found.behindCamera]).toEqual([6, 0]);
      // The pixels' rounding, amplified by the Jacobian's condition and by depth over size.
      const bound = 16 * ε * found.condition * depthRatio(truth) ** 2;
      const { R, t } = poseOf(found);
      expect(poseError(R, t, truth)).toBeLessThanOrEqual(bound);
    }
  });
});

describe("solvePnP(recorded problem) costs no more than the recorded minimiser", () => {
  it.each(["cv_pnp_n8", "cv_pnp_n32", "cv_pnp_planar"])("of %s", (name) => {
    const { pts3d, pts2d, K, rms_ml } = recorded(name);
    const [count, n] = pts3d.shape;
    for (let b = 0; b < count; b++) {
      const input = { x3d: row(pts3d, b), x2d: row(pts2d, b), K: row(K, b) };
      const found = solvePnP(input);
      expect(found.status).toBe("ok");
      const best = (n * rms_ml.data[b] ** 2) / 2;
      expect(found.cost).toBeLessThanOrEqual(best + costRounding(found, input, n));
    }
  });

  it.each(["n8", "n16", "n64", "n256"])("of bpnp-%s-forward, from its pose and without", (name) => {
    const path = new URL(`../../fixtures/official/bpnp-${name}-forward.json`, import.meta.url);
    const { input, claim } = JSON.parse(readFileSync(path, "utf8"));
    for (const [b, y] of claim.pose.entries()) {
      const K = input.K.length === 3 && input.K[0].length === 3 && !Array.isArray(input.K[0][0]);
      const problem = { x2d: input.x2d[b], x3d: input.x3d[b], K: K ? input.K : input.K[b] };
      const near = solvePnP(problem, { poseInit: y });
      expect([near.status, near.stationarity <= 1]).toEqual(["ok", true]);
      const { R, t } = poseFromVector(y);
      // The recording's last Newton step was below 1e-10.
      const pose = poseOf(near);
      expect(poseError(pose.R, pose.t, { R: R.data, t: t.data })).toBeLessThan(1e-9);
      const free = solvePnP(problem);
      const n = problem.x2d.length;
      const flat = { x2d: problem.x2d.flat(), x3d: problem.x3d.flat(), K: problem.K.flat() };
      expect(free.cost).toBeLessThanOrEqual(claim.cost[b] + costRounding(free, flat, n));
    }
  });
});

/** ε M (√(2c) + ε M), M from depths.ts: what rounding of residuals does to a cost; 4 operations deep. */
function costRounding(
  found: PnPSolution,
  { x2d, x3d, K }: Record<"x2d" | "x3d" | "K", ArrayLike<number>>,
  n: number,
): number {
  const { R, t } = poseOf(found);
  const ones = new Float64Array(2 * n).fill(1);
  const [x, z, k] = [x2d, x3d, K].map((array) => Float64Array.from(array));
  const noise = 4 * ε * residualMagnitude(n, x, z, ones, k, R, t);
  return noise * (Math.sqrt(2 * found.cost) + noise);
}

it.each(families)("solvePnP(%o) is beaten by none of 64 random restarts", (family) => {
  const found = tally(family, 45, 64);
  expect(found.missed).toBe(0);
  expect(found.worstStationarity).toBeLessThanOrEqual(1);
});

it("solvePnP(planar under noise) names the mirrored pose as second when it cannot be told apart", () => {
  const far = Array.from({ length: 60 }, (_, seed) => {
    const truth = scene("planar", { n: 8, noise: 3, seed });
    return { truth, found: solvePnP(truth.correspondences) };
  });
  const ambiguous = far.filter(({ found }) => found.ambiguous);
  expect(ambiguous.length).toBeGreaterThan(0);
  for (const { truth, found } of ambiguous) {
    expect(found.second?.cost).toBeGreaterThanOrEqual(found.cost);
    const again = solvePnP(truth.correspondences, { poseInit: found.second?.pose });
    expect(again.status).toBe("ok");
    expect(again.cost).toBeCloseTo(found.second?.cost ?? Number.NaN, 6);
  }
  const clear = solvePnP(scene("generic", { n: 64, noise: 0.5 }).correspondences);
  expect([clear.ambiguous, clear.status]).toEqual([false, "ok"]);
});

it("solvePnP(input, { delta }) finds the inliers' pose among half outliers", () => {
  for (let seed = 0; seed < 10; seed++) {
    const truth = scene("outliers", { seed });
    const found = solvePnP(truth.correspondences, { delta: 2 });
    const near = solvePnP(truth.correspondences, { delta: 2, poseInit: truth.pose });
    expect(found.status).toBe("ok");
    expect(found.cost).toBeLessThanOrEqual(near.cost * (1 + 1e3 * ε));
    // Inliers push with σ = 1 px each, outliers with δ = 2 px: an error covariance of at most
    // (σ² + δ²) (JᵀJ)⁻¹, and five standard deviations of that.
    const { R, t } = poseOf(found);
    const { covariance } = poseCovariance(truth.correspondences, R, t, {
      delta: 2,
      hessian: "gauss-newton",
    });
    const variances = covariance?.filter((_, i) => i % 7 === 0) ?? [];
    const bound = 5 * Math.sqrt((1 + 2 ** 2) * Math.max(...variances));
    expect(poseError(R, t, truth)).toBeLessThan(bound);
  }
});

it("solvePnP(λ z) has the same rotation and cost, and λ t", () => {
  const { correspondences: problem } = scene("generic", { noise: 1 });
  const found = solvePnP(problem);
  const scaled = solvePnP({ ...problem, x3d: problem.x3d.map((z) => 1024 * z) });
  const [a, b] = [poseOf(found), poseOf(scaled)];
  const t = b.t.map((x) => x / 1024);
  expect(poseError(b.R, t, a)).toBeLessThanOrEqual(64 * ε * found.condition);
  expect(scaled.cost).toBeCloseTo(found.cost, 9);
});

describe("solvePnP(degenerate problem) returns a status and no pose", () => {
  const { x2d, x3d, K } = scene("generic", { n: 4 }).correspondences;
  const first = (n: number) => ({ x2d: x2d.slice(0, 2 * n), x3d: x3d.slice(0, 3 * n), K });
  const cases: [string, Parameters<typeof solvePnP>[0]][] = [
    ["empty", first(0)],
    ["too-few-points", first(2)],
    ["needs-start", first(3)],
    ["zero-weights", { ...first(4), w2d: new Float64Array(8) }],
    ["too-few-points", { ...first(4), w2d: Float64Array.of(1, 1, 1, 1, 0, 0, 0, 0) }],
    ["coincident", scene("coincident").correspondences],
    ["collinear", scene("collinear").correspondences],
  ];
  it.each(cases)("%s", (status, input) => {
    const found = solvePnP(input);
    expect([found.status, found.pose, found.rank]).toEqual([status, null, 0]);
  });

  it("and not-converged, with its pose, where the iterations ran out", () => {
    const { correspondences: problem } = scene("generic", { noise: 1 });
    const found = solvePnP(problem, { maxIterations: 1 });
    expect(found.status).toBe("not-converged");
    expect(found.stationarity).toBeGreaterThan(1);
  });

  it("and behind-camera, counting, where a given start leads there", () => {
    const truth = scene("behind-camera");
    const found = solvePnP(truth.correspondences, { poseInit: truth.pose });
    expect(found.status).toBe("behind-camera");
    expect(found.behindCamera).toBeGreaterThan(0);
  });

  it("and ok for three points from a pose to start at", () => {
    const truth = scene("three");
    const found = solvePnP(truth.correspondences, { poseInit: truth.pose });
    expect(found.status).toBe("ok");
  });
});

it("solvePnP(input, options) throws on misuse, naming what it expected and what it got", () => {
  const { correspondences: problem } = scene("generic");
  expect(() => solvePnP(problem, { delta: 0 })).toThrow("solvePnP: expected delta > 0, got 0");
  expect(() => solvePnP(problem, { maxIterations: 0.5 })).toThrow("expected a whole maxIterations");
  expect(() => solvePnP(problem, { ambiguity: 0 })).toThrow("expected ambiguity >= 1, got 0");
  expect(() => solvePnP({ ...problem, x3d: [[1, 2]] })).toThrow("correspondences: expected x3d");
  expect(() => solvePnP(problem, { poseInit: { R: new Float64Array(9), t: [0, 0, 1] } })).toThrow(
    "pose: expected an orthonormal R",
  );
});

it("solvePnPBatch(input) is solvePnP of every problem, and empty for an empty batch", () => {
  const scenes = [0, 1, 2].map(
    (seed) => scene("generic", { n: 8, noise: 1, seed }).correspondences,
  );
  const nest = (flat: Float64Array, width: number) =>
    Array.from({ length: flat.length / width }, (_, i) => [
      ...flat.slice(width * i, width * (i + 1)),
    ]);
  const input = {
    x2d: scenes.map(({ x2d }) => nest(x2d, 2)),
    x3d: scenes.map(({ x3d }) => nest(x3d, 3)),
    K: nest(scenes[0].K, 3),
  };
  expect(solvePnPBatch(input)).toEqual(scenes.map((problem) => solveCorrespondences(problem)));
  expect(solvePnPBatch({ x2d: [], x3d: [], K: input.K })).toEqual([]);
  expect(() => solvePnPBatch(input, { delta: [1] })).toThrow("expected 3 entries of delta, got 1");
});
