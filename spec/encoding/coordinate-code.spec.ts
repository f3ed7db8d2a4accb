import { expect, it } from "vitest";
import {
  coordinateCode,
  decodedCoordinates,
  decodedCoordinatesPull,
  decodedCoordinatesWithTruth,
  encodedCoordinates,
  publishedCodeOptions,
  vertexCode,
  vertexOfCode,
} from "../../src/encoding/index.js";
import { decodedLevel } from "../../src/kernels/code-decoding.js";
import { normals, uniforms } from "../equations/head-draws.js";

const ε = Number.EPSILON;
const forms = (["plain", "gray"] as const).flatMap((kind) =>
  [0, 1, 2].map((inverted) => ({ kind, inverted })),
);
const box = (x: number, y: number, z: number) => ({ least: [0, 0, 0], greatest: [x, y, z] });

it("coordinateCode(…) counts bits by the formula, for 1:1:1 … 1:1:100 (card S-22, 1)", () => {
  for (let ratio = 1; ratio <= 100; ratio++) {
    const model = box(1, 1, 1 / ratio);
    const byText = Math.max(0, Math.floor(7 - Math.log2(ratio) + 0.5));
    expect([...coordinateCode(model, { least: 0 }).counts]).toEqual([7, 7, byText]);
    const { counts, bits } = coordinateCode(model);
    expect([...counts]).toEqual([7, 7, Math.max(2, byText)]);
    expect(bits).toBe(14 + Math.max(2, byText));
  }
  expect([...coordinateCode(box(1, 0.5, 0.05)).counts]).toEqual([7, 6, 3]);
  // 2^-8.5 of the longest side: half a bit below none.
  expect([...coordinateCode(box(1, 1, 2 ** -8.5), { least: 0 }).counts]).toEqual([7, 7, 0]);
});

it("every level of up to 8 bits comes back from its own targets, within half a level (card S-22, 2)", () => {
  for (let M = 1; M <= 8; M++)
    for (const form of forms) {
      const code = coordinateCode(box(3, 5, 0.7), { counts: [M, M, M], ...form });
      const levels = 2 ** M;
      const z = Float64Array.from({ length: 12 * levels }, (_, k) => {
        const [point, a] = [Math.floor(k / 3), k % 3];
        return ([3, 5, 0.7][a] * (point + 0.3)) / (4 * levels);
      });
      const { bits, targets, clamped } = encodedCoordinates(code, z);
      expect(clamped).toBe(0);
      // σ(±60) is 1 or 0 to 1e-26.
      const logits = targets.map((target) => (target === 1 ? 60 : -60));
      for (const found of [
        decodedCoordinates(code, logits),
        decodedCoordinatesWithTruth(code, { logits, bits }),
      ])
        found.z.forEach((x, k) => {
          const half = [3, 5, 0.7][k % 3] / (levels - 1) / 2;
          expect(Math.abs(x - z[k])).toBeLessThanOrEqual(half * (1 + 8 * ε * levels));
        });
    }
});

it("the soft bit's slope is that of central differences, and the hard level where it saturates (card S-22, 4)", () => {
  const h = 2 ** -17;
  for (const form of forms)
    for (let k = 0; k < 10; k++) {
      const M = 1 + (k % 5);
      const code = coordinateCode(box(1, 1, 1), { counts: [M, M, M], ...form });
      const logits = normals(`slopes/${form.kind}/${form.inverted}`, k, 3 * M, 2);
      const bits = uniforms("slopes/bits", k, 3 * M).map((x) => Number(x > 0.5));
      const v = normals("slopes/v", k, 3);
      for (const run of [
        (x: Float64Array) => decodedCoordinates(code, x),
        (x: Float64Array) => decodedCoordinatesWithTruth(code, { logits: x, bits }),
      ]) {
        const pulled = decodedCoordinatesPull(code, run(logits), v);
        logits.forEach((x, j) => {
          // Across ℓ = 0 a hard bit jumps.
          if (Math.abs(x) < 2 * h) return;
          const moved = (step: number) => run(logits.with(j, x + step)).z;
          const [up, down] = [moved(h), moved(-h)];
          let secant = 0;
          for (let a = 0; a < 3; a++) secant += (v[a] * (up[a] - down[a])) / (2 * h);
          const size = Math.abs(v[0]) + Math.abs(v[1]) + Math.abs(v[2]);
          expect(Math.abs(secant - pulled[j])).toBeLessThanOrEqual(size * (h * h + (8 * ε) / h));
        });
      }
    }
});

