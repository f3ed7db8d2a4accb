import { expect, it } from "vitest";
import { type Reprojection, reprojectionCost } from "../../src/definitions/reprojection-cost.js";
import * as definition from "../../src/definitions/reprojection-inputs.js";
import * as kernel from "../../src/kernels/reprojection-inputs.js";
import { stream } from "../../src/random/stream.js";
import { big, dual, type Real } from "../../src/scalar/index.js";
import { ulpTarget } from "../certify/case.js";
import { bigRows, bigs, entries, lastDigit, size, worstGap, worstUlp } from "./big-truth.js";
import { type Cloud, cloud, problemOf } from "./bpnp-clouds.js";
import { jacobianOnDuals } from "./on-duals.js";

const clouds = Array.from({ length: 16 }, (_, i) =>
  cloud(stream("spec/reprojection-inputs").at(i), {
    n: 3 + (i % 3),
    noise: 50,
    kink: [undefined, 0.7, 1.4][i % 3],
    free: i % 2 === 1,
  }),
);
const arrays = (n: number) => ({
  x: new Float64Array(2 * n),
  z: new Float64Array(3 * n),
  w: new Float64Array(2 * n),
  K: new Float64Array(9),
  delta: new Float64Array(1),
});
const inBig = (c: Cloud) =>
  definition.reprojectionInputGradient(
    problemOf(c, (x) => big(x)),
    bigRows(c.R, 3),
    bigs(c.t),
  );

it("reprojectionInputGradient keeps the digits of the definition", () => {
  for (const c of clouds) {
    const out = arrays(c.n);
    const { n, x2d, x3d, w2d, K, R, t, delta } = c;
    kernel.reprojectionInputGradient(n, x2d, x3d, w2d, K, R, t, delta, out);
    const truth = inBig(c);
    // π is rounded in units of some 600 px, which a residual of 50 px feels twelvefold.
    const target = (ulpTarget.generic * 600) / 50;
    expect(worstUlp(out.x, truth.x)).toBeLessThan(target);
    expect(worstUlp(out.z, truth.z)).toBeLessThan(target);
    expect(worstUlp(out.w, truth.w)).toBeLessThan(target);
    const [forces, bottom] = [entries(truth.K).slice(0, 6), entries(truth.K).slice(6)];
    expect(worstUlp(out.K.subarray(0, 6), forces, n * size(truth.x))).toBeLessThan(target);
    expect(worstUlp(out.K.subarray(6), bottom, 600 * n * size(truth.x))).toBeLessThan(target);
    if (Number.isFinite(delta))
      expect(worstUlp(out.delta, truth.delta, delta + size(truth.delta))).toBeLessThan(target);
    else expect(out.delta[0]).toBe(0);
  }
});

it("reprojectionInputGradient is the gradient that duals carry, in x, z, w, K and δ", () => {
  for (const c of clouds.slice(0, 6)) {
    const data = problemOf(c, (x) => big(x));
    const flat = [
      ...data.x2d.flat(),
      ...data.x3d.flat(),
      ...data.w2d.flat(),
      ...data.K.flat(),
      data.delta ?? big(0),
    ];
    const [g] = jacobianOnDuals(
      (v) => [
        reprojectionCost(
          unflat(v, c.n, data.delta !== undefined),
          bigRows(c.R, 3).map((row) => row.map((x) => dual(x))),
          bigs(c.t).map((x) => dual(x)),
        ),
      ],
      flat,
    );
    const { x, z, w, K, delta } = inBig(c);
    const stated = [...x.flat(), ...z.flat(), ...w.flat(), ...K, delta];
    expect(worstGap(stated, g)).toBeLessThan(1e3 * lastDigit);
  }
});

it("moving x and (cx, cy) together leaves the cost: Σ ∂c/∂x and ∂c/∂(K₁₃, K₂₃) cancel", () => {
  for (const c of clouds.filter((_, i) => i % 2 === 0)) {
    const { x, K } = inBig(c);
    for (const k of [0, 1]) {
      const total = x.reduce((sum, row) => sum.plus(row[k]), K[3 * k + 2]);
      // K₃ = (0, 0, 1), so K_k₃ moves π as cx does.
      expect(Math.abs(total.toNumber())).toBeLessThan(1e3 * lastDigit * size(x));
    }
  }
});

/** x, z, w, K and δ from one list. */
function unflat<S extends Real<S>>(v: S[], n: number, robust: boolean): Reprojection<S> {
  const cut = (from: number, count: number, width: number) =>
    Array.from({ length: count }, (_, i) => v.slice(from + width * i, from + width * (i + 1)));
  return {
    x2d: cut(0, n, 2),
    x3d: cut(2 * n, n, 3),
    w2d: cut(5 * n, n, 2),
    K: cut(7 * n, 3, 3),
    delta: robust ? v[7 * n + 9] : undefined,
  };
}
