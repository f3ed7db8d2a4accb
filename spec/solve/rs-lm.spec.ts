import { expect, it } from "vitest";
import { reprojectionCost } from "../../src/kernels/reprojection-cost.js";
import { correspondences, intrinsicMatrix, scene } from "../../src/problem/index.js";
import { stream } from "../../src/random/index.js";
import { centredTranslation } from "../../src/solve/centred-translation.js";
import { mirroredPlanarPose } from "../../src/solve/dlt.js";
import { type RandomSampleOptions, randomSampleStart } from "../../src/solve/rs-lm.js";
import { determinant, poseError } from "./pose-error.js";
import { type RecordedArray, recorded, row } from "./recorded.js";

const ε = Number.EPSILON;

/** Entry [p, b, …] of a recorded [P, B, …] array for one b, flat over p. */
function slice({ shape, data }: RecordedArray, b: number): number[] {
  const length = shape.slice(2).reduce((product, axis) => product * axis, 1);
  return Array.from({ length: shape[0] }, (_, p) => p * shape[1] + b).flatMap((k) =>
    data.slice(k * length, (k + 1) * length),
  );
}

for (const chart of ["Q7", "YAW"] as const) {
  const vectors = recorded(chart === "Q7" ? "epro_rslm_6dof" : "epro_rslm_4dof");
  const batch = vectors.x2d.shape[0];
  const problem = (b: number) =>
    correspondences({
      x2d: row(vectors.x2d, b),
      x3d: row(vectors.x3d, b),
      w2d: row(vectors.w2d, b),
      K: row(vectors.cam_mats, b),
    });

  it(`centredTranslation(n, …, ${chart === "YAW"}, t) is the recorded start`, () => {
    for (let b = 0; b < batch; b++) {
      const { n, x2d, x3d, K } = problem(b);
      const t = new Float64Array(3);
      centredTranslation(n, x2d, x3d, K, chart === "YAW", t);
      // Sums over 32 points, each rounded a few times.
      t.forEach((x, k) => {
        expect(Math.abs(x - row(vectors.t_center, b)[k])).toBeLessThan(64 * ε * Math.hypot(...t));
      });
    }
  });

  it(`randomSampleStart(problem, { chart: "${chart}", draws }) repeats the recorded run`, () => {
    for (let b = 0; b < batch; b++) {
      const run = randomSampleStart(problem(b), {
        chart,
        points: 8,
        proposals: 16,
        iterations: 3,
        delta: vectors.delta.data[b],
        clamps: { zMin: 0.1 },
        draws: { indices: slice(vectors.inds, b), rotations: slice(vectors.rand_rot, b) },
      });
      // Accept-or-reject decisions amplify a last digit by up to 10⁴ (measured by the recorders); the
      // comparison allows a hundred times that.
      const slack = 1e6 * 64 * ε;
      const poses = slice(vectors.pose_prop, b);
      const width = chart === "Q7" ? 7 : 4;
      for (let p = 0; p < 16; p++) {
        const expected = flatPose(poses.slice(width * p, width * (p + 1)), chart);
        const R = run.proposals.R.slice(9 * p, 9 * p + 9);
        expect(poseError(R, run.proposals.t.slice(3 * p, 3 * p + 3), expected)).toBeLessThan(slack);
        const cost = slice(vectors.cost_prop, b)[p];
        expect(Math.abs(run.proposals.costs[p] - cost)).toBeLessThan(slack * cost);
      }
      expect(run.best).toBe(vectors.best_idx.data[b]);
      const best = flatPose([...row(vectors.pose_best, b)], chart);
      expect(poseError(run.R, run.t, best)).toBeLessThan(slack);
      expect(Math.abs(run.cost - vectors.cost_best.data[b])).toBeLessThan(slack * run.cost);
    }
  });
}

/** A recorded pose (t, q) or (t, yaw), by formulas of their own. */
function flatPose(pose: number[], chart: "Q7" | "YAW"): { R: number[]; t: number[] } {
  const [x, y, z, a, i, j, k] = pose;
  const t = [x, y, z];
  if (chart === "YAW")
    return { t, R: [Math.cos(a), 0, Math.sin(a), 0, 1, 0, -Math.sin(a), 0, Math.cos(a)] };
  // The columns of R are q e q̄ for the three unit vectors e.
  const column = (e: number[]) => {
    const cross = (u: number[], v: number[]) =>
      [0, 1, 2].map((c) => {
        const [p, q] = [(c + 1) % 3, (c + 2) % 3];
        return u[p] * v[q] - u[q] * v[p];
      });
    const v = [i, j, k];
    const first = cross(v, e).map((entry, c) => entry + a * e[c]);
    return cross(v, first).map((entry, c) => e[c] + 2 * entry);
  };
  const columns = [column([1, 0, 0]), column([0, 1, 0]), column([0, 0, 1])];
  return { t, R: [0, 1, 2].flatMap((r) => columns.map((c) => c[r])) };
}

