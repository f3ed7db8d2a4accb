/** A pose covariance as a recipe has it: in another chart, scaled, regularised, or not inverted. */

import { reprojectionCost } from "../kernels/reprojection-cost.js";
import { rotation } from "../kernels/rodrigues.js";
import { luFactor, luSolve } from "../linalg/lu.js";
import type { AuditProblem } from "./problem.js";
import type { Recipe } from "./recipe.js";

/** What published code adds to the diagonal before it inverts (PNP-12). */
const ridge = 1e-5;

/** T C Tᵀ [36] of H⁻¹ = C [36] in chart AA at pose y, changed as the recipe says. */
export function covarianceArray(
  recipe: Recipe,
  problem: AuditProblem,
  y: ArrayLike<number>,
  C: Float64Array,
  T: Float64Array,
): Float64Array {
  const turned = product(product(T, C), transposed(T));
  if (recipe.covariance === "plain") return turned;
  if (recipe.covariance === "residual-variance") {
    const R = new Float64Array(9);
    rotation(Float64Array.of(y[0], y[1], y[2]), R);
    const { n, x2d, x3d, w2d, K, delta } = problem;
    const t = Float64Array.of(y[3], y[4], y[5]);
    const variance = (2 * reprojectionCost(n, x2d, x3d, w2d, K, R, t, delta)) / (2 * n - 6);
    return turned.map((v) => v * variance);
  }
  const information = inverse(turned);
  if (recipe.covariance === "information") return information;
  for (let i = 0; i < 36; i += 7) information[i] += ridge;
  return inverse(information);
}

function product(A: Float64Array, B: Float64Array): Float64Array {
  const out = new Float64Array(36);
  for (let i = 0; i < 6; i++)
    for (let j = 0; j < 6; j++)
      for (let k = 0; k < 6; k++) out[6 * i + j] += A[6 * i + k] * B[6 * k + j];
  return out;
}

const transposed = (A: Float64Array): Float64Array =>
  A.map((_, k) => A[6 * (k % 6) + Math.floor(k / 6)]);

/** A⁻¹; all NaN where A is singular, which no claim can match. */
function inverse(A: Float64Array): Float64Array {
  const [LU, pivots] = [Float64Array.from(A), new Int32Array(6)];
  if (!luFactor(6, LU, pivots)) return new Float64Array(36).fill(Number.NaN);
  const out = new Float64Array(36);
  for (let j = 0; j < 6; j++) {
    const column = new Float64Array(6);
    column[j] = 1;
    luSolve(6, LU, pivots, column);
    for (let i = 0; i < 6; i++) out[6 * i + j] = column[i];
  }
  return out;
}
