import * as definedWeights from "../../src/definitions/dense-weights.js";
import * as definedGdr from "../../src/definitions/gdr-base-loss.js";
import * as definedMask from "../../src/definitions/mask-losses.js";
import * as definedZebra from "../../src/definitions/zebra-base-loss.js";
import * as weights from "../../src/kernels/dense-weights.js";
import * as gdr from "../../src/kernels/gdr-base-loss.js";
import * as mask from "../../src/kernels/mask-losses.js";
import * as zebra from "../../src/kernels/zebra-base-loss.js";
import { big } from "../../src/scalar/index.js";
import { bigRows, bigs } from "../equations/big-truth.js";
import { normals, uniforms, written } from "../equations/head-draws.js";
import { type CertifyCase, generic } from "./case.js";
import { headCase } from "./heads.js";

const [N, P, B] = [6, 4, 3];
const far = "logits far from zero";
const equal = "logits nearly equal";
const nearly = (i: number) => 10 ** -(i % 12);

const jointWeights = (spread: (i: number) => number) => (i: number) => {
  const [s, [g]] = [normals("certify/joint", i, 2 * N, spread(i)), normals("certify/g", i, 1)];
  const values = written(2 * N, (w) => weights.jointWeights(N, s, g, w));
  return [values, definedWeights.jointWeights(bigRows(s, 2), big(g)).flat()] as const;
};
const jointWeightsVjp = (i: number) => {
  const [s, [g]] = [normals("certify/joint", i, 2 * N), normals("certify/g", i, 1)];
  const v = normals("certify/v", i, 2 * N);
  const w = written(2 * N, (out) => weights.jointWeights(N, s, g, out));
  const values = new Float64Array(2 * N + 1);
  values[2 * N] = weights.jointWeightsVjp(N, w, v, values.subarray(0, 2 * N));
  const truth = definedWeights.jointWeightsVjp(bigRows(s, 2), big(g), bigRows(v, 2));
  const size = Math.max(...w.map((x, j) => x * Math.abs(v[j])));
  return [values, [...truth.logits.flat(), truth.scale], size] as const;
};

const masks = (i: number, spread: number) =>
  [
    normals("certify/mask", i, P, spread),
    Float64Array.from({ length: P }, (_, p) => [0, 1, 0.25][(i + p) % 3]),
  ] as const;
const maskLoss = (form: mask.MaskForm, spread: number) => (i: number) => {
  const [x, m] = masks(i, spread);
  return [[mask.maskLoss(form, P, x, m)], [definedMask.maskLoss(form, bigs(x), bigs(m))]] as const;
};
const maskLossGradient = (form: mask.MaskForm, spread: number) => (i: number) => {
  const [x, m] = masks(i, spread);
  const values = written(P, (out) => mask.maskLossGradient(form, P, x, m, out));
  return [values, definedMask.maskLossGradient(form, bigs(x), bigs(m))] as const;
};

/** Coordinates apart by normals, or by `gap` of them. */
const coordinates = (i: number, gap: number | null) => {
  const predicted = normals("certify/coordinates", i, 3 * P);
  const apart = normals("certify/apart", i, 3 * P);
  const [maskLogits, visible] = masks(i, 3);
  return {
    coordinates: predicted,
    target: gap === null ? apart : predicted.map((x, j) => x + gap * apart[j]),
    mask: Float64Array.from({ length: P }, (_, p) => (i + p) % 2),
    maskLogits,
    visible,
  };
};
const lifted = (map: gdr.CoordinateMap) => ({
  coordinates: bigRows(map.coordinates, 3),
  target: bigRows(map.target, 3),
  mask: bigs(map.mask),
  maskLogits: bigs(map.maskLogits),
  visible: bigs(map.visible),
});
const gdrLoss =
  (reduction: gdr.CoordinateReduction, gap: (i: number) => number | null) => (i: number) => {
    const map = coordinates(i, gap(i));
    return [
      [gdr.gdrBaseLoss(reduction, 0.25, P, map)],
      [definedGdr.gdrBaseLoss(reduction, big(0.25), lifted(map))],
    ] as const;
  };
const gdrGradient = (gap: (i: number) => number | null) => (i: number) => {
  const map = coordinates(i, gap(i));
  const values = new Float64Array(4 * P);
  const [by, byMask] = [values.subarray(0, 3 * P), values.subarray(3 * P)];
  gdr.gdrBaseLossGradient("mean", 0.25, P, map, by, byMask);
  const truth = definedGdr.gdrBaseLossGradient("mean", big(0.25), lifted(map));
  return [values, [...truth.coordinates.flat(), ...truth.maskLogits]] as const;
};

