import { describe, expect, it } from "vitest";
import { rotation } from "../../src/kernels/rodrigues.js";
import { poseOf } from "../../src/problem/index.js";
import { gradientCorrectnessStudy as study } from "../../src/study/gradient-correctness.js";
import { offsetProblem } from "../../src/study/offset-sweep.js";
import { pointDescent } from "../../src/study/point-descent.js";
import { cornerDistanceGradient } from "../../src/study/pose-losses.js";
import { runStudy } from "../../src/study/run.js";

/** Correctness of a cell over a few problems. */
function correctness(factors: Record<string, number | string>, problems: number): number {
  const settings = { ...study.full, problems };
  return study.measure({ id: "", factors }, settings, "spec").correctness as number;
}

// Means over 60 to 400 problems, each known to 0.007, and the deviation of a single problem.
describe("gradient-correctness: D5 at 3 px, all losses", () => {
  it.each([
    { N: 20, problems: 32, BPnP: 0.634, "EPro-PnP": 0.687, spread: 0.093 },
    { N: 100, problems: 12, BPnP: 0.562, "EPro-PnP": 0.585, spread: 0.041 },
    { N: 400, problems: 3, BPnP: 0.533, "EPro-PnP": 0.542, spread: 0.025 },
  ])(
    "N = $N: LC is always right, the others about half the time (card S-25, 2)",
    ({ N, problems, ...row }) => {
      expect(correctness({ design: "noise", N, loss: "LC" }, problems)).toBe(1);
      for (const loss of ["BPnP", "EPro-PnP"] as const) {
        const found = correctness({ design: "noise", N, loss }, problems);
        const room = 0.007 + (3 * row.spread) / Math.sqrt(problems);
        expect(Math.abs(found - row[loss]), loss).toBeLessThan(room);
      }
    },
  );

  it.each([
    { scale: 0.3, BPnP: 0.92, "EPro-PnP": 0.999, spread: 0.061 },
    { scale: 0.1, BPnP: 0.911, "EPro-PnP": 0.985, spread: 0.063 },
    { scale: 0.03, BPnP: 0.83, "EPro-PnP": 0.892, spread: 0.073 },
    { scale: 0.01, BPnP: 0.679, "EPro-PnP": 0.721, spread: 0.068 },
  ])(
    "a common offset of $scale: LC is always right, EPro-PnP more often than BPnP (card S-25, 3)",
    ({ scale, ...row }) => {
      const problems = 12;
      const [bpnp, epro, lc] = (["BPnP", "EPro-PnP", "LC"] as const).map((loss) =>
        correctness({ design: "offset", scale, loss }, problems),
      );
      expect(lc).toBe(1);
      expect(epro).toBeGreaterThan(bpnp);
      const room = 0.007 + (3 * row.spread) / Math.sqrt(problems);
      expect(Math.abs(bpnp - row.BPnP)).toBeLessThan(room);
      expect(Math.abs(epro - row["EPro-PnP"])).toBeLessThan(room);
    },
  );
});

it("gradient-correctness: LC can mislead by points, not by pixels, when weights differ and the box is close (card S-25, 1)", () => {
  const settings = { ...study.full, problems: 6 };
  for (const [ratio, least] of [
    [1, 1],
    [16, 0.98],
  ]) {
    const factors = { design: "leverage", loss: "LC", ratio };
    const found = study.measure({ id: "", factors }, settings, "spec");
    expect(found["by pixels"]).toBe(1);
    expect(found.correctness).toBeGreaterThanOrEqual(least);
    if (ratio > 1) expect(found.correctness).toBeLessThan(1);
  }
});

it("gradient-correctness: learning drives BPnP and EPro-PnP to a half, LC stays and mends the points", () => {
  const settings = { points: 32, noise: 3, offset: 0.1, steps: 80, window: 10, rate: 2e-3 };
  const found = (["BPnP", "EPro-PnP", "LC"] as const).map((loss) =>
    pointDescent(loss, "spec/descent", settings),
  );
  const [bpnp, epro, lc] = found;
  expect(lc.correctness).toEqual(lc.correctness.map(() => 1));
  for (const { correctness } of [bpnp, epro]) {
    expect(correctness[0]).toBeGreaterThan(0.7);
    expect(correctness[7]).toBeLessThan(0.7);
  }
  expect(lc.error[7]).toBeLessThan(0.4 * Math.min(bpnp.error[7], epro.error[7]));
});

