import * as definedDegeneracy from "../../src/definitions/degeneracy.js";
import { depthWeightedConstraint as definedConstraint } from "../../src/definitions/depth-weighted.js";
import { poseCovariance as definedCovariance } from "../../src/definitions/pose-covariance.js";
import { type PoseDerivatives, poseDerivativesAt } from "../../src/definitions/pose-jacobian.js";
import * as defined from "../../src/definitions/reprojection-cost.js";
import { reprojectionInputGradient as definedInputs } from "../../src/definitions/reprojection-inputs.js";
import { poseSingularValues } from "../../src/kernels/degeneracy.js";
import { depthWeightedConstraint } from "../../src/kernels/depth-weighted.js";
import { poseCovariance } from "../../src/kernels/pose-covariance.js";
import * as kernel from "../../src/kernels/reprojection-cost.js";
import { reprojectionInputGradient } from "../../src/kernels/reprojection-inputs.js";
import { stream } from "../../src/random/stream.js";
import { type Big, big } from "../../src/scalar/index.js";
import { bigRows, bigs, entries } from "../equations/big-truth.js";
import { type Cloud, type CloudOptions, cloud, problemOf } from "../equations/bpnp-clouds.js";
import { type CertifyCase, type CertifySample, generic } from "./case.js";

const paths = (name: string) => ({
  definition: `src/definitions/${name}.ts`,
  kernel: `src/kernels/${name}.ts`,
  // The two Hessians share the spec of the cost.
  spec: `spec/equations/${name.replace("-hessian", "-cost")}.spec.ts`,
});

/** Residuals as large as the image generically; then small ones, and ones beside the Huber kink. */
const aims: readonly [string, CloudOptions][] = [
  [generic, { noise: 200 }],
  [generic, { noise: 200, free: true, kink: 0.6 }],
  ["residuals of 1 px", { noise: 1 }],
  ["residuals of 1e-6 px", { noise: 1e-6 }],
  ["no residuals", { noise: 0 }],
  ["beside the Huber kink", { noise: 20, kink: 1 + 1e-9 }],
  ["beside the Huber kink", { noise: 20, kink: 1 - 1e-9, free: true }],
  ["theta near pi", { noise: 20, angle: Math.PI - 1e-9 }],
];

type Data = defined.Reprojection<Big>;
type Subject = Pick<CertifyCase, "id" | "name" | "order">;
type Run = (c: Cloud) => ArrayLike<number>;

function* clouds(name: string, perLabel: number): Generator<[string, Cloud]> {
  for (const [index, [label, options]] of aims.entries())
    for (let k = 0; k < Math.ceil(perLabel / 2); k++)
      yield [label, cloud(stream(`certify/${name}`).at(index).at(k), { n: 4, ...options })];
}

/** π rounds in units of a pixel coordinate, and the residual it leaves is measured in those. */
const pixelScale = "the quantity with w|x| for each residual: what rounding π once can move it by";

function cloudCase(
  file: string,
  subject: Subject,
  run: Run,
  truth: (data: Data, pose: PoseDerivatives<Big>) => Big | readonly Big[] | readonly Big[][],
  scaled?: (c: Cloud, data: Data) => number,
): CertifyCase {
  return {
    ...paths(file),
    ...subject,
    scale: scaled && pixelScale,
    *samples(perLabel = 20): Iterable<CertifySample> {
      for (const [label, c] of clouds(subject.name, perLabel)) {
        const data = problemOf(c, (x) => big(x));
        const pose = poseDerivativesAt("LEFT", bigRows(c.R, 3), bigs(c.t));
        const exact = entries(truth(data, pose) as Big[]);
        yield { label, values: Array.from(run(c)), truth: exact, scale: scaled?.(c, data) };
      }
    },
  };
}

/** ‖e‖ of point i, and ‖w ∘ x‖, which rounding sees; ρ′ with it. */
function sizes(c: Cloud, i: number): { e: number; pixel: number; slope: number } {
  const one = {
    ...c,
    n: 1,
    x2d: c.x2d.slice(2 * i, 2 * i + 2),
    x3d: c.x3d.slice(3 * i, 3 * i + 3),
    w2d: c.w2d.slice(2 * i, 2 * i + 2),
  };
  const square = 2 * kernel.reprojectionCost(1, one.x2d, one.x3d, one.w2d, c.K, c.R, c.t, Infinity);
  const pixel = Math.hypot(one.w2d[0] * one.x2d[0], one.w2d[1] * one.x2d[1]);
  const e = Math.sqrt(square);
  return { e, pixel, slope: e <= c.delta ? 1 : c.delta / e };
}
const each = (c: Cloud) => Array.from({ length: c.n }, (_, i) => sizes(c, i));

/** ½ Σ ρ′ (‖e‖ + ‖w∘x‖)²: no less than the cost, and what a cost of rounded residuals is worth. */
const costScale = (c: Cloud) =>
  each(c).reduce((sum, { e, pixel, slope }) => sum + slope * e * (e + pixel), 0) ||
  each(c).reduce((sum, { pixel }) => sum + pixel * pixel * Number.EPSILON, 0);

