import { expect, it } from "vitest";
import * as definition from "../../src/definitions/gdr-base-loss.js";
import * as kernel from "../../src/kernels/gdr-base-loss.js";
import { type Big, big } from "../../src/scalar/index.js";
import type { Real } from "../../src/scalar/real.js";
import { ulpTarget } from "../certify/case.js";
import { bigRows, bigs, entries, worstUlp } from "./big-truth.js";
import { expectGradient } from "./expect-gradient.js";
import { normals, rows } from "./head-draws.js";

const ε = Number.EPSILON;
const reductions = ["mean", "sum"] as const;
const draw = (k: number, P = 1 + (k % 4)) => ({
  coordinates: normals("gdr/predicted", k, 3 * P),
  // Every other draw lies 10^−k beside the kink.
  target:
    k % 2
      ? normals("gdr/predicted", k, 3 * P).map((x, j) => x + 10 ** -k * (j % 2 ? 1 : -1))
      : normals("gdr/target", k, 3 * P),
  mask: Float64Array.from({ length: P }, (_, p) => [1, 0, 0.5][(k + p) % 3]),
  maskLogits: normals("gdr/logits", k, P, 3),
  visible: Float64Array.from({ length: P }, (_, p) => (k + p) % 2),
});
const lifted = <S extends Real<S>>(map: kernel.CoordinateMap, lift: (x: number) => S) => ({
  coordinates: rows(Array.from(map.coordinates, lift), 3),
  target: rows(Array.from(map.target, lift), 3),
  mask: Array.from(map.mask, lift),
  maskLogits: Array.from(map.maskLogits, lift),
  visible: Array.from(map.visible, lift),
});
const exact = (x: number): Big => big(x);
const gradientOf = (
  reduction: (typeof reductions)[number],
  map: kernel.CoordinateMap,
  λ = 0.25,
) => {
  const P = map.mask.length;
  const out = [3 * P, P].map((n) => new Float64Array(n).fill(Number.NaN));
  kernel.gdrBaseLossGradient(reduction, λ, P, map, out[0], out[1]);
  return out.flatMap((x) => [...x]);
};

it("gdrBaseLoss(…) and its gradient are their definitions, and those on duals", () => {
  for (const reduction of reductions)
    for (let k = 0; k < 10; k++) {
      const map = draw(k);
      const P = map.mask.length;
      const truth = lifted(map, exact);
      const loss = kernel.gdrBaseLoss(reduction, 0.25, P, map);
      const defined = definition.gdrBaseLoss(reduction, big(0.25), truth);
      expect(worstUlp([loss], defined)).toBeLessThanOrEqual(ulpTarget.generic);
      const by = definition.gdrBaseLossGradient(reduction, big(0.25), truth);
      const stated = [...entries(by.coordinates), ...entries(by.maskLogits)];
      expect(worstUlp(gradientOf(reduction, map), stated)).toBeLessThanOrEqual(ulpTarget.generic);
      if (k >= 5) continue;
      expectGradient(
        (y) => {
          const constant = lifted(map, (x) => y[0].of(x));
          return definition.gdrBaseLoss(reduction, y[0].of(0.25), {
            ...constant,
            coordinates: rows(y.slice(0, 3 * P), 3),
            maskLogits: y.slice(3 * P),
          });
        },
        bigs([...map.coordinates, ...map.maskLogits]),
        stated,
        1,
      );
    }
});

it("on a map of 2 × 2 pixels gdrBaseLoss is what a hand computes (card S-18, 1)", () => {
  const map = {
    coordinates: Float64Array.of(1, 0, 0, 0, 2, 0, 9, 9, 9, 0.5, 0.5, 0.5),
    target: Float64Array.of(0, 0, 0, 0, 0.5, 0, 0, 0, 0, 0.5, 0.5, 0.5),
    mask: Float64Array.of(1, 1, 0, 1),
    maskLogits: Float64Array.of(0, 0, 0, Math.log(3)),
    visible: Float64Array.of(1, 1, 0, 1),
  };
  // 1 + 1.5 within the mask; ln 2 three times and −ln ¾.
  const entropy = (3 * Math.LN2 + Math.log(4 / 3)) / 4;
  for (const [reduction, norm] of [
    ["mean", 2.5 / 12],
    ["sum", 2.5],
  ] as const) {
    const wanted = norm + 0.25 * entropy;
    const loss = kernel.gdrBaseLoss(reduction, 0.25, 4, map);
    expect(Math.abs(loss - wanted)).toBeLessThanOrEqual(8 * ε * wanted);
  }
  const step = (sign: number) => sign / 12;
  const byMask = [-0.5, -0.5, 0.5, -0.25].map((g) => g / 16);
  const wanted = [1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0].map(step).concat(byMask);
  gradientOf("mean", map).forEach((g, i) => {
    expect(Math.abs(g - wanted[i])).toBeLessThanOrEqual(4 * ε);
  });
});

it("the paper's norm is 3P times the published mean; both hear nothing outside the mask", () => {
  for (let k = 0; k < 10; k++) {
    const map = draw(2 * k, 4);
    const of = (reduction: "mean" | "sum", changed: kernel.CoordinateMap = map) =>
      kernel.gdrBaseLoss(reduction, 0, 4, changed);
    expect(Math.abs(of("sum") - 12 * of("mean"))).toBeLessThanOrEqual(32 * ε * of("sum"));
    const coordinates = map.coordinates.map((x, j) => x + (map.mask[Math.floor(j / 3)] ? 0 : 5));
    expect(of("mean", { ...map, coordinates })).toBe(of("mean"));
    gradientOf("sum", map)
      .slice(0, 12)
      .forEach((g, j) => {
        expect(Math.abs(g)).toBe(map.mask[Math.floor(j / 3)]);
      });
  }
});

it("an empty mask leaves the cross entropy, equal coordinates have no slope, no pixels no loss", () => {
  const map = draw(4, 3);
  const empty = { ...map, mask: new Float64Array(3) };
  const entropy = kernel.gdrBaseLoss("mean", 0.25, 3, { ...map, coordinates: map.target });
  expect(kernel.gdrBaseLoss("mean", 0.25, 3, empty)).toBe(entropy);
  const still = gradientOf("mean", { ...map, coordinates: map.target }).slice(0, 9);
  expect(still.every((g) => g === 0)).toBe(true);
  const none = new Float64Array(0);
  const nothing = {
    ...{ coordinates: none, target: none, mask: none },
    ...{ maskLogits: none, visible: none },
  };
  for (const reduction of reductions)
    expect(kernel.gdrBaseLoss(reduction, 0.25, 0, nothing)).toBe(0);
  expect(bigRows(map.coordinates, 3)).toHaveLength(3);
});
