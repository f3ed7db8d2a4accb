import { expect, it } from "vitest";
import { constraintDerivative } from "../../src/definitions/bpnp.js";
import { type BpnpForm, exactForm } from "../../src/definitions/bpnp-force.js";
import {
  projection,
  projectionJacobian,
  rigidTransform,
} from "../../src/definitions/projection.js";
import { type Reprojection, reprojectionCost } from "../../src/definitions/reprojection-cost.js";
import { rotation } from "../../src/definitions/rodrigues.js";
import { leftJacobian } from "../../src/definitions/rotation-jacobians.js";
import { type Double, double } from "../../src/scalar/double.js";
import { type Dual, dual } from "../../src/scalar/dual.js";
import { hyperDual, parts } from "../../src/scalar/hyper-dual.js";
import { cross, dot, type Matrix, transpose, type Vector } from "../../src/scalar/matrix.js";
import type { Real } from "../../src/scalar/real.js";
import {
  type Cloud,
  clouds,
  forms,
  named,
  poseOf,
  problemOf,
  rounding,
  worstGap,
} from "./bpnp-clouds.js";

/** Everything a gradient may be taken in, as one flat list: y [6], x, z, K, w, δ. */
type Flat<S> = S[];
const flat = <S extends Real<S>>(y: Vector<S>, p: Reprojection<S>): Flat<S> => [
  ...y,
  ...p.x2d.flat(),
  ...p.x3d.flat(),
  ...p.K.flat(),
  ...p.w2d.flat(),
  ...(p.delta ? [p.delta] : []),
];
function unflat<S extends Real<S>>(v: Flat<S>, n: number): { y: S[]; problem: Reprojection<S> } {
  const cut = (from: number, count: number, width: number): S[][] =>
    Array.from({ length: count }, (_, i) => v.slice(from + width * i, from + width * (i + 1)));
  return {
    y: v.slice(0, 6),
    problem: {
      x2d: cut(6, n, 2),
      x3d: cut(6 + 2 * n, n, 3),
      K: cut(6 + 5 * n, 3, 3),
      w2d: cut(15 + 5 * n, n, 2),
      delta: v[15 + 7 * n],
    },
  };
}

/** g(y) as BPNP-2 … 5 print it, with whatever the caller freezes: the coefficients c and ρ′ of each point. */
function printedConstraint<S extends Real<S>>(
  y: Vector<S>,
  { x2d, x3d, w2d, K, delta }: Reprojection<S>,
  form: BpnpForm,
  frozen?: { c: (i: number) => Matrix<S>; slope?: (i: number) => S },
): { g: S[]; c: S[][][]; slope: S[] } {
  const R = rotation(y.slice(0, 3));
  const J = leftJacobian(y.slice(0, 3));
  const [c, slope]: [S[][][], S[]] = [[], []];
  let g = y.map((v) => v.of(0));
  for (const [i, z] of x3d.entries()) {
    const X = rigidTransform(z, R, y.slice(3));
    const p = X.map((v, j) => v.minus(y[3 + j]));
    c.push(
      projectionJacobian(X, K).map((row) => [
        ...transpose(J).map((column) => dot(row, cross(column, p))),
        ...row,
      ]),
    );
    const r = projection(X, K).map((pi, k) => x2d[i][k].minus(pi));
    const e = r.map((rk, k) => rk.times(w2d[i][k]));
    const s = dot(e, e);
    slope.push(delta && !s.atMost(delta.times(delta)) ? delta.over(s.sqrt()) : s.of(1));
    const depth = form.residual === "plain" ? s.of(1) : dot(K[2], X);
    const used = frozen ? frozen.c(i) : c[i];
    for (let k = 0; k < 2; k++) {
      const m = e[k]
        .times(w2d[i][k])
        .times(depth)
        .times(frozen?.slope?.(i) ?? slope[i]);
      g = g.map((v, j) => v.minus(m.times(used[k][j])));
    }
  }
  return { g, c, slope };
}