it("the two-bit sign is wrong under its published name alone (card S-22, 4)", () => {
  const form = { kind: "gray", inverted: 2 } as const;
  for (let v = 0; v < 4; v++) {
    const code = coordinateCode(box(1, 1, 1), { counts: [2, 0, 0], ...form });
    const { targets } = encodedCoordinates(code, [[v / 3, 0.5, 0.5]]);
    const logits = targets.map((target) => (target === 1 ? 60 : -60));
    expect(Math.abs(decodedLevel(2, logits, form) - v)).toBeLessThan(ε);
    const published = decodedLevel(2, logits, form, "published-two-bit-bug");
    expect(Math.abs(Math.abs(published - v) - 1)).toBeLessThan(4 * ε);
  }
  for (const M of [3, 7])
    for (let k = 0; k < 20; k++) {
      const logits = normals("two-bit", k, M, 3);
      expect(decodedLevel(M, logits, form, "published-two-bit-bug")).toBe(
        decodedLevel(M, logits, form),
      );
    }
});

it("with noisy bits the best weight is least where the top bit flips (card S-22, 5)", () => {
  // A network unsure of each bit near its own transition: logits proportional to the distance from it.
  const M = 5;
  const error = (kind: "plain" | "gray", v: number) => {
    const code = coordinateCode(box(31, 31, 31), { counts: [M, 0, 0], kind });
    const { bits, targets } = encodedCoordinates(code, [[v, 0, 0]]);
    const all = Array.from(
      { length: 2 ** M },
      (_, u) => encodedCoordinates(code, [[u, 0, 0]]).targets,
    );
    let square = 0;
    for (let k = 0; k < 200; k++) {
      const noise = normals(`unsure/${v}`, k, M, 1.5);
      const logits = targets.map((target, j) => {
        const flips = all.flatMap((other, u) => (other[j] === target ? [] : [Math.abs(u - v)]));
        return (2 * target - 1) * (Math.min(...flips) - 0.5) + noise[j];
      });
      const { z } = decodedCoordinatesWithTruth(code, { logits, bits });
      square += (z[0] - v) ** 2 / 200;
    }
    return square;
  };
  for (const kind of ["plain", "gray"] as const) {
    // LC-21: the weights that minimise the covariance are 1 / E r².
    const weights = Array.from({ length: 32 }, (_, v) => 1 / error(kind, v));
    const lowest = [...weights.keys()].sort((a, b) => weights[a] - weights[b]);
    expect(lowest.slice(0, 2).sort((a, b) => a - b)).toEqual([15, 16]);
  }
});

it("axes of 0 and 1 bits: the centre of the range, and its two ends", () => {
  const code = coordinateCode(box(2, 4, 8), { counts: [0, 1, 2] });
  const { bits, targets, levels } = encodedCoordinates(code, [[1.7, 1.9, 8]]);
  expect([...levels]).toEqual([0, 0, 3]);
  expect([bits.length, targets.length]).toEqual([3, 3]);
  const { z, slopes } = decodedCoordinates(code, [[60, 60, 60]]);
  expect([...z]).toEqual([1, 4, 8]);
  expect(slopes.length).toBe(3);
  const none = coordinateCode(box(2, 4, 8), { counts: [0, 0, 0] });
  expect(encodedCoordinates(none, [[0, 0, 0]]).bits.length).toBe(0);
  expect(() => decodedCoordinates(none, [[1]])).toThrow("decodedCoordinates: expected");
  // One inverted bit, soft: published code leaves out the inversion here as it does for two.
  const one = coordinateCode(box(1, 1, 1), { counts: [1, 1, 1], kind: "gray", inverted: 2 });
  expect([...decodedCoordinates(one, [[60, 60, -60]]).z].map(Math.round)).toEqual([0, 0, 1]);
});