/** Σ ρ′ ‖w∘x‖ times the largest pull of a unit residual on the pose. */
function gradientScale(c: Cloud, data: Data): number {
  const pose = poseDerivativesAt("LEFT", bigRows(c.R, 3), bigs(c.t));
  const normal = defined.reprojectionNormal({ ...data, delta: undefined }, pose);
  const pull = Math.sqrt(Math.max(...normal.map((row, k) => row[k].toNumber())));
  return pull * Math.hypot(...each(c).map(({ pixel, slope }) => slope * pixel));
}

const args = ({ n, x2d, x3d, w2d, K, R, t, delta }: Cloud) =>
  [n, x2d, x3d, w2d, K, R, t, delta] as const;
const written = (length: number, run: (out: Float64Array) => void): Float64Array => {
  const out = new Float64Array(length);
  run(out);
  return out;
};
const inputs = (c: Cloud) => {
  const out = {
    x: new Float64Array(2 * c.n),
    z: new Float64Array(3 * c.n),
    w: new Float64Array(2 * c.n),
    K: new Float64Array(9),
    delta: new Float64Array(1),
  };
  reprojectionInputGradient(...args(c), out);
  return out;
};

/** PNP-1 to PNP-4, PNP-12 and PNP-14. */
export const cases: readonly CertifyCase[] = [
  cloudCase(
    "reprojection-cost",
    { id: "PNP-1", name: "reprojectionCost", order: 0 },
    (c) => [kernel.reprojectionCost(...args(c))],
    (data, { R, t }) => defined.reprojectionCost(data, R, t),
    costScale,
  ),
  cloudCase(
    "reprojection-cost",
    { id: "PNP-2", name: "reprojectionGradient", order: 1 },
    (c) => written(6, (out) => kernel.reprojectionGradient(...args(c), out)),
    defined.reprojectionGradient,
    gradientScale,
  ),
  ...(["x", "z", "w"] as const).map((name) =>
    cloudCase(
      "reprojection-inputs",
      { id: "PNP-2", name: `reprojectionInputGradient ${name}`, order: 1 },
      (c) => inputs(c)[name],
      (data, { R, t }) => definedInputs(data, R, t)[name],
      (c, data) =>
        name === "z"
          ? gradientScale(c, data)
          : Math.max(
              ...each(c).map(({ e, pixel, slope }) => slope * pixel * (name === "w" ? 2 * e : 1)),
            ) + Number.MIN_VALUE,
    ),
  ),
  cloudCase(
    "reprojection-hessian",
    { id: "PNP-3", name: "reprojectionNormal", order: 2 },
    (c) => written(36, (H) => kernel.reprojectionNormal(...args(c), new Float64Array(6), H)),
    defined.reprojectionNormal,
  ),
  cloudCase(
    "reprojection-hessian",
    { id: "PNP-3", name: "reprojectionHessian", order: 2 },
    (c) => written(36, (H) => kernel.reprojectionHessian(...args(c), new Float64Array(6), H)),
    defined.reprojectionHessian,
  ),
  cloudCase(
    "depth-weighted",
    { id: "PNP-4", name: "depthWeightedConstraint", order: 0 },
    ({ n, x2d, x3d, w2d, K, R, t }) =>
      written(6, (out) => depthWeightedConstraint(n, x2d, x3d, w2d, K, R, t, out)),
    definedConstraint,
    // Depths are some 1.5 m, and the constraint is twice a gradient.
    (c, data) => 3 * gradientScale({ ...c, delta: Number.POSITIVE_INFINITY }, data),
  ),
  {
    ...paths("pose-covariance"),
    id: "PNP-12",
    name: "poseCovariance",
    order: 0,
    scale: "the largest entry times the condition number of N scaled to unit diagonal",
    *samples(perLabel = 20) {
      for (let i = 0; i < perLabel; i++)
        for (const [label, relief] of [
          [generic, 0.3],
          ["flat scene", 10 ** -(1 + (i % 3))],
        ] as const) {
          const c = cloud(stream("certify/poseCovariance").child(label).at(i), { relief });
          const N = written(36, (H) =>
            kernel.reprojectionNormal(...args(c), new Float64Array(6), H),
          );
          const values = new Float64Array(36);
          poseCovariance(6, N, 0, values);
          const exact = definedCovariance(bigRows(N, 6));
          const condition = exact.reduce((sum, row, k) => sum + row[k].toNumber() * N[7 * k], 0);
          const size = Math.max(...entries(exact).map((x) => Math.abs(x.toNumber())));
          yield { label, values, truth: entries(exact), scale: size * condition };
        }
    },
  },
  {
    ...paths("degeneracy"),
    id: "PNP-14",
    name: "poseSingularValues",
    order: 0,
    *samples(perLabel = 20) {
      for (let i = 0; i < perLabel; i++)
        for (const [label, relief] of [
          [generic, 0.3],
          ["flat scene", 10 ** -(1 + i)],
        ] as const) {
          const draw = stream("certify/poseSingularValues").child(label).at(i);
          const { n, x3d, w2d, K, R, t } = cloud(draw, { n: 4, relief });
          yield {
            label,
            values: written(6, (out) => poseSingularValues(n, x3d, w2d, K, R, t, out)),
            truth: definedDegeneracy.poseSingularValues(
              bigRows(x3d, 3),
              bigRows(w2d, 2),
              bigRows(K, 3),
              bigRows(R, 3),
              bigs(t),
            ),
          };
        }
    },
  },
];
