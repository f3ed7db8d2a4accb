import { expect, it } from "vitest";
import * as definition from "../../src/definitions/dense-head.js";
import * as kernel from "../../src/kernels/dense-head.js";
import { projection, rigidTransform } from "../../src/kernels/projection.js";
import { scene } from "../../src/problem/index.js";
import { big } from "../../src/scalar/index.js";
import { ulpTarget } from "../certify/case.js";
import { bigRows, bigs, entries, worstUlp } from "./big-truth.js";
import { expectGradient, pulled } from "./expect-gradient.js";
import { normals, rows, uniforms, written } from "./head-draws.js";

const ε = Number.EPSILON;
const crops = [
  { o: Float64Array.of(100, 57), e: 128, m: 8, h: 0 },
  { o: Float64Array.of(-31, 12.5), e: 77.3, m: 5, h: 0.5 },
  { o: Float64Array.of(0, 0), e: 1e-3, m: 1, h: 0.5 },
];

it("pixelwiseLinear(F, W, b) and its vjp are their definitions, the vjp the derivative", () => {
  for (let k = 0; k < 6; k++) {
    const [P, C, O] = [1 + (k % 3), 2 + (k % 4), 1 + (k % 5)];
    const [F, W, b, v] = [P * C, O * C, O, P * O].map((n, j) => normals(`linear/${j}`, k, n));
    const y = written(P * O, (out) => kernel.pixelwiseLinear(P, C, O, F, W, b, out));
    const exact = [bigRows(F, C), bigRows(W, C)] as const;
    // Terms of the sums are normal: C + 1 of them, of size 5 at most.
    const size = 25 * (C + 1);
    expect(worstUlp(y, definition.pixelwiseLinear(...exact, bigs(b)), size)).toBeLessThanOrEqual(
      ulpTarget.generic,
    );
    const out = [P * C, O * C, O].map((n) => new Float64Array(n));
    kernel.pixelwiseLinearVjp(P, C, O, F, W, v, out[0], out[1], out[2]);
    const stated = definition.pixelwiseLinearVjp(...exact, bigRows(v, O));
    const all = [...entries(stated.features), ...entries(stated.weights), ...stated.bias];
    expect(worstUlp([...out[0], ...out[1], ...out[2]], all, size)).toBeLessThanOrEqual(
      ulpTarget.generic,
    );
    expectGradient(
      pulled(
        (x) =>
          definition
            .pixelwiseLinear(
              rows(x.slice(0, P * C), C),
              rows(x.slice(P * C, (P + O) * C), C),
              x.slice((P + O) * C),
            )
            .flat(),
        bigs(v),
      ),
      bigs([...F, ...W, ...b]),
      all,
      size,
    );
  }
});

it("a linear map of the mean feature is the mean of the mapped features", () => {
  const [F, W, b] = [256 * 16, 2 * 16, 2].map((n, j) => normals("pooled", j, n));
  const mean = written(16, (out) => kernel.meanFeature(256, 16, F, out));
  expect(worstUlp(mean, definition.meanFeature(bigRows(F, 16)), 1)).toBeLessThanOrEqual(16);
  const g = written(2, (out) => kernel.pixelwiseLinear(1, 16, 2, mean, W, b, out));
  const all = written(512, (out) => kernel.pixelwiseLinear(256, 16, 2, F, W, b, out));
  const other = written(2, (out) => kernel.meanFeature(256, 2, all, out));
  // 256 terms of size 25 at most, rounded at each addition.
  g.forEach((x, a) => {
    expect(Math.abs(x - other[a])).toBeLessThanOrEqual(256 * 25 * ε);
  });
  expect(() => kernel.meanFeature(0, 2, all, other)).toThrow("expected P >= 1 pixels, got 0");
  expect(() => definition.meanFeature([])).toThrow("expected P >= 1 pixels, got 0");
});

