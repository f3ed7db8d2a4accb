import type { ClaimArray } from "../../src/formats/claims.js";
import { MOTION_SIZE, pointMotion, poseDerivativesAt } from "../../src/kernels/pose-jacobian.js";
import { rowChart, rowRotation } from "../../src/kernels/pose-row.js";
import { clampedProjection, maskedProjectionJacobian } from "../../src/kernels/projection-clamp.js";
import { array } from "./claimed.js";

/** One problem with its pose, in plain numbers. */
export interface Plain {
  readonly x2d: readonly number[];
  readonly x3d: readonly number[];
  readonly w2d: readonly number[];
  readonly K: readonly number[];
  readonly y: readonly number[];
  readonly v: readonly number[];
  readonly delta: number;
  readonly zMin: number;
  readonly epsilon: number;
}

/** A step as somebody may have written it, by its mistakes. */
export interface Written {
  readonly ridge?: (diagonal: number, epsilon: number) => number;
  readonly share?: (norm: number, delta: number) => number;
  readonly weight?: (w: number) => number;
  readonly rows?: typeof maskedProjectionJacobian;
  readonly zMin?: number;
  readonly sign?: number;
  readonly turn?: number;
  readonly move?: (q: readonly number[], delta: readonly number[]) => number[];
  /** The threshold made of the data, with the data the problem came with beside it. */
  readonly threshold?: (now: Plain, given: Plain) => number;
  /** Where the pose goes when the data move. */
  readonly pose?: (now: Plain) => Plain;
  /** What is taken from the given data, however the data move. */
  readonly held?: "share" | "matrix" | "J";
}

const product = (a: readonly number[], b: readonly number[]) => [
  a[0] * b[0] - a[1] * b[1] - a[2] * b[2] - a[3] * b[3],
  a[0] * b[1] + a[1] * b[0] + a[2] * b[3] - a[3] * b[2],
  a[0] * b[2] - a[1] * b[3] + a[2] * b[0] + a[3] * b[1],
  a[0] * b[3] + a[1] * b[2] - a[2] * b[1] + a[3] * b[0],
];
const unit = (q: readonly number[]) => q.map((x) => x / Math.hypot(...q));
export const moves = {
  left: (q: readonly number[], d: readonly number[]) => unit(product([1, ...d.map((x) => -x)], q)),
  right: (q: readonly number[], d: readonly number[]) => unit(product(q, [1, ...d.map((x) => -x)])),
  raw: (q: readonly number[], d: readonly number[]) => product([1, ...d.map((x) => -x)], q),
  exponential: (q: readonly number[], d: readonly number[]) => {
    const t = Math.hypot(...d);
    return product([Math.cos(t), ...d.map((x) => (-x * Math.sin(t)) / t)], q);
  },
};

/** f [2N], J [2N][d] and ρ′ [2N]. */
function pieces(now: Plain, given: Plain, written: Written) {
  const { rows = maskedProjectionJacobian, weight = (w) => w } = written;
  const share = written.share ?? ((norm, delta) => Math.min(1, delta / norm));
  const y = Float64Array.from(now.y);
  const [R, motion] = [new Float64Array(9), new Float64Array(MOTION_SIZE)];
  rowRotation(y, R);
  const chart = rowChart(y.length);
  poseDerivativesAt(chart, R, y.slice(0, 3), motion);
  const zMin = written.zMin ?? now.zMin;
  const bounds = Float64Array.of(zMin, -Infinity, -Infinity, Infinity, Infinity);
  const delta = written.threshold?.(now, given) ?? now.delta;
  const d = y.length === 4 ? 4 : 6;
  const [f, J, slope]: [number[], number[][], number[]] = [[], [], []];
  const [pi, dPi, dX] = [2, 6, 3 * d].map((size) => new Float64Array(size));
  for (let i = 0; i < now.x2d.length / 2; i++) {
    const z = Float64Array.from(now.x3d.slice(3 * i, 3 * i + 3));
    const X = Float64Array.from([0, 1, 2], (a) =>
      z.reduce((s, v, k) => s + R[3 * a + k] * v, y[a]),
    );
    clampedProjection(X, Float64Array.from(now.K), bounds, pi);
    rows(X, Float64Array.from(now.K), bounds, dPi);
    pointMotion(chart, motion, z, dX);
    for (let k = 0; k < 2; k++) {
      const w = weight(now.w2d[2 * i + k]);
      f.push(w * (pi[k] - now.x2d[2 * i + k]));
      J.push(
        Array.from({ length: d }, (_, p) =>
          [0, 1, 2].reduce((s, a) => s + w * dPi[3 * k + a] * dX[3 * p + a], 0),
        ),
      );
    }
    const each = share(Math.hypot(f[2 * i], f[2 * i + 1]), delta);
    slope.push(each, each);
  }
  return { f, J, slope };
}

