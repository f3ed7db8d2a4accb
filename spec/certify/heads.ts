import * as definedHead from "../../src/definitions/dense-head.js";
import * as definedWeights from "../../src/definitions/dense-weights.js";
import * as definedScore from "../../src/definitions/detection-score.js";
import * as definedCoder from "../../src/definitions/dimension-coder.js";
import * as definedLoss from "../../src/definitions/loss-weights.js";
import * as definedObjects from "../../src/definitions/object-sampling.js";
import * as head from "../../src/kernels/dense-head.js";
import * as weights from "../../src/kernels/dense-weights.js";
import * as score from "../../src/kernels/detection-score.js";
import * as coder from "../../src/kernels/dimension-coder.js";
import * as loss from "../../src/kernels/loss-weights.js";
import * as objects from "../../src/kernels/object-sampling.js";
import { type Big, big } from "../../src/scalar/index.js";
import { bigRows, bigs } from "../equations/big-truth.js";
import { normals, uniforms, written } from "../equations/head-draws.js";
import type { CertifyCase } from "./case.js";
import { generic } from "./case.js";

type Numbers = Float64Array | readonly number[];

/** A case of samples by label: each call gives values, truth and, where terms cancel, their size. */
export function headCase(
  file: string,
  subject: Pick<CertifyCase, "id" | "name" | "order" | "scale">,
  labels: Record<string, (i: number) => readonly [Numbers, readonly Big[], number?]>,
): CertifyCase {
  return {
    definition: `src/definitions/${file}.ts`,
    kernel: `src/kernels/${file}.ts`,
    spec: `spec/equations/${file}.spec.ts`,
    ...subject,
    *samples(perLabel = 20) {
      for (let i = 0; i < perLabel; i++)
        for (const [label, run] of Object.entries(labels)) {
          const [values, truth, scale] = run(i);
          yield { label, values, truth, scale };
        }
    },
  };
}

const forms = ["softmax", "geometric", "exponential"] as const;
const N = 6;

const denseWeights =
  (form: weights.DenseWeightForm, spread: (i: number) => number) => (i: number) => {
    const [s, g] = [normals(`certify/${form}`, i, 2 * N, spread(i)), normals("certify/g", i, 2)];
    const values = written(2 * N, (w) => weights.denseWeights(form, N, s, g, w));
    return [values, definedWeights.denseWeights(form, bigRows(s, 2), bigs(g)).flat()] as const;
  };
const denseWeightsVjp = (form: weights.DenseWeightForm) => (i: number) => {
  const [s, g] = [normals(`certify/${form}`, i, 2 * N), normals("certify/g", i, 2)];
  const v = normals("certify/v", i, 2 * N);
  const w = written(2 * N, (out) => weights.denseWeights(form, N, s, g, out));
  const values = new Float64Array(2 * N + 2);
  weights.denseWeightsVjp(form, N, w, v, values.subarray(0, 2 * N), values.subarray(2 * N));
  const truth = definedWeights.denseWeightsVjp(form, bigRows(s, 2), bigs(g), bigRows(v, 2));
  const size = Math.max(...w.map((x, j) => x * Math.abs(v[j])));
  return [values, [...truth.logits.flat(), ...truth.scale], size] as const;
};

