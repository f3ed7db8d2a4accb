import * as definedGradient from "../../src/definitions/linear-covariance-gradient.js";
import * as definedLoss from "../../src/definitions/linear-covariance-loss.js";
import * as definedPoint from "../../src/definitions/linearised-point.js";
import * as definedSolver from "../../src/definitions/linearised-solver.js";
import { poseDerivativesAt as definedPose } from "../../src/definitions/pose-jacobian.js";
import * as definedRepresentation from "../../src/definitions/pose-representation.js";
import * as gradient from "../../src/kernels/linear-covariance-gradient.js";
import * as loss from "../../src/kernels/linear-covariance-loss.js";
import { publishedRobustification } from "../../src/kernels/linear-covariance-robust.js";
import { linearCovarianceWorkspace } from "../../src/kernels/linear-covariance-workspace.js";
import { linearisedPoint } from "../../src/kernels/linearised-point.js";
import * as solver from "../../src/kernels/linearised-solver.js";
import { poseDerivativesAt } from "../../src/kernels/pose-jacobian.js";
import {
  poseRepresentation,
  poseRepresentationJacobian,
  type Representation,
} from "../../src/kernels/pose-representation.js";
import { stream } from "../../src/random/stream.js";
import { type Big, big } from "../../src/scalar/index.js";
import { bigRows, bigs, entries, size } from "../equations/big-truth.js";
import {
  boxCorners,
  covarianceDraw,
  definedSettings,
  liftedProblem,
  rowsOf,
  settings,
} from "../equations/covariance-draws.js";
import { type CertifyCase, type CertifySample, generic } from "./case.js";

export const paths = (name: string, spec = `spec/equations/${name}.spec.ts`) => ({
  definition: `src/definitions/${name}.ts`,
  kernel: `src/kernels/${name}.ts`,
  spec,
});
const lift = (x: number): Big => big(x);
const nearlyFlat = "nearly flat to the camera";
const written = (length: number, run: (out: Float64Array) => void): Float64Array => {
  const out = new Float64Array(length);
  run(out);
  return out;
};

/** Problems at their true pose with the loss evaluated: generic, and with little depth to tell poses by. */
export function* evaluated(
  name: string,
  perLabel: number,
  changes: Partial<loss.LinearCovarianceOptions> = {},
  representation: Representation = "corners-3d",
) {
  const options = settings(changes);
  for (const label of [generic, nearlyFlat])
    for (let i = 0; i < perLabel; i++) {
      const relief = label === generic ? 0.3 : 10 ** -(1 + (i % 4));
      const { flat } = covarianceDraw(stream(`certify/${name}`).child(label).at(i), {
        n: 5,
        relief,
        representation,
      });
      const at = linearCovarianceWorkspace(flat.n, flat.rows);
      if (!loss.linearCovarianceLoss(flat, options, at)) throw new Error(`${name}: no loss`);
      const { J, omega, variance, prior, covariance, hessian } = at;
      // How much of each variance is due to the others: the condition of H in its own units.
      let condition = 0;
      for (let p = 0; p < 6; p++) condition += prior[7 * p] * hessian[7 * p];
      const A = written(12 * flat.n, (out) =>
        solver.solverMatrix(2 * flat.n, prior, J, omega, out),
      );
      yield {
        label,
        flat,
        at,
        options,
        condition,
        J,
        omega,
        M: variance,
        P: prior,
        C: covariance,
        A,
      };
    }
}

type Evaluated = ReturnType<typeof evaluated> extends Generator<infer T> ? T : never;

/** A kernel on matrices that doubles hold exactly. */
export const solverCase = (
  id: string,
  name: string,
  order: 0 | 1,
  scale: string,
  sample: (of: Evaluated) => Omit<CertifySample, "label">,
): CertifyCase => ({
  ...paths("linearised-solver"),
  id,
  name,
  order,
  scale,
  *samples(perLabel = 20) {
    for (const of of evaluated(name, perLabel)) yield { label: of.label, ...sample(of) };
  },
});

export const conditioned = "the largest entry, times the condition of H in its own units";
export const product = "the largest product of entries";
export const largest = (values: Float64Array) => Math.max(...values.map(Math.abs));