/** y⁺ of moved data, by elimination without pivots: the matrix is positive definite. */
export function plus(now: Plain, given: Plain, written: Written): number[] {
  const own = pieces(now, given, written);
  const was = written.held ? pieces(given, given, written) : own;
  const slope = written.held === "share" ? was.slope : own.slope;
  const J = written.held === "J" ? was.J : own.J;
  const [matrixJ, matrixSlope] =
    written.held === "matrix" || written.held === "J" ? [was.J, was.slope] : [own.J, slope];
  const d = J[0].length;
  const ridge = written.ridge ?? ((_: number, epsilon: number) => epsilon);
  const A = Array.from({ length: d }, (_, p) =>
    Array.from({ length: d + 1 }, (_, q) => {
      const column = (m: number) => (q < d ? matrixSlope[m] * matrixJ[m][p] * matrixJ[m][q] : 0);
      const entry = own.f.reduce((s, _, m) => s + column(m), 0);
      if (q < d) return p === q ? entry + ridge(entry, now.epsilon) : entry;
      return own.f.reduce((s, v, m) => s - slope[m] * J[m][p] * v, 0);
    }),
  );
  for (let k = 0; k < d; k++)
    for (let i = 0; i < d; i++) {
      if (i === k) continue;
      const factor = A[i][k] / A[k][k];
      for (let j = k; j <= d; j++) A[i][j] -= factor * A[k][j];
    }
  const step = A.map((row, p) => ((written.sign ?? 1) * row[d]) / row[p]);
  const t = now.y.slice(0, 3).map((v, k) => v + step[k]);
  if (d === 4) return [...t, now.y[3] + step[3]];
  const turn = step.slice(3).map((v) => v * (written.turn ?? 1));
  return [...t, ...(written.move ?? moves.left)(now.y.slice(3), turn)];
}

/** The problem at the minimum near its pose: steps until they vanish. */
export function resting(problem: Plain): Plain {
  let at = problem;
  for (let k = 0; k < 60; k++) at = { ...at, y: plus(at, at, {}) };
  return at;
}

/** The gradient of vᵀy⁺ by central differences of fourth order. */
function differences(given: Plain, name: "x2d" | "x3d" | "w2d", written: Written): number[] {
  return given[name].map((at, k) => {
    const h = 1e-3 * Math.max(Math.abs(at), 0.1) * (name === "x2d" ? 1e-2 : 1);
    const value = (share: number) => {
      const moved = given[name].map((v, l) => (l === k ? v + share * h : v));
      const now = { ...given, [name]: moved };
      return plus(written.pose?.(now) ?? now, given, written).reduce(
        (s, v, l) => s + v * given.v[l],
        0,
      );
    };
    return (8 * (value(1) - value(-1)) - (value(2) - value(-2))) / (12 * h);
  });
}

/** Every quantity of the problems as `written` makes it. */
export function steppedClaim(
  problems: readonly Plain[],
  written: Written,
  names: readonly string[] = ["pose_plus", "grad_x2d", "grad_x3d", "grad_w2d"],
): Record<string, ClaimArray> {
  const [B, N, P] = [problems.length, problems[0].x2d.length / 2, problems[0].y.length];
  const widths: Record<string, number[]> = {
    pose_plus: [B, P],
    grad_x2d: [B, N, 2],
    grad_x3d: [B, N, 3],
    grad_w2d: [B, N, 2],
  };
  return Object.fromEntries(
    names.map((name) => [
      name,
      array(
        widths[name],
        problems.flatMap((problem) =>
          name === "pose_plus"
            ? plus(problem, problem, written)
            : differences(problem, name.slice(5) as "x2d" | "x3d" | "w2d", written),
        ),
      ),
    ]),
  );
}