const linear = (i: number) => {
  const [F, W, b] = [4 * 8, 3 * 8, 3].map((n, j) => normals(`certify/linear/${j}`, i, n));
  const values = written(12, (y) => head.pixelwiseLinear(4, 8, 3, F, W, b, y));
  // Nine terms, each of normals.
  return [
    values,
    definedHead.pixelwiseLinear(bigRows(F, 8), bigRows(W, 8), bigs(b)).flat(),
    9,
  ] as const;
};
const linearVjp = (i: number) => {
  const [F, W, v] = [4 * 8, 3 * 8, 4 * 3].map((n, j) => normals(`certify/linear/${j}`, i, n));
  const out = [4 * 8, 3 * 8, 3].map((n) => new Float64Array(n).fill(Number.NaN));
  head.pixelwiseLinearVjp(4, 8, 3, F, W, v, out[0], out[1], out[2]);
  const truth = definedHead.pixelwiseLinearVjp(bigRows(F, 8), bigRows(W, 8), bigRows(v, 3));
  // Three or four terms, each of normals.
  return [
    out.flatMap((x) => [...x]),
    [...truth.features.flat(), ...truth.weights.flat(), ...truth.bias],
    4,
  ] as const;
};
const crop = (away: number) => (i: number) => {
  const K = Float64Array.of(572, 0, 325, 0, 573, 242, 0, 0, 1);
  const o = uniforms("certify/crop", i, 2, away, away + 300);
  const [e, m, h] = [50 + i * 7.3, 64, i % 2 ? 0.5 : 0];
  const values = written(9, (out) => head.cropCamera(K, o, e, m, h, out));
  return [values, definedHead.cropCamera(bigRows(K, 3), bigs(o), big(e), m, h).flat()] as const;
};
const coordinateSlopes = (i: number) => {
  const [n, target] = [0, 1].map((j) => uniforms(`certify/noc/${j}`, i, 3 * N, -1, 1));
  const mask = Float64Array.from({ length: N }, (_, j) => (i + j) % 2);
  const values = written(3 * N, (out) => head.coordinateLossGradient(N, n, target, mask, out));
  const truth = definedHead.coordinateLossGradient(bigRows(n, 3), bigRows(target, 3), bigs(mask));
  return [values, truth.flat()] as const;
};

type Code<S> = (x: S, mean: S, deviation: S) => S;
const dimension =
  (
    run: Code<number>,
    truth: Code<Big>,
    input: (apart: number, mean: number, share: number) => number,
  ) =>
  (apart: (i: number) => number) =>
  (i: number) => {
    const [mean] = uniforms("certify/mean", i, 1, 0.4, 13);
    const [share] = uniforms("certify/share", i, 1, 0.05, 0.5);
    const deviation = share * mean;
    const x = input(apart(i), mean, share);
    return [[run(x, mean, deviation)], [truth(big(x), big(mean), big(deviation))]] as const;
  };
const size = (apart: number, mean: number) => mean * Math.exp(apart);
const code = (apart: number, _: number, share: number) => apart / share;
const codes = [
  ["encodedDimension", 0, dimension(coder.encodedDimension, definedCoder.encodedDimension, size)],
  [
    "encodedDimensionSlope",
    1,
    dimension(coder.encodedDimensionSlope, definedCoder.encodedDimensionSlope, size),
  ],
  ["decodedDimension", 0, dimension(coder.decodedDimension, definedCoder.decodedDimension, code)],
  [
    "decodedDimensionSlope",
    1,
    dimension(coder.decodedDimensionSlope, definedCoder.decodedDimensionSlope, code),
  ],
] as const;
const generally = (i: number) => normals("certify/apart", i, 1)[0];
const beside = (i: number) => 10 ** -(i % 15);

const scores =
  (run: (x: number, s: number) => number, truth: (x: Big, s: Big) => Big, scale?: number) =>
  (far: number) =>
  (i: number) => {
    const [x] = normals("certify/logit", i, 1, far);
    const [s] = uniforms("certify/target", i, 1);
    return [[run(x, s)], [truth(big(x), big(s))], scale] as const;
  };
const scoreLoss = scores(score.scoreLoss, definedScore.scoreLoss);
const scoreLossSlope = scores(score.scoreLossSlope, definedScore.scoreLossSlope, 1);

const mixedScore = (to: (x: number, i: number) => number) => (i: number) => {
  const [a, b, r] = uniforms("certify/mixed", i, 3);
  const [s, mc] = [to(a, i), to(b, i)];
  return [
    [score.mixedScore(s, mc, r)],
    [definedScore.mixedScore(big(s), big(mc), big(r))],
  ] as const;
};
const balanced = (spread: number) => (i: number) => {
  const ω = normals("certify/balanced", i, 9, spread).map(Math.exp);
  const kinds = Int32Array.from(ω, (_, j) => (i + j * j) % 4);
  const values = written(9, (out) =>
    objects.balancedWeights(9, ω, kinds, 4, new Float64Array(4), out),
  );
  return [values, definedObjects.balancedWeights(bigs(ω), [...kinds])] as const;
};

