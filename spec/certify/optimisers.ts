import * as definedAdam from "../../src/definitions/adam.js";
import * as definedDescent from "../../src/definitions/gradient-descent.js";
import * as definedNorm from "../../src/definitions/gradient-norm.js";
import * as definedRate from "../../src/definitions/learning-rate.js";
import * as definedRanger from "../../src/definitions/ranger.js";
import * as definedRmsprop from "../../src/definitions/rmsprop.js";
import * as adam from "../../src/kernels/adam.js";
import * as descent from "../../src/kernels/gradient-descent.js";
import * as norm from "../../src/kernels/gradient-norm.js";
import * as rate from "../../src/kernels/learning-rate.js";
import * as ranger from "../../src/kernels/ranger.js";
import * as rmsprop from "../../src/kernels/rmsprop.js";
import { stream } from "../../src/random/stream.js";
import { type Big, big } from "../../src/scalar/index.js";
import { bigs } from "../equations/big-truth.js";
import { type CertifyCase, type CertifySample, generic } from "./case.js";

const paths = (name: string) => ({
  definition: `src/definitions/${name}.ts`,
  kernel: `src/kernels/${name}.ts`,
  spec: `spec/equations/${name}.spec.ts`,
});

const constants = { rate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, decay: 0 };

/** One parameter in the midst of a run: gradient, mean, mean square, step. */
interface Moment {
  readonly g: number;
  readonly m: number;
  readonly v: number;
  readonly t: number;
}

/** θ = 0 before the step, so that the step itself is what is measured. */
function stepCase(
  id: string,
  file: string,
  name: string,
  run: (at: Moment, theta: Float64Array) => void,
  truth: (at: Moment) => Big,
): CertifyCase {
  return {
    ...paths(file),
    ...{ id, name, order: 0 },
    *samples(perLabel = 20): Iterable<CertifySample> {
      for (let i = 0; i < perLabel; i++) {
        const draw = stream(`certify/${name}`).at(i);
        const size = 10 ** (draw.integer(12) - 6);
        const [g, m] = [size * draw.normal(), size * draw.normal()];
        const later = { g, m, v: size * size * draw.uniform(), t: 7 + draw.integer(300) };
        for (const [label, at] of [
          [generic, later],
          ["first step", { g, m: 0, v: 0, t: 1 }],
          ["gradient far below epsilon", { ...later, g: 1e-12 * g, m: 1e-12 * m, v: 0 }],
        ] as const) {
          const theta = new Float64Array(1);
          run(at, theta);
          // A mean that cancels keeps the size of what it is made of.
          const exact = truth(at);
          const kept =
            Math.abs(0.9 * at.m + 0.1 * at.g) / (0.9 * Math.abs(at.m) + 0.1 * Math.abs(at.g));
          yield { label, values: theta, truth: [exact], scale: Math.abs(exact.toNumber()) / kept };
        }
      }
    },
  };
}

const of = (x: number) => Float64Array.of(x);
const state = ({ m, v }: Moment) => ({ theta: big(0), m: big(m), v: big(v) });

/** Each update rule's step, and what it is made of. */
export const cases: readonly CertifyCase[] = [
  stepCase(
    "OPT-1",
    "adam",
    "adamUpdate",
    ({ g, m, v, t }, theta) =>
      adam.adamUpdate(1, t, 0.01, 0.9, 0.999, 1e-8, 0, of(g), of(m), of(v), theta),
    (at) => definedAdam.adamUpdate(state(at), big(at.g), at.t, constants).theta,
  ),
  stepCase(
    "OPT-2",
    "rmsprop",
    "rmspropUpdate",
    ({ g, m, v }, theta) =>
      rmsprop.rmspropUpdate(1, 0.01, 0.99, 1e-8, 0, 0, false, of(g), of(v), of(m), of(0), theta),
    ({ g, m, v }) =>
      definedRmsprop.rmspropUpdate(
        { theta: big(0), v: big(v), mean: big(m), velocity: big(0) },
        big(g),
        { rate: 0.01, alpha: 0.99, epsilon: 1e-8, momentum: 0, decay: 0, centred: false },
      ).theta,
  ),
  stepCase(
    "OPT-3",
    "adam",
    "adamWUpdate",
    ({ g, m, v, t }, theta) =>
      adam.adamWUpdate(1, t, 0.01, 0.9, 0.999, 1e-8, 0.01, of(g), of(m), of(v), theta),
    (at) =>
      definedAdam.adamWUpdate(state(at), big(at.g), at.t, { ...constants, decay: 0.01 }).theta,
  ),
  stepCase(
    "OPT-4",
    "ranger",
    "rectifiedUpdate",
    ({ g, m, v, t }, theta) =>
      ranger.rectifiedUpdate(1, t, 0.01, 0.9, 0.999, 1e-8, 0, 5, of(g), of(m), of(v), theta),
    (at) => definedRanger.rectifiedUpdate(state(at), big(at.g), at.t, constants).theta,
  ),
  stepCase(
    "OPT-7",
    "gradient-descent",
    "descentUpdate",
    ({ g, m }, theta) => descent.descentUpdate(1, 0.01, 0.9, 0, false, of(0.1 * g), of(m), theta),
    ({ g, m }) =>
      definedDescent.descentUpdate({ theta: big(0), velocity: big(m) }, big(0.1 * g), {
        ...{ rate: 0.01, momentum: 0.9, decay: 0, nesterov: false },
      }).theta,
  ),
  {
    ...paths("learning-rate"),
    ...{ id: "OPT-5", name: "flatAndAnneal", order: 0 },
    *samples(perLabel = 20): Iterable<CertifySample> {
      const run = { total: 10_000, warmUpSteps: 1000, warmUpFactor: 1e-3, flatShare: 0.75 };
      const pi = big(0).atan2(-1);
      for (let i = 0; i < perLabel; i++)
        for (const [label, k] of [
          [generic, stream("certify/flatAndAnneal").at(i).integer(10_000)],
          ["beside the plateau's end", 7500 + i],
          ["beside the end of the run", 10_000 - i],
        ] as const) {
          const values = [rate.flatAndAnneal(k, 10_000, 1000, 1e-3, 0.75)];
          yield { label, values, truth: [definedRate.flatAndAnneal(big(k), run, pi)] };
        }
    },
  },
  {
    ...paths("gradient-norm"),
    ...{ id: "OPT-6", name: "gradientNorm", order: 0 },
    *samples(perLabel = 20): Iterable<CertifySample> {
      for (let i = 0; i < perLabel; i++)
        for (const [label, size] of [
          [generic, 1],
          ["squares overflow", 1e300],
          ["squares vanish", 1e-300],
        ] as const) {
          const draw = stream("certify/gradientNorm").at(i);
          const parts = [3, 1, 4].map((n) =>
            Float64Array.from({ length: n }, () => size * draw.normal()),
          );
          const truth = [definedNorm.gradientNorm(parts.flatMap(bigs))];
          yield { label, values: [norm.gradientNorm(parts)], truth };
        }
    },
  },
  {
    ...paths("gradient-norm"),
    ...{ id: "OPT-6", name: "clipFactor", order: 0 },
    *samples(perLabel = 20): Iterable<CertifySample> {
      for (let i = 0; i < perLabel; i++)
        for (const [label, size] of [
          [generic, 10 * stream("certify/clipFactor").at(i).uniform()],
          ["beside the limit", 5 + 1e-6 * (i - 10)],
        ] as const)
          yield {
            label,
            values: [norm.clipFactor(size, 5)],
            truth: [definedNorm.clipFactor(big(size), 5)],
          };
    },
  },
];