const codes = (i: number, spread: number) => {
  const [maskLogits, visible] = masks(i, 3);
  return {
    bitLogits: normals("certify/bits", i, P * B, spread),
    targets: uniforms("certify/targets", i, P * B).map(Math.round),
    maskLogits: maskLogits.map((x, p) => (p === 0 ? Math.abs(x) : x)),
    visible,
  };
};
const liftedCodes = (map: zebra.CodeMap) => ({
  bitLogits: bigRows(map.bitLogits, B),
  targets: bigRows(map.targets, B),
  maskLogits: bigs(map.maskLogits),
  visible: bigs(map.visible),
});
const bitWeights = (h: (i: number) => Float64Array) => (i: number) => {
  const rates = h(i);
  const values = written(rates.length, (nu) => zebra.bitWeights(rates.length, rates, nu));
  return [values, definedZebra.bitWeights(bigs(rates))] as const;
};
const rates = (i: number) => uniforms("certify/rates", i, B);
const kink = (i: number) => new Float64Array(B).map((_, b) => 0.255 + (b - 1) * nearly(i));
const nuOf = (i: number) => written(B, (nu) => zebra.bitWeights(B, rates(i), nu));
const zebraLoss = (spread: number) => (i: number) => {
  const [map, nu] = [codes(i, spread), nuOf(i)];
  return [
    [zebra.zebraBaseLoss(P, B, map, nu, 3)],
    [definedZebra.zebraBaseLoss(liftedCodes(map), bigs(nu), big(3))],
  ] as const;
};
const zebraGradient = (spread: number) => (i: number) => {
  const [map, nu] = [codes(i, spread), nuOf(i)];
  const values = new Float64Array(P * B + P);
  const [byBits, byMask] = [values.subarray(0, P * B), values.subarray(P * B)];
  zebra.zebraBaseLossGradient(P, B, map, nu, 3, byBits, byMask);
  const truth = definedZebra.zebraBaseLossGradient(liftedCodes(map), bigs(nu), big(3));
  return [values, [...truth.bitLogits.flat(), ...truth.maskLogits]] as const;
};
const any = () => null;
const beside = "coordinates nearly equal";

/** LC-29, LC-30 and LC-31. */
export const cases: CertifyCase[] = [
  headCase(
    "dense-weights",
    { id: "LC-29", name: "jointWeights", order: 0 },
    {
      [generic]: jointWeights(() => 1),
      [equal]: jointWeights(nearly),
      [far]: jointWeights(() => 10),
    },
  ),
  headCase(
    "dense-weights",
    {
      id: "LC-29",
      name: "jointWeightsVjp",
      order: 1,
      scale: "greatest w |v|, whose sums cancel",
    },
    { [generic]: jointWeightsVjp },
  ),
  ...(["cross-entropy", "difference"] as const).flatMap((form) => [
    headCase(
      "mask-losses",
      { id: form === "difference" ? "LC-31" : "LC-30", name: `maskLoss ${form}`, order: 0 },
      { [generic]: maskLoss(form, 3), [far]: maskLoss(form, 40) },
    ),
    headCase(
      "mask-losses",
      { id: form === "difference" ? "LC-31" : "LC-30", name: `maskLossGradient ${form}`, order: 1 },
      { [generic]: maskLossGradient(form, 3), [far]: maskLossGradient(form, 40) },
    ),
  ]),
  ...(["mean", "sum"] as const).map((reduction) =>
    headCase(
      "gdr-base-loss",
      { id: "LC-30", name: `gdrBaseLoss ${reduction}`, order: 0 },
      { [generic]: gdrLoss(reduction, any), [beside]: gdrLoss(reduction, nearly) },
    ),
  ),
  headCase(
    "gdr-base-loss",
    { id: "LC-30", name: "gdrBaseLossGradient", order: 1 },
    { [generic]: gdrGradient(any), [beside]: gdrGradient(nearly) },
  ),
  headCase(
    "zebra-base-loss",
    { id: "LC-31", name: "bitWeights", order: 0 },
    { [generic]: bitWeights(rates), "rates beside 0.255": bitWeights(kink) },
  ),
  headCase(
    "zebra-base-loss",
    { id: "LC-31", name: "zebraBaseLoss", order: 0 },
    { [generic]: zebraLoss(3), [far]: zebraLoss(40) },
  ),
  headCase(
    "zebra-base-loss",
    { id: "LC-31", name: "zebraBaseLossGradient", order: 1 },
    { [generic]: zebraGradient(3), [far]: zebraGradient(40) },
  ),
];
