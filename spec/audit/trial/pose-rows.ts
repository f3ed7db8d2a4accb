/** Rows of a pose derivative in other charts, in plain doubles, written for this trial. */

export type Chart = "AA" | "LEFT" | "RP" | "Q7";

const hat = ([x, y, z]: readonly number[]) => [
  [0, -z, y],
  [z, 0, -x],
  [-y, x, 0],
];
const product = (A: number[][], B: number[][]) =>
  A.map((row) => B[0].map((_, j) => row.reduce((s, v, k) => s + v * B[k][j], 0)));

/** J with Exp(ω + dω) = Exp(J dω) Exp(ω), or Exp(ω) Exp(J dω) from the right. */
export function turnOf(omega: readonly number[], from: "left" | "right"): number[][] {
  const theta = Math.hypot(...omega);
  const X = hat(omega);
  const XX = product(X, X);
  const a = (1 - Math.cos(theta)) / theta ** 2;
  const b = (theta - Math.sin(theta)) / theta ** 3;
  const side = from === "left" ? a : -a;
  return X.map((row, i) => row.map((v, j) => (i === j ? 1 : 0) + side * v + b * XX[i][j]));
}

/** T [6][6]: rows of a chart, in that chart's own order, are T times rows of AA at the pose y. */
export function rowsFrom(y: ArrayLike<number>, chart: Chart): number[][] {
  const turn =
    chart === "AA"
      ? [0, 1, 2].map((i) => [0, 1, 2].map((j) => (i === j ? 1 : 0)))
      : turnOf([y[0], y[1], y[2]], chart === "RP" ? "right" : "left");
  const share = chart === "Q7" ? -0.5 : 1;
  const rotation = turn.map((row) => [...row.map((v) => share * v), 0, 0, 0]);
  const shift = [0, 1, 2].map((i) => [0, 0, 0, 0, 0, 0].map((_, j) => (j === 3 + i ? 1 : 0)));
  return chart === "Q7" ? [...shift, ...rotation] : [...rotation, ...shift];
}

/** T J of rows [6][m]. */
export const turnedRows = (T: readonly number[][], rows: readonly Float64Array[]): Float64Array[] =>
  T.map((row) =>
    rows[0].map((_, c) => row.reduce((sum, v, k) => sum + (v === 0 ? 0 : v * rows[k][c]), 0)),
  );

/** (t, q) with q = (w, x, y, z) of a pose (ω, t). */
export function quaternionRow(y: ArrayLike<number>): Float64Array {
  const theta = Math.hypot(y[0], y[1], y[2]);
  const share = theta > 0 ? Math.sin(theta / 2) / theta : 1 / 2;
  return Float64Array.of(
    y[3],
    y[4],
    y[5],
    Math.cos(theta / 2),
    ...[0, 1, 2].map((k) => share * y[k]),
  );
}