it("cropGrid(…) is its definition; as published its first point is the crop's origin", () => {
  for (const { o, e, m, h } of crops) {
    const x = written(2 * m * m, (out) => kernel.cropGrid(o, e, m, h, out));
    const truth = definition.cropGrid(bigs(o), big(e), m, h);
    expect(worstUlp(x, truth, e + Math.hypot(...o))).toBeLessThanOrEqual(4);
    if (h === 0) expect([...x.subarray(0, 2)]).toEqual([...o]);
  }
});

it("cropCamera(K, …) sends a point seen at the crop's grid to its cell (card S-10, 2)", () => {
  for (const { o, e, m, h } of crops.slice(0, 2)) {
    const { K } = scene("D2").correspondences;
    const cropped = written(9, (out) => kernel.cropCamera(K, o, e, m, h, out));
    const truth = definition.cropCamera(bigRows(K, 3), bigs(o), big(e), m, h);
    expect(worstUlp(cropped, truth)).toBeLessThanOrEqual(ulpTarget.generic);
    const grid = written(2 * m * m, (out) => kernel.cropGrid(o, e, m, h, out));
    const [u, cell] = [new Float64Array(2), new Float64Array(2)];
    for (let i = 0; i < m * m; i++) {
      // A camera point on the ray of the grid's pixel, 2 units away.
      const y = (2 * (grid[2 * i + 1] - K[5])) / K[4];
      const x = (2 * (grid[2 * i] - K[2]) - K[1] * y) / K[0];
      const X = Float64Array.of(x, y, 2);
      projection(X, K, u);
      projection(X, cropped, cell);
      // A pixel is off by some ε of its size, and a cell by m/e of that.
      const bound = 32 * ε * (Math.abs(K[2]) + Math.hypot(...o) + e) * Math.max(1, m / e);
      expect(Math.hypot(u[0] - grid[2 * i], u[1] - grid[2 * i + 1])).toBeLessThan(bound);
      expect(Math.hypot(cell[0] - (i % m), cell[1] - Math.floor(i / m))).toBeLessThan(bound);
      expect(bound).toBeLessThan(1e-9);
    }
  }
});

it("objectPoints and objectCoordinates invert each other (card S-10, 2), also at a true pose", () => {
  const { correspondences, R, t } = scene("D2");
  const { n, x3d } = correspondences;
  const d = written(3, (out) => kernel.halfExtents(Float64Array.of(-0.15, -0.11, 0.08), out));
  expect([...d]).toEqual([0.15, 0.11, 0.08]);
  expect(definition.halfExtents(bigs([-2, 3, 0])).map((x) => x.toNumber())).toEqual([2, 3, 0]);
  const noc = written(3 * n, (out) => kernel.objectCoordinates(n, x3d, d, out));
  const z = written(3 * n, (out) => kernel.objectPoints(n, noc, d, out));
  const [a, b] = [new Float64Array(3), new Float64Array(3)];
  for (let i = 0; i < n; i++) {
    rigidTransform(x3d.subarray(3 * i, 3 * i + 3), R, t, a);
    rigidTransform(z.subarray(3 * i, 3 * i + 3), R, t, b);
    // Two roundings of an entry, carried by a rotation; far below the card's 1e-9.
    expect(Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2])).toBeLessThan(
      8 * ε * (Math.hypot(...t) + Math.hypot(...d)),
    );
  }
  const truth = definition.objectCoordinates(bigRows(x3d, 3), bigs(d));
  expect(worstUlp(noc, truth)).toBeLessThanOrEqual(1);
  expect(() => kernel.objectCoordinates(n, x3d, Float64Array.of(1, 0, 1), z)).toThrow(
    "objectCoordinates: expected sizes > 0, got 0",
  );
});

