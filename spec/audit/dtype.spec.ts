import { expect, it } from "vitest";
import { distance, rowBlocks } from "../../src/audit/blocks.js";
import { margin, noisyRuns } from "../../src/audit/budget.js";
import { dataInputs, solvedFormOf, solvedParts } from "../../src/audit/computations.js";
import { located } from "../../src/audit/forward.js";
import { flatJacobian } from "../../src/audit/jacobian.js";
import { type AuditProblem, lifted } from "../../src/audit/problem.js";
import { exactFormula } from "../../src/audit/solved-form.js";
import { constraintDerivative } from "../../src/definitions/bpnp.js";
import { exactForm } from "../../src/definitions/bpnp-force.js";
import type { SceneName } from "../../src/problem/scene-kinds.js";
import { scene } from "../../src/problem/scenes.js";
import { all, audited, draft, file, verdictsOf } from "./claimed.js";
import { Single } from "./single.js";

const names = ["J_x2d", "J_x3d", "grad_x2d"];

it("audit(float32 claims) accepts the truth rounded to single precision", async () => {
  const exact = draft("generic", { n: 10, problems: 2 });
  const claims = file(exact, names, { dtype: "float32" }, Math.fround);
  expect(await verdictsOf(claims)).toEqual(all(names, "correct"));
});

it("audit(float32 claims) refuses the truth off by 1e-4 where the problem is well conditioned", async () => {
  const exact = draft("generic", { n: 10, problems: 2 });
  const planted = file(
    exact,
    names,
    { dtype: "float32" },
    (v, i) => v * (1 + (i % 2 ? 1e-4 : -1e-4)),
  );
  for (const { verdict, budget } of (await audited(planted)).claims) {
    expect(verdict).toBe("wrong");
    expect(budget).toBeLessThan(1e-4);
  }
});

it("audit(float64 claims) refuses 1e-10, audit(float32 claims) cannot", async () => {
  const exact = draft("generic", { n: 10, problems: 2 });
  const shifted = (v: number, i: number) => v * (1 + (i % 2 ? 1e-10 : -1e-10));
  expect(await verdictsOf(file(exact, ["J_x2d"], {}, shifted))).toEqual(all(["J_x2d"], "wrong"));
  expect(await verdictsOf(file(exact, ["J_x2d"], { dtype: "float32" }, shifted))).toEqual(
    all(["J_x2d"], "correct"),
  );
});

const scenes: readonly [SceneName, number][] = [
  ["generic", 8],
  ["generic", 40],
  ["planar", 8],
  ["near-planar", 8],
  ["deep", 8],
  ["far", 8],
  ["minimal", 4],
];

/** The pose derivative of a problem as single precision has it. */
function inSingle(problem: AuditProblem, y: Float64Array, route: "eliminate" | "invert") {
  const inputs = [...Array.from(y), ...dataInputs(problem, Number)].map((v) => new Single(v));
  const results = solvedFormOf(problem, exactFormula, route).compute(inputs);
  return flatJacobian(solvedParts(results, problem.n), ({ value }) => value);
}

it.each(scenes)(
  "noisyRuns foretells single precision on %s, N = %d, however H is solved with",
  (name, n) => {
    for (let seed = 0; seed < 3; seed++) {
      const { correspondences } = scene(name, { n, noise: 1, seed });
      const problem: AuditProblem = {
        index: seed,
        ...correspondences,
        delta: Number.POSITIVE_INFINITY,
        pose: null,
        poseInit: null,
        upstream: null,
      };
      const at = located(problem);
      const truth = at.point.jacobian(exactFormula);
      const runs = noisyRuns(problem, exactFormula, at.y, "float32", true);
      for (const route of ["eliminate", "invert"] as const) {
        const single = inSingle(problem, at.y, route);
        for (const variable of ["x2d", "x3d", "K", "w2d", "covariance"] as const)
          for (const block of rowBlocks(truth[variable].length, true)) {
            const squares = runs.map(
              (run) => distance(run.jacobian[variable], truth[variable], block) ** 2,
            );
            const spread = Math.sqrt(squares.reduce((a, b) => a + b) / runs.length);
            expect(distance(single[variable], truth[variable], block)).toBeLessThan(
              margin * spread,
            );
          }
      }
    }
  },
);

it("audit(float32 claims) calls an honest single-precision run on a far scene rounding", async () => {
  const exact = draft("far", { n: 8, problems: 2 });
  const { x2d, x3d, w2d, K } = exact.inputs;
  const claimed = exact.claims.J_x2d.data.slice();
  for (let b = 0; b < exact.B; b++) {
    const part = (array: { data: Float64Array }, size: number) =>
      array.data.subarray(b * size, (b + 1) * size);
    const problem: AuditProblem = {
      index: b,
      n: exact.N,
      x2d: part(x2d, 16),
      x3d: part(x3d, 24),
      w2d: part(w2d, 16),
      K: part(K, 9),
      delta: Number.POSITIVE_INFINITY,
      pose: null,
      poseInit: null,
      upstream: null,
    };
    const { x2d: J } = inSingle(problem, part(exact.inputs.pose, 6), "invert");
    claimed.set(J, (b * claimed.length) / exact.B);
  }
  const report = await audited(file(exact, ["J_x2d"], { dtype: "float32" }, (_, i) => claimed[i]));
  expect(report.claims[0].verdict).toBe("rounding");
  // Far beyond what a well conditioned problem would be forgiven.
  expect(report.claims[0].worstRelativeError).toBeGreaterThan(1e-5);
});

it("constraintDerivative in Single is single precision: its entries are floats", () => {
  const { correspondences } = scene("generic", { n: 4, noise: 1 });
  const problem = { index: 0, ...correspondences, delta: Number.POSITIVE_INFINITY } as AuditProblem;
  const y = [0.1, 0.2, 0.3, 0, 0, 1].map((v) => new Single(v));
  const { g } = constraintDerivative(
    y,
    lifted(problem, (v) => new Single(v)),
    exactForm,
  );
  for (const { value } of g) expect(Math.fround(value)).toBe(value);
});
