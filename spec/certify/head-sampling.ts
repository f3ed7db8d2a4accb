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
];
