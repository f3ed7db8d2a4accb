import * as definition from "../../src/definitions/symmetry.js";
import * as kernel from "../../src/kernels/symmetry.js";
import { motion } from "../../src/problem/symmetry.js";
import { stream } from "../../src/random/index.js";
import { big } from "../../src/scalar/index.js";
import { bigRows, bigs } from "../equations/big-truth.js";
import { normals, written } from "../equations/head-draws.js";
import { type CertifyCase, generic } from "./case.js";
import { headCase } from "./heads.js";

const random = (k: number) =>
  motion(stream("certify/motion").at(k).rotation(), normals("certify/translation", k, 3));
const camera = Float64Array.of(600, 2, 320, 0, 610, 240, 0, 0, 1);
const size = 1 + 4;

const turn = (angle: (i: number) => number) => (i: number) => {
  const axis = stream("certify/axis").at(i).sphere();
  const offset = normals("certify/offset", i, 3);
  const values = written(12, (out) => kernel.turnAbout(axis, offset, angle(i), out));
  const truth = definition.turnAbout(bigs(axis), bigs(offset), big(angle(i)));
  return [values, truth.flat(), Math.max(1, ...offset.map(Math.abs))] as const;
};
const composed = (i: number) => {
  const [A, B] = [random(2 * i), random(2 * i + 1)];
  const values = written(12, (out) => kernel.composedMotion(A, B, out));
  return [values, definition.composedMotion(bigRows(A, 4), bigRows(B, 4)).flat(), size] as const;
};
const dense = (i: number) => {
  const P = random(i);
  const [z, X] = ["z", "X"].map((name) => normals(`certify/candidate/${name}`, i, 12));
  const values = [kernel.denseCandidateError(4, P, X, z)];
  const truth = definition.denseCandidateError(bigRows(P, 4), bigRows(X, 3), bigRows(z, 3));
  return [values, [truth], 2 * size] as const;
};
const sparse = (i: number) => {
  const P = random(i);
  P[11] = 5;
  const z = normals("certify/candidate/z", i, 12);
  const x = normals("certify/candidate/x", i, 8, 300);
  const values = [kernel.sparseCandidateError(4, P, camera, z, x)];
  const truth = definition.sparseCandidateError(
    bigRows(P, 4),
    bigRows(camera, 3),
    bigRows(z, 3),
    bigRows(x, 2),
  );
  return [values, [truth], 600] as const;
};

export const cases: CertifyCase[] = [
  headCase(
    "symmetry",
    { id: "SYM-1", name: "turnAbout", order: 0, scale: "the offset, at least 1" },
    {
      [generic]: turn((i) => 0.3 * (i + 1)),
      "angle near 0": turn((i) => 10 ** -i),
      "angle near pi": turn((i) => Math.PI - 10 ** -i),
    },
  ),
  headCase(
    "symmetry",
    { id: "SYM-1", name: "composedMotion", order: 0, scale: "1 + |t|, taken as 5" },
    { [generic]: composed },
  ),
  headCase(
    "symmetry",
    { id: "SYM-3", name: "denseCandidateError", order: 0, scale: "|z| + |X| + |t|, taken as 10" },
    { [generic]: dense },
  ),
  headCase(
    "symmetry",
    { id: "SYM-4", name: "sparseCandidateError", order: 0, scale: "the image, 600 px" },
    { [generic]: sparse },
  ),
];
