import { expect, it } from "vitest";
import * as definition from "../../src/definitions/map-divergence.js";
import * as kernel from "../../src/kernels/map-divergence.js";
import { spatialSoftmax, spatialSoftmaxVjp } from "../../src/kernels/spatial-softmax.js";
import { big } from "../../src/scalar/index.js";
import { ulpTarget } from "../certify/case.js";
import { bigs, worstUlp } from "./big-truth.js";
import { expectGradient } from "./expect-gradient.js";
import { normals, uniforms } from "./head-draws.js";
import { asMap, bigMap, cells, constants, distribution, logitsAt } from "./map-draws.js";

const floors = [0, 1e-24, 0.01];
/** Two maps that sum to 1: far apart, and closer and closer together. */
const pair = (k: number) => {
  const p = distribution("divergence/p", k, 3);
  if (k % 2 === 0) return [p, distribution("divergence/q", k, 3)] as const;
  const moved = normals("divergence/moved", k, cells).map((x, i) => p[i] * (1 + x * 10 ** -k));
  return [p, moved] as const;
};
const slopesOf = (p: Float64Array, q: Float64Array, floor: number) => {
  const [byP, byQ, js] = [0, 1, 2].map(() => new Float64Array(cells));
  kernel.mapDivergenceGradient(cells, p, q, floor, byP, byQ);
  kernel.symmetricDivergenceGradient(cells, p, q, floor, js);
  return { byP, byQ, js };
};

it("mapDivergence(…), symmetricDivergence(…) and their gradients are their definitions", () => {
  for (let k = 0; k < 6; k++)
    for (const floor of [floors[k % 3]]) {
      const [p, q] = pair(k);
      const [P, Q] = [bigMap(p), bigMap(q)];
      // The largest term: what is left of their sum may be its square.
      const term = Math.max(...p.map((x, i) => Math.max(x, q[i]) * Math.abs(Math.log(x / q[i]))));
      const kl = kernel.mapDivergence(cells, p, q, floor);
      const js = kernel.symmetricDivergence(cells, p, q, floor);
      const stated = [
        definition.mapDivergence(P, Q, floor),
        definition.symmetricDivergence(P, Q, floor),
      ];
      // A term rests on a difference of maps, which have lost their last digits before we came.
      expect(worstUlp([kl, js], stated, Math.max(term, 1 / cells))).toBeLessThanOrEqual(
        ulpTarget.generic,
      );
      const ours = slopesOf(p, q, floor);
      const truth = definition.mapDivergenceGradient(P, Q, floor);
      expect(worstUlp(ours.byP, truth.first)).toBeLessThanOrEqual(ulpTarget.generic);
      expect(worstUlp(ours.byQ, truth.second)).toBeLessThanOrEqual(ulpTarget.generic);
      const both = definition.symmetricDivergenceGradient(P, Q, floor);
      expect(worstUlp(ours.js, both, 1)).toBeLessThanOrEqual(ulpTarget.generic);
    }
});

it("their gradients are those of the definitions on duals", () => {
  const [p, q] = pair(0);
  for (const floor of [0.01]) {
    const [P, Q] = [bigMap(p), bigMap(q)];
    const truth = definition.mapDivergenceGradient(P, Q, floor);
    const size = 1 / Math.min(...p, ...q);
    const js = definition.symmetricDivergenceGradient(P, Q, floor).flat();
    const other = <S extends { of(n: number): S }>(values: Float64Array, z: readonly S[]) =>
      asMap(Array.from(values, (value) => z[0].of(value)));
    expectGradient(
      (z) => definition.mapDivergence(asMap(z), other(q, z), floor),
      bigs(p),
      truth.first.flat(),
      size,
    );
    expectGradient(
      (z) => definition.mapDivergence(other(p, z), asMap(z), floor),
      bigs(q),
      truth.second.flat(),
      size ** 2,
    );
    expectGradient(
      (z) => definition.symmetricDivergence(asMap(z), other(q, z), floor),
      bigs(p),
      js,
      size,
    );
  }
});

