import { expect, it } from "vitest";
import { type AuditProblem, lifted } from "../../src/audit/problem.js";
import { axisAngleMap, mappedConstraint } from "../../src/audit/rotation-map.js";
import { constraintDerivative } from "../../src/definitions/bpnp.js";
import { type BpnpForm, exactForm } from "../../src/definitions/bpnp-force.js";
import { rotation } from "../../src/definitions/rodrigues.js";
import { scene } from "../../src/problem/scenes.js";
import { type Big, big } from "../../src/scalar/big.js";

const forms: [string, Partial<BpnpForm>][] = [
  ["exact", {}],
  ["gauss-newton", { hessian: "gauss-newton" }],
  ["faster", { hessian: "gauss-newton", mixed: "dropped" }],
  ["depth-weighted", { residual: "depth-weighted" }],
  [
    "depth-weighted-faster",
    { residual: "depth-weighted", hessian: "gauss-newton", mixed: "dropped" },
  ],
];

it.each(forms)(
  "mappedConstraint under Exp is constraintDerivative (%s), to 50 digits",
  (_, part) => {
    const form = { ...exactForm, ...part };
    const { correspondences } = scene("generic", { n: 3, weights: "uniform", seed: "map" });
    const problem = { index: 0, ...correspondences, delta: 0.8 } as AuditProblem;
    const exact = lifted(problem, (v) => big(v));
    for (const turn of [
      [0.4, -1.1, 0.7],
      [1e-3, 2e-3, -1e-3],
      [2.1, 1.3, -1.8],
    ]) {
      const y = [...turn, 0.1, -0.2, 1.5].map((v) => big(v));
      const closed = constraintDerivative(y, exact, form);
      // Two writings of Exp: the series of its definition, and the axis with no ε.
      for (const map of [rotation, axisAngleMap(0)]) {
        const mapped = mappedConstraint(y, exact, form, map);
        for (const key of ["g", "y", "x2d", "x3d", "K", "w2d", "delta"] as const) {
          const flat = (value: unknown) => [value].flat(4) as Big[];
          const [a, b] = [flat(closed[key]), flat(mapped[key])];
          const size = Math.max(...a.map((v) => Math.abs(v.toNumber())), 1e-300);
          // 64 digits, less those that 1/θ² and its derivatives cancel at θ = 2e-3: nine.
          for (const [i, v] of a.entries())
            expect(Math.abs(v.minus(b[i]).toNumber()) / size).toBeLessThan(1e-50);
        }
      }
    }
  },
);

it("axisAngleMap(ε) leaves the rotations by about ε / θ", () => {
  const omega = [0.3, -0.4, 1.2].map((v) => big(v));
  const R = axisAngleMap(1e-6)(omega);
  const length = R[0].reduce((sum, v) => sum + v.toNumber() ** 2, 0);
  expect(Math.abs(length - 1)).toBeGreaterThan(1e-8);
  expect(Math.abs(length - 1)).toBeLessThan((2 * 2 * 1e-6) / 1.3);
});
