/** One problem at its true pose, in plain numbers: q = (w, i, j, k) first. */
export interface PlainLoss {
  readonly x2d: readonly number[];
  readonly x3d: readonly number[];
  readonly w: readonly number[];
  readonly K: readonly number[];
  readonly pose: readonly number[];
  readonly bbox: readonly number[];
  readonly valid: readonly number[];
  readonly zMin: number;
}
export type Rows = number[][];

export const dot = (a: readonly number[], b: readonly number[]) =>
  a.reduce((s, v, k) => s + v * b[k], 0);

export function turn([w, x, y, z]: readonly number[]): Rows {
  return [
    [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
    [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
    [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
  ];
}

/** −M [b]×, columns of a turn from the right. */
const crossed = (m: readonly number[], b: readonly number[]) => [
  b[1] * m[2] - b[2] * m[1],
  b[2] * m[0] - b[0] * m[2],
  b[0] * m[1] - b[1] * m[0],
];

const list = (problem: PlainLoss) =>
  Array.from({ length: 8 }, (_, g) => problem.bbox.slice(3 * g, 3 * g + 3));

/** J_f of the corners in space, in the tangent that R turns by from the right. */
export const cornerRows = (problem: PlainLoss, R: Rows): Rows =>
  list(problem).flatMap((b) =>
    R.map((row, k) => [...crossed(row, b), ...[0, 1, 2].map((a) => (a === k ? 1 : 0))]),
  );

/** The same with J_f of the camera frame's turns. */
export const leftRows = (problem: PlainLoss, R: Rows): Rows =>
  list(problem).flatMap((b) => {
    const X = R.map((row) => dot(row, b));
    return [0, 1, 2].map((k) => {
      const axis = [0, 1, 2].map((a) => (a === k ? 1 : 0));
      return [...crossed(axis, X), ...axis];
    });
  });

/** J_f of the corners' pixels. */
export const pixelRows = (problem: PlainLoss, R: Rows): Rows =>
  list(problem).flatMap((b) => jacobian(problem, R, b, problem.zMin));

/** J_f of (q, t), of (ω, t) by differences, and of two columns. */
export const quaternionRows = ({ pose: [w, x, y, z] }: PlainLoss): Rows => [
  ...[
    [-x, -y, -z],
    [w, -z, y],
    [z, w, -x],
    [-y, x, w],
  ].map((row) => [...row.map((v) => v / 2), 0, 0, 0]),
  ...shifts,
];
export const columnRows = (_: PlainLoss, R: Rows): Rows => [
  ...R.map((row) => [...crossed(row, [1, 0, 0]), 0, 0, 0]),
  ...R.map((row) => [...crossed(row, [0, 1, 0]), 0, 0, 0]),
  ...shifts,
];
const shifts = [0, 1, 2].map((a) => [0, 0, 0, ...[0, 1, 2].map((b) => (a === b ? 1 : 0))]);
export const tangentRows = (): Rows =>
  Array.from({ length: 6 }, (_, a) => Array.from({ length: 6 }, (__, b) => (a === b ? 1 : 0)));

export function axisAngleRows({ pose }: PlainLoss): Rows {
  const h = 1e-5;
  const log = ([w, x, y, z]: readonly number[]) => {
    const sine = Math.hypot(x, y, z);
    return [x, y, z].map((v) => (v * 2 * Math.atan2(sine, w)) / sine);
  };
  const moved = (k: number, by: number) => {
    const [w, x, y, z] = pose;
    const d = [0, 1, 2].map((a) => (a === k ? by / 2 : 0));
    return log([
      w - x * d[0] - y * d[1] - z * d[2],
      x + w * d[0] + y * d[2] - z * d[1],
      y + w * d[1] + z * d[0] - x * d[2],
      z + w * d[2] + x * d[1] - y * d[0],
    ]);
  };
  const columns = [0, 1, 2].map((k) => {
    const [up, down] = [moved(k, h), moved(k, -h)];
    return up.map((v, a) => (v - down[a]) / (2 * h));
  });
  return [...[0, 1, 2].map((a) => [...columns.map((c) => c[a]), 0, 0, 0]), ...shifts];
}

export function camera({ K, pose }: Pick<PlainLoss, "K" | "pose">, R: Rows, z: readonly number[]) {
  const X = R.map((row, k) => dot(row, z) + pose[4 + k]);
  return [0, 1, 2].map((k) => dot(K.slice(3 * k, 3 * k + 3), X));
}

/** Two rows of ∂π/∂(a, τ); depths held at the least depth do not move. */
export function jacobian(problem: PlainLoss, R: Rows, z: readonly number[], zMin: number): Rows {
  const { K } = problem;
  const h = camera(problem, R, z);
  const d = Math.max(h[2], zMin);
  return [0, 1].map((k) => {
    const P = [0, 1, 2].map((a) => (K[3 * k + a] - (h[2] > zMin ? (h[k] / d) * K[6 + a] : 0)) / d);
    const m = [0, 1, 2].map((a) => dot(P, [R[0][a], R[1][a], R[2][a]]));
    return [...crossed(m, z), ...P];
  });
}

/** ∂²πₖ/∂y² [6][6] by differences of the Jacobian. */
export function bending(problem: PlainLoss, R: Rows, z: readonly number[], k: number): Rows {
  const h = 1e-4;
  const at = (p: number, by: number) => {
    const a = [0, 1, 2].map((q) => (q === p ? by : 0));
    const tau = [0, 1, 2].map((q) => (q + 3 === p ? by : 0));
    // R Exp(a), to second order and by its own inverse's symmetry.
    const [c, s] = [Math.cos(by), Math.sin(by)];
    const E: Rows = [0, 1, 2].map((i) => [0, 1, 2].map((j) => (i === j ? 1 : 0)));
    if (p < 3) {
      const [i, j] = [(p + 1) % 3, (p + 2) % 3];
      [E[i][i], E[i][j], E[j][i], E[j][j]] = [c, -s, s, c];
    }
    const turned = R.map((row) => [0, 1, 2].map((j) => dot(row, [E[0][j], E[1][j], E[2][j]])));
    const pose = [...problem.pose.slice(0, 4), ...problem.pose.slice(4).map((v, q) => v + tau[q])];
    return { row: jacobian({ ...problem, pose }, turned, z, -Infinity)[k], a };
  };
  const B = Array.from({ length: 6 }, (_, p) => {
    const [up, down] = [at(p, h).row, at(p, -h).row];
    return up.map((v, q) => (v - down[q]) / (2 * h));
  });
  // Derivatives along the turned frame's own axes: the mean of the two orders is the Hessian.
  return B.map((row, p) => row.map((v, q) => (v + B[q][p]) / 2));
}
