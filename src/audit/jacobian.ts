/** Pose Jacobians in doubles, and what a recipe makes of them: the arrays a claim is compared with. */
import { rotation } from "../definitions/rodrigues.js";
import { tangentTransform } from "../definitions/tangent.js";
import { type Double, double } from "../scalar/double.js";
import { covarianceArray } from "./covariance.js";
import type { AuditProblem, RowConvention } from "./problem.js";
import type { DerivativeQuantity, Recipe, Variable } from "./recipe.js";

/** ∂y/∂(x, z, K, w) and H⁻¹ of one problem in chart AA: six rows each, flat. */
export type Jacobian = Readonly<Record<Variable, Float64Array>>;

/** Flat blocks of any scalars as doubles. */
export function flatJacobian<T>(
  { x2d, x3d, K, w2d, covariance }: Readonly<Record<Variable, readonly T[]>>,
  toNumber: (value: T) => number,
): Jacobian {
  const doubles = (block: readonly T[]) => Float64Array.from(block, toNumber);
  return {
    x2d: doubles(x2d),
    x3d: doubles(x3d),
    K: doubles(K),
    w2d: doubles(w2d),
    covariance: doubles(covariance),
  };
}

/** How many numbers a Jacobian holds; one that does not exist counts as one. */
export const jacobianSize = (jacobian: Jacobian | null): number =>
  jacobian ? Object.values(jacobian).reduce((sum, { length }) => sum + length, 0) : 1;

/** T [6,6] with (rows of the convention) = T (rows of chart AA) at the pose y = (ω, t). */
export function rowTransform(
  y: ArrayLike<number>,
  rows: RowConvention,
  doubledAngle = false,
): Float64Array {
  const name = [rows.chart, rows.rotationFirst, rows.degrees, doubledAngle].join();
  const known = transforms.get(y);
  if (known?.name === name) return known.T;
  const T = rowTransformAt(y, rows, doubledAngle);
  transforms.set(y, { name, T });
  return T;
}

/** The transform asked for last at each pose: all quantities of a file ask for the same. */
const transforms = new WeakMap<ArrayLike<number>, { name: string; T: Float64Array }>();

function rowTransformAt(
  y: ArrayLike<number>,
  rows: RowConvention,
  doubledAngle: boolean,
): Float64Array {
  const omega = [0, 1, 2].map((i) => double(y[i]));
  const M = tangentTransform<Double>("AA", rows.chart, { R: rotation(omega), omega });
  // Whatever the chart's own order, rotation rows are found by which columns of AA they read.
  const translationFirst = rows.chart === "Q7";
  const out = new Float64Array(36);
  for (let i = 0; i < 6; i++) {
    const rotationRow = translationFirst ? i >= 3 : i < 3;
    const within = i % 3;
    const target = rotationRow === rows.rotationFirst ? within : 3 + within;
    const unit = rotationRow ? (rows.degrees ? 180 / Math.PI : 1) * (doubledAngle ? 2 : 1) : 1;
    for (let j = 0; j < 6; j++) out[6 * target + j] = M[i][j].value * unit;
  }
  return out;
}

/** One problem's array of a quantity under a recipe, from its Jacobian in chart AA at pose y. */
export function quantityArray(
  quantity: DerivativeQuantity,
  recipe: Recipe,
  problem: AuditProblem,
  y: ArrayLike<number>,
  jacobian: Jacobian,
): Float64Array {
  const columns = jacobian[quantity.variable];
  const width = columns.length / 6;
  const T = rowTransform(y, recipe, recipe.doubledAngle);
  if (quantity.kind === "covariance") return covarianceArray(recipe, problem, y, columns, T);
  const rows = quantity.kind === "jacobian" ? 6 : 1;
  const out = new Float64Array(rows * width);
  for (let i = 0; i < rows; i++)
    for (let k = 0; k < 6; k++) {
      const factor = rows === 6 ? T[6 * i + k] : weight(problem.upstream!, T, k);
      if (factor === 0) continue;
      for (let c = 0; c < width; c++) out[i * width + c] += factor * columns[k * width + c];
    }
  changeColumns(quantity.variable, recipe, problem, y, out);
  return out;
}

/** (vᵀ T)ₖ. */
function weight(v: Float64Array, T: Float64Array, k: number): number {
  let sum = 0;
  for (let i = 0; i < 6; i++) sum += v[i] * T[6 * i + k];
  return sum;
}

/** Rewrites the columns of any number of rows in the variables the recipe differentiates by. */
function changeColumns(
  variable: Variable,
  recipe: Recipe,
  problem: AuditProblem,
  y: ArrayLike<number>,
  out: Float64Array,
): void {
  const { K } = problem;
  if (variable === "x2d" && recipe.image === "swapped")
    for (let c = 0; c < out.length; c += 2) [out[c], out[c + 1]] = [out[c + 1], out[c]];
  if (variable === "x2d" && recipe.image === "normalised")
    // x = K₂₂ ray + c, so ∂/∂ray = ∂/∂x K₂₂.
    for (let c = 0; c < out.length; c += 2) {
      const [a, b] = [out[c], out[c + 1]];
      out[c] = a * K[0] + b * K[3];
      out[c + 1] = a * K[1] + b * K[4];
    }
  if (variable === "x3d" && recipe.points === "camera") {
    const R = rotation([0, 1, 2].map((i) => double(y[i]))).map((row) => row.map((v) => v.value));
    for (let c = 0; c < out.length; c += 3) {
      const row = [out[c], out[c + 1], out[c + 2]];
      for (let a = 0; a < 3; a++) out[c + a] = row.reduce((s, v, k) => s + v * R[a][k], 0);
    }
  }
  if (variable === "K" && recipe.camera !== "free") {
    const frozen = recipe.camera === "pinhole" ? [1, 3, 6, 7, 8] : [3, 6, 7, 8];
    for (let c = 0; c < out.length; c += 9) for (const k of frozen) out[c + k] = 0;
  }
}
