import * as definition from "../../src/definitions/laplace-evidence.js";
import * as kernel from "../../src/kernels/laplace-evidence.js";
import { stream } from "../../src/random/stream.js";
import { type Big, big } from "../../src/scalar/index.js";
import { bigRows, bigs } from "../equations/big-truth.js";
import { type Quadratic, quadratic } from "../equations/gaussian-draws.js";
import { type CertifyCase, type CertifySample, generic } from "./case.js";

const name = "spec/certify/laplace-evidence";
/** Label, least eigenvalue at unit diagonal, how many. */
const aims: readonly [string, number, number][] = [
  [generic, 0.5, 20],
  ["nearly singular", 1e-3, 10],
  ["nearly singular", 1e-9, 10],
];

interface Sized {
  readonly values: Float64Array | readonly number[];
  readonly truth: readonly Big[];
  /** Sizes of the terms that are summed. */
  readonly terms: number;
}

const one = (
  id: string,
  exported: string,
  order: 0 | 1,
  scale: string,
  evaluate: (of: Quadratic, draw: number) => Sized,
): CertifyCase => ({
  id,
  name: exported,
  order,
  definition: "src/definitions/laplace-evidence.ts",
  kernel: "src/kernels/laplace-evidence.ts",
  spec: "spec/equations/laplace-evidence.spec.ts",
  scale,
  *samples(perLabel = Number.POSITIVE_INFINITY): Iterable<CertifySample> {
    for (const [index, [label, loose, count]] of aims.entries())
      for (let k = 0; k < Math.min(count, perLabel); k++) {
        const of = quadratic(`${name}/${index}`, k, loose);
        const { values, truth, terms } = evaluate(of, stream(name).at(k).normal());
        yield { label, values, truth, scale: terms };
      }
  },
});

/** Σ|log Aᵢᵢ| + d log 2π, and the condition, by which a determinant amplifies the rounding of A. */
const determinantSize = ({ d, A, condition }: Quadratic) => {
  let size = condition + d * Math.log(2 * Math.PI);
  for (let i = 0; i < d; i++) size += Math.abs(Math.log(A[(d + 1) * i]));
  return size;
};

/** |e|ᵀ |A| |e|. */
const squareSize = ({ d, A, error }: Quadratic) =>
  A.reduce((sum, a, k) => sum + Math.abs(a * error[Math.floor(k / d)] * error[k % d]), 0);

const sums = "sizes of the terms, and the condition where a determinant is one of them";

/** The closed forms of the evidence against their definitions at 64 digits. */
export const cases: CertifyCase[] = [
  one("EPRO-24", "laplaceLogEvidence", 0, sums, (of, draw) => ({
    values: [kernel.laplaceLogEvidence(of.d, draw, of.A, 2)],
    truth: [definition.laplaceLogEvidence(big(draw), bigRows(of.A, of.d), 2)],
    terms: Math.abs(draw) + determinantSize(of),
  })),
  one("EPRO-24", "laplaceLogEvidenceSlope", 1, "sizes of the terms", (of, draw) => ({
    values: [kernel.laplaceLogEvidenceSlope(of.d, of.A, draw, of.A)],
    truth: [
      definition.laplaceLogEvidenceSlope(bigRows(of.A, of.d), big(draw), bigRows(of.A, of.d)),
    ],
    terms: Math.abs(draw) + of.A.reduce((sum, a) => sum + a * a, 0),
  })),
  one("EPRO-25", "linearGaussianLoss", 0, sums, (of) => ({
    values: [kernel.linearGaussianLoss(of.d, of.error, of.A)],
    truth: [definition.linearGaussianLoss(bigs(of.error), bigRows(of.A, of.d))],
    terms: squareSize(of) + determinantSize(of),
  })),
  one("EPRO-25", "linearGaussianLossGradient", 1, "largest |A| |e|", (of) => {
    const values = new Float64Array(of.d);
    kernel.linearGaussianLossGradient(of.d, of.error, of.A, values);
    return {
      values,
      truth: definition.linearGaussianLossGradient(bigs(of.error), bigRows(of.A, of.d)),
      terms: Math.max(...values.map((_, i) => rowSize(of, i))),
    };
  }),
  one("EPRO-25", "linearGaussianWeightScale", 0, "λ times what cancels in eᵀH e", (of) => {
    const truth = definition.linearGaussianWeightScale(bigs(of.error), bigRows(of.A, of.d));
    const scale = truth.toNumber();
    return {
      values: [kernel.linearGaussianWeightScale(of.d, of.error, of.A)],
      truth: [truth],
      terms: scale * ((squareSize(of) * scale ** 2) / of.d),
    };
  }),
  one("EPRO-26", "isotropicGaussianLoss", 0, "sizes of the terms", (of, draw) => {
    const sigma = Math.exp(draw);
    return {
      values: [kernel.isotropicGaussianLoss(of.d, of.error, sigma)],
      truth: [definition.isotropicGaussianLoss(bigs(of.error), big(sigma))],
      terms:
        0.5 * of.error.reduce((sum, e) => sum + (e / sigma) ** 2, 0) +
        of.d * (Math.abs(draw) + 0.5 * Math.log(2 * Math.PI)),
    };
  }),
];

function rowSize({ d, A, error }: Quadratic, i: number): number {
  let size = 0;
  for (let j = 0; j < d; j++) size += Math.abs(A[d * i + j] * error[j]);
  return size;
}
