/**
 * The derivative of the pose by differentiating the solver itself: k steps on numbers that carry
 * their derivatives, from a start that does not move.
 *
 *     s = −B⁻¹ g,   R ← Exp(s_φ) R,   t ← t + s_τ,      B = Σ ρ′JᵀWJ (Gauss–Newton) or H (Newton)
 *
 * Shares no formula with the implicit derivative, and no code but the camera's: a second route to
 * the same numbers. It tends to them with the steps: at a converged pose every Gauss–Newton step
 * multiplies what is missing by I − B⁻¹H, of the size of the residuals, and one Newton step leaves
 * nothing (EQUATIONS IFT-3, VER-2).
 */
import ndarray from "ndarray";
import { type Chart, tangentSize } from "../conventions/chart.js";
import { rotationVector } from "../kernels/rodrigues.js";
import { tangentTransform } from "../kernels/tangent.js";
import type { Correspondences } from "../problem/correspondences.js";
import { type Pose, poseOf } from "../problem/pose.js";
import type { PoseJacobian } from "./implicit.js";
import { Tangent } from "./tangent-number.js";

export interface UnrolledOptions {
  /** Steps taken. Default 10. */
  readonly iterations?: number;
  /** Default "newton". */
  readonly method?: "gauss-newton" | "newton";
  /** Tangent of the rows, of six dimensions. Default "LEFT". */
  readonly chart?: Exclude<Chart, "YAW">;
  /** Huber threshold [px]. Default Infinity: none. */
  readonly delta?: number;
}

/** The blocks of a PoseJacobian, where the steps ended and how long the last one was. */
export interface UnrolledJacobian extends Omit<PoseJacobian, "standing"> {
  readonly pose: Pose;
  /** max |s| of the last step [rad, m]; NaN if B became singular on the way. */
  readonly lastStep: number;
}

type Vec = Tangent[];

interface Data {
  x2d: Vec;
  x3d: Vec;
  w2d: Vec;
  K: Vec;
  delta: Tangent;
}

const constant = Tangent.constant;

/**
 * ∂(pose after k steps from `start`)/∂θ, for θ = x2d, x3d, K, w2d and δ.
 *
 * @throws RangeError if iterations is not a count.
 */
export function unrolledJacobian(
  problem: Correspondences,
  start: Pose,
  options: UnrolledOptions = {},
): UnrolledJacobian {
  const { iterations = 10, method = "newton", chart = "LEFT" } = options;
  if (!(Number.isInteger(iterations) && iterations >= 0))
    throw new RangeError(`unrolledJacobian: expected iterations >= 0, got ${iterations}`);
  const { n } = problem;
  const count = 7 * n + 10;
  let next = 0;
  const lift = (data: ArrayLike<number>): Vec =>
    Array.from(data, (x) => Tangent.variable(x, next++, count));
  const data: Data = {
    x2d: lift(problem.x2d),
    x3d: lift(problem.x3d),
    K: lift(problem.K),
    w2d: lift(problem.w2d),
    delta: lift([options.delta ?? Number.POSITIVE_INFINITY])[0],
  };
  let R: Vec = [0, 1, 2].flatMap((i) => [0, 1, 2].map((j) => constant(start.R.get(i, j))));
  let t: Vec = [0, 1, 2].map((i) => constant(start.t.get(i)));
  let lastStep = 0;
  for (let k = 0; k < iterations; k++) {
    const { g, B } = normalEquations(data, R, t, method === "newton");
    const s = solved(
      B,
      g.map((v) => v.times(-1)),
    );
    R = product(exponential(s.slice(0, 3)), R);
    t = t.map((v, i) => v.plus(s[3 + i]));
    lastStep = Math.max(...s.map((v) => Math.abs(v.value)));
  }
  return inChart(R, t, lastStep, chart, n);
}

