import * as definedThreshold from "../../src/definitions/adaptive-threshold.js";
import * as definedHuber from "../../src/definitions/huber.js";
import * as definedSmooth from "../../src/definitions/smooth-l1.js";
import * as definedTwice from "../../src/definitions/twice-huber.js";
import * as threshold from "../../src/kernels/adaptive-threshold.js";
import * as huber from "../../src/kernels/huber.js";
import * as smooth from "../../src/kernels/smooth-l1.js";
import * as twice from "../../src/kernels/twice-huber.js";
import { stream } from "../../src/random/stream.js";
import { type Big, big } from "../../src/scalar/index.js";
import { bigRows, bigs, entries } from "../equations/big-truth.js";
import { type CertifyCase, type CertifySample, generic } from "./case.js";

const paths = (name: string) => ({
  definition: `src/definitions/${name}.ts`,
  kernel: `src/kernels/${name}.ts`,
  spec: `spec/equations/${name}.spec.ts`,
});

/** Norms and thresholds [n, δ]: generic, beside the kink at every scale, on it, and at zero. */
function* norms(name: string, perLabel: number): Generator<[string, number, number]> {
  for (let i = 0; i < perLabel; i++) {
    const draw = stream(name).at(i);
    // An integer keeps δ² exact, so that both halves take the same side of the kink.
    const delta = 1 + draw.integer(1000);
    yield [generic, 2 * delta * draw.uniform(), delta];
    const gap = 10 ** -(1 + (i % 7)) * (i % 2 ? 1 : -1);
    yield ["beside the kink", delta * (1 + gap), delta];
    yield ["on the kink", delta, delta];
    yield ["near zero", i === 0 ? 0 : 10 ** (-10 * i), delta];
  }
}

/** A function of a norm and a threshold; a slope that cancels has the size of what cancels. */
function normCase(
  file: string,
  subject: Pick<CertifyCase, "id" | "name" | "order">,
  run: (n: number, delta: number) => number,
  truth: (n: Big, delta: Big) => Big,
  size?: readonly [string, (n: number, delta: number) => number],
): CertifyCase {
  return {
    ...paths(file),
    ...subject,
    scale: size?.[0],
    *samples(perLabel = 20): Iterable<CertifySample> {
      for (const [label, n, delta] of norms(`certify/${subject.name}`, perLabel))
        yield {
          label,
          values: [run(n, delta)],
          truth: [truth(big(n), big(delta))],
          scale: size?.[1](n, delta),
        };
    },
  };
}
const square = (f: (s: number, delta: number) => number) => (n: number, delta: number) =>
  f(n * n, delta);
// The kernel is handed the rounded square: so is the definition.
const squared = (f: (s: Big, delta: Big) => Big) => (n: Big, delta: Big) =>
  f(big(n.toNumber() ** 2), delta);
const cancelling = [
  "n + δ, the terms whose difference it is",
  (n: number, d: number) => n + d,
] as const;

/** Image points and weights, spread by 10² … 10⁻⁶ px about a point 300 px off. */
function thresholdCase(
  name: string,
  order: 0 | 1,
  run: (n: number, x: Float64Array, w: Float64Array) => ArrayLike<number>,
  truth: (x: Big[][], w: Big[][]) => Big | Big[][],
): CertifyCase {
  return {
    ...paths("adaptive-threshold"),
    id: "ROB-3",
    name,
    order,
    *samples(perLabel = 20): Iterable<CertifySample> {
      for (let i = 0; i < perLabel; i++)
        for (const [label, spread] of [
          [generic, 100],
          ["points close together", 10 ** -(i % 7)],
        ] as const) {
          const draw = stream(`certify/${name}`).child(label).at(i);
          const n = 2 + draw.integer(8);
          const x = Float64Array.from({ length: 2 * n }, () => 300 + spread * draw.normal());
          const w = Float64Array.from({ length: 2 * n }, () => draw.uniform());
          const exact = truth(bigRows(x, 2), bigRows(w, 2));
          yield { label, values: Array.from(run(n, x, w)), truth: entries(exact) };
        }
    },
  };
}

