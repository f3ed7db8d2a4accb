import * as definedCentre from "../../src/definitions/centre-of-mass.js";
import * as definedTarget from "../../src/definitions/gaussian-target.js";
import * as definedGrid from "../../src/definitions/heat-map-grid.js";
import * as definedKeypoint from "../../src/definitions/map-keypoint.js";
import * as definedSpread from "../../src/definitions/map-spread.js";
import * as definedSoftmax from "../../src/definitions/spatial-softmax.js";
import * as centre from "../../src/kernels/centre-of-mass.js";
import * as target from "../../src/kernels/gaussian-target.js";
import * as grid from "../../src/kernels/heat-map-grid.js";
import * as keypoint from "../../src/kernels/map-keypoint.js";
import * as spread from "../../src/kernels/map-spread.js";
import * as softmax from "../../src/kernels/spatial-softmax.js";
import { big } from "../../src/scalar/index.js";
import { bigs } from "../equations/big-truth.js";
import { normals, uniforms, written } from "../equations/head-draws.js";
import { bigMap, cells, gx, gy, H, logitsAt, W, X, Y } from "../equations/map-draws.js";
import type { CertifyCase } from "./case.js";
import { generic } from "./case.js";
import { headCase } from "./heads.js";

const narrow = "narrow peak";
const far = "centre far outside";
const plain = { density: true, guard: 0, reach: Number.POSITIVE_INFINITY };

const coordinates = (kind: grid.Grid) => (i: number) => {
  const n = 1 + 7 * i;
  const values = written(n, (g) => grid.cellCoordinates(kind, n, g));
  return [values, definedGrid.cellCoordinates(kind, n, big(0))] as const;
};
const targets = (mean: (i: number) => Float64Array, width: number) => (i: number) => {
  const sigma = uniforms("certify/target/sigma", i, 2, 0.5 * width, width);
  const at = mean(i);
  const values = written(cells, (T) => target.gaussianTarget(H, W, gx, gy, at, sigma, plain, T));
  return [values, definedTarget.gaussianTarget(X, Y, bigs(at), bigs(sigma), plain).flat()] as const;
};
const targetSlopes = (i: number) => {
  const [mean, sigma] = [
    uniforms("certify/target", i, 2, 0, 2),
    uniforms("certify/width", i, 2, 0.6, 2),
  ];
  const v = normals("certify/target/v", i, cells);
  const values = new Float64Array(4);
  target.gaussianTargetVjp(
    ...([H, W, gx, gy, mean, sigma, plain, v, values.subarray(0, 2), values.subarray(2)] as const),
  );
  const truth = definedTarget.gaussianTargetVjp(X, Y, bigs(mean), bigs(sigma), plain, bigMap(v));
  const size = (3 * 9 * Math.max(...v.map(Math.abs))) / Math.min(...sigma) ** 3;
  return [values, [...truth.mean, ...truth.sigma], size] as const;
};
const inside = (i: number) => uniforms("certify/target/mean", i, 2, 0, 2);
const outside = (i: number) => uniforms("certify/target/far", i, 2, 10, 40);

const soft = (scale: number) => (i: number) => {
  const logits = normals("certify/softmax", i, cells, scale);
  const values = written(cells, (p) => softmax.spatialSoftmax(cells, logits, 1, p));
  const truth = definedSoftmax.spatialSoftmax(bigMap(logits), big(1)).flat();
  // Logits that have been subtracted are known to their own rounding.
  const size = (1 + Math.max(...logits) - Math.min(...logits)) * Math.max(...values);
  return [values, truth, size] as const;
};
const softSlopes = (i: number) => {
  const [logits, v] = [
    logitsAt("certify/softmax/slopes", i),
    normals("certify/softmax/v", i, cells),
  ];
  const p = written(cells, (out) => softmax.spatialSoftmax(cells, logits, 1, out));
  const values = new Float64Array(cells + 1);
  values[cells] = softmax.spatialSoftmaxVjp(cells, logits, 1, p, v, values.subarray(0, cells));
  const truth = definedSoftmax.spatialSoftmaxVjp(bigMap(logits), big(1), bigMap(v));
  const size = (1 + Math.max(...logits) - Math.min(...logits)) ** 2 * Math.max(...v.map(Math.abs));
  return [values, [...truth.logits.flat(), truth.temperature], size] as const;
};

