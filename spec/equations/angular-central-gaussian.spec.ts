import { expect, it } from "vitest";
import * as definition from "../../src/definitions/angular-central-gaussian.js";
import * as kernel from "../../src/kernels/angular-central-gaussian.js";
import { big } from "../../src/scalar/index.js";
import { ulpTarget } from "../certify/case.js";
import { bigRows, bigs, lastDigit, worstGap, worstUlp } from "./big-truth.js";
import { growth, logSize, scaleTrils } from "./density-draws.js";
import { jacobianOnDuals } from "./on-duals.js";

const ε = Number.EPSILON;
const draws = [...scaleTrils("spec/acg", 4, 15)].map(([label, q, , L]) => ({ label, q, L }));
const L = Float64Array.of(1, 0, 0, 0, 0.4, 0.6, 0, 0, -0.3, 0.2, 0.8, 0, 0.1, 0.5, -0.2, 0.9);
const log = kernel.angularCentralGaussianLogDensity;

/** ∫ f dσ over S³ in q = (√(1−u) e^(iα), √u e^(iγ)), dσ = ½ du dα dγ: Gauss in u, trapezoidal in α, γ. */
function overSphere(f: (q: Float64Array) => number, nodes = 32, turns = 64): number {
  const q = new Float64Array(4);
  let total = 0;
  for (let k = 0; k < nodes; k++) {
    // Newton on Legendre's polynomial, from the usual guess of its k-th root.
    let x = Math.cos((Math.PI * (k + 0.75)) / (nodes + 0.5));
    let slope = 1;
    for (let step = 0; step < 6; step++) {
      let [before, here] = [1, x];
      for (let n = 2; n <= nodes; n++)
        [before, here] = [here, ((2 * n - 1) * x * here - (n - 1) * before) / n];
      slope = (nodes * (x * here - before)) / (x * x - 1);
      x -= here / slope;
    }
    const weight = 2 / ((1 - x * x) * slope * slope);
    const [near, far] = [Math.sqrt((1 + x) / 2), Math.sqrt((1 - x) / 2)];
    for (let a = 0; a < turns; a++)
      for (let c = 0; c < turns; c++) {
        const [alpha, gamma] = [(2 * Math.PI * a) / turns, (2 * Math.PI * c) / turns];
        q[0] = near * Math.cos(alpha);
        q[1] = near * Math.sin(alpha);
        q[2] = far * Math.cos(gamma);
        q[3] = far * Math.sin(gamma);
        // u = (1 − x)/2 halves du once more.
        total += (weight / 4) * f(q) * ((2 * Math.PI) / turns) ** 2;
      }
  }
  return total;
}

it("unitSphereArea() is 2π², the integral of 1 over S³: q and −q are both counted", () => {
  // A sum of 2¹⁷ positive terms, pairwise no better than one after the other.
  const rounding = 2 ** 17 * ε;
  expect(Math.abs(overSphere(() => 1) / kernel.unitSphereArea() - 1)).toBeLessThan(rounding);
  expect(worstUlp([kernel.unitSphereArea()], definition.unitSphereArea(big(0)))).toBeLessThan(1);
});

it("exp(angularCentralGaussianLogDensity(q, L)) integrates to 1 over S³, and is even", () => {
  // 24 and 48 nodes are 1.3e-11 off: with 32 and 64 the rounding of the sum is what is left.
  const total = overSphere((q) => Math.exp(log(q, L)));
  expect(Math.abs(total - 1)).toBeLessThan(2 ** 17 * ε);
  for (const { q } of draws)
    expect(
      log(
        q.map((x) => -x),
        L,
      ),
    ).toBe(log(q, L));
});

it("angularCentralGaussianLogDensity(q, I) is −log 2π² at every q", () => {
  const identity = Float64Array.from({ length: 16 }, (_, k) => (k % 5 ? 0 : 1));
  for (const { q } of draws)
    expect(Math.abs(log(q, identity) + Math.log(2 * Math.PI ** 2))).toBeLessThan(16 * ε);
});

it("angularCentralGaussianLogDensity(q, c L) does not depend on c, whatever its size", () => {
  for (const { q, L } of draws.slice(0, 15))
    for (const c of [1e-250, 1e-90, 3, 1e90, 1e250]) {
      // log det grows by 4 log c, which the distance takes back.
      const rounding = 16 * ε * (10 + 8 * Math.abs(Math.log(c)));
      const { forward } = growth(4, L, q);
      expect(
        Math.abs(
          log(
            q,
            L.map((x) => c * x),
          ) - log(q, L),
        ),
      ).toBeLessThan(rounding * forward);
    }
});

