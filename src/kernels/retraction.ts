/**
 * A pose moved by a tangent vector of a chart: kernel of ../definitions/retraction.ts, in doubles on
 * flat arrays. Rotations are multiplied, not re-orthogonalised: after many steps R drifts from a
 * rotation by about one ε a step.
 */
import { type Chart, rotationOffset, translationOffset } from "../conventions/chart.js";
import { rotation, rotationVector } from "./rodrigues.js";

const turn = new Float64Array(3);
const turning = new Float64Array(9);
const product = new Float64Array(9);

/** Writes R [9], t [3] moved by ξ [6 or 4] in `chart` to R′ [9] and t′ [3], which may be R and t. */
export function retraction(
  chart: Chart,
  R: Float64Array,
  t: Float64Array,
  xi: Float64Array,
  movedR: Float64Array,
  movedT: Float64Array,
): void {
  const r = rotationOffset(chart);
  const s = translationOffset(chart);
  for (let a = 0; a < 3; a++) {
    turn[a] = chart === "YAW" ? 0 : xi[r + a];
    movedT[a] = t[a] + xi[s + a];
  }
  if (chart === "YAW") turn[1] = xi[3];
  if (chart === "AA") {
    rotationVector(R, product);
    for (let a = 0; a < 3; a++) turn[a] += product[a];
    rotation(turn, movedR);
    return;
  }
  if (chart === "Q7") writeCayley();
  else rotation(turn, turning);
  const right = chart === "RP" ? turning : R;
  const left = chart === "RP" ? R : turning;
  for (let a = 0; a < 3; a++)
    for (let b = 0; b < 3; b++)
      product[3 * a + b] =
        left[3 * a] * right[b] + left[3 * a + 1] * right[3 + b] + left[3 * a + 2] * right[6 + b];
  for (let k = 0; k < 9; k++) movedR[k] = product[k];
}

/** The rotation of the quaternion (1, −turn): I + 2 ([turn]×² − [turn]×) / (1 + ‖turn‖²). */
function writeCayley(): void {
  const square = turn[0] * turn[0] + turn[1] * turn[1] + turn[2] * turn[2];
  const factor = 2 / (1 + square);
  for (let a = 0; a < 3; a++) {
    const b = (a + 1) % 3;
    const c = (a + 2) % 3;
    turning[4 * a] = 1 - factor * (turn[b] * turn[b] + turn[c] * turn[c]);
    turning[3 * a + b] = factor * (turn[a] * turn[b] + turn[c]);
    turning[3 * a + c] = factor * (turn[a] * turn[c] - turn[b]);
  }
}