it("objectPointsVjp(n, d, v) is the derivative of n ∘ d, and the kernel its definition", () => {
  for (let k = 0; k < 6; k++) {
    const n = 1 + k;
    const [noc, d, v] = [3 * n, 3, 3 * n].map((m, j) => normals(`noc/${j}`, k, m));
    const stated = definition.objectPointsVjp(bigRows(noc, 3), bigs(d), bigRows(v, 3));
    const [c, s] = [new Float64Array(3 * n), new Float64Array(3)];
    kernel.objectPointsVjp(n, noc, d, v, c, s);
    const all = [...entries(stated.coordinates), ...stated.size];
    expect(worstUlp([...c, ...s], all, 25 * n)).toBeLessThanOrEqual(ulpTarget.generic);
    const f = pulled(
      (x) => definition.objectPoints(rows(x.slice(0, 3 * n), 3), x.slice(3 * n)).flat(),
      bigs(v),
    );
    expectGradient(f, bigs([...noc, ...d]), all, 25 * n);
    const product = written(3 * n, (out) => kernel.objectPoints(n, noc, d, out));
    expect(worstUlp(product, definition.objectPoints(bigRows(noc, 3), bigs(d)))).toBeLessThan(1);
  }
});

it("coordinateLoss(…) is its definition, its gradient the derivative, and both pass by the mask", () => {
  for (let k = 0; k < 8; k++) {
    const n = 1 + (k % 4);
    const [noc, target] = [0, 1].map((j) => uniforms(`l1/${j}`, k, 3 * n, -1, 1));
    const mask = Float64Array.from({ length: n }, (_, i) => (i + k) % 2);
    const exact = [bigRows(noc, 3), bigRows(target, 3), bigs(mask)] as const;
    const loss = kernel.coordinateLoss(n, noc, target, mask);
    expect(worstUlp([loss], definition.coordinateLoss(...exact), 1)).toBeLessThanOrEqual(16);
    const gradient = written(3 * n, (out) =>
      kernel.coordinateLossGradient(n, noc, target, mask, out),
    );
    const stated = definition.coordinateLossGradient(...exact);
    expect(worstUlp(gradient, stated, 1)).toBeLessThanOrEqual(1);
    expectGradient(
      (x) =>
        definition.coordinateLoss(
          rows(x, 3),
          rows(
            [...target].map((y) => x[0].of(y)),
            3,
          ),
          [...mask].map((y) => x[0].of(y)),
        ),
      bigs(noc),
      entries(stated),
      1,
    );
    // Homogeneous of degree 1 in n − n*: Euler's identity.
    const euler = gradient.reduce((sum, g, i) => sum + g * (noc[i] - target[i]), 0);
    expect(Math.abs(euler - loss)).toBeLessThanOrEqual(3 * n * 4 * ε);
    gradient.forEach((g, i) => {
      if (mask[Math.floor(i / 3)] === 0) expect(Math.abs(g)).toBe(0);
    });
  }
  const none = new Float64Array(0);
  expect(kernel.coordinateLoss(0, none, none, none)).toBe(0);
  const one = Float64Array.of(1, 2, 3);
  kernel.coordinateLossGradient(1, one, one, Float64Array.of(1), one);
  expect([...one]).toEqual([0, 0, 0]);
  const zero = definition.coordinateLossGradient([bigs([1])], [bigs([1])], bigs([1]));
  expect(zero[0][0].toNumber()).toBe(0);
});

it("cropGrid and cropCamera throw unless the crop has cells and an extent", () => {
  const out = new Float64Array(9);
  for (const m of [0, 1.5, Number.NaN])
    for (const run of [kernel.cropGrid, crop])
      expect(() => run(out, 1, m, 0, out)).toThrow(`whole number of cells >= 1, got ${m}`);
  for (const e of [0, -1, Infinity, Number.NaN])
    for (const run of [kernel.cropGrid, crop])
      expect(() => run(out, e, 4, 0, out)).toThrow(`expected a finite extent > 0, got ${e}`);
});

const crop = (o: Float64Array, e: number, m: number, h: number, out: Float64Array) =>
  kernel.cropCamera(new Float64Array(9), o, e, m, h, out);