/** Σ over the points of the gradient and of the matrix that the step divides it by, LEFT chart. */
function normalEquations(
  { x2d, x3d, w2d, K, delta }: Data,
  R: Vec,
  t: Vec,
  newton: boolean,
): { g: Vec; B: Vec[] } {
  const g: Vec = Array.from({ length: 6 }, () => constant(0));
  const B: Vec[] = g.map(() => g.map(() => constant(0)));
  for (let i = 0; i < x3d.length / 3; i++) {
    const p = applied(R, x3d.slice(3 * i, 3 * i + 3));
    const X = p.map((v, j) => v.plus(t[j]));
    const [h0, h1, h2] = applied(K, X);
    const k = K.slice(6);
    const J = [h0, h1].map((h, row) =>
      K.slice(3 * row, 3 * row + 3).map((v, j) => v.minus(h.over(h2).times(k[j])).over(h2)),
    );
    const w = w2d.slice(2 * i, 2 * i + 2);
    const e = [h0, h1].map((h, row) => w[row].times(x2d[2 * i + row].minus(h.over(h2))));
    const s = e[0].times(e[0]).plus(e[1].times(e[1]));
    const outlier = s.value > delta.value ** 2;
    const slope = outlier ? delta.over(s.sqrt()) : constant(1);
    const m = J[0].map((v, j) =>
      e[0].times(w[0]).times(v).plus(e[1].times(w[1]).times(J[1][j])).times(-1),
    );
    const q = m.map((v) => v.times(slope));
    for (const [j, v] of [...cross(p, q), ...q].entries()) g[j] = g[j].plus(v);
    for (let row = 0; row < 2; row++) {
      const c = [...cross(p, J[row]), ...J[row]];
      addOuter(B, c, c, slope.times(w[row]).times(w[row]));
    }
    if (!newton) continue;
    if (outlier) {
      const c = [...cross(p, m), ...m];
      addOuter(B, c, c, slope.over(s).times(-1));
    }
    // Σ −m ∂²π/∂X² = −(q kᵀ + k qᵀ)/h₃, then the turning of p.
    const [moment, depth] = [
      [...cross(p, q), ...q],
      [...cross(p, k), ...k],
    ];
    const share = constant(-1).over(h2);
    addOuter(B, moment, depth, share);
    addOuter(B, depth, moment, share);
    const work = p[0].times(q[0]).plus(p[1].times(q[1])).plus(p[2].times(q[2]));
    for (let a = 0; a < 3; a++)
      for (let b = 0; b < 3; b++) {
        const turn = p[a].times(q[b]).plus(q[a].times(p[b])).times(0.5);
        B[a][b] = B[a][b].plus(a === b ? turn.minus(work) : turn);
      }
  }
  return { g, B };
}

function addOuter(B: Vec[], a: Vec, b: Vec, factor: Tangent): void {
  for (const [i, v] of a.entries()) {
    const scaled = v.times(factor);
    for (const [j, u] of b.entries()) B[i][j] = B[i][j].plus(scaled.times(u));
  }
}

const applied = (A: Vec, v: Vec): Vec =>
  [0, 3, 6].map((i) =>
    A[i]
      .times(v[0])
      .plus(A[i + 1].times(v[1]))
      .plus(A[i + 2].times(v[2])),
  );

const product = (A: Vec, B: Vec): Vec => {
  const columns = [0, 1, 2].map((j) => applied(A, [B[j], B[3 + j], B[6 + j]]));
  return [0, 1, 2].flatMap((i) => columns.map((column) => column[i]));
};

const cross = (a: Vec, b: Vec): Vec =>
  [0, 1, 2].map((j) => {
    const [k, l] = [(j + 1) % 3, (j + 2) % 3];
    return a[k].times(b[l]).minus(a[l].times(b[k]));
  });

