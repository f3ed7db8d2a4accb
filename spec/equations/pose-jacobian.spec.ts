import { expect, it } from "vitest";
import { charts, tangentSize } from "../../src/conventions/chart.js";
import * as definition from "../../src/definitions/pose-jacobian.js";
import { projection, rigidTransform } from "../../src/definitions/projection.js";
import { retraction } from "../../src/definitions/retraction.js";
import { rotation } from "../../src/definitions/rodrigues.js";
import { tangentTransform } from "../../src/definitions/tangent.js";
import * as kernel from "../../src/kernels/pose-jacobian.js";
import { type Big, big, dual, type Real } from "../../src/scalar/index.js";
import { type Matrix, multiply, type Vector } from "../../src/scalar/matrix.js";
import { secondDerivativeTarget, ulpTarget } from "../certify/case.js";
import { bigRows, bigs, entries, lastDigit, worstGap, worstUlp } from "./big-truth.js";
import { hessianOnDuals, jacobianOnDuals } from "./on-duals.js";
import { derivativeArrays, motionAt, type Sight, sights } from "./pose-draws.js";

const all = [...sights("spec/pose-jacobian", 12)];
/** How many roundings of the last of 64 digits a second derivative collects, generously. */
const few = 1e4 * lastDigit;
/** An orthogonal matrix to 64 digits, as AA's coordinates need. */
const pose = (sight: Sight): [Big[][], Big[]] => [rotation(bigs(sight.omega)), bigs(sight.t)];

it("projectionDerivatives(chart, …) keeps the digits of the definition in every chart", () => {
  for (const chart of charts)
    for (const sight of all) {
      const { R, t, z, K, label } = sight;
      // Log of a rotation 1e-16 off a half turn picks either of its two values.
      if (chart === "AA" && label === "theta near pi") continue;
      const out = derivativeArrays(chart);
      kernel.projectionDerivatives(chart, motionAt(chart, R, t), z, K, out);
      const at = definition.poseDerivativesAt(chart, bigRows(R, 3), bigs(t));
      check(out, definition.projectionDerivatives(at, bigs(z), bigRows(K, 3)), label);
      const J = new Float64Array(out.y.length);
      kernel.poseJacobian(chart, motionAt(chart, R, t), z, K, J);
      expect(J).toEqual(out.y);
    }
});

it("projectionDerivatives at poseDerivatives(ω, t) keeps them for every ω, half turns included", () => {
  const motion = new Float64Array(kernel.MOTION_SIZE);
  for (const { omega, t, z, K, label } of all) {
    const y = Float64Array.of(...omega, ...t);
    kernel.poseDerivatives(y, motion);
    const out = derivativeArrays("AA");
    kernel.projectionDerivatives("AA", motion, z, K, out);
    const at = definition.poseDerivatives(bigs(y));
    check(out, definition.projectionDerivatives(at, bigs(z), bigRows(K, 3)), label);
  }
});

function check(
  out: kernel.ProjectionDerivatives,
  truth: definition.ProjectionDerivatives<Big>,
  label: string,
): void {
  const target = ulpTarget[label === "generic" ? "generic" : "seam"];
  expect(worstUlp(out.value, truth.value)).toBeLessThan(target);
  expect(worstUlp(out.y, truth.y)).toBeLessThan(target);
  expect(worstUlp(out.z, truth.z)).toBeLessThan(target);
  expect(worstUlp(out.K, truth.K)).toBeLessThan(target);
  expect(worstGap(bigs(out.yy), entries(truth.yy))).toBeLessThan(secondDerivativeTarget);
  expect(worstGap(bigs(out.yz), entries(truth.yz))).toBeLessThan(secondDerivativeTarget);
  expect(worstGap(bigs(out.yK), entries(truth.yK))).toBeLessThan(secondDerivativeTarget);
}

/** π(z; y, K) with all its arguments in one list: ξ [d], z [3], K [9]. */
const projected =
  <S extends Real<S>>(place: (xi: S[]) => { R: Matrix<S>; t: Vector<S> }, d: number) =>
  (v: S[]): S[] => {
    const { R, t } = place(v.slice(0, d));
    const K = [0, 3, 6].map((k) => v.slice(d + 3 + k, d + 6 + k));
    return projection(rigidTransform(v.slice(d, d + 3), R, t), K);
  };

