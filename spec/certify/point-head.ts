import * as definedFeed from "../../src/definitions/feed-forward.js";
import * as definedNorm from "../../src/definitions/layer-normalisation.js";
import * as definedAttention from "../../src/definitions/point-attention.js";
import * as definedHead from "../../src/definitions/point-head.js";
import * as feed from "../../src/kernels/feed-forward.js";
import * as norm from "../../src/kernels/layer-normalisation.js";
import * as attention from "../../src/kernels/point-attention.js";
import * as head from "../../src/kernels/point-head.js";
import { big } from "../../src/scalar/index.js";
import { bigRows, bigs, entries } from "../equations/big-truth.js";
import { normals, rows, uniforms, written } from "../equations/head-draws.js";
import { type CertifyCase, generic } from "./case.js";
import { headCase } from "./heads.js";

const [N, M, D, F, H, O] = [4, 5, 4, 6, 2, 5];
const flat = (out: readonly Float64Array[]) => out.flatMap((part) => [...part]);
const blank = (...lengths: readonly number[]) =>
  lengths.map((n) => new Float64Array(n).fill(Number.NaN));

/** Rows to normalise: generic, or nearly constant beside the ε of the variance. */
const normal = (spread: (i: number) => number) => (i: number) => ({
  x: normals("certify/norm/x", i, N * D, spread(i)),
  gain: normals("certify/norm/gain", i, D),
  shift: normals("certify/norm/shift", i, D),
  v: normals("certify/norm/v", i, N * D),
});
type Draw = ReturnType<typeof normal>;
const normalised = (draw: Draw) => (i: number) => {
  const { x, gain, shift } = draw(i);
  const values = written(N * D, (y) => norm.layerNormalisation(N, D, x, gain, shift, 1e-5, y));
  const exact = [bigRows(x, D), bigs(gain), bigs(shift), big(1e-5)] as const;
  return [values, definedNorm.layerNormalisation(...exact).flat(), 3] as const;
};
const normalisedSlopes = (draw: Draw) => (i: number) => {
  const { x, gain, v } = draw(i);
  const out = blank(N * D, D, D);
  norm.layerNormalisationVjp(N, D, x, gain, 1e-5, v, out[0], out[1], out[2]);
  const exact = [bigRows(x, D), bigs(gain), big(1e-5), bigRows(v, D)] as const;
  const truth = definedNorm.layerNormalisationVjp(...exact);
  return [flat(out), [...truth.input.flat(), ...truth.gain, ...truth.shift]] as const;
};
const generally = normal(() => 1);
const flatRows = normal((i) => 10 ** -(i % 12));

const feedDraw = (i: number) => {
  const [W1, b1, W2, b2] = [F * D, F, D * F, D].map((n, j) => normals(`certify/ffn/${j}`, i, n));
  const exact = { W1: bigRows(W1, D), b1: bigs(b1), W2: bigRows(W2, F), b2: bigs(b2) };
  const x = normals("certify/ffn/x", i, N * D);
  const [hidden, y] = blank(N * F, N * D);
  feed.feedForward(N, D, F, x, { W1, b1, W2, b2 }, hidden, y);
  return { layers: { W1, b1, W2, b2 }, exact, x, hidden, y };
};
const fed = (i: number) => {
  const { x, exact, y } = feedDraw(i);
  return [y, definedFeed.feedForward(bigRows(x, D), exact).flat(), 20] as const;
};
const fedSlopes = (i: number) => {
  const { layers, exact, x, hidden } = feedDraw(i);
  const v = normals("certify/ffn/v", i, N * D);
  const [scratch, input, W1, b1, W2, b2] = blank(N * F, N * D, F * D, F, D * F, D);
  feed.feedForwardVjp(N, D, F, x, layers, hidden, v, scratch, input, { W1, b1, W2, b2 });
  const truth = definedFeed.feedForwardVjp(bigRows(x, D), exact, bigRows(v, D));
  const by = truth.layers;
  const all = [truth.input, by.W1, by.b1, by.W2, by.b2].flatMap((part) => entries(part));
  return [flat([input, W1, b1, W2, b2]), all, 20] as const;
};

