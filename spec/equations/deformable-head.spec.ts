import { expect, it } from "vitest";
import * as definition from "../../src/definitions/deformable-head.js";
import * as kernel from "../../src/kernels/deformable-head.js";
import { rigidTransform } from "../../src/kernels/projection.js";
import { yawRotation } from "../../src/kernels/yaw.js";
import { stream } from "../../src/random/index.js";
import { big } from "../../src/scalar/index.js";
import { ulpTarget } from "../certify/case.js";
import { bigRows, bigs, entries, worstUlp } from "./big-truth.js";
import { expectGradient, pulled } from "./expect-gradient.js";
import { normals, rows, uniforms, written } from "./head-draws.js";

const ε = Number.EPSILON;
const [M, D, H, W, C] = [5, 4, 3, 4, 2];
const asMap = <S>(flat: readonly S[]) => rows(rows(flat, C), W);
const attention = (q: Float64Array, keys: Float64Array, mask: Float64Array) =>
  written(mask.length, (out) => kernel.maskedAttention(mask.length, q.length, q, keys, mask, out));

it("samplingLocations(p, σ, o) is p + σ o, and may overwrite the offsets", () => {
  const [p, o] = [normals("locations/p", 0, 2, 100), normals("locations/o", 0, 2 * M)];
  const truth = definition.samplingLocations(bigs(p), big(8), bigRows(o, 2));
  kernel.samplingLocations(M, p, 8, o, o);
  expect(worstUlp(o, truth)).toBeLessThanOrEqual(2);
});

it("maskedAttention(…) and its vjp are their definitions, the vjp the derivative", () => {
  for (let k = 0; k < 8; k++) {
    const [q, keys, v] = [D, M * D, M].map((n, j) => normals(`attention/${j}`, k, n));
    const mask = uniforms("attention/mask", k, M);
    const exact = [bigs(q), bigRows(keys, D), bigs(mask)] as const;
    const a = attention(q, keys, mask);
    expect(worstUlp(a, definition.maskedAttention(...exact))).toBeLessThanOrEqual(16);
    const out = [D, M * D, M].map((n) => new Float64Array(n));
    kernel.maskedAttentionVjp(M, D, q, keys, mask, v, out[0], out[1], out[2]);
    const stated = definition.maskedAttentionVjp(...exact, bigs(v));
    const all = [...stated.query, ...entries(stated.keys), ...stated.mask];
    expect(
      worstUlp(
        out.flatMap((x) => [...x]),
        all,
        2,
      ),
    ).toBeLessThanOrEqual(ulpTarget.generic);
    expectGradient(
      pulled(
        (x) =>
          definition.maskedAttention(
            x.slice(0, D),
            rows(x.slice(D, D + M * D), D),
            x.slice(D + M * D),
          ),
        bigs(v),
      ),
      bigs([...q, ...keys, ...mask]),
      all,
      10,
    );
  }
});

it("attention sums to 1 or less, whatever the order of the points, and is 1/M for equal keys", () => {
  for (let k = 0; k < 10; k++) {
    const [q, keys] = [normals("sums/q", k, D, 10), normals("sums/keys", k, M * D, 10)];
    const ones = new Float64Array(M).fill(1);
    const a = attention(q, keys, ones);
    expect(Math.abs(a.reduce((s, x) => s + x, 0) - 1)).toBeLessThan(2 * M * ε);
    const half = attention(
      q,
      keys,
      Float64Array.from(ones, (_, m) => m % 2),
    );
    expect(half.reduce((s, x) => s + x, 0)).toBeLessThanOrEqual(1);
    expect([...half]).toEqual([...a].map((x, m) => (m % 2 ? x : 0)));
    const turned = Float64Array.from(keys, (_, i) => keys[(i + D) % keys.length]);
    attention(q, turned, ones).forEach((x, m) => {
      expect(Math.abs(x - a[(m + 1) % M])).toBeLessThanOrEqual(2 * M * ε * a[(m + 1) % M]);
    });
  }
  const equal = attention(
    normals("sums/q", 0, D),
    new Float64Array(M * D).fill(3),
    new Float64Array(M).fill(1),
  );
  expect([...equal]).toEqual(new Array(M).fill(1 / M));
});

