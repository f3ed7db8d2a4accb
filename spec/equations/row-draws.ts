import type {
  RegularisedReprojection,
  StepJacobian,
} from "../../src/definitions/derivative-regularisation.js";
import type { RegularisedReprojection as FlatProblem } from "../../src/kernels/derivative-regularisation.js";
import { poseCovariance } from "../../src/kernels/pose-covariance.js";
import { rowChart, rowRotation } from "../../src/kernels/pose-row.js";
import { rotationQuaternion } from "../../src/kernels/quaternion.js";
import { yawRotation } from "../../src/kernels/yaw.js";
import { type Stream, stream } from "../../src/random/stream.js";
import type { Big } from "../../src/scalar/index.js";
import type { Real } from "../../src/scalar/real.js";
import { normalEquations } from "../../src/solve/normal-equations.js";
import { type Cloud, type CloudOptions, cloud, problemOf } from "./bpnp-clouds.js";

/** A problem and a pose as a row, (t, q) or (t, β). */
export interface RowProblem {
  readonly label: string;
  readonly y: Float64Array;
  readonly flat: FlatProblem;
  readonly cloud: Cloud;
}

export interface RowOptions extends CloudOptions {
  readonly chart?: "Q7" | "YAW";
  readonly epsilon?: number;
  /** Clamps [5] of the kernels, as offsets from the first point's pixel. */
  readonly clip?: "u" | "v" | "depth";
}

/** A cloud with its pose as a row; the points of a yaw problem are turned to stand where they stood. */
export function rowProblem(draw: Stream, options: RowOptions = {}): RowProblem {
  const { chart = "Q7", epsilon = 1e-5, clip } = options;
  let of = cloud(draw, options);
  const y = new Float64Array(chart === "Q7" ? 7 : 4);
  y.set(of.t);
  if (chart === "Q7") rotationQuaternion(of.R, y.subarray(3));
  else {
    y[3] = Math.PI * (2 * draw.uniform() - 1);
    const turn = new Float64Array(9);
    yawRotation(y[3], turn);
    of = { ...of, R: turn, x3d: standing(of, turn) };
  }
  const bounds = Float64Array.of(-Infinity, -Infinity, -Infinity, Infinity, Infinity);
  // Between the pixels of the points: some are cut off, none sits on the border.
  const middle = (k: number) => {
    const sorted = Array.from({ length: of.n }, (_, i) => of.x2d[2 * i + k]).sort((a, b) => a - b);
    return (sorted[of.n - 2] + sorted[of.n - 1]) / 2;
  };
  if (clip === "u") bounds[3] = middle(0);
  if (clip === "v") bounds[4] = middle(1);
  if (clip === "depth") bounds[0] = of.t[2];
  const { n, x2d, x3d, w2d, K, delta } = of;
  const flat = { n, x2d, x3d, w2d, K, delta, epsilon, clamps: clip ? bounds : null };
  return { label: `${chart} ${clip ?? "free"}`, y, flat, cloud: of };
}

/** Object points that R′ takes to where R took the old ones. */
function standing({ R, x3d }: Cloud, turn: Float64Array): Float64Array {
  const out = new Float64Array(x3d.length);
  for (let i = 0; i < x3d.length; i += 3) {
    const p = [0, 3, 6].map((j) => R[j] * x3d[i] + R[j + 1] * x3d[i + 1] + R[j + 2] * x3d[i + 2]);
    for (let j = 0; j < 3; j++)
      out[i + j] = turn[j] * p[0] + turn[3 + j] * p[1] + turn[6 + j] * p[2];
  }
  return out;
}

/** The problem in any scalar, for the definition. */
export function lifted<S extends Real<S>>(
  { cloud: of, flat }: RowProblem,
  lift: (x: number) => S,
): RegularisedReprojection<S> {
  const bound = (k: number) => lift(Math.min(Math.max(flat.clamps?.[k] ?? 0, -1e9), 1e9));
  const clamps = flat.clamps
    ? { zMin: bound(0), lower: [bound(1), bound(2)], upper: [bound(3), bound(4)] }
    : undefined;
  return { ...problemOf(of, lift), epsilon: lift(flat.epsilon), clamps };
}

const aims: readonly [string, RowOptions][] = [
  ["generic", {}],
  ["generic", { kink: 0.7 }],
  ["beside the Huber kink", { kink: 1 + 1e-9 }],
  ["beside the Huber kink", { kink: 1 - 1e-9 }],
  ["no residuals", { noise: 0 }],
  ["theta near pi", { angle: Math.PI - 1e-9, kink: 0.5 }],
  ["clamped", { clip: "u", kink: 0.6 }],
  ["clamped", { clip: "v", noise: 20 }],
  ["clamped", { clip: "depth", kink: 0.5 }],
];

/** Aimed draws in both charts: `count` of each aim. */
export function* rowProblems(name: string, count: number, n = 6): Generator<RowProblem> {
  for (const [index, [label, options]] of aims.entries())
    for (let k = 0; k < count; k++)
      for (const chart of ["Q7", "YAW"] as const) {
        const draw = stream(name).at(index).child(chart).at(k);
        yield { ...rowProblem(draw, { n, chart, ...options }), label };
      }
}

/** Arrays for derivatives in `rows` rows. */
export const gradientArrays = (n: number, rows = 1) => ({
  x2d: new Float64Array(2 * n * rows),
  x3d: new Float64Array(3 * n * rows),
  w2d: new Float64Array(2 * n * rows),
  delta: new Float64Array(rows),
});

/**
 * What one rounding of the inputs' size is worth in the step: π rounds in units of a pixel coordinate,
 * and the solve in units of the step times its condition, Σ (A⁻¹)ₖₖ Aₖₖ.
 */
export function stepScales(
  { y, flat }: RowProblem,
  J: StepJacobian<Big>,
): { condition: number; step: number } {
  const d = y.length === 7 ? 6 : 4;
  const [R, A, gradient] = [new Float64Array(9), new Float64Array(d * d), new Float64Array(d)];
  rowRotation(y, R);
  const clamps = flat.clamps && { bounds: flat.clamps, mask: true };
  const chart = rowChart(y.length);
  normalEquations(flat, chart, R, y.slice(0, 3), flat.delta, clamps, gradient, A);
  for (let p = 0; p < d; p++) A[p * d + p] += flat.epsilon;
  const inverse = new Float64Array(d * d);
  poseCovariance(d, A, 0, inverse);
  let condition = 0;
  for (let p = 0; p < d; p++) condition += inverse[p * d + p] * A[p * d + p];
  let step = 0;
  for (let p = 0; p < d; p++) {
    let moved = 0;
    let stepped = 0;
    for (let k = 0; k < 2 * flat.n; k++)
      moved += Math.abs(J.x2d[k >> 1][p][k & 1].toNumber() * flat.x2d[k]);
    for (let q = 0; q < d; q++) stepped += Math.abs(inverse[p * d + q] * gradient[q]);
    step = Math.max(step, moved, condition * stepped);
  }
  return { condition, step };
}
