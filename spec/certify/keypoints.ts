import * as definition from "../../src/definitions/keypoint-likelihood.js";
import * as kernel from "../../src/kernels/keypoint-likelihood.js";
import { bigRows, entries } from "../equations/big-truth.js";
import { normals, uniforms } from "../equations/head-draws.js";
import { type CertifyCase, generic } from "./case.js";
import { headCase } from "./heads.js";

const N = 4;
const draw = (apart: number | null, i: number) => {
  const [x, u] = ["x", "u"].map((name) => normals(`certify/keypoints/${name}`, i, 2 * N, 5));
  const drawn = uniforms("certify/keypoints/sigma", i, 2 * N, -3, 3).map(Math.exp);
  const sigma = apart === null ? drawn : x.map((e, k) => Math.abs(e - u[k]) * (1 + apart));
  return [x, u, sigma] as const;
};
const loss = (apart: (i: number) => number | null) => (i: number) => {
  const [x, u, sigma] = draw(apart(i), i);
  const truth = definition.keypointLikelihoodLoss(bigRows(x, 2), bigRows(u, 2), bigRows(sigma, 2));
  const terms = sigma.map((s, k) => Math.abs(Math.log(s)) + Math.abs(x[k] - u[k]) / s);
  return [[kernel.keypointLikelihoodLoss(N, x, u, sigma)], [truth], Math.max(...terms)] as const;
};
const gradient = (apart: (i: number) => number | null) => (i: number) => {
  const [x, u, sigma] = draw(apart(i), i);
  const values = new Float64Array(4 * N);
  const [by, slopes] = [values.subarray(0, 2 * N), values.subarray(2 * N)];
  kernel.keypointLikelihoodLossGradient(N, x, u, sigma, by, slopes);
  const truth = definition.keypointLikelihoodLossGradient(
    bigRows(x, 2),
    bigRows(u, 2),
    bigRows(sigma, 2),
  );
  return [values, [...entries(truth.x2d), ...entries(truth.sigma)]] as const;
};
const weights = (i: number) => {
  const [, , sigma] = draw(null, i);
  const values = new Float64Array(4 * N);
  kernel.keypointWeights(N, sigma, values.subarray(0, 2 * N));
  kernel.keypointWeightsSlope(N, sigma, values.subarray(2 * N));
  const exact = bigRows(sigma, 2);
  return [
    values,
    [...definition.keypointWeights(exact), ...definition.keypointWeightsSlope(exact)].flat(),
  ] as const;
};
const seam = "sigma near the error";

export const cases: CertifyCase[] = [
  headCase(
    "keypoint-likelihood",
    { id: "LC-36", name: "keypointWeights and their slopes", order: 1 },
    { [generic]: weights },
  ),
  headCase(
    "keypoint-likelihood",
    { id: "LC-35", name: "keypointLikelihoodLoss", order: 0, scale: "its largest term" },
    { [generic]: loss(() => null), [seam]: loss((i) => 10 ** -i) },
  ),
  headCase(
    "keypoint-likelihood",
    { id: "LC-35", name: "keypointLikelihoodLossGradient", order: 1 },
    { [generic]: gradient(() => null), [seam]: gradient((i) => 10 ** -i) },
  ),
];
