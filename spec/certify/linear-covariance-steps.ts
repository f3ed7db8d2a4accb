import * as definedAveraging from "../../src/definitions/averaging-loss.js";
import * as definedLaplace from "../../src/definitions/laplace-likelihood.js";
import * as defined from "../../src/definitions/linear-covariance-robust.js";
import * as averaging from "../../src/kernels/averaging-loss.js";
import * as laplace from "../../src/kernels/laplace-likelihood.js";
import * as kernel from "../../src/kernels/linear-covariance-robust.js";
import { type Stream, stream } from "../../src/random/stream.js";
import { type Big, big } from "../../src/scalar/index.js";
import { bigRows, bigs } from "../equations/big-truth.js";
import { type CertifyCase, type CertifySample, generic } from "./case.js";

const robust = {
  definition: "src/definitions/linear-covariance-robust.ts",
  kernel: "src/kernels/linear-covariance-robust.ts",
  spec: "spec/equations/linear-covariance-robust.spec.ts",
};
const n = 6;
const mask = [1, 1, 0, 1, 1, 1];

const robustCase = (
  id: string,
  name: string,
  order: 0 | 1,
  sample: (draw: Stream, seam: number) => Omit<CertifySample, "label">,
  scale?: string,
): CertifyCase => ({
  ...robust,
  id,
  name,
  order,
  scale,
  *samples(perLabel = 20) {
    for (const label of [generic, "beside the kink"])
      for (let i = 0; i < perLabel; i++) {
        const draw = stream(`certify/${name}`).child(label).at(i);
        yield { label, ...sample(draw, label === generic ? 0 : 10 ** -(1 + (i % 14))) };
      }
  },
});
const written = (length: number, run: (out: Float64Array) => void): Float64Array => {
  const out = new Float64Array(length);
  run(out);
  return out;
};
const normals = (draw: Stream, length: number, by = 1) =>
  Float64Array.from({ length }, () => by * draw.normal());
/** A residual that is longer or shorter than 32 px, by a share of it if a seam is asked for. */
const long = (draw: Stream, seam: number) => {
  const r = normals(draw, 2, 30);
  const length = Math.hypot(r[0], r[1]);
  return seam ? r.map((x) => (x * 32 * (1 + seam * draw.normal())) / length) : r;
};

const scalarCase = (
  id: string,
  file: string,
  name: string,
  order: 0 | 1,
  sample: (draw: Stream, i: number) => { values: number; truth: Big; scale: number },
  scale: string,
): CertifyCase => ({
  definition: `src/definitions/${file}.ts`,
  kernel: `src/kernels/${file}.ts`,
  spec: "spec/equations/linear-covariance-robust.spec.ts",
  id,
  name,
  order,
  scale,
  *samples(perLabel = 20) {
    for (let i = 0; i < perLabel; i++) {
      const { values, truth, scale: of } = sample(stream(`certify/${name}`).at(i), i);
      yield { label: generic, values: [values], truth: [truth], scale: of };
    }
  },
});
const terms = "the sum of its terms without their signs";

const { averagingLoss, averagingLossSlope } = averaging;
const { laplaceLikelihood, laplaceLikelihoodSlope, laplaceLikelihoodScaleSlope } = laplace;
const kernels = {
  averagingLoss,
  averagingLossSlope,
  laplaceLikelihood,
  laplaceLikelihoodSlope,
  laplaceLikelihoodScaleSlope,
};
const definitions = {
  averagingLoss: definedAveraging.averagingLoss<Big>,
  averagingLossSlope: definedAveraging.averagingLossSlope<Big>,
  laplaceLikelihood: definedLaplace.laplaceLikelihood<Big>,
  laplaceLikelihoodSlope: definedLaplace.laplaceLikelihoodSlope<Big>,
  laplaceLikelihoodScaleSlope: definedLaplace.laplaceLikelihoodScaleSlope<Big>,
};

