/** What claimed derivatives are the slopes of, in doubles, by routes that know no derivative. */

import type { Claims } from "../formats/claims.js";
import type { Response } from "./auditor.js";
import { settled } from "./forward.js";
import { rowTransform } from "./jacobian.js";
import { checkedSizes } from "./methods.js";
import { problems, rowConvention } from "./problem.js";
import { derivativeQuantity } from "./recipe.js";

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
