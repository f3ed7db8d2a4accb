import * as definedCrop from "../../src/definitions/affine-crop.js";
import * as definedTarget from "../../src/definitions/coordinate-target.js";
import * as crop from "../../src/kernels/affine-crop.js";
import * as target from "../../src/kernels/coordinate-target.js";
import { motion } from "../../src/problem/symmetry.js";
import { stream } from "../../src/random/index.js";
import { big } from "../../src/scalar/index.js";
import { bigRows, bigs } from "../equations/big-truth.js";
import { normals, uniforms, written } from "../equations/head-draws.js";
import { type CertifyCase, generic } from "./case.js";
import { headCase } from "./heads.js";

const affine = (i: number) =>
  Float64Array.from(normals("certify/affine", i, 6), (x, k) => (k % 3 === 2 ? 30 * x : x));
const camera = (i: number) => {
  const [f, s, c, b, g, d] = normals("certify/camera", i, 6);
  return Float64Array.of(600 + 9 * f, s, 320 + 9 * c, b, 600 + 9 * g, 240 + 9 * d, 0, 0, 1);
};

const cropped = (phi: (i: number) => number) => (i: number) => {
  const [x, y, e] = uniforms("certify/crop", i, 3, 1, 640);
  const c = Float64Array.of(x, y);
  const values = written(6, (M) => crop.cropAffine(c, e, phi(i), 64, M));
  const truth = definedCrop.cropAffine(bigs(c), big(e), big(phi(i)), 64);
  return [values, truth.flat(), 64 + (64 / e) * (x + y)] as const;
};
const pixel = (i: number) => {
  const [M, x] = [affine(i), uniforms("certify/pixel", i, 2, 0, 640)];
  const values = written(2, (out) => crop.affinePixel(M, x, out));
  const size = Math.max(...M.map(Math.abs)) * (x[0] + x[1] + 1);
  return [values, definedCrop.affinePixel(bigRows(M, 3), bigs(x)), size] as const;
};
const moved = (i: number) => {
  const [K, M] = [camera(i), affine(i)];
  const values = written(9, (out) => crop.affineCamera(K, M, out));
  const size = 1000 * Math.max(1, Math.abs(M[0]), Math.abs(M[1]), Math.abs(M[3]), Math.abs(M[4]));
  return [values, definedCrop.affineCamera(bigRows(K, 3), bigRows(M, 3)).flat(), size] as const;
};
const pulled = (i: number) => {
  const [K, M, G] = [camera(i), affine(i), normals("certify/G", i, 9)];
  const values = new Float64Array(15);
  crop.affineCameraVjp(K, M, G, values.subarray(0, 9), values.subarray(9));
  const truth = definedCrop.affineCameraVjp(bigRows(K, 3), bigRows(M, 3), bigRows(G, 3));
  return [values, [...truth.K.flat(), ...truth.M.flat()], 1000] as const;
};
const coordinates = (depth: (i: number) => number) => (i: number) => {
  const K = camera(i);
  const R = stream("certify/target").at(i).rotation();
  const t = normals("certify/target/t", i, 3).map((x, a) => (a === 2 ? 2 : 0.1 * x));
  const [u, v] = uniforms("certify/target/pixel", i, 2, 0, 640).map(Math.floor);
  const [e, d] = [Float64Array.of(0.1, 0.05, 0.2), depth(i)];
  const values = written(3, (z) => target.coordinateTarget(u, v, d, K, motion(R, t), e, 0.5, z));
  const truth = definedTarget.coordinateTarget(
    ...([bigs([u, v]), big(d), bigRows(K, 3), bigRows(R, 3), bigs(t), bigs(e), 0.5] as const),
  );
  return [values, truth, (2.1 + 2 * d) / 0.05] as const;
};

/** DATA-5 and DATA-6. */
export const cases: CertifyCase[] = [
  headCase(
    "affine-crop",
    { id: "DATA-5", name: "cropAffine", order: 0, scale: "the map and |c| m/e" },
    { [generic]: cropped((i) => i - 10), "no turn": cropped(() => 0) },
  ),
  headCase(
    "affine-crop",
    {
      id: "DATA-5",
      name: "affinePixel",
      order: 0,
      scale: "greatest entry of M times |x| + |y| + 1",
    },
    { [generic]: pixel },
  ),
  headCase(
    "affine-crop",
    {
      id: "DATA-5",
      name: "affineCamera",
      order: 0,
      scale: "f and c together, times the entries of M",
    },
    { [generic]: moved },
  ),
  headCase(
    "affine-crop",
    { id: "DATA-5", name: "affineCameraVjp", order: 1, scale: "f and c together, taken as 1000" },
    { [generic]: pulled },
  ),
  headCase(
    "coordinate-target",
    {
      id: "DATA-6",
      name: "coordinateTarget",
      order: 0,
      scale: "(|t| + the ray) over the least extent",
    },
    {
      [generic]: coordinates((i) => 0.1 + i),
      "depth of the object": coordinates((i) => 2 + 10 ** -i),
    },
  ),
];
