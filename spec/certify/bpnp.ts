import {
  type ConstraintDerivative,
  constraintDerivative,
  constraintJvp,
  constraintVjp,
} from "../../src/definitions/bpnp.js";
import type { BpnpForm } from "../../src/definitions/bpnp-force.js";
import { leftJacobianInverse } from "../../src/definitions/rotation-jacobians.js";
import * as kernel from "../../src/kernels/bpnp.js";
import { depthWeightedHessian } from "../../src/kernels/bpnp-hessian.js";
import { stream } from "../../src/random/index.js";
import { type Big, big } from "../../src/scalar/index.js";
import { apply, identity, type Matrix, multiply, transpose } from "../../src/scalar/matrix.js";
import {
  type Cloud,
  type CloudOptions,
  cloud,
  poseOf,
  problemOf,
  rows,
} from "../equations/bpnp-clouds.js";
import { type CertifyCase, type CertifySample, generic } from "./case.js";

const points = 3;
/** Where the formulas change branch, or lose digits if they are not careful. */
const aims: readonly [string, CloudOptions, number][] = [
  [generic, {}, 10],
  ["free camera", { free: true }, 4],
  ["beside the Huber kink", { kink: 1 - 1e-9 }, 3],
  ["beside the Huber kink", { kink: 1 + 1e-9, free: true }, 3],
  ["no rotation", { angle: 0 }, 2],
  ["theta near 0", { angle: 1e-9 }, 2],
  ["theta near 0", { angle: 1e-3 }, 2],
  ["theta near pi", { angle: Math.PI - 1e-6 }, 2],
  ["half turn", { angle: Math.PI }, 2],
  ["gross residuals", { noise: 100 }, 4],
];

function* clouds(perLabel = Number.POSITIVE_INFINITY): Generator<[string, Cloud]> {
  for (const [index, [label, options, count]] of aims.entries())
    for (let k = 0; k < Math.min(count, perLabel); k++) {
      const draw = stream("spec/certify/bpnp").at(index).at(k);
      yield [label, cloud(draw, { n: points, ...options })];
    }
}

const form = (deep: boolean, keep: boolean): BpnpForm => ({
  residual: deep ? "depth-weighted" : "plain",
  hessian: keep ? "exact" : "gauss-newton",
  mixed: keep ? "exact" : "dropped",
  weights: "w",
});
/** Which of the published products. */
interface Kind {
  readonly deep: boolean;
  readonly keep: boolean;
}

const paths = {
  definition: "src/definitions/bpnp.ts",
  kernel: "src/kernels/bpnp.ts",
  spec: "spec/equations/bpnp-kernel.spec.ts",
};

const lift = (x: number): Big => big(x);

const truthAt = (at: Cloud, { deep, keep }: Kind): ConstraintDerivative<Big> =>
  constraintDerivative<Big>(poseOf(at, lift), problemOf(at, lift), form(deep, keep));

/** T⁻¹ = diag(J_l⁻¹(ω), I) [6][6]: a motion in the LEFT chart, seen in chart AA. */
function vectorFromLeft(at: Cloud): Big[][] {
  const inverse = leftJacobianInverse(Array.from(at.omega, lift));
  return identity(6, big(0)).map((row, i) =>
    row.map((entry, j) => (i < 3 && j < 3 ? inverse[i][j] : entry)),
  );
}

const lambdaOf = (at: Cloud): Float64Array =>
  Float64Array.from({ length: 6 }, (_, j) => Math.sin(7 * j + 1000 * at.t[0]));

/**
 * Blocks side by side, each in units of the power of two nearest its largest entry: pixels, metres and
 * matrix entries do not share a scale, and dividing by a power of two loses nothing.
 */
function sideBySide(pairs: readonly (readonly [ArrayLike<number>, readonly Big[]])[]) {
  const values: number[] = [];
  const truth: Big[] = [];
  for (const [block, exact] of pairs) {
    const size = Math.max(...exact.map((v) => Math.abs(v.toNumber())));
    const unit = size > 0 ? 2 ** Math.round(Math.log2(size)) : 1;
    for (const [i, v] of exact.entries()) {
      values.push(block[i] / unit);
      truth.push(v.over(unit));
    }
  }
  return { values, truth };
}