const attending = (spread: number) => (i: number) => {
  const [Q, K] = [normals("certify/Q", i, N * D, spread), normals("certify/K", i, M * D)];
  const A = written(N * M, (out) => attention.pointAttention(N, M, D, Q, K, out));
  return { Q, K, A, exact: [bigRows(Q, D), bigRows(K, D)] as const };
};
const attended = (spread: number) => (i: number) => {
  const { A, exact } = attending(spread)(i);
  return [A, definedAttention.pointAttention(...exact).flat(), 1] as const;
};
const attendedSlopes = (spread: number) => (i: number) => {
  const { Q, K, A, exact } = attending(spread)(i);
  const U = normals("certify/U", i, N * M);
  const out = blank(N * D, M * D);
  attention.pointAttentionVjp(N, M, D, Q, K, A, U, out[0], out[1]);
  const truth = definedAttention.pointAttentionVjp(...exact, bigRows(U, M));
  return [flat(out), [...truth.queries.flat(), ...truth.keys.flat()], 2 * spread] as const;
};
const gathered = (i: number) => {
  const [A, V] = [uniforms("certify/A", i, N * M), normals("certify/V", i, M * D)];
  const Y = written(N * D, (out) => attention.attendedPoints(N, M, D, A, V, out));
  return [Y, definedAttention.attendedPoints(bigRows(A, M), bigRows(V, D)).flat(), M] as const;
};
const gatheredSlopes = (i: number) => {
  const [A, V] = [uniforms("certify/A", i, N * M), normals("certify/V", i, M * D)];
  const v = normals("certify/v", i, N * D);
  const out = blank(N * M, M * D);
  attention.attendedPointsVjp(N, M, D, A, V, v, out[0], out[1]);
  const exact = [bigRows(A, M), bigRows(V, D), bigRows(v, D)] as const;
  const truth = definedAttention.attendedPointsVjp(...exact);
  return [flat(out), [...truth.attention.flat(), ...truth.values.flat()], M] as const;
};

const pixels = (spread: (i: number) => number) => (i: number) => {
  const x = normals("certify/x", i, 2 * N, spread(i));
  const values = written(2 * N, (out) => head.normalisedPixels(N, x, out));
  return [values, definedHead.normalisedPixels(bigRows(x, 2)).flat(), 2] as const;
};
const pixelSlopes = (spread: (i: number) => number) => (i: number) => {
  const [x, v] = [normals("certify/x", i, 2 * N, spread(i)), normals("certify/v", i, 2 * N)];
  const values = written(2 * N, (out) => head.normalisedPixelsVjp(N, x, v, out));
  const truth = definedHead.normalisedPixelsVjp(bigRows(x, 2), bigRows(v, 2));
  return [values, truth.flat(), 3] as const;
};
const querying = (i: number) => {
  const [v, q] = [normals("certify/v", i, N * D), normals("certify/q", i, H * D)];
  const values = written(N * D, (out) => head.queriedPoints(N, H, D, v, q, 0.1, out));
  return [
    values,
    definedHead.queriedPoints(bigRows(v, D), bigRows(q, D), big(0.1)).flat(),
  ] as const;
};
const queryingSlopes = (i: number) => {
  const [u, q] = [normals("certify/v", i, N * D), normals("certify/q", i, H * D)];
  const queries = new Float64Array(H * D);
  const mix = head.queriedPointsVjp(N, H, D, q, 0.1, u, queries);
  const truth = definedHead.queriedPointsVjp(bigRows(q, D), big(0.1), bigRows(u, D));
  return [[...queries, mix], [...truth.queries.flat(), truth.mix], N * D] as const;
};
const wiseDraw = (i: number) =>
  [N * D, H * O * D, H * O, N * O].map((n, j) => normals(`certify/wise/${j}`, i, n));