/** EPRO-33 to EPRO-36, EPRO-38, EPRO-39, EPRO-41 and EPRO-42. */
export const cases: readonly CertifyCase[] = [
  headCase(
    "loss-weights",
    { id: "EPRO-33", name: "runningMean", order: 0 },
    {
      [generic]: (i) => {
        const [n, m, μ] = uniforms("certify/running", i, 3);
        return [[loss.runningMean(n, m, μ)], [definedLoss.runningMean(big(n), big(m), big(μ))]];
      },
    },
  ),
  ...forms.flatMap((form) => [
    headCase(
      "dense-weights",
      { id: "EPRO-34", name: `denseWeights ${form}`, order: 0 },
      {
        [generic]: denseWeights(form, () => 1),
        "logits nearly equal": denseWeights(form, (i) => 10 ** -(i % 12)),
        "logits far apart": denseWeights(form, () => 10),
      },
    ),
    headCase(
      "dense-weights",
      {
        id: "EPRO-34",
        name: `denseWeightsVjp ${form}`,
        order: 1,
        scale: "greatest w |v|, whose sums cancel",
      },
      { [generic]: denseWeightsVjp(form) },
    ),
  ]),
  headCase(
    "dense-head",
    { id: "EPRO-35", name: "pixelwiseLinear", order: 0, scale: "9, the sum of its terms' sizes" },
    { [generic]: linear },
  ),
  headCase(
    "dense-head",
    {
      id: "EPRO-35",
      name: "pixelwiseLinearVjp",
      order: 1,
      scale: "4, the sum of its terms' sizes",
    },
    { [generic]: linearVjp },
  ),
  headCase(
    "dense-head",
    { id: "EPRO-35", name: "cropCamera", order: 0 },
    {
      [generic]: crop(0),
      "crop outside the image": crop(-2000),
    },
  ),
  headCase(
    "dense-head",
    { id: "EPRO-36", name: "coordinateLossGradient", order: 1 },
    { [generic]: coordinateSlopes },
  ),
  ...codes.map(([name, order, run]) =>
    headCase(
      "dimension-coder",
      { id: "EPRO-38", name, order },
      { [generic]: run(generally), "beside the mean": run(beside) },
    ),
  ),
  headCase(
    "detection-score",
    { id: "EPRO-39", name: "scoreLoss", order: 0 },
    {
      [generic]: scoreLoss(3),
      "logits far from zero": scoreLoss(40),
    },
  ),
  headCase(
    "detection-score",
    { id: "EPRO-39", name: "scoreLossSlope", order: 1, scale: "1, of which σ and s are parts" },
    {
      [generic]: scoreLossSlope(3),
      "logits far from zero": scoreLossSlope(40),
    },
  ),
  headCase(
    "detection-score",
    { id: "EPRO-39", name: "mixedScore", order: 0 },
    {
      [generic]: mixedScore((x) => x),
      "scores beside one": mixedScore((x, i) => 1 - x * 10 ** -(i % 15)),
    },
  ),
  headCase(
    "loss-weights",
    { id: "EPRO-41", name: "weightedTotal", order: 0 },
    {
      [generic]: (i) => {
        const [x, λ] = [uniforms("certify/losses", i, 9), uniforms("certify/λ", i, 9)];
        return [[loss.weightedTotal(9, x, λ)], [definedLoss.weightedTotal(bigs(x), bigs(λ))]];
      },
    },
  ),
  headCase(
    "object-sampling",
    { id: "EPRO-42", name: "importanceWeights", order: 0 },
    {
      [generic]: (i) => {
        const c = uniforms("certify/centerness", i, 12);
        const values = written(12, (out) => objects.importanceWeights(12, c, 0.5, out));
        return [values, definedObjects.importanceWeights(bigs(c), big(0.5))];
      },
    },
  ),
  headCase(
    "object-sampling",
    { id: "EPRO-42", name: "balancedWeights", order: 0 },
    { [generic]: balanced(1), "weights far apart": balanced(10) },
  ),
];