it("maskedAttention(…) throws where it has no location or no finite logit", () => {
  const one = new Float64Array(1);
  for (const run of [
    (q: Float64Array, n: number) => attention(q, new Float64Array(n).fill(1), new Float64Array(n)),
    (q: Float64Array, n: number) => {
      const keys = new Float64Array(n).fill(1);
      kernel.maskedAttentionVjp(n, 1, q, keys, keys, keys, one.slice(), keys.slice(), keys.slice());
    },
  ]) {
    expect(() => run(one, 0)).toThrow("expected M >= 1 locations, got 0");
    expect(() => run(Float64Array.of(Number.NaN), 1)).toThrow("expected finite logits, got NaN");
    expect(() => run(Float64Array.of(Infinity), 1)).toThrow("expected finite logits, got Infinity");
  }
  const far = attention(Float64Array.of(1e3), Float64Array.of(1, -1), Float64Array.of(1, 1));
  expect([...far]).toEqual([1, 0]);
});

it("attendedSample(…) and its vjp are their definitions, the vjp the derivative", () => {
  for (let k = 0; k < 4; k++) {
    const map = normals("attended/map", k, H * W * C);
    const at = uniforms("attended/at", k, 2 * M, -0.8, 3.7);
    const [a, v] = [uniforms("attended/a", k, M), normals("attended/v", k, C)];
    for (const padding of ["zeros", "border"] as const) {
      const exact = [asMap(bigs(map)), bigRows(at, 2), bigs(a), padding] as const;
      const scratch = new Float64Array(2 * C);
      const s = written(C, (out) =>
        kernel.attendedSample(H, W, C, map, M, at, a, padding, scratch, out),
      );
      expect(worstUlp(s, definition.attendedSample(...exact), 5)).toBeLessThanOrEqual(16);
      const out = [2 * M, M, H * W * C].map((n) => new Float64Array(n));
      kernel.attendedSampleVjp(H, W, C, map, M, at, a, padding, v, scratch, out[0], out[1], out[2]);
      const stated = definition.attendedSampleVjp(...exact, bigs(v));
      const all = [...entries(stated.locations), ...stated.attention, ...entries(stated.map)];
      expect(
        worstUlp(
          out.flatMap((x) => [...x]),
          all,
          5,
        ),
      ).toBeLessThanOrEqual(ulpTarget.generic);
      expectGradient(
        pulled(
          (x) =>
            definition.attendedSample(
              asMap(x.slice(3 * M)),
              rows(x.slice(0, 2 * M), 2),
              x.slice(2 * M, 3 * M),
              padding,
            ),
          bigs(v),
        ),
        bigs([...at, ...a, ...map]),
        all,
        10,
      );
    }
  }
});

it("zero offsets and equal keys give the plain average, here of one location (card S-11, 2)", () => {
  const map = normals("plain/map", 0, H * W * C);
  const at = written(2 * M, (out) =>
    kernel.samplingLocations(M, Float64Array.of(2, 1), 4, new Float64Array(2 * M), out),
  );
  const a = attention(
    normals("plain/q", 0, D),
    new Float64Array(M * D).fill(1),
    new Float64Array(M).fill(1),
  );
  const s = written(C, (out) =>
    kernel.attendedSample(H, W, C, map, M, at, a, "zeros", new Float64Array(C), out),
  );
  s.forEach((x, c) => {
    const cell = map[(W + 2) * C + c];
    expect(Math.abs(x - cell)).toBeLessThanOrEqual(2 * M * ε * Math.abs(cell));
  });
});

