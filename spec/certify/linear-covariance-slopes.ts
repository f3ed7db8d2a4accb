import * as definedGradient from "../../src/definitions/linear-covariance-gradient.js";
import * as definedSolver from "../../src/definitions/linearised-solver.js";
import * as definedRotation from "../../src/definitions/model-rotation.js";
import * as gradient from "../../src/kernels/linear-covariance-gradient.js";
import type * as loss from "../../src/kernels/linear-covariance-loss.js";
import * as solver from "../../src/kernels/linearised-solver.js";
import { modelPointPull } from "../../src/kernels/model-rotation.js";
import type { Representation } from "../../src/kernels/pose-representation.js";
import { stream } from "../../src/random/stream.js";
import { type Big, big } from "../../src/scalar/index.js";
import { bigRows, bigs, size } from "../equations/big-truth.js";
import { definedSettings, liftedProblem } from "../equations/covariance-draws.js";
import { normals, written } from "../equations/head-draws.js";
import { type CertifyCase, generic } from "./case.js";
import { headCase } from "./heads.js";
import {
  conditioned,
  evaluated,
  largest,
  paths,
  product,
  solverCase,
} from "./linear-covariance.js";

const lift = (x: number): Big => big(x);
/** The coordinate whose weight moves. */
const k = 3;

const kernels = {
  varianceErrorSlope: gradient.varianceErrorSlope,
  deviationErrorSlope: gradient.deviationErrorSlope,
};
const definitions = {
  varianceErrorSlope: definedGradient.varianceErrorSlope<Big>,
  deviationErrorSlope: definedGradient.deviationErrorSlope<Big>,
};

const errorSlope = (
  id: string,
  name: keyof typeof kernels,
  form: "laplace" | "gaussian",
): CertifyCase => ({
  ...paths("linear-covariance-gradient"),
  id,
  name: `${name} ${form}`,
  order: 1,
  *samples(perLabel = 20) {
    for (const label of [generic, "one large corner"])
      for (let i = 0; i < perLabel; i++) {
        const draw = stream(`certify/${name}`).child(label).at(i);
        const far = (j: number) => (label !== generic && j < 3 ? 10 ** (i % 8) : 1);
        const parts = Float64Array.from({ length: 24 }, (_, j) => far(j) * draw.normal());
        const values = name === "varianceErrorSlope" ? parts.map((x) => x * x) : parts;
        const options = { form, reduction: "mean", failure: "status" } as const;
        yield {
          label,
          values: written(24, (out) => kernels[name](24, values, 3, options, out)),
          truth: definitions[name](bigs(values), 3, { form, reduction: "mean" }),
        };
      }
  },
});

/** The whole gradient, input by input, in a form or representation of its own. */
const gradientCase = (
  id: string,
  name: string,
  changes: Partial<loss.LinearCovarianceOptions>,
  representation: Representation,
): CertifyCase => ({
  ...paths("linear-covariance-gradient"),
  id,
  name: `linearCovarianceLossGradient ${name}`,
  order: 1,
  scale: "the largest entry by each input, times the condition of H and what r = x − π loses",
  *samples(perLabel = 5) {
    const few = Math.min(perLabel, 5);
    for (const of of evaluated(`slope ${name}`, few, changes, representation)) {
      const { label, flat, at, options, condition } = of;
      const lost = largest(flat.x2d) / largest(at.r);
      const got = {
        x2d: new Float64Array(10),
        x3d: new Float64Array(15),
        w2d: new Float64Array(10),
      };
      gradient.linearCovarianceLossGradient(flat, options, at, got);
      const exact = definedGradient.linearCovarianceLossGradient(
        liftedProblem(flat, lift),
        definedSettings(options, lift),
      );
      for (const input of ["x2d", "x3d", "w2d"] as const)
        yield {
          label,
          values: got[input],
          truth: exact[input].flat(),
          scale: condition * lost * size(exact[input]),
        };
    }
  },
});

/** Derivatives of what LC-5, 7, 11, 12 and 13 name; LC-16 and LC-17; ENC-8. */
export const cases: readonly CertifyCase[] = [
  solverCase("LC-5", "solverMatrixSlope", 1, product, ({ flat, P, J, A, omega }) => ({
    values: written(12 * flat.n, (out) => solver.solverMatrixSlope(2 * flat.n, P, J, A, k, out)),
    truth: definedSolver.solverMatrixSlope(bigRows(P, 6), bigRows(J, 6), bigs(omega), k).flat(),
    scale: largest(P) * largest(J) * Math.max(1, largest(A) * largest(J)),
  })),
  solverCase("LC-7", "linearisedCovarianceSlope", 1, product, ({ flat, P, J, A, M, C, omega }) => ({
    values: written(36, (out) =>
      solver.linearisedCovarianceSlope(2 * flat.n, P, J, A, M, C, k, out),
    ),
    truth: definedSolver
      .linearisedCovarianceSlope(bigRows(P, 6), bigRows(J, 6), bigs(omega), bigs(M), k)
      .flat(),
    scale: largest(P) * largest(J) ** 2 * largest(C),
  })),
  solverCase("LC-12", "priorCovarianceSlope", 1, product, ({ P, J }) => {
    const a = J.slice(6 * k, 6 * k + 6);
    return {
      values: written(36, (out) => solver.priorCovarianceSlope(P, a, out)),
      truth: definedSolver.priorCovarianceSlope(bigRows(P, 6), bigs(a)).flat(),
      scale: (largest(P) * largest(a)) ** 2,
    };
  }),
  errorSlope("LC-11", "varianceErrorSlope", "laplace"),
  errorSlope("LC-11", "varianceErrorSlope", "gaussian"),
  errorSlope("LC-13", "deviationErrorSlope", "laplace"),
  errorSlope("LC-13", "deviationErrorSlope", "gaussian"),
  {
    ...paths("linear-covariance-gradient"),
    id: "LC-11",
    name: "residualPull",
    order: 1,
    scale: conditioned,
    *samples(perLabel = 5) {
      for (const of of evaluated("residualPull", Math.min(perLabel, 5))) {
        const { label, flat, at, options, condition } = of;
        const truth = definedGradient
          .residualPull(liftedProblem(flat, lift), definedSettings(options, lift))
          .flat();
        const values = written(10, (out) => gradient.residualPull(flat, options, at, out));
        const lost = largest(flat.x2d) / largest(at.r);
        yield { label, values, truth, scale: condition * lost * size(truth) };
      }
    },
  },
  gradientCase("LC-16", "corners-2d", {}, "corners-2d"),
  gradientCase("LC-16", "quaternion", { reduction: "sum" }, "quaternion"),
  gradientCase("LC-16", "axis-angle", { reduction: "sum" }, "axis-angle"),
  gradientCase("LC-16", "two-column", { reduction: "sum" }, "two-column"),
  gradientCase("LC-17", "gaussian", { form: "gaussian", reduction: "sum" }, "corners-3d"),
  headCase(
    "model-rotation",
    { id: "ENC-8", name: "modelPointPull", order: 1, scale: "|v|, at least 1" },
    {
      [generic]: (i) => {
        const [v, R] = [normals("certify/pull", i, 3), normals("certify/turn", i, 9)];
        const values = written(3, (out) => modelPointPull(v, R, out));
        const truth = definedRotation.modelPointPull(bigs(v), bigRows(R, 3));
        return [values, truth, largest(v) * largest(R)];
      },
    },
  ),
];
