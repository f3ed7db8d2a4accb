import * as definedBilinear from "../../src/definitions/bilinear-sampling.js";
import * as definedHead from "../../src/definitions/deformable-head.js";
import * as bilinear from "../../src/kernels/bilinear-sampling.js";
import * as head from "../../src/kernels/deformable-head.js";
import { bigRows, bigs } from "../equations/big-truth.js";
import { normals, rows, uniforms, written } from "../equations/head-draws.js";
import { type CertifyCase, generic } from "./case.js";
import { headCase } from "./heads.js";

const [H, W, C] = [4, 5, 3];
const inside = (i: number): [number, number] => {
  const [x, y] = uniforms("certify/location", i, 2);
  return [(W - 1) * x, (H - 1) * y];
};
/** Beside and on lines between cells, and beyond the edge. */
const seam = (i: number): [number, number] => [(i % (W + 1)) - 10 ** -(i % 14), i % H];

const draw = (i: number) => {
  const map = normals("certify/map", i, H * W * C);
  return { map, exact: rows(rows(bigs(map), C), W) };
};
const sample = (at: (i: number) => [number, number]) => (i: number) => {
  const { map, exact } = draw(i);
  const [x, y] = at(i);
  const values = written(C, (out) => bilinear.bilinearSample(H, W, C, map, x, y, "zeros", out));
  // Four cells in shares that sum to one: the size of a sample is that of a cell.
  return [values, definedBilinear.bilinearSample(exact, bigs([x, y]), "zeros"), 1] as const;
};
const slopes = (at: (i: number) => [number, number]) => (i: number) => {
  const { map, exact } = draw(i);
  const [x, y] = at(i);
  const values = written(2 * C, (out) =>
    bilinear.bilinearLocationJacobian(H, W, C, map, x, y, "border", out),
  );
  const truth = definedBilinear.bilinearLocationJacobian(exact, bigs([x, y]), "border");
  return [values, truth.flat(), 1] as const;
};
/** Slopes of a map's cells: shares of v, which sum to one. */
const mapShares = (at: (i: number) => [number, number]) => (i: number) => {
  const [x, y] = at(i);
  const v = normals("certify/v", i, C);
  const values = new Float64Array(H * W * C);
  bilinear.bilinearMapVjp(H, W, C, x, y, "zeros", v, values);
  const truth = definedBilinear.bilinearMapVjp(H, W, bigs([x, y]), "zeros", bigs(v));
  return [values, truth.flat(2), 1] as const;
};

/** Three locations, by `at`, with attention. */
const looking = (at: (i: number) => [number, number], i: number) => {
  const locations = Float64Array.from([0, 1, 2].flatMap((m) => at(3 * i + m)));
  return {
    locations,
    attention: uniforms("certify/attention", i, 3),
    v: normals("certify/v", i, C),
  };
};
const attended = (at: (i: number) => [number, number]) => (i: number) => {
  const { map, exact } = draw(i);
  const { locations, attention } = looking(at, i);
  const values = written(C, (out) =>
    head.attendedSample(
      ...([H, W, C, map, 3, locations, attention, "border", new Float64Array(C), out] as const),
    ),
  );
  const truth = definedHead.attendedSample(exact, bigRows(locations, 2), bigs(attention), "border");
  return [values, truth, 3] as const;
};
const attendedSlopes = (at: (i: number) => [number, number]) => (i: number) => {
  const { map, exact } = draw(i);
  const { locations, attention, v } = looking(at, i);
  const out = [6, 3, H * W * C].map((n) => new Float64Array(n));
  head.attendedSampleVjp(
    ...([H, W, C, map, 3, locations, attention, "border", v, new Float64Array(2 * C)] as const),
    ...([out[0], out[1], out[2]] as const),
  );
  const truth = definedHead.attendedSampleVjp(
    ...([exact, bigRows(locations, 2), bigs(attention), "border", bigs(v)] as const),
  );
  const all = [...truth.locations.flat(), ...truth.attention, ...truth.map.flat(2)];
  return [out.flatMap((x) => [...x]), all, C] as const;
};

const attentionVjp = (spread: number) => (i: number) => {
  const [q, keys] = [normals("certify/q", i, 4, spread), normals("certify/keys", i, 20)];
  const [mask, v] = [uniforms("certify/mask", i, 5), normals("certify/v", i, 5)];
  const out = [4, 20, 5].map((n) => new Float64Array(n));
  head.maskedAttentionVjp(5, 4, q, keys, mask, v, out[0], out[1], out[2]);
  const truth = definedHead.maskedAttentionVjp(bigs(q), bigRows(keys, 4), bigs(mask), bigs(v));
  const all = [...truth.query, ...truth.keys.flat(), ...truth.mask];
  // An attention has the rounding of its logit, by which it is multiplied.
  return [out.flatMap((x) => [...x]), all, 2 * Math.max(1, spread)] as const;
};
const attention = (spread: number) => (i: number) => {
  const [q, keys] = [normals("certify/q", i, 4, spread), normals("certify/keys", i, 20)];
  const mask = uniforms("certify/mask", i, 5);
  const values = written(5, (out) => head.maskedAttention(5, 4, q, keys, mask, out));
  return [values, definedHead.maskedAttention(bigs(q), bigRows(keys, 4), bigs(mask))] as const;
};

/** EPRO-37. */
export const cases: readonly CertifyCase[] = [
  headCase(
    "bilinear-sampling",
    { id: "EPRO-37", name: "bilinearSample", order: 0, scale: "1, the size of a cell" },
    { [generic]: sample(inside), "lines between cells": sample(seam) },
  ),
  headCase(
    "bilinear-sampling",
    { id: "EPRO-37", name: "bilinearLocationJacobian", order: 1, scale: "1, the size of a cell" },
    { [generic]: slopes(inside), "lines between cells": slopes(seam) },
  ),
  headCase(
    "deformable-head",
    { id: "EPRO-37", name: "maskedAttention", order: 0 },
    { [generic]: attention(1), "logits far apart": attention(10) },
  ),
  headCase(
    "bilinear-sampling",
    { id: "EPRO-37", name: "bilinearMapVjp", order: 1, scale: "1, the size of v" },
    { [generic]: mapShares(inside), "lines between cells": mapShares(seam) },
  ),
  headCase(
    "deformable-head",
    {
      id: "EPRO-37",
      name: "maskedAttentionVjp",
      order: 1,
      scale: "2, the size of v times that of q",
    },
    { [generic]: attentionVjp(1), "logits far apart": attentionVjp(10) },
  ),
  headCase(
    "deformable-head",
    {
      id: "EPRO-37",
      name: "attendedSample",
      order: 0,
      scale: "3, of which every location is a third",
    },
    { [generic]: attended(inside), "lines between cells": attended(seam) },
  ),
  headCase(
    "deformable-head",
    {
      id: "EPRO-37",
      name: "attendedSampleVjp",
      order: 1,
      scale: "3, the size of a sum over channels",
    },
    { [generic]: attendedSlopes(inside), "lines between cells": attendedSlopes(seam) },
  ),
];
