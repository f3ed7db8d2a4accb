import { expect, it } from "vitest";
import * as kernel from "../../src/kernels/index.js";
import { normals, uniforms, written } from "../equations/head-draws.js";

const ε = Number.EPSILON;
/** Heads, points a head and depth of a miniature of the 8 × 32 × 32 of the detector. */
const [H, M, D, F, O] = [2, 4, 4, 6, 5];
const N = H * M;
const linear = (name: string, rows: number, columns: number) => ({
  W: normals(`law/${name}/W`, 0, rows * columns, 0.7),
  b: normals(`law/${name}/b`, 0, rows, 0.3),
});
const layers = {
  code: linear("code", D, 2),
  query: linear("query", D, D),
  key: linear("key", D, D),
  value: linear("value", D, D),
  out: linear("out", D, D),
  heads: linear("heads", H * O, D),
};
const [first, second] = [linear("first", F, D), linear("second", D, F)];
const feed = { W1: first.W, b1: first.b, W2: second.W, b2: second.b };
const [gain, shift, g] = [D, D, 2].map((n, j) => normals(`law/vector/${j}`, 0, n));

interface Points {
  readonly v: Float64Array;
  readonly x: Float64Array;
  readonly mask: Float64Array;
}
const queries = normals("law/queries", 0, H * D);
const points = (k: number): Points => ({
  v: normals("law/v", k, N * D),
  x: normals("law/x", k, 2 * N, 40),
  mask: uniforms("law/mask", k, N),
});

/** The whole way from sampled values to coordinates [N,3] and weights [N,2], out of kernels. */
function head({ v, x, mask }: Points, q = queries, heads = layers.heads) {
  const through = (input: Float64Array, { W, b }: { W: Float64Array; b: Float64Array }) =>
    written(N * b.length, (y) =>
      kernel.pixelwiseLinear(N, W.length / b.length, b.length, input, W, b, y),
    );
  const plus = (a: Float64Array, b: Float64Array) => a.map((e, i) => e + b[i]);
  const normal = (a: Float64Array) =>
    written(N * D, (y) => kernel.layerNormalisation(N, D, a, gain, shift, 1e-5, y));
  const coded = written(2 * N, (y) => kernel.normalisedPixels(N, x, y));
  const code = through(coded, layers.code);
  const f = written(N * D, (y) => kernel.queriedPoints(N, H, D, v, q, 0.1, y));
  const A = written(N * N, (y) =>
    kernel.pointAttention(
      ...([N, N, D, through(plus(f, code), layers.query)] as const),
      ...([through(plus(f, code), layers.key), y] as const),
    ),
  );
  const Y = written(N * D, (y) => kernel.attendedPoints(N, N, D, A, through(f, layers.value), y));
  const attended = normal(plus(f, through(Y, layers.out)));
  const fed = written(N * D, (y) =>
    kernel.feedForward(N, D, F, attended, feed, new Float64Array(N * F), y),
  );
  const y = written(N * O, (out) =>
    kernel.headwiseLinear(N, H, D, O, normal(fed), heads.W, heads.b, out),
  );
  const part = (low: number, high: number) => y.filter((_, i) => i % O >= low && i % O < high);
  const w2d = written(2 * N, (w) => kernel.pointWeights(N, part(3, 5), g, mask, w));
  return { noc: part(0, 3), w2d };
}

/** Rows of `width` in another order. */
const reordered = (rows: Float64Array, order: readonly number[]) => {
  const width = rows.length / order.length;
  return rows.map((_, i) => rows[order[Math.floor(i / width)] * width + (i % width)]);
};
const close = (a: Float64Array, b: Float64Array) => {
  // Sums of eight terms, in another order, six layers deep.
  for (const [i, e] of a.entries())
    expect(Math.abs(e - b[i])).toBeLessThanOrEqual(6 * 8 * 16 * ε * (1 + Math.abs(b[i])));
};

it("points of a head in another order come out in that order, and nothing else changes", () => {
  const order = [2, 0, 3, 1, 5, 7, 4, 6];
  for (let k = 0; k < 10; k++) {
    const { v, x, mask } = points(k);
    const [plain, moved] = [
      head({ v, x, mask }),
      head({ v: reordered(v, order), x: reordered(x, order), mask: reordered(mask, order) }),
    ];
    close(moved.noc, reordered(plain.noc, order));
    close(moved.w2d, reordered(plain.w2d, order));
  }
});

it("heads exchanged, with their queries and layers, exchange their points", () => {
  const order = [4, 5, 6, 7, 0, 1, 2, 3];
  const { v, x, mask } = points(0);
  const plain = head({ v, x, mask });
  const moved = head(
    { v: reordered(v, order), x: reordered(x, order), mask: reordered(mask, order) },
    reordered(queries, [1, 0]),
    { W: reordered(layers.heads.W, [1, 0]), b: reordered(layers.heads.b, [1, 0]) },
  );
  close(moved.noc, reordered(plain.noc, order));
  close(moved.w2d, reordered(plain.w2d, order));
});

it("an object elsewhere in the image has the same points; only where others are counts", () => {
  const { v, x, mask } = points(1);
  const plain = head({ v, x, mask });
  const moved = head({ v, x: x.map((e) => e + 256), mask });
  close(moved.noc, plain.noc);
  close(moved.w2d, plain.w2d);
  const apart = head({ v, x: x.map((e, i) => (i === 0 ? e + 256 : e)), mask });
  expect(Math.abs(apart.noc[0] - plain.noc[0])).toBeGreaterThan(1e-3);
});

it("weights of each axis sum to e^g or less; a mirrored image gives coordinates with −n₃ for the same code", () => {
  for (let k = 0; k < 10; k++) {
    const { v, x, mask } = points(k);
    const { noc, w2d } = head({ v, x, mask });
    for (const a of [0, 1]) {
      const total = w2d.reduce((sum, w, i) => sum + (i % 2 === a ? w : 0), 0);
      expect(total).toBeLessThan(Math.exp(g[a]));
    }
    // u of the mirrored image, negated before it is coded.
    const seen = written(2 * N, (y) => kernel.mirroredPixels(N, x, 0, y));
    kernel.mirroredPixels(N, seen, 0, seen);
    const mirrored = head({ v, x: seen, mask });
    kernel.mirroredPoints(N, mirrored.noc, mirrored.noc);
    expect([...mirrored.noc]).toEqual([...noc].map((n, i) => (i % 3 === 2 ? -n : n)));
  }
});