/** LC-2, LC-14, LC-22 to LC-24. */
export const cases: readonly CertifyCase[] = [
  ...(["averagingLoss", "averagingLossSlope"] as const).map((name, order) =>
    scalarCase(
      "LC-2",
      "averaging-loss",
      name,
      order as 0 | 1,
      (draw, i) => {
        const measured = normals(draw, 5, 10 ** -(i % 10)).map((x) => x + 1);
        return {
          values: kernels[name](measured, 1),
          truth: definitions[name](bigs(measured), big(1)),
          scale: order === 0 ? Math.max(...measured.map((x) => Math.abs(x - 1))) : 1,
        };
      },
      "the largest offset",
    ),
  ),
  ...(["laplaceLikelihood", "laplaceLikelihoodSlope", "laplaceLikelihoodScaleSlope"] as const).map(
    (name, k) =>
      scalarCase(
        "LC-14",
        "laplace-likelihood",
        name,
        k === 0 ? 0 : 1,
        (draw) => {
          const [e, b] = [draw.normal(), Math.exp(3 * draw.normal())];
          const sizes = [
            Math.abs(Math.log(b)) + Math.abs(e) / b,
            1 / b,
            1 / b + Math.abs(e) / b / b,
          ];
          return {
            values: kernels[name](e, b),
            truth: definitions[name](big(e), big(b)),
            scale: sizes[k],
          };
        },
        terms,
      ),
  ),
  robustCase("LC-22", "residualVariance", 0, (draw, seam) => {
    const threshold = Float64Array.of(1 + draw.uniform(), 1 + draw.uniform());
    const e = normals(draw, 2 * n, 2).map((x, k) =>
      seam ? Math.sign(x) * threshold[k & 1] * (1 + seam * draw.normal()) : x,
    );
    return {
      values: written(2 * n, (out) => kernel.residualVariance(n, e, threshold, out)),
      truth: defined.residualVariance(bigRows(e, 2), bigs(threshold)).flat(),
    };
  }),
  robustCase("LC-22", "residualThreshold", 0, (draw) => {
    const e = normals(draw, 2 * n, 5);
    return {
      values: written(2, (out) => kernel.residualThreshold(n, e, Float64Array.from(mask), 3, out)),
      truth: defined.residualThreshold(bigRows(e, 2), mask, 3, big(0)),
    };
  }),
  robustCase("LC-23", "shortenedResidual", 0, (draw, seam) => {
    const r = long(draw, seam);
    return {
      values: written(2, (out) => kernel.shortenedResidual(1, r, 32, 1e-6, out)),
      truth: defined.shortenedResidual(bigs(r), 32, 1e-6),
    };
  }),
  robustCase("LC-23", "shortenedResidualJacobian", 1, (draw, seam) => {
    // One that doubles and 64 digits find on the same side.
    const r = long(draw, seam).map((x) => x * (seam ? 1 + 1e-6 : 1));
    return {
      values: written(4, (out) => kernel.shortenedResidualJacobian(r, 32, 1e-6, out)),
      truth: defined.shortenedResidualJacobian(bigs(r), 32, 1e-6).flat(),
    };
  }),
  robustCase("LC-24", "weightThreshold", 0, (draw) => {
    const [squares, M] = [normals(draw, 2 * n), normals(draw, 2 * n)].map((v) =>
      v.map((x) => x * x),
    );
    return {
      values: written(2 * n, (out) =>
        kernel.weightThreshold(n, squares, M, Float64Array.from(mask), 4, 1e-6, out),
      ),
      truth: defined
        .weightThreshold(bigRows(squares, 2), bigRows(M, 2), mask, 4, 1e-6, big(0))
        .flat(),
    };
  }),
  robustCase("LC-24", "limitedWeight", 0, (draw, seam) => {
    const threshold = normals(draw, 2 * n).map((x) => Math.abs(x) + 0.1);
    const squares = threshold.map(
      (d) => (seam ? d * (1 + seam * draw.normal()) : 2 * draw.uniform()) ** 2,
    );
    return {
      values: written(2 * n, (out) => kernel.limitedWeight(n, squares, threshold, out)),
      truth: defined.limitedWeight(bigRows(squares, 2), bigRows(threshold, 2)).flat(),
    };
  }),
];
