/** What claimed derivatives are the slopes of, in doubles, by routes that know no derivative. */

import type { Claims } from "../formats/claims.js";
import { luFactor, luSolveTransposed } from "../linalg/lu.js";
import { stream } from "../random/stream.js";
import { double } from "../scalar/double.js";
import type { Curve, Response } from "./auditor.js";
import { settled } from "./forward.js";
import { rowTransform } from "./jacobian.js";
import { checkedSizes } from "./methods.js";
import { lifted, problems, rowConvention } from "./problem.js";
import { derivativeQuantity } from "./recipe.js";
import { exactFormula, solvedForm } from "./solved-form.js";

/**
 * How the minimum of one problem moves with its data: solved again by Newton from the old one, in the
 * tangent in which the file writes its rows; for a gradient, the upstream gradient times that.
 */
export function solvedResponse(
  claims: Claims,
  quantity: string,
  pose?: Float64Array,
): Response | null {
  const kind = derivativeQuantity(quantity)?.kind;
  if (kind === "covariance" && pose?.every(Number.isFinite)) return tilted(claims, pose);
  if (!pose || (kind !== "jacobian" && kind !== "gradient")) return null;
  if (claims.method !== "bpnp" || !pose.every(Number.isFinite)) return null;
  const sizes = checkedSizes(claims);
  const T = rowTransform(pose, rowConvention(claims));
  return (moved) => {
    const [problem] = problems(moved, sizes);
    const y = settled(problem, pose);
    const rows = Float64Array.from({ length: 6 }, (_, i) => {
      let sum = 0;
      for (let k = 0; k < 6; k++) sum += T[6 * i + k] * (y[k] - pose[k]);
      return sum;
    });
    if (kind === "jacobian") return rows;
    return Float64Array.of(rows.reduce((sum, v, k) => sum + v * problem.upstream![k], 0));
  };
}

/** Newton steps to the minimum of a tilted cost: they are near it from the start, and converge quadratically. */
const newtonSteps = 6;

/**
 * How the minimum moves where the cost is tilted: of c(y) − bᵀy it lies at H⁻¹ b, to first order, and so
 * a covariance H⁻¹ is a slope, in the tangent in which the file writes it.
 */
function tilted(claims: Claims, pose: Float64Array): Curve | null {
  const [problem] = problems(claims, checkedSizes(claims));
  const data = lifted(problem, double);
  const T = rowTransform(pose, rowConvention(claims));
  const at = (y: Float64Array) => {
    try {
      return solvedForm(Array.from(y, double), data, exactFormula);
    } catch {
      // Exactly singular, at the pose or where a tilt has thrown it.
      return null;
    }
  };
  const draw = stream("sweep/covariance");
  const C = at(pose)?.covariance.map((row) => row.map((v) => v.toNumber()));
  if (!C) return null;
  // In chart AA, a tilt that moves each number by about a tenth of its deviation.
  const tilt = Float64Array.from(
    C,
    (row, k) => (0.1 * draw.normal()) / Math.sqrt(Math.abs(row[k])),
  );
  return {
    direction: solvedTransposed(T, tilt),
    at(step) {
      const b = tilt.map((_, k) => step.reduce((sum, v, i) => sum + T[6 * i + k] * v, 0));
      let y = pose;
      for (let k = 0; k < newtonSteps; k++) {
        const here = at(y);
        if (!here) return new Float64Array(6).fill(Number.NaN);
        const { step: own, covariance } = here;
        y = y.map(
          (v, i) =>
            v +
            own[i].toNumber() +
            covariance[i].reduce((sum, c, j) => sum + c.toNumber() * b[j], 0),
        );
      }
      return Float64Array.from({ length: 6 }, (_, i) =>
        y.reduce((sum, v, k) => sum + T[6 * i + k] * (v - pose[k]), 0),
      );
    },
  };
}

/** The b of a file's tangent whose tilt in chart AA, Tᵀ b, is the given one. */
function solvedTransposed(T: Float64Array, tilt: Float64Array): Float64Array {
  const [LU, pivots, b] = [T.slice(), new Int32Array(6), tilt.slice()];
  luFactor(6, LU, pivots);
  luSolveTransposed(6, LU, pivots, b);
  return b;
}
