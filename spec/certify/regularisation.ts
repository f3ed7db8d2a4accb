import * as definedRegularisation from "../../src/definitions/derivative-regularisation.js";
import * as definedDistance from "../../src/definitions/pose-distance.js";
import { movedRow as definedMove, movedRowJacobian } from "../../src/definitions/pose-row.js";
import * as kernel from "../../src/kernels/derivative-regularisation.js";
import * as distance from "../../src/kernels/pose-distance.js";
import { movedRow, movedRowVjp } from "../../src/kernels/pose-row.js";
import { stream } from "../../src/random/stream.js";
import { type Big, big } from "../../src/scalar/index.js";
import { apply, transpose } from "../../src/scalar/matrix.js";
import { bigs } from "../equations/big-truth.js";
import { gradientArrays, lifted, rowProblems, stepScales } from "../equations/row-draws.js";
import { type CertifyCase, type CertifySample, generic } from "./case.js";

const paths = (name: string) => ({
  definition: `src/definitions/${name}.ts`,
  kernel: `src/kernels/${name}.ts`,
  spec: `spec/equations/${name}.spec.ts`,
});
const lift = (x: number): Big => big(x);
const magnitude = (values: readonly Big[]) =>
  Math.max(...values.map((v) => Math.abs(v.toNumber())), Number.MIN_VALUE);

/** Pixel coordinates of the draws are below this. */
const pixel = 1000;

function stepCase(
  name: string,
  order: 1 | 2,
  scale: string,
  sample: (
    of: ReturnType<typeof rowProblems> extends Generator<infer T> ? T : never,
    J: definedRegularisation.StepJacobian<Big>,
    scales: { condition: number; step: number },
  ) => Omit<CertifySample, "label">,
): CertifyCase {
  return {
    ...paths("derivative-regularisation"),
    id: "EPRO-28",
    name,
    order,
    scale,
    *samples(perLabel = 20) {
      for (const of of rowProblems(`certify/${name}`, Math.ceil(perLabel / 4))) {
        const J = definedRegularisation.gaussNewtonStepJacobian(lifted(of, lift), bigs(of.y));
        yield { label: of.label, ...sample(of, J, stepScales(of, J)) };
      }
    },
  };
}

/** Two rows 10¹ … 10⁻⁹ apart, in position and in turn. */
function* rowPairs(name: string, perLabel: number) {
  for (const [label, seam] of [
    [generic, false],
    ["poses close together", true],
  ] as const)
    for (let i = 0; i < perLabel; i++) {
      const draw = stream(`certify/${name}`).child(label).at(i);
      const size = seam ? 10 ** -(1 + (i % 9)) : 1;
      const t = [draw.normal(), draw.normal(), draw.normal()];
      const q = i % 2 ? [draw.normal()] : [...draw.unitQuaternion()];
      const target = Float64Array.of(...t, ...q);
      const moved = target.map((v) => v + size * draw.normal());
      const length = Math.hypot(...moved.subarray(3));
      const y = moved.map((v, k) => (k > 2 && q.length === 4 ? v / length : v));
      yield { label, y, target, draw };
    }
}

const written = (length: number, run: (out: Float64Array) => void): Float64Array => {
  const out = new Float64Array(length);
  run(out);
  return out;
};