const mass = (i: number) => {
  const map = uniforms("certify/centre", i, cells);
  const [at, s2] = [new Float64Array(2), new Float64Array(2)];
  const total = centre.centreOfMass(H, W, map, gx, gy, "divided", at);
  spread.mapVariance(H, W, map, gx, gy, "divided", at, total, s2);
  return { map, at, s2, total, M: bigMap(map) };
};
const centres = (i: number) => {
  const { at, M } = mass(i);
  return [at, definedCentre.centreOfMass(M, X, Y, "divided"), 3] as const;
};
const centreSlopes = (i: number) => {
  const { at, total, M } = mass(i);
  const v = normals("certify/centre/v", i, 2);
  const values = written(cells, (g) =>
    centre.centreOfMassVjp(H, W, gx, gy, "divided", at, total, v, g),
  );
  const truth = definedCentre.centreOfMassVjp(M, X, Y, "divided", bigs(v)).flat();
  return [values, truth, (3 * Math.max(...v.map(Math.abs))) / total] as const;
};
const variances = (i: number) => {
  const { s2, M } = mass(i);
  return [s2, definedSpread.mapVariance(M, X, Y, "divided")] as const;
};
const varianceSlopes = (i: number) => {
  const { at, s2, total, M } = mass(i);
  const v = normals("certify/spread/v", i, 2);
  const values = written(cells, (g) =>
    spread.mapVarianceVjp(H, W, gx, gy, "divided", at, total, s2, v, g),
  );
  const truth = definedSpread.mapVarianceVjp(M, X, Y, "divided", bigs(v)).flat();
  return [values, truth, (9 * Math.max(...v.map(Math.abs))) / total] as const;
};
const deviation = (variance: (i: number) => number) => (i: number) => {
  const s2 = variance(i);
  const values = [spread.mapDeviation(s2, 1e-6, true), spread.mapDeviationSlope(s2, 1e-6, true)];
  const truth = [
    definedSpread.mapDeviation(big(s2), 1e-6, true),
    definedSpread.mapDeviationSlope(big(s2), 1e-6, true),
  ];
  return [values, truth] as const;
};

const decoded = (i: number) => {
  const logits = logitsAt("certify/keypoint", i);
  const [powers, mean, variance] = [cells, 2, 2].map((n) => new Float64Array(n));
  const total = keypoint.logitKeypoint(H, W, logits, 1, gx, gy, powers, mean, variance);
  const size = 9 * (1 + Math.max(...logits) - Math.min(...logits));
  return { logits, powers, mean, variance, total, size };
};
const keypoints = (i: number) => {
  const { logits, mean, variance, size } = decoded(i);
  const truth = definedKeypoint.logitKeypoint(bigMap(logits), big(1), X, Y);
  return [[...mean, ...variance], [...truth.mean, ...truth.variance], size] as const;
};
const keypointSlopes = (i: number) => {
  const { logits, powers, mean, variance, total, size } = decoded(i);
  const [v, s] = [normals("certify/keypoint/v", i, 2), normals("certify/keypoint/s", i, 2)];
  const values = written(cells, (g) =>
    keypoint.logitKeypointVjp(
      ...([H, W, powers, total, 1, gx, gy, mean, variance, v, s, g] as const),
    ),
  );
  const truth = definedKeypoint.logitKeypointVjp(bigMap(logits), big(1), X, Y, bigs(v), bigs(s));
  return [values, truth.flat(), size * Math.max(...v.map(Math.abs), ...s.map(Math.abs))] as const;
};

const by = "its largest term";
const kinds = ["cells", "unit", "symmetric", "centres"] as const;
export const cases: CertifyCase[] = [
  headCase(
    "gaussian-target",
    { id: "HM-1", name: "gaussianTarget", order: 0 },
    {
      [generic]: targets(inside, 2),
      [narrow]: targets(inside, 0.05),
      [far]: targets(outside, 2),
    },
  ),
  headCase(
    "gaussian-target",
    { id: "HM-1", name: "gaussianTargetVjp", order: 1, scale: by },
    { [generic]: targetSlopes },
  ),
  headCase(
    "spatial-softmax",
    { id: "HM-2", name: "spatialSoftmax", order: 0, scale: by },
    {
      [generic]: soft(1),
      [narrow]: soft(100),
    },
  ),
  headCase(
    "spatial-softmax",
    { id: "HM-2", name: "spatialSoftmaxVjp", order: 1, scale: by },
    { [generic]: softSlopes },
  ),
  headCase(
    "centre-of-mass",
    { id: "HM-3", name: "centreOfMass", order: 0, scale: by },
    { [generic]: centres },
  ),
  headCase(
    "centre-of-mass",
    { id: "HM-3", name: "centreOfMassVjp", order: 1, scale: by },
    { [generic]: centreSlopes },
  ),
  headCase(
    "map-keypoint",
    { id: "HM-3", name: "logitKeypoint", order: 0, scale: by },
    { [generic]: keypoints },
  ),
  headCase(
    "map-keypoint",
    { id: "HM-3", name: "logitKeypointVjp", order: 1, scale: by },
    { [generic]: keypointSlopes },
  ),
  ...kinds.map((kind) =>
    headCase(
      "heat-map-grid",
      { id: "HM-4", name: `cellCoordinates ${kind}`, order: 0 },
      { [generic]: coordinates(kind) },
    ),
  ),
  headCase("map-spread", { id: "HM-5", name: "mapVariance", order: 0 }, { [generic]: variances }),
  headCase(
    "map-spread",
    { id: "HM-5", name: "mapVarianceVjp", order: 1, scale: by },
    { [generic]: varianceSlopes },
  ),
  headCase(
    "map-spread",
    { id: "HM-5", name: "mapDeviation and its slope", order: 1 },
    {
      [generic]: deviation((i) => 0.1 + i),
      "beside the floor": deviation((i) => 1 + (i % 2 ? 1 : -1) * 10 ** -(i / 2)),
    },
  ),
];
