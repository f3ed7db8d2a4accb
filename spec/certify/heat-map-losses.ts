import * as definedKeypointLoss from "../../src/definitions/keypoint-loss.js";
import * as definedDivergence from "../../src/definitions/map-divergence.js";
import * as definedLoss from "../../src/definitions/map-loss.js";
import * as definedResizing from "../../src/definitions/map-resizing.js";
import * as keypointLoss from "../../src/kernels/keypoint-loss.js";
import * as divergence from "../../src/kernels/map-divergence.js";
import * as loss from "../../src/kernels/map-loss.js";
import * as resizing from "../../src/kernels/map-resizing.js";
import * as softmax from "../../src/kernels/spatial-softmax.js";
import { big } from "../../src/scalar/index.js";
import { bigRows } from "../equations/big-truth.js";
import { normals, written } from "../equations/head-draws.js";
import { bigMap, cells, distribution, H, logitsAt, W } from "../equations/map-draws.js";
import type { CertifyCase } from "./case.js";
import { generic } from "./case.js";
import { headCase } from "./heads.js";

const close = "maps nearly equal";
const by = "its largest term";

const pair = (i: number, apart: number | null) => {
  const p = distribution("certify/map", i, 2);
  if (apart === null) return [p, distribution("certify/other", i, 2)] as const;
  return [p, normals("certify/near", i, cells).map((x, k) => p[k] * (1 + apart * x))] as const;
};
const losses = (apart: (i: number) => number | null) => (i: number) => {
  const [p, T] = pair(i, apart(i));
  const [P, Q] = [bigMap(p), bigMap(T)];
  const ones = bigMap(new Float64Array(cells).fill(1));
  const values = [loss.absoluteMapLoss(cells, p, T), loss.squaredMapLoss(cells, p, T, null)];
  return [
    values,
    [definedLoss.absoluteMapLoss(P, Q), definedLoss.squaredMapLoss(P, Q, ones)],
  ] as const;
};
const lossSlopes = (i: number) => {
  const [p, T] = pair(i, null);
  const values = new Float64Array(2 * cells);
  loss.absoluteMapLossGradient(cells, p, T, values.subarray(0, cells));
  loss.squaredMapLossGradient(cells, p, T, null, values.subarray(cells));
  const [P, Q, ones] = [p, T, new Float64Array(cells).fill(1)].map(bigMap);
  return [
    values,
    [
      ...definedLoss.absoluteMapLossGradient(P, Q).flat(),
      ...definedLoss.squaredMapLossGradient(P, Q, ones).flat(),
    ],
  ] as const;
};
const divergences = (apart: (i: number) => number | null) => (i: number) => {
  const [p, q] = pair(i, apart(i));
  const [P, Q] = [bigMap(p), bigMap(q)];
  const values = [
    divergence.mapDivergence(cells, p, q, 0),
    divergence.symmetricDivergence(cells, p, q, 0),
  ];
  const truth = [
    definedDivergence.mapDivergence(P, Q, 0),
    definedDivergence.symmetricDivergence(P, Q, 0),
  ];
  const term = Math.max(...p.map((x, k) => Math.abs(Math.max(x, q[k]) * Math.log(x / q[k]))));
  return [values, truth, term] as const;
};
const divergenceSlopes = (i: number) => {
  const [p, q] = pair(i, null);
  const values = new Float64Array(3 * cells);
  const part = (k: number) => values.subarray(k * cells, (k + 1) * cells);
  divergence.mapDivergenceGradient(cells, p, q, 0, part(0), part(1));
  divergence.symmetricDivergenceGradient(cells, p, q, 0, part(2));
  const [P, Q] = [bigMap(p), bigMap(q)];
  const kl = definedDivergence.mapDivergenceGradient(P, Q, 0);
  const js = definedDivergence.symmetricDivergenceGradient(P, Q, 0);
  return [values, [...kl.first.flat(), ...kl.second.flat(), ...js.flat()]] as const;
};
const fromLogits = (i: number) => {
  const [logits, T] = [logitsAt("certify/divergence", i), distribution("certify/wanted", i)];
  const p = written(cells, (out) => softmax.spatialSoftmax(cells, logits, 1, out));
  const values = new Float64Array(cells + 1);
  divergence.logitDivergenceGradient(cells, logits, 1, p, T, values.subarray(0, cells));
  values[cells] = divergence.logitDivergence(cells, logits, 1, T);
  const [L, Q] = [bigMap(logits), bigMap(T)];
  const { logits: slopes } = definedDivergence.logitDivergenceGradient(L, big(1), Q);
  const size = 1 + Math.max(...logits) - Math.min(...logits);
  return [
    values,
    [...slopes.flat(), definedDivergence.logitDivergence(L, big(1), Q)],
    size,
  ] as const;
};

