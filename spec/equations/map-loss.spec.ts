import { expect, it } from "vitest";
import * as definition from "../../src/definitions/map-loss.js";
import * as kernel from "../../src/kernels/map-loss.js";
import { ulpTarget } from "../certify/case.js";
import { bigs, worstUlp } from "./big-truth.js";
import { expectGradient } from "./expect-gradient.js";
import { normals, uniforms, written } from "./head-draws.js";
import { asMap, bigMap, cells, constants, distribution } from "./map-draws.js";

const draw = (k: number) => {
  const target = normals("loss/target", k, cells);
  // Beside equality at every scale, and on it.
  const map = normals("loss/map", k, cells).map((x, i) =>
    i % 3 ? target[i] + x * 10 ** -(k * 2) : i % 2 ? target[i] : x,
  );
  return { map, target, mask: uniforms("loss/mask", k, cells).map((m) => (m < 0.3 ? 0 : m)) };
};

it("absoluteMapLoss(…) and its gradient are their definitions", () => {
  for (let k = 0; k < 8; k++) {
    const { map, target } = draw(k);
    const [M, T] = [bigMap(map), bigMap(target)];
    const loss = kernel.absoluteMapLoss(cells, map, target);
    expect(worstUlp([loss], definition.absoluteMapLoss(M, T))).toBeLessThanOrEqual(
      ulpTarget.generic,
    );
    const slopes = written(cells, (g) => kernel.absoluteMapLossGradient(cells, map, target, g));
    expect(worstUlp(slopes, definition.absoluteMapLossGradient(M, T))).toBeLessThanOrEqual(1);
  }
});

it("squaredMapLoss(…) and its gradient are their definitions, with a mask and without", () => {
  for (let k = 0; k < 8; k++) {
    const { map, target, mask } = draw(k);
    const [M, T] = [bigMap(map), bigMap(target)];
    for (const weights of [mask, null]) {
      const Q = bigMap(weights ?? new Float64Array(cells).fill(1));
      const loss = kernel.squaredMapLoss(cells, map, target, weights);
      const stated = definition.squaredMapLoss(M, T, Q);
      expect(worstUlp([loss], stated)).toBeLessThanOrEqual(ulpTarget.generic);
      const slopes = written(cells, (g) =>
        kernel.squaredMapLossGradient(cells, map, target, weights, g),
      );
      const truth = definition.squaredMapLossGradient(M, T, Q);
      expect(worstUlp(slopes, truth)).toBeLessThanOrEqual(4);
    }
  }
});

it("both gradients are those of the definitions on duals, away from the kink", () => {
  const [map, target, mask] = [0, 1, 2].map((k) => normals("loss/smooth", k, cells));
  const given = <S extends { of(n: number): S }>(values: Float64Array, z: readonly S[]) =>
    asMap(Array.from(values, (value) => z[0].of(value)));
  expectGradient(
    (z) => definition.absoluteMapLoss(asMap(z), asMap(constants(target, z))),
    bigs(map),
    definition.absoluteMapLossGradient(bigMap(map), bigMap(target)).flat(),
    1,
  );
  expectGradient(
    (z) => definition.squaredMapLoss(asMap(z), given(target, z), given(mask, z)),
    bigs(map),
    definition.squaredMapLossGradient(bigMap(map), bigMap(target), bigMap(mask)).flat(),
    9,
  );
});

it("where map and target are equal the L1 slope is 0", () => {
  const map = normals("loss/equal", 0, cells);
  const slopes = written(cells, (g) => kernel.absoluteMapLossGradient(cells, map, map, g));
  expect(slopes.every((slope) => slope === 0)).toBe(true);
});

it("two maps that sum to 1 are at most 2/n apart, and as far as that only without a common cell", () => {
  for (let k = 0; k < 30; k++) {
    const [p, q] = ["a", "b"].map((name) => distribution(`loss/${name}`, k, 4));
    expect(kernel.absoluteMapLoss(cells, p, q)).toBeLessThan(2 / cells);
  }
  const [one, other] = [0, 1].map((i) =>
    Float64Array.from({ length: cells }, (_, j) => +(i === j)),
  );
  expect(kernel.absoluteMapLoss(cells, one, other)).toBe(2 / cells);
});