function* vjpSamples(kind: Kind, perLabel?: number): Generator<CertifySample> {
  for (const [label, at] of clouds(perLabel)) {
    const lambda = lambdaOf(at);
    const [x2d, x3d, w2d] = [2, 3, 2].map((width) => new Float64Array(width * at.n));
    const K = new Float64Array(9);
    const byDelta = kernel.constraintVjp(
      at.n,
      at.x2d,
      at.x3d,
      at.w2d,
      at.K,
      at.R,
      at.t,
      at.delta,
      kind.deep,
      kind.keep,
      lambda,
      x2d,
      x3d,
      w2d,
      K,
    );
    const vector = apply(vectorFromLeft(at), Array.from(lambda, lift));
    const truth = constraintVjp(truthAt(at, kind), vector);
    yield {
      label,
      ...sideBySide([
        [x2d, truth.x2d.flat()],
        [x3d, truth.x3d.flat()],
        [w2d, truth.w2d.flat()],
        [K, truth.K],
        [[byDelta], [truth.delta]],
      ]),
    };
  }
}

function* jvpSamples(kind: Kind, perLabel?: number): Generator<CertifySample> {
  for (const [label, at] of clouds(perLabel)) {
    const move = (data: Float64Array, scale: number) => data.map((x, i) => scale * Math.sin(x + i));
    const [dx, dz, dw] = [move(at.x2d, 1), move(at.x3d, 1e-2), move(at.w2d, 0.1)];
    const dK = move(at.K, 1).map((v, j) => (j < 6 ? v : 1e-3 * v));
    const values = new Float64Array(6);
    kernel.constraintJvp(
      at.n,
      at.x2d,
      at.x3d,
      at.w2d,
      at.K,
      at.R,
      at.t,
      at.delta,
      kind.deep,
      kind.keep,
      dx,
      dz,
      dw,
      dK,
      0.5,
      values,
    );
    const inVector = constraintJvp(truthAt(at, kind), {
      x2d: rows(dx, 2, lift),
      x3d: rows(dz, 3, lift),
      w2d: rows(dw, 2, lift),
      K: Array.from(dK, lift),
      delta: big(Number.isFinite(at.delta) ? 0.5 : 0),
    });
    yield { label, values, truth: apply(transpose(vectorFromLeft(at)), inVector) };
  }
}

function* hessianSamples(kind: Kind, perLabel?: number): Generator<CertifySample> {
  for (const [label, at] of clouds(perLabel)) {
    const [f, values] = [new Float64Array(6), new Float64Array(36)];
    depthWeightedHessian(
      at.n,
      at.x2d,
      at.x3d,
      at.w2d,
      at.K,
      at.R,
      at.t,
      at.delta,
      kind.keep,
      at.omega,
      f,
      values,
    );
    const back: Matrix<Big> = vectorFromLeft(at);
    const truth = multiply(transpose(back), multiply(truthAt(at, kind).y, back)).flat();
    yield { label, values, truth };
  }
}

const exact: Kind = { deep: false, keep: true };
const faster: Kind = { deep: false, keep: false };
const deep: Kind = { deep: true, keep: true };
const deepFaster: Kind = { deep: true, keep: false };

const inUnits = "each block in units of its own largest entry";
const vjp = (id: string, ...kinds: Kind[]): CertifyCase => ({
  ...paths,
  id,
  name: "constraintVjp",
  order: 2,
  scale: inUnits,
  *samples(perLabel) {
    for (const kind of kinds) yield* vjpSamples(kind, perLabel);
  },
});
const jvp = (id: string, ...kinds: Kind[]): CertifyCase => ({
  ...paths,
  id,
  name: "constraintJvp",
  order: 2,
  *samples(perLabel) {
    for (const kind of kinds) yield* jvpSamples(kind, perLabel);
  },
});

/** The products and the matrix of the backward pass against the definition at 64 digits. */
export const cases: CertifyCase[] = [
  jvp("IFT-2", exact),
  vjp("BPNP-2", exact),
  vjp("BPNP-3", faster),
  jvp("BPNP-3", faster),
  // Gauss–Newton changes the matrix alone: its mixed terms are the exact ones.
  vjp("BPNP-4", exact),
  vjp("BPNP-5", deep, deepFaster),
  jvp("BPNP-5", deep, deepFaster),
  {
    ...paths,
    kernel: "src/kernels/bpnp-hessian.ts",
    id: "BPNP-5",
    name: "depthWeightedHessian",
    order: 2,
    *samples(perLabel) {
      for (const kind of [deep, deepFaster]) yield* hessianSamples(kind, perLabel);
    },
  },
];