it("gradient-correctness --quick measures every cell, and every figure and printed number has its cell", async () => {
  const run = await runStudy(study, { quick: true });
  for (const { id, measures } of run.cells) {
    expect(measures.correctness[0].count, id).toBe(2);
    expect(measures.correctness[0].mean, id).toBeGreaterThan(0.4);
  }
  const known = new Map(run.cells.map(({ id, measures }) => [id, measures]));
  for (const { cell, measure } of study.printed) expect(known.get(cell)).toHaveProperty(measure);
  for (const { at, series } of study.figures(study.quick))
    for (const { cells, measure } of series) {
      const values = cells.flatMap((cell) => known.get(cell)?.[measure] ?? []);
      expect(values).toHaveLength(at.length);
    }
});

it("offsetProblem(name, …) moves points so that the true pose sees them where the wrong pose would", () => {
  const { problem, truth, moved } = offsetProblem("spec", { points: 9, noise: 0, offset: 0.2 });
  const { R, t } = truth;
  for (let i = 0; i < 9; i++) {
    const X = [0, 1, 2].map((a) =>
      [0, 1, 2].reduce((sum, b) => sum + R.data[3 * a + b] * moved[3 * i + b], t.data[a]),
    );
    const { K, x2d } = problem;
    for (let a = 0; a < 2; a++)
      expect(Math.abs((K[4 * a] * X[a]) / X[2] + K[3 * a + 2] - x2d[2 * i + a])).toBeLessThan(
        // Three rounded products at the size of a pixel.
        16 * Number.EPSILON * 1000,
      );
  }
});

it("cornerDistanceGradient(pose, truth, corners) is the slope of the mean corner distance", () => {
  const { truth, corners } = offsetProblem("spec", { points: 4, noise: 0, offset: 0 });
  const at = (y: readonly number[]) => {
    const turn = new Float64Array(9);
    rotation(Float64Array.from([0.1 + y[0], -0.2 + y[1], 0.3 + y[2]]), turn);
    return poseOf(turn, Float64Array.from([0.05 + y[3], y[4], 0.8 + y[5]]));
  };
  const zero = [0, 0, 0, 0, 0, 0];
  const pose = at(zero);
  const place = ({ R, t }: typeof pose, b: readonly number[]) =>
    [0, 1, 2].map((a) => b.reduce((sum, v, k) => sum + R.data[3 * a + k] * v, t.data[a]));
  const distance = (moved: typeof pose) =>
    corners.reduce((sum, b) => {
      const [u, v] = [place(moved, b), place(truth, b)];
      return sum + Math.hypot(...u.map((w, a) => w - v[a])) / corners.length;
    }, 0);
  const gradient = cornerDistanceGradient(pose, truth, corners);
  const h = 1e-5;
  for (let k = 0; k < 6; k++) {
    // Chart LEFT: Exp(ω) R, t + τ.
    const slope = [h, -h].map((step) => {
      const turn = new Float64Array(9);
      rotation(
        Float64Array.from([0, 1, 2], (a) => (a === k ? step : 0)),
        turn,
      );
      const R = Float64Array.from({ length: 9 }, (_, j) =>
        [0, 1, 2].reduce(
          (sum, c) => sum + turn[3 * ((j / 3) | 0) + c] * pose.R.data[3 * c + (j % 3)],
          0,
        ),
      );
      const t = pose.t.data.map((v, a) => v + (3 + a === k ? step : 0));
      return distance(poseOf(R, t)) / (2 * h);
    });
    // A central difference: its step squared by the third derivative, and rounding over the step.
    expect(Math.abs(slope[0] - slope[1] - gradient[k])).toBeLessThan(
      20 * h ** 2 + (8 * Number.EPSILON) / h,
    );
  }
  expect([...cornerDistanceGradient(truth, truth, corners)]).toEqual(zero);
});