/** EPRO-28 and EPRO-30, and the ⊞ of CONV-5 on rows. */
export const cases: readonly CertifyCase[] = [
  stepCase(
    "gaussNewtonStep",
    1,
    "what rounding each pixel, or solving once, moves the step by",
    (of, _, { step }) => ({
      values: written(of.y.length === 7 ? 6 : 4, (out) =>
        kernel.gaussNewtonStep(of.flat, of.y, out),
      ),
      truth: definedRegularisation.gaussNewtonStep(lifted(of, lift), bigs(of.y)),
      scale: step,
    }),
  ),
  ...(["x2d", "x3d", "w2d"] as const).map((name) =>
    stepCase(
      `gaussNewtonStepJacobian ${name}`,
      2,
      "largest entry, by w that by x times a pixel coordinate, times the condition of A",
      ({ flat, y }, J, { condition }) => {
        const d = y.length === 7 ? 6 : 4;
        const got = gradientArrays(flat.n, d);
        kernel.gaussNewtonStepJacobian(flat, y, got);
        const truth = J.delta.flatMap((_, p) => J[name].flatMap((point) => point[p]));
        const largest = name === "w2d" ? pixel * magnitude(J.x2d.flat(2)) : magnitude(truth);
        return { values: got[name], truth, scale: condition * largest };
      },
    ),
  ),
  {
    ...paths("pose-distance"),
    id: "EPRO-30",
    name: "positionDistance",
    order: 0,
    *samples(perLabel = 20) {
      for (const { label, y, target } of rowPairs("positionDistance", perLabel))
        yield {
          label,
          values: [distance.positionDistance(y, target, 0.05)],
          truth: [definedDistance.positionDistance(bigs(y), bigs(target), big(0.05))],
        };
    },
  },
  {
    ...paths("pose-distance"),
    id: "EPRO-30",
    name: "orientationDistance",
    order: 0,
    scale: "the distance, with its root in units of the rounding of an angle",
    *samples(perLabel = 20) {
      for (const { label, y, target } of rowPairs("orientationDistance", perLabel)) {
        const truth = definedDistance.orientationDistance(bigs(y), bigs(target));
        const size = truth.toNumber() + Math.sqrt(truth.toNumber()) * Number.EPSILON;
        const values = [distance.orientationDistance(y, target)];
        yield { label, values, truth: [truth], scale: size };
      }
    },
  },
  {
    ...paths("pose-distance"),
    id: "EPRO-30",
    name: "positionDistanceGradient",
    order: 1,
    *samples(perLabel = 20) {
      for (const { label, y, target } of rowPairs("positionDistanceGradient", perLabel))
        yield {
          label,
          values: written(y.length, (out) =>
            distance.positionDistanceGradient(y, target, 0.05, out),
          ),
          truth: definedDistance.positionDistanceGradient(bigs(y), bigs(target), big(0.05)),
        };
    },
  },
  {
    ...paths("pose-distance"),
    id: "EPRO-30",
    name: "orientationDistanceGradient",
    order: 1,
    *samples(perLabel = 20) {
      for (const { label, y, target } of rowPairs("orientationDistanceGradient", perLabel))
        yield {
          label,
          values: written(y.length, (out) => distance.orientationDistanceGradient(y, target, out)),
          truth: definedDistance.orientationDistanceGradient(bigs(y), bigs(target)),
        };
    },
  },
  {
    ...paths("pose-row"),
    id: "CONV-5",
    name: "movedRow",
    order: 0,
    *samples(perLabel = 20) {
      for (const { label, y, draw } of rowPairs("movedRow", perLabel)) {
        const xi = Float64Array.from({ length: y.length === 7 ? 6 : 4 }, () => draw.normal());
        yield {
          label,
          values: written(y.length, (out) => movedRow(y, xi, out)),
          truth: definedMove(bigs(y), bigs(xi)),
        };
      }
    },
  },
  {
    ...paths("pose-row"),
    id: "CONV-5",
    name: "movedRowVjp",
    order: 1,
    scale: "the length of the upstream gradient",
    *samples(perLabel = 20) {
      for (const { label, y, draw } of rowPairs("movedRowVjp", perLabel)) {
        const xi = Float64Array.from({ length: y.length === 7 ? 6 : 4 }, () => draw.normal());
        const v = y.map(() => draw.normal());
        yield {
          label,
          values: written(xi.length, (out) => movedRowVjp(y, xi, v, out)),
          truth: apply(transpose(movedRowJacobian(bigs(y), bigs(xi))), bigs(v)),
          scale: Math.hypot(...v),
        };
      }
    },
  },
];