for (const chart of charts)
  it(`derivatives in chart ${chart} are those of its retraction on duals of duals`, () => {
    const d = tangentSize(chart);
    // AA takes seconds a sight here, and has the next spec to itself.
    for (const sight of all.slice(0, chart === "AA" ? 1 : 3)) {
      const [R, t] = pose(sight);
      const at = [...new Array<Big>(d).fill(big(0)), ...bigs(sight.z), ...bigs(sight.K)];
      const H = hessianOnDuals(
        projected((xi) => {
          const lift = (x: Big) => xi[0].of(0).plus(dual(dual(x)));
          return retraction(
            chart,
            R.map((row) => row.map(lift)),
            t.map(lift),
            xi,
          );
        }, d),
        at,
      );
      const J = jacobianOnDuals(
        projected((xi) => {
          const lift = (x: Big) => dual(x);
          return retraction(
            chart,
            R.map((row) => row.map(lift)),
            t.map(lift),
            xi,
          );
        }, d),
        at,
      );
      const stated = definition.projectionDerivatives(
        definition.poseDerivativesAt(chart, R, t),
        bigs(sight.z),
        bigRows(sight.K, 3),
      );
      expect(
        worstGap(
          stated.y,
          J.map((row) => row.slice(0, d)),
        ),
      ).toBeLessThan(few);
      expect(
        worstGap(
          stated.z,
          J.map((row) => row.slice(d, d + 3)),
        ),
      ).toBeLessThan(few);
      expect(
        worstGap(
          stated.K,
          J.map((row) => row.slice(d + 3)),
        ),
      ).toBeLessThan(few);
      for (const [block, from, to] of [
        [stated.yy, 0, d],
        [stated.yz, d, d + 3],
        [stated.yK, d + 3, d + 12],
      ] as const)
        block.forEach((rows, i) => {
          const truth = H[i].slice(0, d).map((row) => row.slice(from, to));
          expect(worstGap(rows, truth)).toBeLessThan(few);
        });
    }
  });

it("derivatives in chart AA near ω = 0 and π are those of Exp on duals of duals", () => {
  for (const sight of all.slice(0, 6)) {
    const y = [...bigs(sight.omega), ...bigs(sight.t)];
    const at = [...y, ...bigs(sight.z), ...bigs(sight.K)];
    const place = <S extends Real<S>>(xi: S[]) => ({
      R: rotation(xi.slice(0, 3)),
      t: xi.slice(3, 6),
    });
    const stated = definition.projectionDerivatives(
      definition.poseDerivatives(y),
      bigs(sight.z),
      bigRows(sight.K, 3),
    );
    const J = jacobianOnDuals(projected(place, 6), at);
    expect(
      worstGap(
        stated.y,
        J.map((row) => row.slice(0, 6)),
      ),
    ).toBeLessThan(few);
    const H = hessianOnDuals(
      (v) =>
        projected<(typeof v)[number]>(place, 6)([...v, ...at.slice(6).map((x) => dual(dual(x)))]),
      y,
    );
    expect(worstGap(entries(stated.yy), entries(H))).toBeLessThan(few);
  }
});

it("poseJacobian(chart, …) is poseJacobian(LEFT, …) times the change of tangent (GEO-12)", () => {
  for (const sight of all.slice(0, 12)) {
    const [R, t] = pose(sight);
    const [z, K] = [bigs(sight.z), bigRows(sight.K, 3)];
    const left = definition.poseJacobian(definition.poseDerivativesAt("LEFT", R, t), z, K);
    for (const chart of charts) {
      const M = tangentTransform(chart, "LEFT", { R, omega: bigs(sight.omega) });
      const J = definition.poseJacobian(definition.poseDerivativesAt(chart, R, t), z, K);
      // Near a half turn Log(R) loses the digits that its two values share: compare where it has them.
      if (chart === "AA" && sight.label === "theta near pi") continue;
      expect(worstGap(J, multiply(left, M))).toBeLessThan(few);
    }
  }
});

it("∂²π/∂y² is symmetric, in the kernel bit for bit", () => {
  for (const chart of charts) {
    const d = tangentSize(chart);
    for (const { R, t, z, K } of all.slice(0, 12)) {
      const out = derivativeArrays(chart);
      kernel.projectionDerivatives(chart, motionAt(chart, R, t), z, K, out);
      for (let i = 0; i < 2; i++)
        for (let p = 0; p < d; p++)
          for (let q = 0; q < p; q++)
            expect(out.yy[d * (d * i + p) + q]).toBe(out.yy[d * (d * i + q) + p]);
    }
  }
});