/** ∂g/∂(everything) [6][…] by duals on the printed constraint. */
function dualDerivative(at: Cloud, form: BpnpForm): number[][] {
  const base = flat(poseOf(at, double), problemOf(at, double));
  const still = printedConstraint(poseOf(at, double), problemOf(at, double), form);
  const columns = base.map((_, index) => {
    const moved = unflat(
      base.map((v, j) => dual(v, j === index ? 1 : 0)),
      at.n,
    );
    const hold = index < 6 ? form.hessian === "gauss-newton" : form.mixed === "dropped";
    const frozen = {
      c: (i: number) => still.c[i].map((row) => row.map((v) => dual(v))),
      ...(index < 6 ? { slope: (i: number) => dual(still.slope[i]) } : {}),
    };
    const { g } = printedConstraint(moved.y, moved.problem, form, hold ? frozen : undefined);
    return g.map((v: Dual<Double>) => v.b.value);
  });
  return transpose(columns);
}

/** The same from the definition. */
function definedDerivative(at: Cloud, form: BpnpForm): number[][] {
  const of = constraintDerivative<Double>(poseOf(at, double), problemOf(at, double), form);
  return of.y.map((row, j) =>
    [
      ...row,
      ...of.x2d[j].flat(),
      ...of.x3d[j].flat(),
      ...of.K[j],
      ...of.w2d[j].flat(),
      ...(Number.isFinite(at.delta) ? [of.delta[j]] : []),
    ].map((v) => v.value),
  );
}

it("constraintDerivative(y, problem, form) is the printed constraint on duals, in every form", () => {
  for (const form of forms)
    for (const [label, at] of clouds)
      expect(
        worstGap(definedDerivative(at, form), dualDerivative(at, form), at.n),
        `${label}: ${named(form)}`,
      ).toBeLessThan(rounding);
});

it("constraintDerivative(y, problem) is the first and second derivative of the cost on hyper-duals", () => {
  for (const [label, at] of clouds) {
    const base = flat(poseOf(at, double), problemOf(at, double));
    const of = constraintDerivative<Double>(poseOf(at, double), problemOf(at, double));
    const defined = definedDerivative(at, exactForm);
    const truth = Array.from({ length: 6 }, (_, j) =>
      base.map((_, index) => {
        const moved = unflat(
          base.map((v, l) => hyperDual(v, l === j ? 1 : 0, l === index ? 1 : 0)),
          at.n,
        );
        const cost = reprojectionCost(
          moved.problem,
          rotation(moved.y.slice(0, 3)),
          moved.y.slice(3),
        );
        return parts(cost);
      }),
    );
    const second = truth.map((row) => row.map(({ second }) => second.value));
    expect(worstGap(defined, second, at.n), label).toBeLessThan(rounding);
    // g itself may vanish: its terms are as large as H times the distance to where it does.
    for (const [j, g] of of.g.entries())
      expect(Math.abs(g.value - truth[j][0].first1.value), label).toBeLessThanOrEqual(
        rounding * Math.max(...of.y[j].map((h) => Math.abs(h.value))),
      );
  }
});

it("weights that multiply as w² or √w are weights w after a substitution", () => {
  const at = clouds[2][1];
  for (const [weights, power] of [
    ["w2", 2],
    ["sqrt", 0.5],
  ] as const) {
    const bent = { ...at, w2d: at.w2d.map((w) => w ** power) };
    for (const form of forms) {
      const here = definedDerivative(at, { ...form, weights });
      const there = definedDerivative(bent, form);
      const chained = there.map((row) =>
        row.map((v, k) => {
          const i = k - (15 + 5 * at.n);
          return i < 0 || i >= 2 * at.n ? v : v * power * at.w2d[i] ** (power - 1);
        }),
      );
      expect(worstGap(here, chained, at.n), named({ ...form, weights })).toBeLessThan(rounding);
    }
  }
});
