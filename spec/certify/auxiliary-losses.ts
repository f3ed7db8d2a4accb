import * as defined from "../../src/definitions/auxiliary-dense-losses.js";
import * as auxiliary from "../../src/kernels/auxiliary-dense-losses.js";
import { big } from "../../src/scalar/index.js";
import { bigRows, bigs, entries, size } from "../equations/big-truth.js";
import { normals, uniforms } from "../equations/head-draws.js";
import type { CertifyCase } from "./case.js";
import { generic } from "./case.js";
import { headCase } from "./heads.js";

const N = 6;
const CAP = 1e4;

const drawn = (spread: number, i: number) => {
  const M = 1 + (i % 8);
  const [delta, deviation, share] = [2 * M, 2 * M, M].map((n, j) =>
    normals(`certify/mixture/${j}`, i, n, j === 0 ? spread : 1),
  );
  // A responsibility has the rounding of its exponent, which is as large as the greatest square.
  const squares = delta.map((x, j) => 1 + (x / Math.exp(deviation[j])) ** 2);
  return { M, delta, deviation, share, exponent: Math.max(...squares) };
};
const mixture =
  (spread: number, cap = CAP) =>
  (i: number) => {
    const { M, delta, deviation, share, exponent } = drawn(spread, i);
    const value = auxiliary.mixtureLoss(M, delta, deviation, share, cap);
    const exact = defined.mixtureLoss(
      ...([bigRows(delta, 2), bigRows(deviation, 2), bigs(share), big(cap)] as const),
    );
    return [[value], [exact], exponent] as const;
  };
const mixtureSlopes =
  (spread: number, cap = CAP) =>
  (i: number) => {
    const { M, delta, deviation, share, exponent } = drawn(spread, i);
    const out = [2 * M, 2 * M, M].map((n) => new Float64Array(n));
    auxiliary.mixtureLossGradient(M, delta, deviation, share, cap, out[0], out[1], out[2]);
    const exact = defined.mixtureLossGradient(
      ...([bigRows(delta, 2), bigRows(deviation, 2), bigs(share), big(cap)] as const),
    );
    const truth = [...exact.error.flat(), ...exact.logDeviation.flat(), ...exact.logShare];
    return [out.flatMap((x) => [...x]), truth, exponent * size(truth)] as const;
  };
const inverse = (cap: number) => (i: number) => {
  const { M, deviation, share } = drawn(1, i);
  const value = auxiliary.meanInverseDeviation(M, deviation, share, cap, 1e-4);
  const exact = [bigRows(deviation, 2), bigs(share), big(cap), big(1e-4)] as const;
  return [[value], [defined.meanInverseDeviation(...exact)]] as const;
};

const points = (offset: number, i: number) => {
  const [z, away] = [normals("certify/z", i, 3 * N), normals("certify/o", i, 3 * N)];
  const a = uniforms("certify/a", i, N);
  const target = z.map((x, j) => x - offset * away[j]);
  const exact = [bigRows(z, 3), bigRows(target, 3), bigs(a), big(2), big(0.05), big(1e-4)] as const;
  return { z, target, a, exact };
};
const regression = (offset: (i: number) => number) => (i: number) => {
  const { z, target, a, exact } = points(offset(i), i);
  const value = auxiliary.coordinateRegression(N, z, target, a, 2, 0.05, 1e-4);
  return [[value], [defined.coordinateRegression(...exact)]] as const;
};
const regressionSlopes = (offset: (i: number) => number) => (i: number) => {
  const { z, target, a, exact } = points(offset(i), i);
  const out = [new Float64Array(3 * N), new Float64Array(N)];
  auxiliary.coordinateRegressionGradient(N, z, target, a, 2, 0.05, 1e-4, out[0], out[1]);
  const truth = defined.coordinateRegressionGradient(...exact);
  return [out.flatMap((x) => [...x]), [...entries(truth.points), ...truth.attention]] as const;
};
const near = (i: number) => 2 ** -(i % 20);

const auxiliaryCase = (
  subject: Parameters<typeof headCase>[1],
  labels: Parameters<typeof headCase>[2],
) => headCase("auxiliary-dense-losses", subject, labels);

/** EPRO-40. */
export const cases: readonly CertifyCase[] = [
  auxiliaryCase(
    { id: "EPRO-40", name: "mixtureLoss", order: 0, scale: "greatest exponent" },
    {
      [generic]: mixture(1),
      "errors of many deviations": mixture(10),
      "caps that hold": mixture(1, 1),
    },
  ),
  auxiliaryCase(
    {
      id: "EPRO-40",
      name: "mixtureLossGradient",
      order: 1,
      scale: "greatest entry times greatest exponent",
    },
    {
      [generic]: mixtureSlopes(1),
      "errors of many deviations": mixtureSlopes(10),
      "caps that hold": mixtureSlopes(1, 1),
    },
  ),
  auxiliaryCase(
    { id: "EPRO-40", name: "meanInverseDeviation", order: 0 },
    { [generic]: inverse(CAP), "caps that hold": inverse(1) },
  ),
  auxiliaryCase(
    { id: "EPRO-40", name: "coordinateRegression", order: 0 },
    {
      [generic]: regression(() => 0.1),
      "coordinates close to their targets": regression(near),
    },
  ),
  auxiliaryCase(
    { id: "EPRO-40", name: "coordinateRegressionGradient", order: 1 },
    {
      [generic]: regressionSlopes(() => 0.1),
      "coordinates close to their targets": regressionSlopes(near),
    },
  ),
];