it("logitDivergence(…) and its gradient are their definitions, and those on duals", () => {
  for (let k = 0; k < 4; k++) {
    const [logits, target] = [logitsAt("divergence/logits", k), distribution("divergence/t", k, 2)];
    const [temperature] = uniforms("divergence/temperature", k, 1, 0.5, 3);
    const [L, T, τ] = [bigMap(logits), bigMap(target), big(temperature)];
    const loss = kernel.logitDivergence(cells, logits, temperature, target);
    const spread = 1 + (Math.max(...logits) - Math.min(...logits)) / temperature;
    const stated = definition.logitDivergence(L, τ, T);
    expect(worstUlp([loss], stated, spread)).toBeLessThanOrEqual(ulpTarget.generic);
    const [p, slopes] = [new Float64Array(cells), new Float64Array(cells)];
    spatialSoftmax(cells, logits, temperature, p);
    const along = kernel.logitDivergenceGradient(cells, logits, temperature, p, target, slopes);
    const truth = definition.logitDivergenceGradient(L, τ, T);
    const size = (spread * 2) / Math.min(1, temperature) ** 2;
    expect(worstUlp(slopes, truth.logits, size)).toBeLessThanOrEqual(ulpTarget.generic);
    const far = size * Math.max(...logits.map(Math.abs));
    expect(worstUlp([along], truth.temperature, far)).toBeLessThanOrEqual(ulpTarget.generic);
    if (k === 0)
      expectGradient(
        (z) => definition.logitDivergence(asMap(z.slice(1)), z[0], asMap(constants(target, z))),
        bigs([temperature, ...logits]),
        [truth.temperature, ...truth.logits.flat()],
        size * 30,
      );
  }
});

it("by the logits KL(T ‖ p) has the slope p − T where T sums to 1 (HM-8)", () => {
  const [logits, target] = [logitsAt("divergence/law", 2), distribution("divergence/law", 0)];
  const [p, byP, byT, chained] = [0, 1, 2, 3].map(() => new Float64Array(cells));
  spatialSoftmax(cells, logits, 1, p);
  kernel.mapDivergenceGradient(cells, target, p, 0, byT, byP);
  spatialSoftmaxVjp(cells, logits, 1, p, byP, chained);
  for (let i = 0; i < cells; i++)
    expect(Math.abs(chained[i] - (p[i] - target[i]))).toBeLessThan(64 * Number.EPSILON);
});

it("both are least at equal maps, where they are 0, and JS is symmetric and below ln 2", () => {
  for (let k = 0; k < 30; k++) {
    const [p, q] = ["x", "y"].map((name) => distribution(`divergence/${name}`, k, 4));
    const [kl, js] = [
      kernel.mapDivergence(cells, p, q, 0),
      kernel.symmetricDivergence(cells, p, q, 0),
    ];
    expect(kl).toBeGreaterThan(0);
    expect(js).toBeGreaterThan(0);
    expect(js).toBeLessThan(Math.LN2);
    expect(kernel.symmetricDivergence(cells, q, p, 0)).toBeCloseTo(js, 14);
    expect(kernel.mapDivergence(cells, p, p, 0)).toBe(0);
    expect(kernel.symmetricDivergence(cells, p, p, 0)).toBe(0);
  }
});

it("zeros: 0 ln 0 is 0, a cell that the target needs and the map lacks costs Infinity, or −ln f", () => {
  const [p, q] = [Float64Array.of(0.5, 0.5, 0, 0), Float64Array.of(0.5, 0, 0.5, 0)];
  expect(kernel.mapDivergence(4, p, p, 0)).toBe(0);
  expect(kernel.mapDivergence(4, p, q, 0)).toBe(Number.POSITIVE_INFINITY);
  expect(kernel.mapDivergence(4, p, q, 1e-24)).toBeCloseTo(0.5 * Math.log(0.5e24), 12);
  expect(kernel.symmetricDivergence(4, p, q, 0)).toBeCloseTo(0.5 * Math.LN2, 15);
  const [byP, byQ, js] = [0, 1, 2].map(() => new Float64Array(4));
  kernel.mapDivergenceGradient(4, p, q, 0, byP, byQ);
  expect([...byP]).toEqual([1, Infinity, -Infinity, Infinity]);
  expect([...byQ]).toEqual([-1, -Infinity, 0, 0]);
  kernel.symmetricDivergenceGradient(4, p, q, 0, js);
  expect([...js]).toEqual([0, 0.5 * Math.LN2, -Infinity, 0.5 * Math.LN2]);
});

it("logits as far apart as doubles allow still have a finite loss and slope", () => {
  const logits = Float64Array.of(0, 1e5, -1e5);
  const target = Float64Array.of(1, 0, 0);
  expect(kernel.logitDivergence(3, logits, 1, target)).toBe(1e5);
  expect(kernel.logitDivergence(3, Float64Array.of(0, Number.NaN, 1), 1, target)).toBeNaN();
});