const resized = (i: number) => {
  const [rows, columns] = [2 + (i % 5), 3 + (i % 4)];
  const map = normals("certify/resizing", i, cells);
  const values = new Float64Array(rows * columns);
  resizing.resizedMap(H, W, map, rows, columns, 1, values);
  return [values, definedResizing.resizedMap(bigMap(map), rows, columns).flat(), 3] as const;
};
const resizedSlopes = (i: number) => {
  const [rows, columns] = [2 + (i % 5), 3 + (i % 4)];
  const v = normals("certify/resizing/v", i, rows * columns);
  const values = new Float64Array(cells);
  resizing.resizedMapVjp(rows, columns, v, H, W, 1, values);
  // Several new cells take a share of an old one.
  return [values, definedResizing.resizedMapVjp(bigRows(v, columns), H, W).flat(), 9] as const;
};
const squared = (i: number) => {
  const [u, x] = [normals("certify/u", i, 18, 100), normals("certify/x", i, 18, 100)];
  const values = new Float64Array(19);
  keypointLoss.keypointLossGradient(9, u, x, "mean", values.subarray(0, 18));
  values[18] = keypointLoss.keypointLoss(9, u, x, "mean");
  const [U, V] = [bigRows(u, 2), bigRows(x, 2)];
  return [
    values,
    [
      ...definedKeypointLoss.keypointLossGradient(U, V, "mean").flat(),
      definedKeypointLoss.keypointLoss(U, V, "mean"),
    ],
  ] as const;
};

export const cases: CertifyCase[] = [
  headCase(
    "map-loss",
    { id: "HM-6", name: "absoluteMapLoss and squaredMapLoss", order: 0 },
    {
      [generic]: losses(() => null),
      [close]: losses((i) => 10 ** (-i / 2)),
    },
  ),
  headCase(
    "map-loss",
    { id: "HM-7", name: "absoluteMapLossGradient and squaredMapLossGradient", order: 1 },
    { [generic]: lossSlopes },
  ),
  headCase(
    "map-divergence",
    { id: "HM-8", name: "mapDivergence and symmetricDivergence", order: 0, scale: by },
    {
      [generic]: divergences(() => null),
      [close]: divergences((i) => 10 ** (-1 - i / 4)),
    },
  ),
  headCase(
    "map-divergence",
    { id: "HM-8", name: "mapDivergenceGradient and symmetricDivergenceGradient", order: 1 },
    { [generic]: divergenceSlopes },
  ),
  headCase(
    "map-divergence",
    { id: "HM-8", name: "logitDivergence and its gradient", order: 1, scale: by },
    { [generic]: fromLogits },
  ),
  headCase(
    "map-resizing",
    { id: "HM-11", name: "resizedMap", order: 0, scale: by },
    { [generic]: resized },
  ),
  headCase(
    "map-resizing",
    { id: "HM-11", name: "resizedMapVjp", order: 1, scale: by },
    { [generic]: resizedSlopes },
  ),
  headCase(
    "keypoint-loss",
    { id: "REPRO-L2", name: "keypointLoss and its gradient", order: 1 },
    { [generic]: squared },
  ),
];