const wise = (i: number) => {
  const [f, W, b] = wiseDraw(i);
  const values = written(N * O, (out) => head.headwiseLinear(N, H, D, O, f, W, b, out));
  const exact = [bigRows(f, D), rows(bigRows(W, D), O), bigRows(b, O)] as const;
  return [values, definedHead.headwiseLinear(...exact).flat(), D] as const;
};
const wiseSlopes = (i: number) => {
  const [f, W, , v] = wiseDraw(i);
  const out = blank(N * D, H * O * D, H * O);
  head.headwiseLinearVjp(N, H, D, O, f, W, v, out[0], out[1], out[2]);
  const exact = [bigRows(f, D), rows(bigRows(W, D), O), bigRows(v, O)] as const;
  const truth = definedHead.headwiseLinearVjp(...exact);
  return [flat(out), [truth.features, truth.weights, truth.bias].flatMap(entries), O] as const;
};
const weightDraw = (spread: number, i: number) => {
  const [s, g] = [normals("certify/s", i, 2 * N, spread), normals("certify/g", i, 2)];
  return { s, g, mask: uniforms("certify/mask", i, N), v: normals("certify/v", i, 2 * N) };
};
const weights = (spread: number) => (i: number) => {
  const { s, g, mask } = weightDraw(spread, i);
  const values = written(2 * N, (out) => head.pointWeights(N, s, g, mask, out));
  return [values, definedHead.pointWeights(bigRows(s, 2), bigs(g), bigs(mask)).flat()] as const;
};
const weightSlopes = (spread: number) => (i: number) => {
  const { s, g, mask, v } = weightDraw(spread, i);
  const out = blank(2 * N, 2, N);
  head.pointWeightsVjp(N, s, g, mask, v, out[0], out[1], out[2]);
  const exact = [bigRows(s, 2), bigs(g), bigs(mask), bigRows(v, 2)] as const;
  const truth = definedHead.pointWeightsVjp(...exact);
  const all = [...truth.logits.flat(), ...truth.scale, ...truth.mask];
  return [flat(out), all, Math.exp(Math.max(...g)) * Math.max(...v.map(Math.abs))] as const;
};

type Labels = Parameters<typeof headCase>[2];
const one = (file: string, name: string, order: 0 | 1, labels: Labels, scale?: string) =>
  headCase(file, { id: "EPRO-37", name, order, scale }, labels);
const logits = (run: (spread: number) => Labels[string]): Labels => ({
  [generic]: run(1),
  "logits far apart": run(10),
});
const terms = "the sum of its terms' sizes";
const wide = (i: number) => 20 + i;
const narrow = (i: number) => 10 ** -(i % 12);

/** EPRO-37, from sampled features to points. */
export const cases: readonly CertifyCase[] = [
  one(
    "layer-normalisation",
    "layerNormalisation",
    0,
    { [generic]: normalised(generally), "nearly constant rows": normalised(flatRows) },
    "3, the size of a row times γ",
  ),
  one("layer-normalisation", "layerNormalisationVjp", 1, {
    [generic]: normalisedSlopes(generally),
    "nearly constant rows": normalisedSlopes(flatRows),
  }),
  one("feed-forward", "feedForward", 0, { [generic]: fed }, `20, ${terms}`),
  one("feed-forward", "feedForwardVjp", 1, { [generic]: fedSlopes }, `20, ${terms}`),
  one("point-attention", "pointAttention", 0, logits(attended), "1, the sum of a row"),
  one("point-attention", "pointAttentionVjp", 1, logits(attendedSlopes), "the size of U K or U Q"),
  one("point-attention", "attendedPoints", 0, { [generic]: gathered }, `M, ${terms}`),
  one("point-attention", "attendedPointsVjp", 1, { [generic]: gatheredSlopes }, `M, ${terms}`),
  one(
    "point-head",
    "normalisedPixels",
    0,
    { [generic]: pixels(wide), "pixels closer than one": pixels(narrow) },
    "2, the size of a pixel before its mean comes off",
  ),
  one(
    "point-head",
    "normalisedPixelsVjp",
    1,
    { [generic]: pixelSlopes(wide), "pixels closer than one": pixelSlopes(narrow) },
    "3, the size of v before its mean comes off",
  ),
  one("point-head", "queriedPoints", 0, { [generic]: querying }),
  one("point-head", "queriedPointsVjp", 1, { [generic]: queryingSlopes }, `N D, ${terms}`),
  one("point-head", "headwiseLinear", 0, { [generic]: wise }, `D, ${terms}`),
  one("point-head", "headwiseLinearVjp", 1, { [generic]: wiseSlopes }, `O, ${terms}`),
  one("point-head", "pointWeights", 0, logits(weights)),
  one("point-head", "pointWeightsVjp", 1, logits(weightSlopes), "e^g times the greatest |v|"),
];
