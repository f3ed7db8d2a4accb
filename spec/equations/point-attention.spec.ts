import { expect, it } from "vitest";
import * as definition from "../../src/definitions/point-attention.js";
import * as kernel from "../../src/kernels/point-attention.js";
import { ulpTarget } from "../certify/case.js";
import { bigRows, bigs, entries, worstUlp } from "./big-truth.js";
import { expectGradient, pulled } from "./expect-gradient.js";
import { normals, rows, written } from "./head-draws.js";

const ε = Number.EPSILON;
const [N, M, D] = [3, 4, 3];
const draws = (k: number, spread = 1) => ({
  Q: normals("points/Q", k, N * D, spread),
  K: normals("points/K", k, M * D),
  V: normals("points/V", k, M * D),
  U: normals("points/U", k, N * M),
  v: normals("points/v", k, N * D),
});
const attention = (Q: Float64Array, K: Float64Array) =>
  written((Q.length * K.length) / D / D, (A) =>
    kernel.pointAttention(Q.length / D, K.length / D, D, Q, K, A),
  );
const attended = (A: Float64Array, V: Float64Array) =>
  written((A.length / V.length) * D * D, (Y) =>
    kernel.attendedPoints((A.length / V.length) * D, V.length / D, D, A, V, Y),
  );

it("pointAttention(…) and its vjp are their definitions, the vjp the derivative", () => {
  for (let k = 0; k < 6; k++) {
    const { Q, K, U } = draws(k, k % 2 ? 10 : 1);
    const exact = [bigRows(Q, D), bigRows(K, D)] as const;
    const A = attention(Q, K);
    // An entry has the rounding of its logit, of up to 30 times ε.
    expect(worstUlp(A, definition.pointAttention(...exact), 1)).toBeLessThanOrEqual(16);
    const out = [new Float64Array(N * D), new Float64Array(M * D)];
    kernel.pointAttentionVjp(N, M, D, Q, K, A, U, out[0], out[1]);
    const stated = definition.pointAttentionVjp(...exact, bigRows(U, M));
    const all = [...entries(stated.queries), ...entries(stated.keys)];
    const scale = k % 2 ? 20 : 2;
    expect(worstUlp([...out[0], ...out[1]], all, scale)).toBeLessThanOrEqual(ulpTarget.generic);
    expectGradient(
      pulled(
        (x) =>
          definition.pointAttention(rows(x.slice(0, N * D), D), rows(x.slice(N * D), D)).flat(),
        bigs(U),
      ),
      bigs([...Q, ...K]),
      all,
      1000,
    );
  }
});

it("attendedPoints(A, V) and its vjp are their definitions, the vjp the derivative", () => {
  for (let k = 0; k < 4; k++) {
    const { U: A, V, v } = draws(k);
    const exact = [bigRows(A, M), bigRows(V, D)] as const;
    const Y = attended(A, V);
    expect(worstUlp(Y, definition.attendedPoints(...exact), M)).toBeLessThanOrEqual(8);
    const out = [new Float64Array(N * M), new Float64Array(M * D)];
    kernel.attendedPointsVjp(N, M, D, A, V, v, out[0], out[1]);
    const stated = definition.attendedPointsVjp(...exact, bigRows(v, D));
    const all = [...entries(stated.attention), ...entries(stated.values)];
    expect(worstUlp([...out[0], ...out[1]], all, M)).toBeLessThanOrEqual(ulpTarget.generic);
    expectGradient(
      pulled(
        (x) =>
          definition.attendedPoints(rows(x.slice(0, N * M), M), rows(x.slice(N * M), D)).flat(),
        bigs(v),
      ),
      bigs([...A, ...V]),
      all,
      100,
    );
  }
});

it("rows of attention sum to 1, and are even for equal keys: each point then takes the mean value", () => {
  for (let k = 0; k < 10; k++) {
    const { Q, K, V } = draws(k, 5);
    const A = attention(Q, K);
    for (let n = 0; n < N; n++) {
      const total = A.subarray(n * M, n * M + M).reduce((s, a) => s + a, 0);
      expect(Math.abs(total - 1)).toBeLessThanOrEqual(M * ε);
    }
    const equal = attention(
      Q,
      K.map((_, i) => K[i % D]),
    );
    expect([...equal]).toEqual(new Array(N * M).fill(1 / M));
    const Y = attended(equal, V);
    const mean = [0, 1, 2].map((d) => V.reduce((s, x, i) => s + (i % D === d ? x : 0), 0) / M);
    for (const [i, y] of Y.entries()) expect(Math.abs(y - mean[i % D])).toBeLessThanOrEqual(8 * ε);
  }
});

it("points have no order: keys and values moved together change nothing, queries move rows", () => {
  for (let k = 0; k < 10; k++) {
    const { Q, K, V } = draws(k);
    const turned = (x: Float64Array) => x.map((_, i) => x[(i + D) % x.length]);
    const Y = attended(attention(Q, K), V);
    for (const [i, y] of attended(attention(Q, turned(K)), turned(V)).entries())
      expect(Math.abs(y - Y[i])).toBeLessThanOrEqual(8 * M * ε);
    expect(attended(attention(turned(Q), K), V)).toEqual(turned(Y));
  }
});

it("pointAttention(…) throws where it has no key or no finite logit, and bears logits far apart", () => {
  const [one, none] = [new Float64Array(D).fill(1), new Float64Array(0)];
  expect(() => kernel.pointAttention(1, 0, D, one, none, none)).toThrow(
    "pointAttention: expected M >= 1 keys, got 0",
  );
  for (const run of [
    () => definition.pointAttention(bigRows(one, D), []),
    () => definition.pointAttentionVjp(bigRows(one, D), [], [[]]),
  ])
    expect(run).toThrow("pointAttention: expected M >= 1 keys, got 0");
  for (const bad of [Infinity, Number.NaN])
    expect(() =>
      attention(
        one.map(() => bad),
        one,
      ),
    ).toThrow(`finite logits, got ${bad}`);
  const far = attention(
    one.map(() => 1e6),
    Float64Array.of(...one, ...one.map((x) => -x)),
  );
  expect([...far]).toEqual([1, 0]);
});