it("coordinateLattice(H) is its definition: points of norm ½, evenly spaced along z, well apart", () => {
  for (const heads of [1, 2, 8, 9, 64, 1000]) {
    const b = written(3 * heads, (out) => kernel.coordinateLattice(heads, out));
    // θ is H golden turns at most: its rounding is that of H + ½ turns.
    const bound = ulpTarget.generic + 8 * heads;
    if (heads < 100)
      expect(worstUlp(b, definition.coordinateLattice(heads, big(0)))).toBeLessThanOrEqual(bound);
    for (let h = 0; h < heads; h++) {
      const [x, y, z] = b.subarray(3 * h, 3 * h + 3);
      expect(Math.abs(Math.hypot(x, y, z) - 0.5)).toBeLessThan(4 * ε);
      expect(Math.abs(z - 0.5 + (2 * h + 1) / (2 * heads))).toBeLessThan(2 * ε);
    }
    for (let h = 0; h < Math.min(heads, 64); h++)
      for (let g = 0; g < h; g++) {
        const gap = Math.hypot(...[0, 1, 2].map((k) => b[3 * h + k] - b[3 * g + k]));
        // Equal discs of this radius on a sphere of radius ½ cover a share of 0.42 of it and do not meet.
        expect(gap).toBeGreaterThan(1.3 / Math.sqrt(heads));
      }
  }
  for (const heads of [0, 1.5])
    expect(() => kernel.coordinateLattice(heads, new Float64Array(3))).toThrow(
      `whole number of heads >= 1, got ${heads}`,
    );
});

it("the mirrored object in the mirrored pose is seen at the mirrored pixels, and moves the other way", () => {
  for (let k = 0; k < 20; k++) {
    const draw = stream("mirror").at(k);
    const [z, t] = [normals("mirror/z", k, 3), normals("mirror/t", k, 3)];
    const beta = 7 * draw.normal();
    const [R, F] = [new Float64Array(9), new Float64Array(9)];
    yawRotation(beta, R);
    yawRotation(kernel.mirroredYaw(beta), F);
    const [X, Y, flipped] = [0, 1, 2].map(() => new Float64Array(3));
    rigidTransform(z, R, t, X);
    kernel.mirroredPoints(1, z, flipped);
    rigidTransform(flipped, F, Float64Array.of(-t[0], t[1], t[2]), Y);
    // π is rounded, and β of size 20 with it.
    const bound = 64 * ε * (1 + Math.hypot(...z) + Math.hypot(...t));
    expect(Math.hypot(X[0] + Y[0], X[1] - Y[1], X[2] - Y[2])).toBeLessThan(bound);
    const velocity = written(2, (out) => kernel.mirroredVelocity(Float64Array.of(X[0], X[2]), out));
    expect(Math.hypot(velocity[0] - Y[0], velocity[1] - Y[2])).toBeLessThan(bound);
  }
});

it("mirroring twice changes nothing (EPRO-44), and every half is its definition", () => {
  const [z, x] = [normals("twice/z", 0, 9), uniforms("twice/x", 0, 6, 0, 1024).map(Math.floor)];
  const twice = (run: (out: Float64Array) => void, start: Float64Array) => {
    const out = start.slice();
    run(out);
    run(out);
    expect(out).toEqual(start);
  };
  twice((out) => kernel.mirroredPoints(3, out, out), z);
  twice((out) => kernel.mirroredPixels(3, out, 1023, out), x);
  twice((out) => kernel.mirroredVelocity(out, out), z.slice(0, 2));
  expect(Math.abs(kernel.mirroredYaw(kernel.mirroredYaw(1.2)) - 1.2)).toBeLessThan(4 * ε);
  const points = written(9, (out) => kernel.mirroredPoints(3, z, out));
  expect(worstUlp(points, definition.mirroredPoints(bigRows(z, 3)))).toBe(0);
  const pixels = written(6, (out) => kernel.mirroredPixels(3, x, 1023, out));
  expect(worstUlp(pixels, definition.mirroredPixels(bigRows(x, 2), big(1023)))).toBe(0);
  const velocity = written(2, (out) => kernel.mirroredVelocity(z, out));
  expect(worstUlp(velocity, definition.mirroredVelocity(bigs(z.subarray(0, 2))))).toBe(0);
  expect(
    worstUlp([kernel.mirroredYaw(1.2)], definition.mirroredYaw(big(1.2)), Math.PI),
  ).toBeLessThanOrEqual(1);
});
