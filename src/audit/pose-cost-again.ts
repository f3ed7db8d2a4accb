/** Cost, residual and Jacobian at a given pose by a second route: second-projection.ts, and duals. */
import { tangentSize } from "../conventions/chart.js";
import { huber, huberSlope } from "../definitions/huber.js";
import { movedRow } from "../definitions/pose-row.js";
import { dual } from "../scalar/dual.js";
import { type Matrix, norm, sum } from "../scalar/matrix.js";
import type { Real } from "../scalar/real.js";
import type { Differences } from "./explicit-method.js";
import { type CostRecipe, type PosedReprojection, poseCost } from "./pose-cost.js";
import { secondResiduals } from "./second-projection.js";

/** What the two routes to the true recipe's quantities disagree by. */
export function poseCostDifferences<S extends Real<S>>(
  data: PosedReprojection<S>,
): Differences<CostRecipe, S> {
  const points = secondResiduals(data, data.y);
  const norms = points.map(({ f }) => norm(f));
  // Huber by the norm: ½ρ(n²) = h(n), and √ρ′ = √(h′(n) / n).
  const { delta } = data;
  const roots = norms.map((n) =>
    delta?.lessThan(n) ? huberSlope(n, delta).over(n).sqrt() : n.of(1),
  );
  return (quantity, recipe, values) => {
    if (quantity === "jacobian") return jacobianDifferences(data, recipe, roots);
    const costs = norms.map((n) => (delta ? huber(n, delta) : n.times(n).over(2)));
    const sign = recipe.residual === "pi-x" ? 1 : -1;
    const again =
      quantity === "cost"
        ? [sum(costs, data.y[0])]
        : points.flatMap(({ f }, i) => f.map((v) => v.times(roots[i]).times(sign)));
    return again.map((v, k) => values[k].minus(v));
  };
}

/**
 * The Jacobian in the chart of the pose's own layout against duals through the moved pose, √ρ′ held
 * fixed. Rows of clamped depths are left out: they are zero by convention, not as a derivative.
 */
function jacobianDifferences<S extends Real<S>>(
  data: PosedReprojection<S>,
  recipe: CostRecipe,
  roots: readonly S[],
): S[] {
  const chart = data.y.length === 4 ? "YAW" : "Q7";
  const own = poseCost(data, { ...recipe, chart, rotationFirst: false }).jacobian;
  const still = (rows: Matrix<S>) => rows.map((row) => row.map((v) => dual(v)));
  const { x2d, x3d, w2d, K } = data;
  const sighted = {
    ...{ x2d: still(x2d), x3d: still(x3d), w2d: still(w2d), K: still(K) },
    zMin: dual(data.zMin),
  };
  const sign = recipe.residual === "pi-x" ? 1 : -1;
  return own.flatMap((rows, p) => {
    const xi = Array.from({ length: tangentSize(chart) }, (_, q) =>
      dual(data.y[0].of(0), p === q ? 1 : 0),
    );
    const row = data.y.map((v) => dual(v));
    return secondResiduals(sighted, movedRow(row, xi)).flatMap(({ f, clamped }, i) =>
      clamped ? [] : f.map((v, k) => rows[i][k].minus(v.b.times(roots[i]).times(sign))),
    );
  });
}
