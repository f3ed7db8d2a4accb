import * as definedCost from "../../src/definitions/pose-sample-cost.js";
import * as definedFit from "../../src/definitions/proposal-fit.js";
import * as cost from "../../src/kernels/pose-sample-cost.js";
import * as fit from "../../src/kernels/proposal-fit.js";
import { type Stream, stream } from "../../src/random/stream.js";
import { type Big, big } from "../../src/scalar/index.js";
import { bigRows, bigs, entries } from "../equations/big-truth.js";
import { bigPoints, type SampleProblem, sampleProblem } from "../equations/sample-draws.js";
import { type CertifyCase, type CertifySample, generic } from "./case.js";

const paths = (name: string) => ({
  definition: `src/definitions/${name}.ts`,
  kernel: `src/kernels/${name}.ts`,
  spec: `spec/equations/${name}.spec.ts`,
});

/** Huber thresholds [px] by label: none, among the residuals, and below nearly all of them. */
const thresholds: readonly [string, number][] = [
  [generic, Number.POSITIVE_INFINITY],
  ["residuals on both sides of the kink", 40],
  ["nearly all beyond the kink", 1e-3],
];
const huber = (delta: number) => (delta < Infinity ? big(delta) : undefined);

function costCase(
  id: string,
  part: "costs" | "x3d" | "x2d" | "w2d",
  scale: (problem: SampleProblem, delta: number) => number,
): CertifyCase {
  const name = part === "costs" ? "poseSampleCosts" : `poseSampleSlopes by ${part}`;
  return {
    ...paths("pose-sample-cost"),
    id,
    name,
    order: part === "costs" ? 0 : 1,
    scale: "the sum over poses and points of what a pixel of 300, off one in the last place, moves",
    *samples(perLabel = 20): Iterable<CertifySample> {
      for (let i = 0; i < perLabel; i++)
        for (const [label, delta] of thresholds) {
          const problem = sampleProblem(stream(`certify/${name}`).at(i), i % 2 ? 7 : 4);
          const { n, x2d, x3d, w2d, K, width, count, poses, v } = problem;
          const P = new Float64Array(12 * count);
          const costs = new Float64Array(count);
          const slopes = {
            x3d: new Float64Array(3 * n),
            x2d: new Float64Array(2 * n),
            w2d: new Float64Array(2 * n),
            delta: new Float64Array(1),
          };
          cost.poseProjections(count, width, poses, K, P);
          cost.poseSampleCosts(n, x2d, x3d, w2d, 0, count, P, delta, null, costs);
          cost.poseSampleSlopes(n, x2d, x3d, w2d, count, P, v, delta, null, slopes);
          const [points, rows] = [bigPoints(problem), bigRows(poses, width)];
          const truth: Big[] =
            part === "costs"
              ? definedCost.poseSampleCosts(points, rows, huber(delta))
              : entries(definedCost.poseSampleSlopes(points, rows, bigs(v), huber(delta))[part]);
          const values = part === "costs" ? costs : slopes[part];
          yield { label, values, truth, scale: scale(problem, delta) };
        }
    },
  };
}
/** Pixels, and the slope of a pixel by a metre at the least depth. */
const PIXEL = 300;
const METRE = 500 / 3;
const most = (delta: number) => Math.min(PIXEL, delta);

/** Twelve poses about a depth of 5 with weights of sum 1. */
function weighted(draw: Stream, width: 7 | 4, spread: number) {
  const count = 12;
  const poses = Float64Array.from({ length: width * count }, () => spread * draw.normal());
  for (let j = 0; j < count; j++)
    if (width === 7) draw.unitQuaternion(poses.subarray(7 * j + 3, 7 * j + 7));
  const raw = Float64Array.from({ length: count }, () => draw.uniform());
  const total = raw.reduce((sum, x) => sum + x, 0);
  return { count, poses, v: raw.map((x) => x / total) };
}