it("centredTranslation(n, …) follows the unit, and finds an isotropic cloud's depth on average", () => {
  const K = intrinsicMatrix({ fx: 500, cx: 320, cy: 240 });
  const draw = stream("spec/centred");
  let ratio = 0;
  const trials = 200;
  for (let k = 0; k < trials; k++) {
    const n = 200;
    const x3d = Float64Array.from({ length: 3 * n }, () => 0.01 * draw.normal());
    const depth = 2 + draw.uniform();
    const x2d = new Float64Array(2 * n);
    for (let i = 0; i < n; i++) {
      const z = x3d[3 * i + 2] + depth;
      x2d[2 * i] = (500 * (x3d[3 * i] + 0.1)) / z + 320;
      x2d[2 * i + 1] = (500 * x3d[3 * i + 1]) / z + 240;
    }
    const [t, twice] = [new Float64Array(3), new Float64Array(3)];
    centredTranslation(n, x2d, x3d, K, false, t);
    centredTranslation(
      n,
      x2d,
      x3d.map((x) => 2 * x),
      K,
      false,
      twice,
    );
    expect(twice).toEqual(t.map((x) => 2 * x));
    ratio += t[2] / depth / trials;
  }
  // Six spreads of 200 points, each known to 1/√400, over 200 trials; and (0.01/2)² of perspective.
  expect(Math.abs(ratio - 1)).toBeLessThan(3.891 / Math.sqrt(400 * trials) + 1e-4);
  expect(() =>
    centredTranslation(1, new Float64Array(2), new Float64Array(3), K, false, K),
  ).toThrow("centredTranslation: expected n >= 2, got 1");
});

it("randomSampleStart(problem, { seed }) repeats itself and ends near the optimum", () => {
  for (let seed = 0; seed < 10; seed++) {
    const truth = scene("D5", { seed, noise: 0 });
    const { correspondences: c } = truth;
    const run = randomSampleStart(c, { seed: "a", iterations: 10 });
    expect(randomSampleStart(c, { seed: "a", iterations: 10 })).toEqual(run);
    expect(run.proposals.R).not.toEqual(randomSampleStart(c, { seed: "b" }).proposals.R);
    expect(Math.abs(determinant(run.R) - 1)).toBeLessThan(64 * ε);
    // Exact data: 10 damped steps of the best of 64 starts are within a hundredth of the pose.
    expect(poseError(run.R, run.t, truth)).toBeLessThan(0.01);
    const cost = reprojectionCost(c.n, c.x2d, c.x3d, c.w2d, c.K, run.R, run.t, Infinity);
    expect(run.cost).toBe(cost);
    expect(run.cost).toBe(Math.min(...run.proposals.costs));
  }
});

it("randomSampleStart(problem, { proposals }) finds both modes of an ambiguous plane", () => {
  const truth = scene("planar", { seed: 4, noise: 0 });
  const { correspondences: c, R, t } = truth;
  // The second local minimum lies near the pose whose depths about the centre are mirrored.
  const mirrored = { R: new Float64Array(9), t: new Float64Array(3) };
  const [normal, centre] = [Float64Array.of(0, 0, 1), new Float64Array(3)];
  mirroredPlanarPose(normal, centre, R, t, mirrored.R, mirrored.t);
  const { proposals } = randomSampleStart(c, { proposals: 64, iterations: 30 });
  const found = [truth, mirrored].map(
    (mode) =>
      proposals.costs.filter((_, k) => {
        const [Rk, tk] = [proposals.R.slice(9 * k, 9 * k + 9), proposals.t.slice(3 * k, 3 * k + 3)];
        return poseError(Rk, tk, mode) < 0.5 * poseError(mirrored.R, mirrored.t, truth);
      }).length,
  );
  expect(Math.min(...found)).toBeGreaterThan(0);
});

it("randomSampleStart(problem, { points }) refuses more points than have weight", () => {
  const { correspondences: c } = scene("generic", { n: 20, noise: 0 });
  c.w2d.fill(0, 0, 20);
  expect(randomSampleStart(c, { proposals: 8 }).status).toBe("ok");
  expect(() => randomSampleStart(c, { points: 11 })).toThrow(
    "randomSampleStart: expected points within 0 … 10, the points of positive weight, got 11",
  );
});

it("randomSampleStart(problem) says why there is no pose, and gives none", () => {
  const status = (options: Parameters<typeof scene>[1], chart: "Q7" | "YAW" = "Q7") =>
    randomSampleStart(scene("generic", options).correspondences, { chart, proposals: 2 });
  expect(status({ n: 0 }).status).toBe("empty");
  expect(status({ weights: "zeros" }).status).toBe("zero-weights");
  expect(status({ weights: "one-hot" }).status).toBe("too-few-points");
  expect(status({ n: 0 }).pose).toBe(null);
  const line = scene("collinear").correspondences;
  expect(randomSampleStart(line, { proposals: 2 }).status).toBe("collinear");
  expect(randomSampleStart(line, { proposals: 2, chart: "YAW" }).status).toBe("ok");
});

it("randomSampleStart(problem, options) throws, naming what it expected and what it got", () => {
  const { correspondences: c } = scene("generic");
  const cases: [RandomSampleOptions, string][] = [
    [{ proposals: 0 }, "expected a whole proposals >= 1, got 0"],
    [
      { proposals: 1, points: 2, draws: { indices: [1], rotations: [1, 0, 0, 0] } },
      "expected 2 drawn indices, got 1",
    ],
    [
      { proposals: 1, points: 1, draws: { indices: [1], rotations: [1] } },
      "expected 4 drawn rotation numbers, got 1",
    ],
    [
      { proposals: 1, points: 1, draws: { indices: [99], rotations: [1, 0, 0, 0] } },
      "expected drawn indices within 0 … 31, got 99",
    ],
  ];
  for (const [options, message] of cases)
    expect(() => randomSampleStart(c, options)).toThrow(`randomSampleStart: ${message}`);
});
