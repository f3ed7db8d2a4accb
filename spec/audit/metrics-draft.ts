/** Pairs of poses with their errors as evaluators write them: plain numbers, one loop a formula. */
import { audit } from "../../src/audit/audit.js";
import type { FileReport } from "../../src/audit/report.js";
import type { ClaimArray, Claims } from "../../src/formats/claims.js";
import { stream } from "../../src/random/stream.js";
import { camera, composed, drawnMotion } from "../equations/model-draws.js";
import { array } from "./claimed.js";

export const [B, M, S] = [4, 9, 3];
export const [diameter, width] = [0.31, 1280];
type Pose = readonly number[];
export type Point = readonly number[];

/** One problem: [R | t] row by row, points in metres, two further symmetries with offsets. */
export interface Pair {
  readonly estimate: Pose;
  readonly truth: Pose;
  readonly points: readonly Point[];
  readonly symmetries: readonly Pose[];
}

export const K = [...camera];
const identity = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0];

/** Pairs some degrees and centimetres apart, or near a symmetric pose where `symmetric`. */
export const pairs: readonly Pair[] = Array.from({ length: B }, (_, b) => {
  const draw = stream("spec/audit/metrics").at(b);
  const points = Array.from({ length: M }, () => [0, 1, 2].map(() => 0.1 * draw.normal()));
  const truth = drawnMotion(draw, 2 * draw.uniform(), [0.1, -0.2, 1.2 + draw.uniform()]);
  const turns = [1, 2].map(() => drawnMotion(draw, 2, [0.03, -0.02, 0.05]));
  const near = drawnMotion(draw, 0.2, [0.02, 0.01, 0.03]);
  // Every second estimate is near a symmetric pose.
  const met = b % 2 ? composed(truth, turns[0]) : truth;
  return {
    estimate: [...composed(met, near)],
    truth: [...truth],
    points,
    symmetries: [identity, ...turns.map((turn) => [...turn])],
  };
});

export const moved = (P: Pose, v: Point): number[] =>
  [0, 4, 8].map((r) => P[r] * v[0] + P[r + 1] * v[1] + P[r + 2] * v[2] + P[r + 3]);
export const pixel = (X: Point, C: readonly number[] = K): number[] => {
  const [u, v, w] = [0, 3, 6].map((r) => C[r] * X[0] + C[r + 1] * X[1] + C[r + 2] * X[2]);
  return [u / w, v / w];
};
export const gap = (a: Point, b: Point): number => Math.hypot(...a.map((x, k) => x - b[k]));
export const mean = (values: readonly number[]): number =>
  values.reduce((sum, v) => sum + v, 0) / values.length;
const worst = (values: readonly number[]) => Math.max(...values);
export const transposed = (P: Pose): number[] =>
  [0, 4, 8, 3, 1, 5, 9, 7, 2, 6, 10, 11].map((k) => P[k]);
export const inverse = (P: Pose): number[] => {
  const T = transposed(P);
  const t = moved(T.with(3, 0).with(7, 0).with(11, 0), [P[3], P[7], P[11]]);
  return T.with(3, -t[0]).with(7, -t[1]).with(11, -t[2]);
};
const position = (P: Pose) => [P[3], P[7], P[11]];

/** Distances of every point under two poses, or of their pixels. */
export const distances = (
  { points }: Pair,
  P: Pose,
  Q: Pose,
  see = (X: Point): Point => X,
  measure = gap,
): number[] => points.map((v) => measure(see(moved(P, v)), see(moved(Q, v))));

/** From each point under P to the nearest under Q. */
export const nearest = ({ points }: Pair, P: Pose, Q: Pose): number[] =>
  points.map((v) => Math.min(...points.map((u) => gap(moved(P, v), moved(Q, u)))));

export const trace = ({ estimate, truth }: Pair): number =>
  estimate.reduce((sum, v, k) => sum + (k % 4 < 3 ? v * truth[k] : 0), 0);

/** The least over P S of what is gathered of its distances. */
export const symmetric = (
  pair: Pair,
  see?: (X: Point) => Point,
  gather = worst,
  meet = (S: Pose): Pose => [...composed(pair.truth, S)],
): number =>
  Math.min(...pair.symmetries.map((S) => gather(distances(pair, pair.estimate, meet(S), see))));

/** Every quantity of a pair. */
export const sound: Readonly<Record<string, (pair: Pair) => number>> = {
  add: (p) => mean(distances(p, p.estimate, p.truth)),
  adds: (p) => mean(nearest(p, p.truth, p.estimate)),
  proj: (p) => mean(distances(p, p.estimate, p.truth, pixel)),
  mssd: (p) => symmetric(p),
  mspd: (p) => symmetric(p, pixel),
  te: ({ estimate, truth }) => gap(position(estimate), position(truth)),
  npe: ({ estimate, truth }) =>
    gap(position(estimate), position(truth)) / Math.hypot(...position(truth)),
  re_deg: (p) => (180 / Math.PI) * Math.acos((trace(p) - 1) / 2),
  ad: (p) => Math.acos((trace(p) - 1) / 2),
};

const rotation = (P: Pose) => P.filter((_, k) => k % 4 < 3);
export const inputs: Record<string, ClaimArray> = inputsOf(pairs);
export function inputsOf(of: readonly Pair[]): Record<string, ClaimArray> {
  const n = of.length;
  return {
    R_est: array(
      [n, 3, 3],
      of.flatMap(({ estimate }) => rotation(estimate)),
    ),
    t_est: array(
      [n, 3],
      of.flatMap(({ estimate }) => position(estimate)),
    ),
    R_gt: array(
      [n, 3, 3],
      of.flatMap(({ truth }) => rotation(truth)),
    ),
    t_gt: array(
      [n, 3],
      of.flatMap(({ truth }) => position(truth)),
    ),
    points: array(
      [n, M, 3],
      of.flatMap(({ points }) => points.flat()),
    ),
    K: array([3, 3], K),
    symmetries: array(
      [n, S, 3, 4],
      of.flatMap(({ symmetries }) => symmetries.flat()),
    ),
    diameter: array([], [diameter]),
    image_width: array([], [width]),
  };
}
/** The claims of a formula for every pair. */
export const claimed = (formula: (pair: Pair) => number, of = pairs): ClaimArray =>
  array([of.length], of.map(formula));

/** The report on claims of method metrics. */
export async function audited(
  claim: Claims["claim"],
  fields: Partial<Claims> = {},
): Promise<FileReport> {
  const claims: Claims = {
    schema: "pnp-oracle/claims@1",
    method: "metrics",
    dtype: "float64",
    source: "spec",
    convention: {},
    expect: {},
    input: inputs,
    claim,
    ...fields,
  };
  return (await audit([{ name: "spec", claims }])).files[0];
}
/** Quantity, verdict and explanation of every claim. */
export const verdicts = ({ claims }: FileReport) =>
  claims.map(({ quantity, verdict, explanation }) => [quantity, verdict, explanation]);