function fitCase(
  id: string,
  name: string,
  width: 7 | 4,
  run: (count: number, poses: Float64Array, v: Float64Array) => Float64Array,
  truth: (rows: Big[][], v: Big[]) => Big[] | Big[][],
  size?: readonly [string, number],
): CertifyCase {
  return {
    ...paths("proposal-fit"),
    id,
    name,
    order: 0,
    scale: size?.[0],
    *samples(perLabel = 20): Iterable<CertifySample> {
      for (let i = 0; i < perLabel; i++) {
        const { count, poses, v } = weighted(stream(`certify/${name}`).at(i), width, 1);
        const exact = entries(truth(bigRows(poses, width), bigs(v)));
        yield { label: generic, values: run(count, poses, v), truth: exact, scale: size?.[1] };
      }
    },
  };
}
const written = (size: number, write: (out: Float64Array) => unknown): Float64Array => {
  const out = new Float64Array(size);
  write(out);
  return out;
};
const positions = (rows: Big[][]) => rows.map((row) => row.slice(0, 3));

/** EPRO-2, 15 to 21 and 27. */
export const cases: readonly CertifyCase[] = [
  costCase("EPRO-2", "costs", ({ n }, delta) => n * most(delta) * PIXEL),
  costCase("EPRO-20", "x3d", ({ count }, delta) => count * most(delta) * METRE),
  costCase("EPRO-20", "x2d", ({ count }, delta) => count * most(delta)),
  costCase("EPRO-21", "w2d", ({ count }, delta) => count * most(delta) * PIXEL),
  fitCase(
    "EPRO-17",
    "weightedMean",
    7,
    (count, poses, v) => written(3, (out) => fit.weightedMean(count, 7, poses, v, out)),
    (rows, v) => definedFit.weightedMean(positions(rows), v),
    ["1, the spread of the positions whose mean may cancel to nothing", 1],
  ),
  fitCase(
    "EPRO-17",
    "weightedCovariance",
    7,
    (count, poses, v) => written(9, (out) => fit.weightedCovariance(count, 7, poses, v, out)),
    (rows, v) => definedFit.weightedCovariance(positions(rows), v),
  ),
  fitCase(
    "EPRO-18",
    "weightedYaw",
    4,
    (count, poses, v) =>
      written(2, (out) => fit.weightedYaw(count, poses, v, undefined, undefined, out)),
    (rows, v) => {
      const { mean, kappa } = definedFit.weightedYaw(
        rows.map((row) => row[3]),
        v,
      );
      return [mean, kappa];
    },
  ),
  fitCase(
    "EPRO-19",
    "weightedRotationScale",
    7,
    (count, poses, v) =>
      written(16, (out) =>
        fit.weightedRotationScale(count, poses, v, undefined, undefined, undefined, out),
      ),
    (rows, v) =>
      definedFit.weightedRotationScale(
        rows.map((row) => row.slice(3)),
        v,
      ),
  ),
  {
    ...costCase("EPRO-27", "costs", ({ n }, delta) => n * most(delta) * PIXEL),
    name: "poseSampleCosts robust",
  },
  {
    ...paths("proposal-fit"),
    id: "EPRO-15",
    name: "initialConcentration",
    order: 0,
    *samples(perLabel = 20) {
      for (let i = 0; i < perLabel; i++) {
        const variance = 10 ** (-(i % 8) * stream("certify/initialConcentration").at(i).uniform());
        const truth = [definedFit.initialConcentration(big(variance))];
        yield { label: generic, values: [fit.initialConcentration(variance)], truth };
      }
    },
  },
  {
    ...paths("proposal-fit"),
    id: "EPRO-16",
    name: "initialRotationScale",
    order: 0,
    *samples(perLabel = 20) {
      for (let i = 0; i < perLabel; i++)
        for (const [label, size] of [
          [generic, 1],
          ["small covariance", 10 ** -(i % 8)],
        ] as const) {
          const draw = stream("certify/initialRotationScale").child(label).at(i);
          const q = draw.unitQuaternion(new Float64Array(4));
          const S = new Float64Array(9);
          for (let a = 0; a < 3; a++) S[4 * a] = size * (0.5 + draw.uniform());
          S[1] = S[3] = 0.3 * size * draw.uniform();
          const values = written(16, (out) => fit.initialRotationScale(q, S, out));
          yield {
            label,
            values,
            truth: entries(definedFit.initialRotationScale(bigs(q), bigRows(S, 3))),
          };
        }
    },
  },
];