const lossCases: CertifyCase[] = (["paper", "published"] as const).flatMap((mode) => {
  const changes = mode === "paper" ? {} : { robust: publishedRobustification };
  return [
    {
      ...paths("linear-covariance-loss", "spec/loss/linear-covariance-loss.spec.ts"),
      id: "LC-15",
      name: `linearCovarianceLoss ${mode}`,
      order: 0 as const,
      scale: conditioned,
      *samples(perLabel = 20) {
        for (const { label, flat, at, options, condition } of evaluated(
          `loss ${mode}`,
          perLabel,
          changes,
        )) {
          const exact = definedLoss.linearCovarianceLoss(
            liftedProblem(flat, lift),
            definedSettings(options, lift),
          );
          const truth = [exact.loss, exact.priorError, exact.covarianceError, exact.linearError];
          yield { label, values: at.errors, truth, scale: condition * size(truth) };
        }
      },
    },
    {
      ...paths("linear-covariance-gradient"),
      id: "LC-15",
      name: `linearCovarianceLossGradient ${mode}`,
      order: 1 as const,
      scale: "the largest entry by each input, times the condition of H and what r = x − π loses",
      *samples(perLabel = 10) {
        const few = Math.min(perLabel, 10);
        for (const { label, flat, at, options, condition } of evaluated(
          `slope ${mode}`,
          few,
          changes,
        )) {
          // Pixels over residuals: the digits of x that the difference leaves behind.
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
    },
  ];
});

const kernels = {
  varianceError: loss.varianceError,
  deviationError: loss.deviationError,
  poseRepresentation,
  poseRepresentationJacobian,
};
const definitions = {
  varianceError: definedLoss.varianceError<Big>,
  deviationError: definedLoss.deviationError<Big>,
  poseRepresentation: definedRepresentation.poseRepresentation<Big>,
  poseRepresentationJacobian: definedRepresentation.poseRepresentationJacobian<Big>,
};

const errorCase = (
  id: string,
  name: "varianceError" | "deviationError",
  form: "laplace" | "gaussian",
): CertifyCase => ({
  ...paths("linear-covariance-loss", "spec/loss/linear-covariance-loss.spec.ts"),
  id,
  name: `${name} ${form}`,
  order: 0,
  *samples(perLabel = 20) {
    for (const label of [generic, "one large corner"])
      for (let i = 0; i < perLabel; i++) {
        const draw = stream(`certify/${name}`).child(label).at(i);
        const far = (j: number) => (label !== generic && j < 3 ? 10 ** (i % 8) : 1);
        const parts = Float64Array.from({ length: 24 }, (_, j) => far(j) * draw.normal());
        const values = name === "varianceError" ? parts.map((x) => x * x) : parts;
        const options = { form, reduction: "mean", failure: "status" } as const;
        yield {
          label,
          values: [kernels[name](24, values, 3, options)],
          truth: [definitions[name](bigs(values), 3, { form, reduction: "mean" })],
        };
      }
  },
});

const kinds = ["corners-3d", "corners-2d", "quaternion", "axis-angle", "two-column"] as const;
const representationCase = (
  name: "poseRepresentation" | "poseRepresentationJacobian",
  order: 0 | 1,
): CertifyCase => ({
  ...paths("pose-representation"),
  id: "LC-9",
  name,
  order,
  *samples(perLabel = 20) {
    const corners = boxCorners();
    for (let i = 0; i < perLabel; i++)
      for (const of of kinds) {
        const { flat } = covarianceDraw(stream(`certify/${name}`).at(i), { n: 1 });
        const { R, t, K } = flat;
        const pose = { R, t, corners, K, zMin: Number.NEGATIVE_INFINITY };
        const exact = {
          R: bigRows(R, 3),
          t: bigs(t),
          corners: bigRows(corners, 3),
          K: bigRows(K, 3),
        };
        yield {
          label: generic,
          values: written((order === 0 ? 1 : 6) * rowsOf[of], (out) =>
            kernels[name](of, pose, out),
          ),
          truth: entries(definitions[name](of, exact)),
        };
      }
  },
});

/** LC-3, LC-5, LC-7, LC-9 to LC-13 and LC-15. */
export const cases: readonly CertifyCase[] = [
  {
    ...paths("linearised-point", "spec/equations/linear-covariance-gradient.spec.ts"),
    id: "LC-3",
    name: "linearisedPoint",
    order: 1,
    *samples(perLabel = 20) {
      for (let i = 0; i < perLabel; i++) {
        const { flat } = covarianceDraw(stream("certify/linearisedPoint").at(i), { n: 1 });
        const motion = written(48, (out) => poseDerivativesAt("RP", flat.R, flat.t, out));
        const { point } = linearCovarianceWorkspace(1, 0);
        linearisedPoint(motion, flat.x3d, flat.K, Number.NEGATIVE_INFINITY, point);
        const pose = definedPose("RP", bigRows(flat.R, 3), bigs(flat.t));
        const exact = definedPoint.linearisedPoint(pose, bigs(flat.x3d), bigRows(flat.K, 3));
        yield { label: generic, values: point.value, truth: exact.value };
        yield { label: generic, values: point.free.y, truth: exact.y.flat() };
        yield { label: generic, values: point.z, truth: exact.z.flat() };
      }
    },
  },
  solverCase("LC-5", "solverMatrix", 1, product, ({ J, omega, P, A }) => ({
    values: A,
    truth: definedSolver.solverMatrix(bigRows(P, 6), bigRows(J, 6), bigs(omega)).flat(),
    scale: largest(P) * largest(J) * largest(omega),
  })),
  solverCase("LC-7", "linearisedCovariance", 0, "the largest entry", ({ flat, A, M }) => ({
    values: written(36, (out) => solver.linearisedCovariance(2 * flat.n, A, M, out)),
    truth: definedSolver.linearisedCovariance(bigRows(A, 2 * flat.n), bigs(M)).flat(),
  })),
  representationCase("poseRepresentation", 0),
  representationCase("poseRepresentationJacobian", 1),
  solverCase("LC-10", "transportedVariance", 0, product, ({ flat, C }) => {
    const Jf = flat.Jf;
    return {
      values: written(24, (out) => solver.transportedVariance(24, Jf, C, out)),
      truth: definedSolver.transportedVariance(bigRows(Jf, 6), bigRows(C, 6)),
      scale: largest(C) * largest(Jf) ** 2,
    };
  }),
  errorCase("LC-11", "varianceError", "laplace"),
  errorCase("LC-11", "varianceError", "gaussian"),
  solverCase("LC-12", "priorCovariance", 1, conditioned, ({ P, J, omega, condition }) => {
    const truth = definedSolver.priorCovariance(
      definedSolver.linearisedHessian(bigRows(J, 6), bigs(omega)),
    );
    return { values: P, truth: truth.flat(), scale: condition * size(truth) };
  }),
  errorCase("LC-13", "deviationError", "laplace"),
  errorCase("LC-13", "deviationError", "gaussian"),
  ...lossCases,
];