it("angularCentralGaussianLogDensity(q, L) and its gradients keep the definition's 64 digits", () => {
  const [inQ, inL] = [new Float64Array(4), new Float64Array(16)];
  for (const { label, q, L } of draws) {
    const exact = [bigs(q), bigRows(L, 4)] as const;
    const { pulled, whitened, squared, forward, back } = growth(4, L, q);
    const slope = 4 / squared;
    const truth = definition.angularCentralGaussianLogDensity(...exact);
    expect(worstUlp([log(q, L)], truth, logSize(4, L) + 6 * forward), label).toBeLessThan(
      ulpTarget.generic,
    );
    kernel.angularCentralGaussianGradient(q, L, inQ);
    const byQ = definition.angularCentralGaussianGradient(...exact);
    expect(worstUlp(inQ, byQ, slope * pulled * (back + 2 * forward)), label).toBeLessThan(
      ulpTarget.generic,
    );
    kernel.angularCentralGaussianScaleGradient(q, L, inL);
    const byL = definition.angularCentralGaussianScaleGradient(...exact);
    const inverse = Math.max(...[0, 5, 10, 15].map((i) => 1 / L[i]));
    const scale = slope * pulled * whitened * (back + 3 * forward) + inverse;
    expect(worstUlp(inL, byL, scale), label).toBeLessThan(ulpTarget.generic);
  }
});

it("angularCentralGaussianGradient and …ScaleGradient are derivatives on duals, and q·∂/∂q is −4", () => {
  for (const { label, q, L } of draws) {
    const [v, rows] = [bigs(q), bigRows(L, 4)];
    const [slopes] = jacobianOnDuals(
      (x) => [
        definition.angularCentralGaussianLogDensity(
          x.slice(0, 4),
          [4, 8, 12, 16].map((i) => x.slice(i, i + 4)),
        ),
      ],
      [...v, ...rows.flat()],
    );
    // Λ = L Lᵀ is solved with: its conditioning, at most 1e18 here, costs that many digits.
    const digits = 1e20 * lastDigit;
    const gradient = definition.angularCentralGaussianGradient(v, rows);
    expect(worstGap(slopes.slice(0, 4), gradient), label).toBeLessThan(digits);
    const euler = gradient.reduce((sum, x, i) => sum.plus(x.times(v[i])), big(4));
    expect(Math.abs(euler.toNumber())).toBeLessThan(digits);
    const below = [0, 4, 5, 8, 9, 10, 12, 13, 14, 15];
    const closed = definition.angularCentralGaussianScaleGradient(v, rows).flat();
    expect(
      worstGap(
        below.map((i) => slopes[4 + i]),
        below.map((i) => closed[i]),
      ),
      label,
    ).toBeLessThan(digits);
    // The density does not change along c L: Σ L ∂/∂L = 0.
    const radial = below.reduce((sum, i) => sum.plus(closed[i].times(rows.flat()[i])), big(0));
    expect(Math.abs(radial.toNumber())).toBeLessThan(digits);
  }
});

it("angularCentralGaussianLogDensity refuses q off the sphere, a factor of no SPD matrix, and NaN", () => {
  const q = Float64Array.of(0.5, 0.5, -0.5, 0.5);
  const gradient = new Float64Array(16);
  const by: Record<string, (q: Float64Array, L: Float64Array) => unknown> = {
    angularCentralGaussianLogDensity: log,
    angularCentralGaussianGradient: (v, l) => kernel.angularCentralGaussianGradient(v, l, gradient),
    angularCentralGaussianScaleGradient: (v, l) =>
      kernel.angularCentralGaussianScaleGradient(v, l, gradient),
  };
  for (const [name, run] of Object.entries(by)) {
    for (const off of [q.map((x) => 1.001 * x), new Float64Array(4), q.with(2, Number.NaN)])
      expect(() => run(off, L)).toThrow(`${name}: expected a unit quaternion, got [${off[0]}`);
    for (const bad of [0, -2, Number.NaN])
      expect(() => run(q, L.with(10, bad))).toThrow(
        `${name}: expected scaleTril with a positive diagonal, got ${bad}`,
      );
    expect(() => run(q, L.with(4, Number.NaN))).toThrow(`${name}: expected a finite L^-1 q`);
  }
  // Single precision is unit enough.
  expect(
    log(
      q.map((x) => Math.fround(x * (1 + 1e-7))),
      L,
    ),
  ).toBeCloseTo(log(q, L), 5);
  expect(() =>
    definition.angularCentralGaussianLogDensity(bigs(q), bigRows(L.with(0, -1), 4)),
  ).toThrow("expected scaleTril with a positive diagonal, got -1");
});