/** ROB-1 to ROB-5. */
export const cases: readonly CertifyCase[] = [
  normCase("huber", { id: "ROB-1", name: "huber", order: 0 }, huber.huber, definedHuber.huber),
  normCase(
    "huber",
    { id: "ROB-1", name: "huberSlope", order: 1 },
    huber.huberSlope,
    definedHuber.huberSlope,
  ),
  normCase(
    "huber",
    { id: "ROB-1", name: "huberThresholdSlope", order: 1 },
    huber.huberThresholdSlope,
    definedHuber.huberThresholdSlope,
    cancelling,
  ),
  normCase(
    "huber",
    { id: "ROB-1", name: "squaredHuber", order: 0 },
    square(huber.squaredHuber),
    squared(definedHuber.squaredHuber),
  ),
  normCase(
    "huber",
    { id: "ROB-1", name: "squaredHuberSlope", order: 1 },
    square(huber.squaredHuberSlope),
    squared(definedHuber.squaredHuberSlope),
  ),
  normCase(
    "huber",
    { id: "ROB-1", name: "squaredHuberCurvature", order: 2 },
    square(huber.squaredHuberCurvature),
    squared(definedHuber.squaredHuberCurvature),
    ["1/δ², its size at the kink", (_, delta) => 1 / delta / delta],
  ),
  normCase(
    "huber",
    { id: "ROB-1", name: "squaredHuberThresholdSlope", order: 1 },
    square(huber.squaredHuberThresholdSlope),
    squared(definedHuber.squaredHuberThresholdSlope),
    cancelling,
  ),
  normCase(
    "huber",
    { id: "ROB-2", name: "robustScale", order: 0 },
    square(huber.robustScale),
    squared(definedHuber.robustScale),
  ),
  thresholdCase(
    "adaptiveThreshold",
    0,
    (n, x, w) => [threshold.adaptiveThreshold(n, x, w, 0.1)],
    (x, w) => definedThreshold.adaptiveThreshold(x, w, 0.1),
  ),
  thresholdCase(
    "adaptiveThresholdWeightSlope",
    1,
    (n, x) => [threshold.adaptiveThresholdWeightSlope(n, x, 0.1)],
    (x) => definedThreshold.adaptiveThresholdWeightSlope(x, 0.1),
  ),
  thresholdCase(
    "adaptiveThresholdPointSlope",
    1,
    (n, x, w) => {
      const slope = new Float64Array(2 * n);
      threshold.adaptiveThresholdPointSlope(n, x, w, 0.1, slope);
      return slope;
    },
    (x, w) => definedThreshold.adaptiveThresholdPointSlope(x, w, 0.1),
  ),
  normCase(
    "twice-huber",
    { id: "ROB-4", name: "twiceHuber", order: 0 },
    twice.twiceHuber,
    definedTwice.twiceHuber,
  ),
  normCase(
    "twice-huber",
    { id: "ROB-4", name: "twiceHuberSlope", order: 1 },
    twice.twiceHuberSlope,
    definedTwice.twiceHuberSlope,
  ),
  normCase(
    "smooth-l1",
    { id: "ROB-5", name: "smoothL1", order: 0 },
    smooth.smoothL1,
    definedSmooth.smoothL1,
  ),
  normCase(
    "smooth-l1",
    { id: "ROB-5", name: "smoothL1Slope", order: 1 },
    smooth.smoothL1Slope,
    definedSmooth.smoothL1Slope,
  ),
  {
    ...paths("smooth-l1"),
    id: "ROB-5",
    name: "smoothL1Gradient",
    order: 1,
    *samples(perLabel = 20) {
      for (const [label, n, beta] of norms("certify/smoothL1Gradient", perLabel)) {
        const v = stream("certify/smoothL1Gradient").child(label).sphere(new Float64Array(3));
        for (let a = 0; a < 3; a++) v[a] *= n;
        const values = new Float64Array(3);
        smooth.smoothL1Gradient(v, beta, values);
        yield { label, values, truth: definedSmooth.smoothL1Gradient(bigs(v), big(beta)) };
      }
    },
  },
];
