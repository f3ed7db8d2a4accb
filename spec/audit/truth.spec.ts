import { expect, it } from "vitest";
import { type Arithmetic, digits31, digits64 } from "../../src/audit/arithmetic.js";
import { located } from "../../src/audit/forward.js";
import type { AuditProblem } from "../../src/audit/problem.js";
import { exactFormula } from "../../src/audit/solved-form.js";
import { relativeSize, stationaryPoint } from "../../src/audit/stationary.js";
import { disagreement, exactPoint, formDerivative } from "../../src/audit/truth.js";
import { scene } from "../../src/problem/scenes.js";
import type { Real } from "../../src/scalar/real.js";

const blank = {
  index: 0,
  delta: Number.POSITIVE_INFINITY,
  pose: null,
  poseInit: null,
  upstream: null,
};
const generic: AuditProblem = {
  ...blank,
  ...scene("generic", { n: 6, noise: 1, weights: "uniform", seed: "truth" }).correspondences,
};

/** A disagreement in an arithmetic, of a derivative that `plant` has changed. */
function planted<S extends Real<S>>(
  problem: AuditProblem,
  arithmetic: Arithmetic<S>,
  plant: Parameters<typeof changed<S>>[1] = {},
): number {
  const point = stationaryPoint(problem, arithmetic, located(problem).y);
  expect(point.converged).toBe(true);
  const derivative = formDerivative(problem, arithmetic, point, { ...exactFormula, ...plant.form });
  return disagreement(problem, arithmetic, point, changed(derivative, plant));
}

function changed<S extends Real<S>>(
  derivative: ReturnType<typeof formDerivative<S>>,
  plant: { variable?: "x2d" | "x3d" | "w2d" | "K"; form?: Partial<typeof exactFormula> },
) {
  const { variable } = plant;
  if (!variable) return derivative;
  const rows = derivative[variable];
  // Somewhere in row 2, and away from entries that K makes zero.
  const at = 2 * (rows.length / 6) + 4;
  return { ...derivative, [variable]: rows.map((v, k) => (k === at ? v.times(1 + 1e-12) : v)) };
}

it.each([
  // Differences at h = 1e-20 leave out h² times the longest move, squared; at h = 1e-9 rounding is left, over h.
  [64, 1e-28, (problem: AuditProblem) => planted(problem, digits64)],
  [31, 1e-18, (problem: AuditProblem) => planted(problem, digits31)],
] as const)("disagreement(...) of two routes at %d digits is far below a double", (_, most, of) => {
  for (const problem of [generic, { ...generic, delta: 1 }]) expect(of(problem)).toBeLessThan(most);
});

it.each(["x2d", "x3d", "w2d", "K"] as const)(
  "disagreement(...) sees one entry of ∂y/∂%s off by 1e-12 of itself, at 31 digits as at 64",
  (variable) => {
    expect(planted(generic, digits64, { variable })).toBeGreaterThan(1e-16);
    expect(planted(generic, digits31, { variable })).toBeGreaterThan(1e-16);
  },
);

it("disagreement(...) sees the Gauss–Newton Hessian and dropped mixed terms", () => {
  for (const form of [{ hessian: "gauss-newton" }, { mixed: "dropped" }] as const)
    expect(planted(generic, digits31, { form })).toBeGreaterThan(1e-6);
});

it("stationaryPoint(problem, arithmetic, start) settles to its digits from doubles, and reports where it cannot", () => {
  const at = located(generic);
  const nudged = at.y.map((v) => v * (1 + 1e-9));
  const [exact, again] = [at.y, nudged].map((y) => stationaryPoint(generic, digits64, y));
  const quick = stationaryPoint(generic, digits31, nudged);
  expect(again.converged).toBe(true);
  expect(quick.converged).toBe(true);
  const gap = again.y.map((v, i) => v.minus(exact.y[i]).toNumber());
  expect(relativeSize(gap, again.y)).toBeLessThan(1e-43);
  const short = quick.y.map(({ hi, lo }, i) => exact.y[i].minus(hi).minus(lo).toNumber());
  // Rounding at 31 digits, 1e-32 each, of a gradient of pixels, times how far a pixel moves the pose.
  expect(relativeSize(short, again.y)).toBeLessThan(1e-30);
  const zero = { ...generic, w2d: new Float64Array(12) };
  expect(stationaryPoint(zero, digits64, at.y).converged).toBe(false);
  expect(stationaryPoint(zero, digits31, at.y).converged).toBe(false);
});

it("exactPoint(problem, arithmetic, start) gives the same doubles at 31 digits as at 64", () => {
  for (const delta of [Number.POSITIVE_INFINITY, 1]) {
    const problem = { ...generic, delta };
    const { y } = located(problem);
    const [short, long] = [exactPoint(problem, digits31, y), exactPoint(problem, digits64, y)];
    expect(short.y).toEqual(long.y);
    const form = { ...exactFormula, hessian: "gauss-newton" } as const;
    expect(short.jacobian(form)).toEqual(long.jacobian(form));
    expect(short.certified().jacobian).toEqual(long.certified().jacobian);
  }
});