it("coordinates outside their range take its nearest end, and are counted; ties go where told", () => {
  const code = coordinateCode(box(1, 1, 1));
  expect(encodedCoordinates(code, [[-0.1, 1.1, 0.5]])).toMatchObject({ clamped: 2 });
  const level = (ties: "half-up" | "half-even", c: number) =>
    encodedCoordinates(coordinateCode(box(3, 3, 3), { counts: [2, 2, 2], ties }), [[c, c, c]])
      .levels[0];
  expect([0.5, 1.5, 2.5].map((c) => level("half-up", c))).toEqual([1, 2, 3]);
  expect([0.5, 1.5, 2.5].map((c) => level("half-even", c))).toEqual([0, 2, 2]);
  const lopsided = { least: [-1, -1, -1], greatest: [3, 3, 3] };
  expect([...coordinateCode(lopsided).ranges.slice(0, 2)]).toEqual([-1, 3]);
  expect([...coordinateCode(lopsided, publishedCodeOptions).ranges.slice(0, 2)]).toEqual([-1, 1]);
});

it("coordinateCode(…) and its decoders throw, naming what they expected and got", () => {
  expect(() => coordinateCode(box(1, 0, 1))).toThrow("codeRange: expected low < high, got 0 and 0");
  expect(() => coordinateCode(box(1, 1, 1), { counts: [7, 7] })).toThrow("3 counts");
  expect(() => coordinateCode(box(1, 1, 1), { counts: [7, 7, 31] })).toThrow("from 0 to 30");
  expect(() => coordinateCode(box(1, 1, 1), { inverted: -1 })).toThrow("inverted from 0 to 30");
  expect(() => coordinateCode(box(1, 1, 1), { most: 1 })).toThrow("0 <= floor <= most");
  const code = coordinateCode(box(1, 1, 1), { counts: [1, 1, 1] });
  const logits = [[1, 1, 1]];
  expect(() => decodedCoordinates(code, [[1, 1]])).toThrow("decodedCoordinates: expected logits");
  expect(() => decodedCoordinatesWithTruth(code, { logits, bits: [[0, 0.5, 1]] })).toThrow(
    "expected bits of 0 and 1, got 0.5",
  );
  expect(() => decodedCoordinatesWithTruth(code, { logits, bits: [[0, 1, 1]], mask: [2] })).toThrow(
    "expected mask of 0 and 1, got 2",
  );
});

it("vertexCode(vertices, 16) halves evenly and finds every vertex again (ENC-7)", () => {
  for (const count of [1, 2, 1000, 1024]) {
    const vertices = normals("vertex-code", count, 3 * count);
    const table = vertexCode(vertices);
    expect(new Set(table.codes).size).toBe(count);
    table.codes.forEach((code, i) => {
      expect(vertexOfCode(table, code)).toEqual(vertices.slice(3 * i, 3 * i + 3));
    });
    for (let bit = 15; bit >= 13; bit--) {
      const sizes = new Map<number, number>();
      for (const code of table.codes) sizes.set(code >>> bit, (sizes.get(code >>> bit) ?? 0) + 1);
      expect(Math.max(...sizes.values()) - Math.min(...sizes.values())).toBeLessThanOrEqual(1);
    }
  }
  const shared = vertexCode(
    [
      [0, 0, 0],
      [1, 0, 0],
      [10, 0, 0],
      [12, 0, 0],
    ],
    1,
  );
  expect([...shared.codes]).toEqual([0, 0, 1, 1]);
  expect([...vertexOfCode(shared, 1)]).toEqual([11, 0, 0]);
  expect(() => vertexOfCode(shared, 2)).toThrow("expected one of the 2 codes in use, got 2");
  expect(() => vertexCode([[0, 0, 0]], 31)).toThrow("vertexCode: expected bits from 0 to 30");
});
