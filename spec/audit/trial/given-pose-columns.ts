/** Sound rows of method epropnp-cost under other conventions: columns in another order, or in another chart. */
import { turnOf } from "./pose-rows.js";
import type { Posed } from "./posed.js";
import { type Arrays, array } from "./trial.js";

/** Columns of a Jacobian in another order, each times something. */
export const columns = (order: readonly (readonly [number, number])[]) => (arrays: Arrays) => {
  const { data, shape } = arrays.jacobian;
  const d = order.length;
  const changed = data.map((_, i) => {
    const [from, factor] = order[i % d];
    return factor * data[i - (i % d) + from];
  });
  return { ...arrays, jacobian: array(shape, changed) };
};
export const plain = [0, 1, 2, 3, 4, 5];
/** (t, q) as (q, t), or with its scalar last. */
export const poseAs = (change: (y: Float64Array) => readonly number[]) => (inputs: Arrays) => {
  const { shape, data } = inputs.pose;
  const rows = Array.from({ length: shape[0] }, (_, b) => change(data.slice(7 * b, 7 * b + 7)));
  return { ...inputs, pose: array(shape, rows.flat()) };
};
/** Rows by turns of the object or by the rotation vector, from those by the half-angle tangent. */
export const turnsOf = (chart: "RP" | "AA") => (arrays: Arrays, problems: readonly Posed[]) => {
  const { data, shape } = arrays.jacobian;
  const size = data.length / problems.length;
  const out = Float64Array.from(data);
  for (const [b, { y }] of problems.entries()) {
    const [w, ...v] = y.slice(3);
    const sine = Math.hypot(...v);
    const angle = 2 * Math.atan2(sine, w);
    const omega = v.map((x) => (x * angle) / sine);
    const left = turnOf(omega, "left");
    const right = turnOf(omega, "right");
    for (let i = b * size; i < (b + 1) * size; i += 6) {
      // By a turn φ of the camera frame it is −½ of that by δ; dω = J_l⁻¹ φ, and the turn of the object is J_r dω.
      const byTurn = [3, 4, 5].map((k) => -0.5 * data[i + k]);
      const byOmega = [0, 1, 2].map((k) => left.reduce((s, row, a) => s + row[k] * byTurn[a], 0));
      const own = chart === "AA" ? byOmega : solvedFor(right, byOmega);
      for (let k = 0; k < 3; k++) out[i + 3 + k] = own[k];
    }
  }
  return { ...arrays, jacobian: array(shape, out) };
};
/** x with Aᵀ x = b, by Cramer's rule. */
function solvedFor(A: readonly (readonly number[])[], b: readonly number[]): number[] {
  const T = [0, 1, 2].map((i) => A.map((row) => row[i]));
  const det = ([p, q, r]: readonly (readonly number[])[]) =>
    p[0] * (q[1] * r[2] - q[2] * r[1]) -
    p[1] * (q[0] * r[2] - q[2] * r[0]) +
    p[2] * (q[0] * r[1] - q[1] * r[0]);
  const whole = det(T);
  return [0, 1, 2].map(
    (k) => det(T.map((row, i) => row.map((v, j) => (j === k ? b[i] : v)))) / whole,
  );
}