/** x of A x = b by elimination; A is near a positive definite matrix, so pivots stay on the diagonal. */
function solved(A: Vec[], b: Vec): Vec {
  const rows = A.map((row, i) => [...row, b[i]]);
  const n = b.length;
  for (let k = 0; k < n; k++)
    for (let i = k + 1; i < n; i++) {
      const factor = rows[i][k].over(rows[k][k]);
      for (let j = k + 1; j <= n; j++) rows[i][j] = rows[i][j].minus(factor.times(rows[k][j]));
    }
  const x: Vec = [];
  for (let k = n - 1; k >= 0; k--) {
    let sum = rows[k][n];
    for (let j = k + 1; j < n; j++) sum = sum.minus(rows[k][j].times(x[j]));
    x[k] = sum.over(rows[k][k]);
  }
  return x;
}

/** Exp φ [9] as I + A[φ]× + B[φ]×²; A and B are power series in ‖φ‖², so that a zero step has slopes. */
function exponential(phi: Vec): Vec {
  const s = phi[0].times(phi[0]).plus(phi[1].times(phi[1])).plus(phi[2].times(phi[2]));
  const [a, b] = [series(s, 1), series(s, 2)];
  const hat = [0, 3, 6].flatMap((_, i) =>
    [0, 1, 2].map((j) => {
      if (i === j) return constant(0);
      const k = 3 - i - j;
      return (i + 1) % 3 === j ? phi[k].times(-1) : phi[k];
    }),
  );
  const square = product(hat, hat);
  return hat.map((v, i) => {
    const bent = v.times(a).plus(square[i].times(b));
    return i % 4 === 0 ? bent.plus(1) : bent;
  });
}

/** Σⱼ (−s)ʲ / (2j + first)!: sin θ/θ for first = 1, (1 − cos θ)/θ² for 2; exact to ε up to θ = 2π. */
function series(s: Tangent, first: 1 | 2): Tangent {
  let sum = constant(1);
  for (let j = 24; j >= 1; j--) {
    const m = 2 * j + first;
    sum = constant(1).minus(s.times(sum).over(m * (m - 1)));
  }
  return first === 1 ? sum : sum.over(2);
}

/** The rows of dR Rᵀ and dt in `chart`, cut into blocks. */
function inChart(R: Vec, t: Vec, lastStep: number, chart: Chart, n: number): UnrolledJacobian {
  const count = 7 * n + 10;
  const d = tangentSize(chart);
  const value = Float64Array.from(R, (v) => v.value);
  const omega = new Float64Array(3);
  rotationVector(value, omega);
  const M = new Float64Array(36);
  tangentTransform("LEFT", chart, value, omega, M);
  const slopes = [...R, ...t].map((v) => v.slopes(count));
  const left = Array.from({ length: 6 }, () => new Float64Array(count));
  for (let c = 0; c < count; c++) {
    // [φ]× = dR Rᵀ: entry (2, 1) is φ₀, and so on; half the difference drops what is not skew.
    const turn = (i: number, j: number) =>
      [0, 1, 2].reduce((sum, k) => sum + slopes[3 * i + k][c] * value[3 * j + k], 0);
    left[0][c] = (turn(2, 1) - turn(1, 2)) / 2;
    left[1][c] = (turn(0, 2) - turn(2, 0)) / 2;
    left[2][c] = (turn(1, 0) - turn(0, 1)) / 2;
    for (let k = 0; k < 3; k++) left[3 + k][c] = slopes[9 + k][c];
  }
  const block = (from: number, width: number, shape: number[]) => {
    const data = new Float64Array(d * width);
    for (let i = 0; i < d; i++)
      for (let c = 0; c < width; c++)
        for (let j = 0; j < 6; j++) data[i * width + c] += M[6 * i + j] * left[j][from + c];
    return ndarray(data, [d, ...shape]);
  };
  return {
    chart,
    x2d: block(0, 2 * n, [n, 2]),
    x3d: block(2 * n, 3 * n, [n, 3]),
    K: block(5 * n, 9, [3, 3]),
    w2d: block(5 * n + 9, 2 * n, [n, 2]),
    delta: block(7 * n + 9, 1, []),
    pose: poseOf(
      value,
      Float64Array.from(t, (v) => v.value),
    ),
    lastStep,
  };
}
