import { expect, it } from "vitest";
import { located } from "../../src/audit/forward.js";
import type { AuditProblem } from "../../src/audit/problem.js";
import { lifted } from "../../src/audit/problem.js";
import { exactFormula } from "../../src/audit/solved-form.js";
import { relativeSize, stationaryPoint } from "../../src/audit/stationary.js";
import { disagreement, formDerivative } from "../../src/audit/truth.js";
import { scene } from "../../src/problem/scenes.js";
import { big } from "../../src/scalar/big.js";

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

it("disagreement(problem, point, derivative) of two routes is far below a double", () => {
  for (const problem of [generic, { ...generic, delta: 1 }]) {
    const at = located(problem);
    expect(at.point.converged).toBe(true);
    const derivative = formDerivative(problem, at.point, exactFormula);
    // Central differences at h = 1e-20 truncate at h² times the largest move, squared: 1e-30.
    expect(disagreement(problem, at.point, derivative)).toBeLessThan(1e-28);
  }
});

it.each(["x2d", "x3d", "w2d", "K"] as const)(
  "disagreement sees one entry of ∂y/∂%s off by 1e-12 of itself",
  (variable) => {
    const at = located(generic);
    const derivative = formDerivative(generic, at.point, exactFormula);
    const planted = {
      ...derivative,
      [variable]: derivative[variable].map((row, j) =>
        j !== 2
          ? row
          : variable === "K"
            ? derivative.K[j].map((v, i) => (i === 4 ? v.times(1 + 1e-12) : v))
            : (row as (typeof derivative.x2d)[0]).map((pair, i) =>
                i === 3 ? pair.map((v) => v.times(1 + 1e-12)) : pair,
              ),
      ),
    };
    expect(disagreement(generic, at.point, planted)).toBeGreaterThan(1e-16);
  },
);

it("disagreement sees the Gauss–Newton Hessian and dropped mixed terms", () => {
  const at = located(generic);
  const forms = [{ hessian: "gauss-newton" }, { mixed: "dropped" }] as const;
  for (const form of forms) {
    const wrong = formDerivative(generic, at.point, { ...exactFormula, ...form });
    expect(disagreement(generic, at.point, wrong)).toBeGreaterThan(1e-6);
  }
});

it("stationaryPoint(problem, exact, start) settles 44 digits from doubles, and reports where it cannot", () => {
  const at = located(generic);
  const exact = lifted(generic, (v) => big(v));
  const nudged = at.y.map((v) => v * (1 + 1e-9));
  const again = stationaryPoint(generic, exact, nudged);
  expect(again.converged).toBe(true);
  const gap = again.y.map((v, i) => v.minus(at.point.y[i]).toNumber());
  expect(relativeSize(gap, again.y)).toBeLessThan(1e-43);
  const zero = { ...generic, w2d: new Float64Array(12) };
  expect(
    stationaryPoint(
      zero,
      lifted(zero, (v) => big(v)),
      at.y,
    ).converged,
  ).toBe(false);
});
